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

/**
 * Aligns columns that list the same items (names, ids, quantities). For each column the sign is chosen with which all
 * columns come to the same number of items, because a name may itself hold a semicolon. A column with a single item stands
 * for all of them only when `shared` names it. Else the refusal tells the counts.
 */
export function alignItems<Name extends string>(
  columns: Readonly<Record<Name, Cell | undefined>>,
  shared: readonly Name[] = [],
): Parsed<Record<Name, string | null>[]> {
  const names = (Object.keys(columns) as Name[]).filter((name) => cleanText(cellText(columns[name])) !== '');
  if (names.length === 0) return nothing('empty');
  const ways = new Map(names.map((name) => [name, readings(cellText(columns[name]))]));
  const listing = names.filter((name) => !shared.includes(name));
  const count = commonCount(listing.map((name) => ways.get(name) ?? []));
  if (count === null || count > MAX_ITEMS) {
    const counts = listing.map((name) => `${name} ${splitItems(columns[name]).length}`).join(', ');
    return refused('items_mismatch', { counts });
  }
  const items: Record<Name, string | null>[] = [];
  for (let i = 0; i < count; i++) {
    const item = {} as Record<Name, string | null>;
    for (const name of Object.keys(columns) as Name[]) {
      const reading = ways.get(name)?.find((parts) => parts.length === count) ?? ways.get(name)?.[0];
      item[name] = (reading?.length === 1 && shared.includes(name) ? reading[0] : reading?.[i]) || null;
    }
    items.push(item);
  }
  return found(items);
}

/** Every way in which a text can be parted, as a whole first. */
function readings(text: string): string[][] {
  const ways = [trimmed([text])];
  for (const separator of SEPARATORS) if (separator.test(text)) ways.push(trimmed(text.split(separator)));
  return ways;
}

function commonCount(columns: readonly string[][][]): number | null {
  const sure = columns.map((ways) => ways.slice(1).map((way) => way.length));
  const candidates = [...new Set([...sure.flat(), 1])].sort((a, b) => b - a);
  return candidates.find((count) => columns.every((ways) => ways.some((way) => way.length === count))) ?? null;
}

function trimmed(parts: readonly string[]): string[] {
  const clean = parts.map(cleanText);
  while (clean.length > 1 && clean.at(-1) === '') clean.pop();
  return clean;
}
