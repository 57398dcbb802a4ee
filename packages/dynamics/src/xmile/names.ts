import type { Place } from '../diagnostic.ts';
import { canonical } from '../expression/name.ts';
import { shown } from './content.ts';
import type { Findings } from './findings.ts';

/** The names of one kind that have been met, to tell of the second use of a name. */
export class Names {
  readonly #lines = new Map<string, number>();
  readonly #what: string;
  readonly #findings: Findings;

  constructor(what: string, findings: Findings) {
    this.#what = what;
    this.#findings = findings;
  }

  /** False, and an error, where the name has been used. */
  add(name: string, place: Place, variable?: string): boolean {
    const key = canonical(name);
    const line = this.#lines.get(key);
    if (line === undefined) {
      this.#lines.set(key, place.line);
      return true;
    }
    this.#findings.error('file.duplicate', { what: this.#what, name: shown(name), line }, { place, variable });
    return false;
  }
}
