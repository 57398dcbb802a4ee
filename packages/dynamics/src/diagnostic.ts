import { builtinSentences } from './builtins/sentences.ts';
import { compileSentences } from './compile/sentences.ts';
import { runSentences } from './ensemble/sentences.ts';
import { experimentSentences } from './experiment/sentences.ts';
import { expressionSentences } from './expression/sentences.ts';
import { scheduleSentences } from './schedule/sentences.ts';
import { unitSentences } from './units/sentences.ts';
import { xmileSentences } from './xmile/sentences.ts';

/** Where in a file: both counted from 1, columns in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** What a code says, in both languages; `{detail}` is replaced by the detail of that name. */
export interface Sentence {
  en: string;
  zh: string;
}

const sentences = {
  ...xmileSentences,
  ...expressionSentences,
  ...builtinSentences,
  ...compileSentences,
  ...unitSentences,
  ...scheduleSentences,
  ...runSentences,
  ...experimentSentences,
} satisfies Record<string, Sentence>;

/** Every code this package can answer with. */
export type DiagnosticCode = keyof typeof sentences;

/** The sentences of every code. */
export const sentenceTable: Readonly<Record<DiagnosticCode, Sentence>> = sentences;

export type Details = Readonly<Record<string, string | number>>;

/** One finding about a model, a run or an experiment. */
export interface Diagnostic {
  code: DiagnosticCode;
  severity: 'error' | 'warning';
  /** The English sentence, details filled in. */
  message: string;
  details: Details;
  /** The variable it is about, as the file writes its name, with its module path. */
  variable?: string;
  place?: Place;
}

/** A value, or the errors that stand in its way; warnings go with both. */
export type Outcome<T> =
  | { ok: true; value: T; warnings: Diagnostic[] }
  | { ok: false; errors: Diagnostic[]; warnings: Diagnostic[] };

/** Thrown where a caller asked for a value and there is none; `diagnostics` is never empty. */
export class DynamicsError extends Error {
  override readonly name = 'DynamicsError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(describe).join('\n'));
    this.diagnostics = diagnostics;
  }
}

interface About {
  variable?: string | undefined;
  place?: Place | undefined;
}

export function error(code: DiagnosticCode, details: Details = {}, about: About = {}): Diagnostic {
  return diagnostic('error', code, details, about);
}

export function warning(code: DiagnosticCode, details: Details = {}, about: About = {}): Diagnostic {
  return diagnostic('warning', code, details, about);
}

/** The finding as one line: place, variable, sentence, code. */
export function describe(found: Diagnostic): string {
  const place = found.place === undefined ? '' : `${found.place.line}:${found.place.column} `;
  const variable = found.variable === undefined ? '' : `${found.variable}: `;
  return `${place}${variable}${found.message} (${found.code})`;
}

/** The sentence of a finding in `language`. */
export function sentenceOf(found: Diagnostic, language: 'en' | 'zh'): string {
  return fill(sentenceTable[found.code][language], found.details);
}

/** The value, or a DynamicsError with what stands in its way. */
export function expectValue<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new DynamicsError(outcome.errors);
}

function diagnostic(
  severity: Diagnostic['severity'],
  code: DiagnosticCode,
  details: Details,
  about: About,
): Diagnostic {
  return {
    code,
    severity,
    message: fill(sentenceTable[code].en, details),
    details,
    ...(about.variable === undefined ? {} : { variable: about.variable }),
    ...(about.place === undefined ? {} : { place: about.place }),
  };
}

function fill(sentence: string, details: Details): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
