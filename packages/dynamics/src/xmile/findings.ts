import {
  type Details,
  type Diagnostic,
  type DiagnosticCode,
  error,
  type Outcome,
  type Place,
  warning,
} from '../diagnostic.ts';

interface About {
  variable?: string | undefined;
  place?: Place | undefined;
}

/** Findings of each severity that are listed; a file with more has one cause, or is hostile. */
const findingsMax = 200;

/** What is found while a file is read: reading goes on after an error, so that one look shows them all. */
export class Findings {
  readonly #errors: Diagnostic[] = [];
  readonly #warnings: Diagnostic[] = [];
  readonly #said = new Set<string>();

  error(code: DiagnosticCode, details: Details = {}, about: About = {}): void {
    this.#add(this.#errors, error, code, details, about);
  }

  warn(code: DiagnosticCode, details: Details = {}, about: About = {}): void {
    this.#add(this.#warnings, warning, code, details, about);
  }

  /** A warning that is given once for `topic`, at its first place. */
  warnOnce(topic: string, code: DiagnosticCode, details: Details = {}, about: About = {}): void {
    const key = `${code} ${topic}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.warn(code, details, about);
  }

  outcome<T>(value: T, earlier: readonly Diagnostic[] = []): Outcome<T> {
    const warnings = [...earlier, ...this.#warnings];
    return this.#errors.length === 0 ? { ok: true, value, warnings } : { ok: false, errors: this.#errors, warnings };
  }

  /** What is met twice, because a part of the file was looked at twice, is said once. */
  #add(list: Diagnostic[], make: typeof error, code: DiagnosticCode, details: Details, about: About): void {
    const key = JSON.stringify([code, details, about.variable, about.place]);
    if (this.#said.has(key)) return;
    if (list.length <= findingsMax) this.#said.add(key);
    if (list.length < findingsMax) list.push(make(code, details, about));
    else if (list.length === findingsMax) list.push(make('file.too-many-findings', { limit: findingsMax }));
  }
}
