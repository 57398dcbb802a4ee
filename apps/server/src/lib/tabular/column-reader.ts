import type { Cell } from './cells.ts';
import type { ColumnMatch, ColumnSpec, ReadingOptions } from './columns.ts';
import { parseDuration } from './durations.ts';
import { guessTruncatedIds, type PhoneRegion, parseId, parsePhone, parseText } from './identifiers.ts';
import { guessNumeralStyle, type MoneyValue, parseMoney } from './money.ts';
import {
  guessPlainPercent,
  type NumberRange,
  parseBoolean,
  parseDecimal,
  parseInteger,
  parsePercent,
  parseRange,
} from './numbers.ts';
import type { Parsed } from './outcome.ts';
import {
  guessDateOrder,
  type IntervalValue,
  parseDay,
  parseInterval,
  parseTime,
  type TimeValue,
  timeOptions,
} from './timestamps.ts';

/** What each kind of column gives. Decimals and shares are exact decimal text, days `YYYY-MM-DD`, durations seconds. */
export interface CellValues {
  readonly id: string;
  readonly text: string;
  readonly integer: string;
  readonly decimal: string;
  readonly range: NumberRange;
  readonly money: MoneyValue;
  readonly percent: string;
  readonly duration: number;
  readonly time: TimeValue;
  readonly day: string;
  readonly interval: IntervalValue;
  readonly phone: string;
  readonly boolean: boolean;
}

export type CellValue = CellValues[keyof CellValues];

export interface ColumnContext {
  /** Currency and zone of the brand (or of the file, where a mapping says so). */
  readonly currency: string;
  readonly zone: string;
  readonly region?: PhoneRegion;
}

/** What was decided for a whole column, for the preview and for the reader. */
export interface ColumnProfile {
  readonly kind: ColumnSpec['kind'];
  readonly reading: Required<Pick<ReadingOptions, 'currency' | 'zone' | 'shift'>> & ReadingOptions;
  readonly truncatedIds: boolean;
  /** Choices that rest on habit and not on proof; people should look at them. */
  readonly doubts: readonly ('decimal' | 'date_order' | 'percent_unit')[];
}

/**
 * Decides from the first rows (some thousands) how a column is to be read. What a mapping or preset says wins over the
 * unit in the header, and that over what the values suggest.
 */
export function profileColumn(
  spec: Pick<ColumnSpec, 'kind' | 'reading'>,
  cells: readonly Cell[],
  context: ColumnContext,
  match?: Pick<ColumnMatch, 'unit'>,
  given: ReadingOptions = {},
): ColumnProfile {
  const doubts: ColumnProfile['doubts'][number][] = [];
  const told: ReadingOptions = { ...fromHeader(spec.kind, match?.unit ?? null), ...spec.reading, ...given };
  const currency = told.currency ?? context.currency;
  const guessed: { -readonly [Key in keyof ReadingOptions]: ReadingOptions[Key] } = {};
  if (['integer', 'decimal', 'range', 'money', 'percent'].includes(spec.kind) && told.decimal === undefined) {
    const style = guessNumeralStyle(cells, spec.kind === 'money' ? currency : undefined);
    if (style.decimal !== 'auto') guessed.decimal = style.decimal;
    if (style.contradicting > 0 || (style.certainty === 'likely' && style.decimal !== 'auto')) doubts.push('decimal');
  }
  if (['time', 'day', 'interval'].includes(spec.kind) && told.dateOrder === undefined) {
    const order = guessDateOrder(cells);
    if (order.dateOrder !== null) guessed.dateOrder = order.dateOrder;
    if (order.contradicting > 0 || (order.dateOrder === null && order.open > 0)) doubts.push('date_order');
  }
  if (spec.kind === 'percent' && told.plain === undefined) {
    const plain = guessPlainPercent(cells);
    if (plain !== null) {
      guessed.plain = plain;
      doubts.push('percent_unit');
    }
  }
  const reading = { ...guessed, ...told, currency, zone: told.zone ?? context.zone, shift: told.shift ?? 0 };
  return { kind: spec.kind, reading, truncatedIds: spec.kind === 'id' && guessTruncatedIds(cells), doubts };
}

/** A function that reads the cells of a column; made once, called for each row; it never throws. */
export function columnReader<Kind extends keyof CellValues>(
  profile: ColumnProfile & { readonly kind: Kind },
  context: ColumnContext,
): (cell: Cell | undefined) => Parsed<CellValues[Kind]>;
export function columnReader(
  profile: ColumnProfile,
  context: ColumnContext,
): (cell: Cell | undefined) => Parsed<CellValue> {
  const { reading } = profile;
  const numeral = { decimal: reading.decimal ?? ('auto' as const), shift: reading.shift };
  const time = timeOptions(reading.zone, reading.dateOrder);
  const phone = context.region === undefined ? {} : { region: context.region };
  switch (profile.kind) {
    case 'id':
      return (cell) => parseId(cell, { truncated: profile.truncatedIds });
    case 'text':
      return (cell) => parseText(cell);
    case 'integer':
      return (cell) => parseInteger(cell, numeral);
    case 'decimal':
      return (cell) => parseDecimal(cell, numeral);
    case 'range':
      return (cell) => parseRange(cell, numeral);
    case 'money':
      return (cell) => parseMoney(cell, { ...numeral, currency: reading.currency });
    case 'percent':
      return (cell) => parsePercent(cell, reading.plain === undefined ? numeral : { ...numeral, plain: reading.plain });
    case 'duration':
      return (cell) => parseDuration(cell, reading);
    case 'time':
      return (cell) => parseTime(cell, time);
    case 'day':
      return (cell) => parseDay(cell, time);
    case 'interval':
      return (cell) => parseInterval(cell, time);
    case 'phone':
      return (cell) => parsePhone(cell, phone);
    case 'boolean':
      return (cell) => parseBoolean(cell);
  }
}

function fromHeader(kind: ColumnSpec['kind'], unit: ColumnMatch['unit']): ReadingOptions {
  if (unit === null) return {};
  if (unit.kind === 'duration' && kind === 'duration') return { unit: unit.unit };
  if (unit.kind === 'percent' && kind === 'percent') return { plain: 'percent' };
  if (unit.kind === 'count' && unit.shift !== 0) return { shift: unit.shift };
  if (unit.kind !== 'money' || kind !== 'money') return {};
  return unit.currency === null ? { shift: unit.shift } : { shift: unit.shift, currency: unit.currency };
}
