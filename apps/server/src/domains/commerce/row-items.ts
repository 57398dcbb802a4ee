import type { ImportRow, RowProblem } from '#domains/imports/index.ts';
import { parseId, parseText } from '#lib/tabular/identifiers.ts';
import { alignItems } from '#lib/tabular/items.ts';
import { parseMoney } from '#lib/tabular/money.ts';
import { parseInteger } from '#lib/tabular/numbers.ts';
import type { Parsed } from '#lib/tabular/outcome.ts';
import { type ItemField, itemFields, type OrderField } from './columns.ts';
import { splitExactly } from './split.ts';

/** One of the goods of a row: its values, whether the row holds one good or several. */
export interface RowItem {
  text(field: OrderField): string | null;
  integer(field: OrderField): number | null;
  /** Minor units; an amount of the row as a whole is this item's exact share of it. */
  minor(field: OrderField): number | null;
  note(field: OrderField): ReturnType<ImportRow['note']>;
  /** Whether the cell of the field lists the items apart. */
  split(field: ItemField): boolean;
  /** The first of these fields whose value is there but cannot be read. */
  unreadable(fields: readonly OrderField[]): RowProblem | null;
}

const amountFields = [
  'list',
  'payable',
  'paid',
  'received',
  'freight',
  'discountPlatform',
  'discountMerchant',
  'discountCreator',
  'refund',
  'cost',
] as const satisfies readonly ItemField[];
const idFields: readonly string[] = ['lineNo', 'productId', 'skuId'];
/** Fields in which a separator means several goods; a name may hold one by itself. */
const listing = ['lineNo', 'productId', 'skuId', 'quantity'] as const satisfies readonly ItemField[];
/** Quantities of the items; a single number is the sum of all. */
function quantitiesOf(told: readonly (number | null)[] | number | null, count: number): number[] {
  if (typeof told === 'object' && told !== null) return told.map((quantity) => quantity ?? 1);
  return splitExactly(Math.max(told ?? 0, count), Array(count).fill(1));
}

const separator = /[;；\n]/;

/** The goods of a row, or why its columns do not go together. */
export function rowItems(row: ImportRow, currency: string): RowItem[] | { problems: RowProblem[] } {
  const several = listing.some((field) =>
    separator.test(
      row
        .raw(field)
        ?.trim()
        .replace(/[;；]+$/, '') ?? '',
    ),
  );
  return several ? splitRow(row, currency) : [singleItem(row)];
}

function singleItem(row: ImportRow): RowItem {
  return {
    text: (field) => row.text(field),
    integer: (field) => row.integer(field),
    minor: (field) => {
      const amount = row.moneyMinor(field);
      return amount === null ? null : Number(amount);
    },
    note: (field) => row.note(field),
    split: () => false,
    unreadable: (fields) => firstUnreadable(fields, (field) => row.note(field)),
  };
}

type Parts = readonly Record<ItemField, string | null>[];

function splitRow(row: ImportRow, currency: string): RowItem[] | { problems: RowProblem[] } {
  const shared = itemFields.filter((field) => !separator.test(row.raw(field) ?? ''));
  const cells = Object.fromEntries(itemFields.map((field) => [field, row.raw(field)])) as Record<
    ItemField,
    string | null
  >;
  const texts = ['productName', 'variation'] as const;
  // A name may hold the separator by itself: where it does not go with the other columns it stands for all items.
  const strict = alignItems(cells, { shared, texts });
  const aligned = strict.ok ? strict : alignItems(cells, { shared: [...shared, ...texts] });
  if (!aligned.ok) {
    return { problems: [{ field: itemFields.find((field) => !shared.includes(field))!, code: aligned.code }] };
  }
  const parts: Parts = aligned.value ?? [];
  const apart = new Set<string>(itemFields.filter((field) => !shared.includes(field)));
  const cellsOf = parts.map((part) => partReader(part, currency));
  const told = apart.has('quantity') ? cellsOf.map((cell) => cell.integer('quantity')) : row.integer('quantity');
  const quantities = quantitiesOf(told, parts.length);
  const weights = weightsOf(row, apart, cellsOf, quantities);
  const shares = new Map(
    amountFields
      .filter((field) => !apart.has(field))
      .map((field) => {
        const whole = row.moneyMinor(field);
        return [field as string, whole === null ? null : splitExactly(Number(whole), weights)] as const;
      }),
  );
  return cellsOf.map((cell, index) =>
    splitItem(row, cell, apart, quantities[index]!, (field) => shares.get(field)?.[index]),
  );
}

