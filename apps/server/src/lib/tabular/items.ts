import { type Cell, cellText } from './cells.ts';
import { cleanText } from './clean.ts';
import { found, nothing, type Parsed, refused } from './outcome.ts';

/** Signs that part several items in one cell, the surest first. */
const SEPARATORS: readonly RegExp[] = [/\r\n|\n|\r/, /[;；]/];
const MAX_ITEMS = 500;

/** The items of one cell, parted by line breaks or semicolons; a cell without them is one item. */
export function splitItems(cell: Cell | undefined): string[] {
  const text = cellText(cell);
  const separator = SEPARATORS.find((sign) => sign.test(text));
  return separator === undefined ? trimmed([text]) : trimmed(text.split(separator));
}

export interface AlignOptions<Name extends string> {
  /** Columns whose single value stands for all items, such as the order number. */
  readonly shared?: readonly NoInfer<Name>[];
  /** Free texts that may themselves hold a semicolon: they are kept whole when that is what agrees with the others. */
  readonly texts?: readonly NoInfer<Name>[];
}

/**
 * Aligns columns that list the same items (names, ids, quantities); columns without any value are null in every item. Where
 * the columns do not come to the same number of items, the refusal tells their counts.
 */
export function alignItems<Name extends string>(
  columns: Readonly<Record<Name, Cell | undefined>>,
  options: AlignOptions<Name> = {},
): Parsed<Record<Name, string | null>[]> {
  const all = Object.keys(columns) as Name[];
  const names = all.filter((name) => cleanText(cellText(columns[name])) !== '');
  if (names.length === 0) return nothing('empty');
  const shared = new Set<Name>(options.shared);
  const texts = new Set<Name>(options.texts);
  const ways = new Map(
    names.map((name) => [name, readings(cellText(columns[name]), texts.has(name) || shared.has(name))]),
  );
  const listing = names.filter((name) => !shared.has(name));
  const count = commonCount(listing.map((name) => ways.get(name) ?? []));
  if (count === null || count > MAX_ITEMS) {
    const counts = listing.map((name) => `${name} ${splitItems(columns[name]).length}`).join(', ');
    return refused('items_mismatch', { counts });
  }
  return found(
    Array.from({ length: count }, (_, i) => {
      const item = {} as Record<Name, string | null>;
      for (const name of all) {
        const way = ways.get(name)?.find((parts) => parts.length === count) ?? ways.get(name)?.[0];
        item[name] = (shared.has(name) && way?.length === 1 ? way[0] : way?.[i]) || null;
      }
      return item;
    }),
  );
}

/** The ways in which a text can be parted; a text without a sign is one item. */
function readings(text: string, mayBeWhole: boolean): string[][] {
  const parted = SEPARATORS.filter((separator) => separator.test(text)).map((separator) =>
    trimmed(text.split(separator)),
  );
  return mayBeWhole || parted.length === 0 ? [trimmed([text]), ...parted] : parted;
}

/** The largest number of items to which every column can be parted. */
function commonCount(columns: readonly string[][][]): number | null {
  const candidates = [...new Set(columns.flat().map((way) => way.length))].sort((a, b) => b - a);
  const fits = candidates.find((count) => columns.every((ways) => ways.some((way) => way.length === count)));
  return columns.length === 0 ? 1 : (fits ?? null);
}

function trimmed(parts: readonly string[]): string[] {
  const clean = parts.map(cleanText);
  while (clean.length > 1 && clean.at(-1) === '') clean.pop();
  return clean;
}
