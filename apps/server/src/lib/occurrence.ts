import { hash } from 'node:crypto';

const MIN_SLOTS = 1024;

/**
 * Counts how often a text has come in one file, in about 18 to 36 bytes a different text: an open-addressing table of
 * 64-bit digests. Lines that look alike are still lines: the count tells them apart, in the order of the file, and so
 * the same way each time the file is read.
 */
export class OccurrenceCounter {
  #high = new Uint32Array(MIN_SLOTS);
  #low = new Uint32Array(MIN_SLOTS);
  #counts = new Uint32Array(MIN_SLOTS);
  #used = 0;

  /** A key for a text: its digest and how often it has come, `….1` the first time, `….2` the second. */
  key(text: string): string {
    const digest = hash('sha1', text, 'hex');
    const high = Number.parseInt(digest.slice(0, 8), 16);
    const low = Number.parseInt(digest.slice(8, 16), 16);
    if (this.#used * 3 >= this.#counts.length * 2) this.#grow();
    const slot = this.#slot(high, low);
    if (this.#counts[slot] === 0) {
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#used++;
    }
    const count = this.#counts[slot]! + 1;
    this.#counts[slot] = count;
    return `${digest.slice(0, 16)}.${count}`;
  }

  #slot(high: number, low: number): number {
    const mask = this.#counts.length - 1;
    let slot = (high ^ low) & mask;
    while (this.#counts[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low, counts] = [this.#high, this.#low, this.#counts];
    this.#high = new Uint32Array(counts.length * 2);
    this.#low = new Uint32Array(counts.length * 2);
    this.#counts = new Uint32Array(counts.length * 2);
    for (let index = 0; index < counts.length; index++) {
      if (counts[index] === 0) continue;
      const slot = this.#slot(high[index]!, low[index]!);
      this.#high[slot] = high[index]!;
      this.#low[slot] = low[index]!;
      this.#counts[slot] = counts[index]!;
    }
  }
}
