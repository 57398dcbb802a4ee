import { type Cell, cellText, isBlank, type SourceRow } from './cells.ts';
import { cleanText } from './clean.ts';
import { comparableName, type HeaderUnit, headerUnit, similarity } from './names.ts';

/** How the cells of a column can be read. */
export const COLUMN_KINDS = [
  'id',
  'text',
  'integer',
  'decimal',
  'range',
  'money',
  'percent',
  'duration',
  'time',
  'day',
  'interval',
  'phone',
  'boolean',
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A column that an importer knows. */
export interface ColumnSpec {
  readonly field: string;
  /** Names that exports give it, in any language, the commonest first. */
  readonly names: readonly string[];
  readonly kind: ColumnKind;
  /** The column must be there AND its cell be filled in every row. */
  readonly required?: boolean;
  readonly labelEn: string;
  readonly labelZh: string;
  /** What is known of the column whatever the file says, for example the unit of its plain numbers. */
  readonly reading?: ReadingOptions;
}

/** What a preset or a mapping says about reading a column; it wins over what the values suggest. */
export interface ReadingOptions {
  readonly decimal?: '.' | ',';
  readonly dateOrder?: 'dmy' | 'mdy';
  /** What a plain number in a column of shares means. */
  readonly plain?: 'percent' | 'ratio';
  /** The unit of a plain number in a column of durations. */
  readonly unit?: 'ms' | 's' | 'min' | 'h' | 'd';
  readonly clock?: 'mm:ss' | 'hh:mm';
  readonly currency?: string;
  /** Zone of the times of this column when it is not the brand's. */
  readonly zone?: string;
  /** The unit of the numbers as a power of ten: 4 for 万, -2 for fen. */
  readonly shift?: number;
}

export interface ColumnMatch {
  readonly field: string;
  /** The column whose cells are read; the others have the same name and fill in where it is empty. */
  readonly indexes: readonly [number, ...number[]];
  /** The name as the file writes it. */
  readonly column: string;
  readonly how: 'given' | 'exact' | 'normalised' | 'without_unit';
  /** 1 exact, 0.95 the same after normalisation, 0.9 the same without the unit in brackets. */
  readonly confidence: number;
  /** What the header says about its numbers, for example `(min)` or `(万元)`. */
  readonly unit: HeaderUnit | null;
}

export interface Suggestion {
  readonly column: string;
  readonly index: number;
  /** 0 to 1; a suggestion is never used by itself. */
  readonly similarity: number;
}

export interface ColumnMap {
  readonly matches: ReadonlyMap<string, ColumnMatch>;
  /** Columns of the file that no field takes. */
  readonly unknown: readonly { readonly index: number; readonly column: string }[];
  /** Names that occur more than once, with their columns in the order in which they are used. */
  readonly duplicates: readonly { readonly column: string; readonly indexes: readonly number[] }[];
  readonly missing: readonly {
    readonly field: string;
    readonly names: readonly string[];
    readonly suggestions: readonly Suggestion[];
  }[];
  /** For optional fields that were not found. */
  readonly suggestions: ReadonlyMap<string, readonly Suggestion[]>;
}

const SUGGEST_FROM = 0.5;

/**
 * Finds for each field its column by name. A column is given to the first field that matches it best; names written twice
 * are kept together, one with values (by `samples`) first.
 *
 * @param given column names that a user chose, by field; they win.
 */
export function mapColumns(
  header: readonly Cell[],
  specs: readonly ColumnSpec[],
  samples: readonly SourceRow[] = [],
  given: ReadonlyMap<string, string> = new Map(),
): ColumnMap {
  const names = header.map((cell) => cleanText(cellText(cell)));
  const groups = groupByName(names, samples);
  const taken = new Set<string>();
  const matches = new Map<string, ColumnMatch>();
  const take = (field: string, key: string, how: ColumnMatch['how'], confidence: number) => {
    const indexes = groups.get(key);
    const index = indexes?.[0];
    if (indexes === undefined || index === undefined || matches.has(field)) return;
    if (taken.has(key) && how !== 'given') return;
    taken.add(key);
    const column = names[index] ?? '';
    matches.set(field, {
      field,
      indexes: [index, ...indexes.slice(1)],
      column,
      how,
      confidence,
      unit: headerUnit(column).unit,
    });
  };
  for (const [field, column] of given) take(field, comparableName(column), 'given', 1);
  for (const { field, names: aliases } of specs) {
    const alias = given.has(field) ? undefined : aliases.find((name) => names.includes(name));
    if (alias !== undefined) take(field, comparableName(alias), 'exact', 1);
  }
  for (const { field, names: aliases } of specs) {
    if (given.has(field)) continue;
    for (const alias of aliases) take(field, comparableName(alias), 'normalised', 0.95);
  }
  const bare = new Map([...groups.keys()].map((key) => [comparableName(headerUnit(key).base), key]));
  for (const { field, names: aliases } of specs) {
    if (given.has(field)) continue;
    for (const alias of aliases) {
      const key = bare.get(comparableName(headerUnit(alias).base));
      if (key !== undefined) take(field, key, 'without_unit', 0.9);
    }
  }
  return summary(names, groups, taken, matches, specs);
}

/** The cell of a field in a row: the first filled one of its columns. */
export function cellOf(row: SourceRow, match: ColumnMatch): Cell {
  for (const index of match.indexes) {
    const cell = row.cells[index];
    if (cell !== undefined && !isBlank(cell)) return cell;
  }
  return null;
}

/** Filled cells beyond the last column of the header: an unquoted separator moved the values of such a row. */
export function cellsBeyond(row: SourceRow, headerCells: number): number {
  let beyond = 0;
  for (let i = headerCells; i < row.cells.length; i++) if (!isBlank(row.cells[i])) beyond++;
  return beyond;
}

function groupByName(names: readonly string[], samples: readonly SourceRow[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  names.forEach((name, index) => {
    if (name === '') return;
    const key = comparableName(name);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  for (const indexes of groups.values()) {
    if (indexes.length < 2) continue;
    const filled = (index: number) => (samples.some((row) => !isBlank(row.cells[index])) ? 0 : 1);
    indexes.sort((a, b) => filled(a) - filled(b) || a - b);
  }
  return groups;
}

function summary(
  names: readonly string[],
  groups: ReadonlyMap<string, number[]>,
  taken: ReadonlySet<string>,
  matches: ReadonlyMap<string, ColumnMatch>,
  specs: readonly ColumnSpec[],
): ColumnMap {
  const unknown = [...groups]
    .filter(([key]) => !taken.has(key))
    .map(([, [index = 0]]) => ({ index, column: names[index] ?? '' }));
  const duplicates = [...groups.values()]
    .filter((indexes) => indexes.length > 1)
    .map((indexes) => ({ column: names[indexes[0] ?? 0] ?? '', indexes }));
  const missing: { field: string; names: readonly string[]; suggestions: Suggestion[] }[] = [];
  const suggestions = new Map<string, Suggestion[]>();
  for (const { field, names: aliases, required } of specs) {
    if (matches.has(field)) continue;
    const near = unknown
      .map(({ index, column }) => ({
        index,
        column,
        similarity: Math.max(0, ...aliases.map((name) => similarity(name, column))),
      }))
      .filter((suggestion) => suggestion.similarity >= SUGGEST_FROM)
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 3);
    if (required === true) missing.push({ field, names: aliases, suggestions: near });
    else if (near.length > 0) suggestions.set(field, near);
  }
  return { matches, unknown, duplicates, missing, suggestions };
}
