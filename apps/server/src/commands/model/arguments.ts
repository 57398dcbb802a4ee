import type { Column, Range, Reducer } from '@tandem/dynamics';
import { UsageError } from '../usage.ts';

/** `name=low:high` or `name=low:high:log`, several with commas between; commas within quotes and brackets belong to a name. */
export function rangesFrom(texts: readonly string[]): Range[] {
  const ranges = texts.flatMap((text) => splitOutside(text, ',')).map(rangeFrom);
  if (ranges.length === 0) throw new UsageError('--vary needs at least one name=low:high.');
  return ranges;
}

function rangeFrom(text: string): Range {
  const { name, rest } = named(text, '--vary', 'name=low:high');
  const [low, high, scale, ...more] = rest.split(':');
  const range = { name, low: numberFrom(low, text), high: numberFrom(high, text) };
  if (more.length > 0 || (scale !== undefined && scale !== 'log' && scale !== 'linear')) {
    throw new UsageError(`"${text}" ends with something else than log or linear.`);
  }
  if (!(range.low < range.high)) throw new UsageError(`"${text}": the low end must be below the high end.`);
  if (scale === 'log' && range.low <= 0) throw new UsageError(`"${text}": a logarithmic range must lie above zero.`);
  return scale === undefined ? range : { ...range, scale };
}

/** Every `name=value` of `--set`. */
export function settingsFrom(texts: readonly string[]): { name: string; value: number }[] {
  return texts.map((text) => {
    const { name, rest } = named(text, '--set', 'name=value');
    return { name, value: numberFrom(rest, text) };
  });
}

/** `NAME`, `NAME:reducer` or `NAME:reducer=number` (`gmv:max`, `gmv:at=30`, `members:crossing=1000`). Default: final. */
export function columnFrom(text: string): Column {
  const parts = splitOutside(text, ':');
  const [output = '', how = 'final', ...more] = parts;
  if (output === '' || more.length > 0) throw new UsageError(`"${text}" is not NAME or NAME:reducer.`);
  return { output, reduce: reducerFrom(how, text) };
}

const plainReducers = ['final', 'initial', 'min', 'max', 'mean', 'sum', 'timeOfMax', 'timeOfMin'] as const;

function reducerFrom(how: string, text: string): Reducer {
  const plain = plainReducers.find((kind) => kind.toLowerCase() === how.toLowerCase());
  if (plain !== undefined) return { kind: plain };
  const [kind, value] = how.split('=');
  if (kind === 'at') return { kind, time: numberFrom(value, text) };
  if (kind === 'crossing' || kind === 'rising') {
    return { kind: 'crossing', level: numberFrom(value, text), direction: 'up' };
  }
  if (kind === 'falling') return { kind: 'crossing', level: numberFrom(value, text), direction: 'down' };
  throw new UsageError(
    `"${text}": a reducer is one of ${plainReducers.join(', ')}, at=TIME, rising=LEVEL, falling=LEVEL.`,
  );
}

/** A whole number of an option, within bounds. */
export function countFrom(text: string | undefined, option: string, least: number, most: number): number {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`--${option} needs a whole number from ${least} to ${most}.`);
  }
  return value;
}

export function numberFrom(text: string | undefined, within: string): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`"${within}": "${text ?? ''}" is not a number.`);
  return value;
}

function named(text: string, option: string, form: string): { name: string; rest: string } {
  const [first = '', ...others] = splitOutside(text, '=');
  if (first.trim() === '' || others.length !== 1) throw new UsageError(`${option} "${text}" is not ${form}.`);
  return { name: first.trim(), rest: others[0]!.trim() };
}

/** Splits at a character that stands neither in quotes nor in brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '[') depth++;
    else if (!quoted && character === ']') depth--;
    if (character === separator && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

const backends = ['auto', 'wasm', 'js', 'interp'] as const;

export function backendFrom(text: string): (typeof backends)[number] {
  const found = backends.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--backend is one of ${backends.join(', ')}.`);
  return found;
}
