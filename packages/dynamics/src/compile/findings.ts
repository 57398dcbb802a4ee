import { type Details, type Diagnostic, type DiagnosticCode, error, type Place, warning } from '../diagnostic.ts';

/** More than anybody mends at once; a broken file of 200,000 variables must not make 200,000 sentences. */
export const findingsMax = 100;

/** Thrown inside one equation and caught where its variable is known. */
export class Refusal extends Error {
  readonly code: DiagnosticCode;
  readonly details: Details;
  readonly place: Place | undefined;

  constructor(code: DiagnosticCode, details: Details, place: Place | undefined) {
    super(code);
    this.code = code;
    this.details = details;
    this.place = place;
  }
}

/** Ends the equation at hand; `place` is where in it. */
export function refuse(code: DiagnosticCode, details: Details, place?: Place): never {
  throw new Refusal(code, details, place);
}

interface About {
  variable?: string | undefined;
  place?: Place | undefined;
}

/** What is found while a model is compiled, each finding once. */
export class Findings {
  readonly errors: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  error(code: DiagnosticCode, details: Details = {}, about: About = {}): void {
    this.#add(this.errors, error(code, details, about), error);
  }

  warning(code: DiagnosticCode, details: Details = {}, about: About = {}): void {
    this.#add(this.warnings, warning(code, details, about), warning);
  }

  /** Findings of another part, about a variable that the part did not know. */
  take(found: readonly Diagnostic[], variable: string): void {
    for (const one of found) {
      const list = one.severity === 'error' ? this.errors : this.warnings;
      this.#add(list, { variable, ...one }, one.severity === 'error' ? error : warning);
    }
  }

  #add(list: Diagnostic[], found: Diagnostic, make: typeof error): void {
    if (list.length > findingsMax) return;
    const key = `${found.code}|${found.variable}|${found.place?.line}:${found.place?.column}|${found.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    list.push(list.length === findingsMax ? make('model.too_many', { limit: findingsMax }) : found);
  }
}