/** Reads one item's parts of cells that list several. */
interface PartReader {
  text(field: string): string | null;
  integer(field: string): number | null;
  minor(field: string): number | null;
  note(field: string): ReturnType<ImportRow['note']>;
}

function partReader(parts: Readonly<Record<string, string | null>>, currency: string): PartReader {
  const read = <T>(field: string, parse: (text: string) => Parsed<T>): Parsed<T> | null => {
    const text = parts[field];
    return text == null ? null : parse(text);
  };
  const value = <T>(parsed: Parsed<T> | null): T | null => (parsed?.ok ? parsed.value : null);
  const money = (field: string) => read(field, (text) => parseMoney(text, { currency }));
  const number = (field: string) => read(field, (text) => parseInteger(text));
  return {
    text: (field) => value(read(field, (text) => (idFields.includes(field) ? parseId(text) : parseText(text)))),
    integer: (field) => {
      const found = value(number(field));
      return found === null ? null : Number(found);
    },
    minor: (field) => {
      const found = value(money(field));
      return found === null ? null : Number(found.minor);
    },
    note: (field) => {
      const numeric: Parsed<unknown> | null = field === 'quantity' ? number(field) : money(field);
      const parsed =
        (amountFields as readonly string[]).includes(field) || field === 'quantity' ? numeric : read(field, parseText);
      if (parsed === null) return 'empty';
      return parsed.ok ? parsed.note : 'unreadable';
    },
  };
}

/** What amounts of the whole row are split by: list amounts, else list price times quantity, else quantities. */
function weightsOf(
  row: ImportRow,
  apart: ReadonlySet<string>,
  cells: readonly PartReader[],
  quantities: readonly number[],
): readonly number[] {
  const listed = apart.has('list') ? cells.map((cell) => cell.minor('list') ?? 0) : [];
  if (listed.some((amount) => amount > 0)) return listed;
  const price = apart.has('unitPrice') ? null : Number(row.moneyMinor('unitPrice') ?? 0n);
  const priced = cells.map((cell, index) => (price ?? cell.minor('unitPrice') ?? 0) * quantities[index]!);
  return priced.some((amount) => amount > 0) ? priced : quantities;
}

function splitItem(
  row: ImportRow,
  cell: PartReader,
  apart: ReadonlySet<string>,
  quantity: number,
  shareOf: (field: string) => number | null | undefined,
): RowItem {
  const note = (field: OrderField) => (apart.has(field) ? cell.note(field) : row.note(field));
  return {
    text: (field) => (apart.has(field) ? cell.text(field) : row.text(field)),
    integer: (field) => {
      if (field === 'quantity') return quantity;
      return apart.has(field) ? cell.integer(field) : row.integer(field);
    },
    minor: (field) => {
      if (apart.has(field)) return cell.minor(field);
      if ((amountFields as readonly string[]).includes(field)) return shareOf(field) ?? null;
      const amount = row.moneyMinor(field);
      return amount === null ? null : Number(amount);
    },
    note,
    split: (field) => apart.has(field),
    unreadable: (fields) => firstUnreadable(fields, note),
  };
}

function firstUnreadable(
  fields: readonly OrderField[],
  note: (field: OrderField) => ReturnType<ImportRow['note']>,
): RowProblem | null {
  const field = fields.find((name) => note(name) === 'unreadable');
  return field === undefined ? null : { field, code: field === 'quantity' ? 'not_an_integer' : 'not_a_number' };
}
