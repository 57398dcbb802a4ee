import { isCurrency } from '#lib/money.ts';
import { isZone } from '#lib/time.ts';
import { COLUMN_KINDS, type ColumnKind, type ReadingOptions } from './columns.ts';
import { TabularError } from './reasons.ts';

/** Where a field comes from, as a user says it: either a column of the file, or a constant for every row. */
export interface MappingEntry extends ReadingOptions {
  readonly column?: string;
  readonly constant?: string;
  readonly kind?: ColumnKind;
}

/** A mapping file: `{ "fields": { "orderId": "Order No.", "amount": { "column": "Total", "currency": "USD" } }, "zone": … }`. */
export interface Mapping {
  readonly fields: ReadonlyMap<string, MappingEntry>;
  /** For every column of the file unless a field says otherwise. */
  readonly defaults: Pick<ReadingOptions, 'decimal' | 'dateOrder' | 'currency' | 'zone'>;
  readonly sheet?: string;
  /** 1-based line of the header, when it is not to be searched. */
  readonly headerLine?: number;
  readonly encoding?: string;
  readonly delimiter?: ',' | ';' | '\t' | '|';
}

type Check = (value: unknown) => string | null;

const oneOf =
  (...choices: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && choices.includes(value)
      ? null
      : `one of ${choices.map((c) => JSON.stringify(c)).join(', ')} is expected`;
const shortText: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 500
    ? null
    : 'a text of 1 to 500 characters is expected';
const wholeFrom =
  (from: number, to: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to
      ? null
      : `a whole number from ${from} to ${to} is expected`;

const READING: Readonly<Record<keyof ReadingOptions, Check>> = {
  decimal: oneOf('.', ','),
  dateOrder: oneOf('dmy', 'mdy'),
  plain: oneOf('percent', 'ratio'),
  unit: oneOf('ms', 's', 'min', 'h', 'd'),
  clock: oneOf('mm:ss', 'hh:mm'),
  currency: (value) =>
    typeof value === 'string' && isCurrency(value) ? null : 'an ISO 4217 currency such as "CNY" is expected',
  zone: (value) =>
    typeof value === 'string' && isZone(value) ? null : 'a time zone such as "Asia/Shanghai" is expected',
  shift: wholeFrom(-6, 12),
};
const ENTRY: Readonly<Record<string, Check>> = {
  ...READING,
  column: shortText,
  constant: shortText,
  kind: oneOf(...COLUMN_KINDS),
};
const FILE: Readonly<Record<string, Check>> = {
  decimal: READING.decimal,
  dateOrder: READING.dateOrder,
  currency: READING.currency,
  zone: READING.zone,
  sheet: shortText,
  headerLine: wholeFrom(1, 10_000),
  encoding: shortText,
  delimiter: oneOf(',', ';', '\t', '|'),
};
const MAX_FIELDS = 500;

/**
 * Checks a mapping that a user wrote. @param fields the fields that may be mapped; any, when not given.
 * @throws TabularError `mapping_invalid` with the path of the first thing that is wrong and what is expected there.
 */
export function readMapping(input: unknown, fields?: readonly string[]): Mapping {
  const file = record(input, '(root)');
  for (const [key, value] of Object.entries(file)) {
    if (key === 'fields') continue;
    const check = Object.hasOwn(FILE, key) ? FILE[key] : undefined;
    if (check === undefined) fail(key, `this name is not known; known are fields, ${Object.keys(FILE).join(', ')}`);
    const wrong = check(value);
    if (wrong !== null) fail(key, wrong);
  }
  const entries = Object.entries(record(file.fields, 'fields'));
  if (entries.length === 0 || entries.length > MAX_FIELDS) fail('fields', `1 to ${MAX_FIELDS} fields are expected`);
  const mapped = new Map<string, MappingEntry>();
  for (const [field, value] of entries) {
    if (fields !== undefined && !fields.includes(field))
      fail(`fields.${field}`, `no such field; there are ${fields.join(', ')}`);
    mapped.set(field, entry(value, `fields.${field}`));
  }
  const { fields: _, sheet, headerLine, encoding, delimiter, ...defaults } = file;
  // Every member was checked above against the type that it has in `Mapping`.
  return { fields: mapped, defaults, ...defined({ sheet, headerLine, encoding, delimiter }) } as Mapping;
}

function entry(value: unknown, path: string): MappingEntry {
  if (typeof value === 'string') {
    const wrong = shortText(value);
    if (wrong !== null) fail(path, wrong);
    return { column: value };
  }
  const object = record(value, path);
  for (const [key, part] of Object.entries(object)) {
    const check = Object.hasOwn(ENTRY, key) ? ENTRY[key] : undefined;
    if (check === undefined)
      fail(`${path}.${key}`, `this name is not known; known are ${Object.keys(ENTRY).join(', ')}`);
    const wrong = check(part);
    if (wrong !== null) fail(`${path}.${key}`, wrong);
  }
  if ((object.column === undefined) === (object.constant === undefined))
    fail(path, 'either "column" or "constant" is expected');
  return object as MappingEntry;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object is expected');
  return value as Record<string, unknown>;
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function fail(path: string, detail: string): never {
  throw new TabularError('mapping_invalid', { path, detail });
}
