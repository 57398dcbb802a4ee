import type { ImportRow, RowProblem } from '#domains/imports/preset.ts';
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
function quantitiesOf(told: readonly (string | null)[] | number | null, count: number): number[] {
  if (Array.isArray(told)) return told.map((quantity) => Number(quantity ?? 1));
  return splitExactly(Math.max(typeof told === 'number' ? told : 0, count), Array(count).fill(1));
}

const separator = /[;；\n]/;

/** The goods of a row, or why its columns do not go together. */
export function rowItems(row: ImportRow, currency: string): RowItem[] | { problems: RowProblem[] } {
  const several = listing.some((field) => separator.test(row.raw(field)?.trim().replace(/[;；]+$/, '') ?? ''));
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
    unreadable: (fields) => {
      const field = fields.find((name) => row.note(name) === 'unreadable');
      return field === undefined ? null : { field, code: field === 'quantity' ? 'not_an_integer' : 'not_a_number' };
    },
  };
}

function splitRow(row: ImportRow, currency: string): RowItem[] | { problems: RowProblem[] } {
  const shared = itemFields.filter((field) => !separator.test(row.raw(field) ?? ''));
  const cells = Object.fromEntries(itemFields.map((field) => [field, row.raw(field)])) as Record<ItemField, string | null>;
  const texts = ['productName', 'variation'] as const;
  // A name may hold the separator by itself: where it does not go with the other columns it stands for all items.
  const strict = alignItems(cells, { shared, texts });
  const aligned = strict.ok ? strict : alignItems(cells, { shared: [...shared, ...texts] });
  if (!aligned.ok) return { problems: [{ field: itemFields.find((field) => !shared.includes(field))!, code: aligned.code }] };
  const parts = aligned.value ?? [];
  const apart = (field: string) => (itemFields as readonly string[]).includes(field) && !shared.includes(field as ItemField);
  const part = <T>(field: OrderField, index: number, parse: (text: string) => Parsed<T>): Parsed<T> | null => {
    const text = parts[index]?.[field as ItemField];
    return text == null ? null : parse(text);
  };
  const valueOf = <T>(parsed: Parsed<T> | null): T | null => (parsed?.ok ? parsed.value : null);
  const moneyPart = (field: OrderField, index: number) => valueOf(part(field, index, (text) => parseMoney(text, { currency })));
  const integerPart = (field: OrderField, index: number) => valueOf(part(field, index, (text) => parseInteger(text)));
  const quantities = quantitiesOf(apart('quantity') ? parts.map((_, index) => integerPart('quantity', index)) : row.integer('quantity'), parts.length);
  const prices = parts.map((_, index) => (apart('unitPrice') ? Number(moneyPart('unitPrice', index)?.minor ?? 0n) : Number(row.moneyMinor('unitPrice') ?? 0n)));
  const listed = parts.map((_, index) => Number(moneyPart('list', index)?.minor ?? 0n));
  const priced = prices.map((price, index) => price * quantities[index]!);
  const byList = apart('list') && listed.some((amount) => amount > 0) ? listed : priced;
  const weights = byList.some((weight) => weight > 0) ? byList : quantities;
  const sharesOf = new Map(
    amountFields
      .filter((field) => !apart(field))
      .map((field) => {
        const whole = row.moneyMinor(field);
        return [field as string, whole === null ? null : splitExactly(Number(whole), weights)] as const;
      }),
  );
  return parts.map((_, index): RowItem => ({
    text: (field) => {
      if (!apart(field)) return row.text(field);
      return valueOf(part(field, index, (text) => (idFields.includes(field) ? parseId(text) : parseText(text))));
    },
    integer: (field) => {
      if (field === 'quantity') return quantities[index]!;
      if (!apart(field)) return row.integer(field);
      const value = integerPart(field, index);
      return value === null ? null : Number(value);
    },
    minor: (field) => {
      const shares = sharesOf.get(field);
      if (shares !== undefined) return shares?.[index] ?? null;
      const amount = apart(field) ? moneyPart(field, index)?.minor : row.moneyMinor(field);
      return amount == null ? null : Number(amount);
    },
    note: (field) => {
      if (!apart(field)) return row.note(field);
      const parsed = part(field, index, (text) => parseText(text));
      return parsed?.ok ? parsed.note : undefined;
    },
    split: (field) => apart(field),
    unreadable: (fields) => {
      const broken = fields.find((field) => {
        if (!apart(field)) return row.note(field) === 'unreadable';
        const parsed = part<unknown>(field, index, (text) => (field === 'quantity' ? parseInteger(text) : parseMoney(text, { currency })));
        return parsed !== null && !parsed.ok;
      });
      return broken === undefined ? null : { field: broken, code: broken === 'quantity' ? 'not_an_integer' : 'not_a_number' };
    },
  }));
}
