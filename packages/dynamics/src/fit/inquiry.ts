import { type Diagnostic, error } from '../diagnostic.ts';
import { Pause } from '../ensemble/pause.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';

/** Numbers, of points and of answers, that one call may hold: 32 MiB of doubles. */
const callValuesMax = 2 ** 22;
/** Calls between two moments in which others, such as the one who wants to stop, have the thread. */
const callsBetweenPauses = 8;

export interface InquiryLimits {
  /** Parameters of a point. */
  dimensions: number;
  /** Numbers that a point is answered with. */
  width: number;
  evaluationsMax: number;
}

/**
 * A search's access to what it searches: counts runs, keeps to their limit, passes on progress, and knows why there are
 * no more answers. After the first refusal every further question is refused.
 */
export class Inquiry {
  readonly #evaluate: Evaluate;
  readonly #limits: InquiryLimits;
  readonly #watch: Watch;
  readonly #pause = new Pause();
  #evaluations = 0;
  #calls = 0;
  #failed = 0;
  #halt: 'stopped' | 'evaluations' | 'fault' | undefined;
  #fault: Diagnostic | undefined;

  constructor(evaluate: Evaluate, limits: InquiryLimits, watch: Watch) {
    this.#evaluate = evaluate;
    this.#limits = limits;
    this.#watch = watch;
  }

  /** Points answered so far. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Questions asked so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Points whose answer had a number that is not finite. */
  get failed(): number {
    return this.#failed;
  }

  /** Why there are no more answers; undefined as long as there are. */
  get halt(): 'stopped' | 'evaluations' | 'fault' | undefined {
    return this.#halt;
  }

  /** With `halt` = 'fault': what is wrong with the answers. */
  get fault(): Diagnostic | undefined {
    return this.#fault;
  }

  /** The rows of `count` points, or undefined when there are none: see `halt`. */
  async ask(points: Float64Array, count: number): Promise<Float64Array | undefined> {
    const { dimensions, width, evaluationsMax } = this.#limits;
    if (this.#halt !== undefined) return undefined;
    if (this.#evaluations + count > evaluationsMax) return this.#refuse('evaluations');
    const rows = new Float64Array(count * width);
    const most = Math.max(1, Math.floor(callValuesMax / Math.max(dimensions, width)));
    for (let start = 0; start < count; start += most) {
      const taken = Math.min(most, count - start);
      const part = await this.#answer(points.subarray(start * dimensions, (start + taken) * dimensions), taken);
      if (part === undefined) return undefined;
      rows.set(part, start * width);
    }
    this.#count(rows, count);
    return rows;
  }

  close(): void {
    this.#pause.close();
  }

  async #answer(points: Float64Array, count: number): Promise<Float64Array | undefined> {
    const { signal } = this.#watch;
    this.#calls += 1;
    if (this.#calls % callsBetweenPauses === 0) await this.#pause.take();
    if (isAborted(signal)) return this.#refuse('stopped');
    try {
      const answer = await this.#evaluate(points, count);
      // Runs that were under way when the signal came may have been cut short.
      if (isAborted(signal)) return this.#refuse('stopped');
      const expected = count * this.#limits.width;
      if (answer.length === expected) return answer;
      this.#fault = error('experiment.wrong_answer', { expected, given: answer.length });
      return this.#refuse('fault');
    } catch (thrown) {
      if (isAborted(signal)) return this.#refuse('stopped');
      throw thrown;
    }
  }

  #refuse(halt: 'stopped' | 'evaluations' | 'fault'): undefined {
    this.#halt = halt;
    return undefined;
  }

  #count(rows: Float64Array, count: number): void {
    const { width, evaluationsMax } = this.#limits;
    for (let row = 0; row < count; row += 1) {
      for (let k = row * width; k < (row + 1) * width; k += 1) {
        if (Number.isFinite(rows[k]!)) continue;
        this.#failed += 1;
        break;
      }
    }
    this.#evaluations += count;
    this.#watch.onProgress?.(this.#evaluations, evaluationsMax);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
