import { type ReasonCode, type ReasonDetail, type ReasonLanguage, reasonText } from './reasons.ts';

/** Why a cell gives no value although nothing is wrong with it. */
export type NoValue = 'empty' | 'masked' | 'not_final';

/** What was done to reach the value; the caller may want to tell the user. */
export type ValueFlag = 'rounded' | 'dst_gap' | 'dst_overlap' | 'estimated';

export interface Found<T> {
  readonly ok: true;
  readonly value: T;
  readonly note?: never;
  readonly flags?: readonly ValueFlag[];
}

export interface Nothing {
  readonly ok: true;
  readonly value: null;
  readonly note: NoValue;
}

export interface Refused {
  readonly ok: false;
  readonly code: ReasonCode;
  /** The English sentence. */
  readonly reason: string;
  readonly detail: ReasonDetail;
}

/** The outcome of reading one cell: a value, nothing with the cause, or a refusal with its reason. */
export type Parsed<T> = Found<T> | Nothing | Refused;

export function found<T>(value: T, ...flags: ValueFlag[]): Found<T> {
  return flags.length > 0 ? { ok: true, value, flags } : { ok: true, value };
}

export function nothing(note: NoValue): Nothing {
  return { ok: true, value: null, note };
}

export function refused(code: ReasonCode, detail: ReasonDetail = {}): Refused {
  return { ok: false, code, reason: reasonText(code, 'en', detail), detail };
}

/** The sentence of a refusal in the reader's language. */
export function explain(refusal: Refused, language: ReasonLanguage): string {
  return reasonText(refusal.code, language, refusal.detail);
}

/** Applies `next` to a value that was found; nothing and refusals pass through. */
export function whenFound<T, U>(parsed: Parsed<T>, next: (value: T) => Parsed<U>): Parsed<U> {
  if (!parsed.ok || parsed.note !== undefined) return parsed;
  const after = next(parsed.value);
  if (!after.ok || after.note !== undefined || parsed.flags === undefined) return after;
  return found(after.value, ...parsed.flags, ...(after.flags ?? []));
}
