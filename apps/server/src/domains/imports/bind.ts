import { cellText, isBlank, type SourceRow } from '#lib/tabular/cells.ts';
import { type CellValues, type ColumnProfile, columnReader, profileColumn } from '#lib/tabular/column-reader.ts';
import { type ColumnMap, type ColumnSpec, cellOf, mapColumns } from '#lib/tabular/columns.ts';
import { findHeader, type HeaderFound } from '#lib/tabular/header.ts';
import type { Mapping, MappingEntry } from '#lib/tabular/mapping.ts';
import type { Parsed } from '#lib/tabular/outcome.ts';
import { TabularError } from '#lib/tabular/reasons.ts';
import { timeOptions } from '#lib/tabular/timestamps.ts';
import type { ImportBrand } from './preset.ts';

type Read<Kind extends keyof CellValues> = (cell: SourceRow['cells'][number] | undefined) => Parsed<CellValues[Kind]>;

/** The readers that a getter of `ImportRow` may need of a column. */
export interface ColumnReaders {
  id: Read<'id'>;
  phone: Read<'phone'>;
  text: Read<'text'>;
  integer: Read<'integer'>;
  decimal: Read<'decimal'>;
  money: Read<'money'>;
  percent: Read<'percent'>;
  duration: Read<'duration'>;
  time: Read<'time'>;
}

/** A field of the preset with the place it is read from and how. */
export interface BoundColumn {
  readonly field: string;
  readonly kind: ColumnSpec['kind'];
  readonly required: boolean;
  /** The name that the file gives the column; the field's own for a constant. */
  readonly name: string;
  /** Columns of the file, the next one filling in where one is empty; none for a constant. */
  readonly indexes: readonly number[];
  readonly constant: string | null;
  readonly read: ColumnReaders;
  readonly profile: ColumnProfile;
}

/** A sheet whose header was found: where the data begins and what its columns mean to the preset. */
export interface BoundSheet {
  readonly header: Pick<HeaderFound, 'line' | 'cells' | 'preamble' | 'dataIndex'> & { explanations: number };
  readonly map: ColumnMap;
  readonly columns: ReadonlyMap<string, BoundColumn>;
  /** Required fields without a column or a constant. */
  readonly missing: readonly string[];
}

/** Nothing is said: columns are found by name. */
export const noMapping: Mapping = { fields: new Map(), defaults: {} };

const headRows = 80;

/**
 * Finds the header among the first rows of a sheet and ties the preset's fields to its columns; undefined when no row
 * looks like the header.
 * @throws TabularError mapping_column when the mapping names a column that the sheet does not have
 */
export function bindSheet(
  specs: readonly ColumnSpec[],
  brand: ImportBrand,
  rows: readonly SourceRow[],
  mapping: Mapping,
): BoundSheet | undefined {
  const header = headerOf(specs, brand, rows, mapping);
  if (header === undefined) return undefined;
  const data = rows.slice(header.dataIndex);
  const given = new Map<string, string>();
  for (const [field, entry] of mapping.fields) if (entry.column !== undefined) given.set(field, entry.column);
  const map = mapColumns(header.cells, specs, data, given);
  const columns = new Map<string, BoundColumn>();
  for (const spec of specs) {
    const column = bindColumn(spec, brand, data, map, mapping);
    if (column !== undefined) columns.set(spec.field, column);
  }
  const missing = specs.filter((spec) => spec.required === true && !columns.has(spec.field)).map((spec) => spec.field);
  return { header, map, columns, missing };
}

function bindColumn(
  spec: ColumnSpec,
  brand: ImportBrand,
  data: readonly SourceRow[],
  map: ColumnMap,
  mapping: Mapping,
): BoundColumn | undefined {
  const entry: MappingEntry | undefined = mapping.fields.get(spec.field);
  const match = map.matches.get(spec.field);
  if (entry?.column !== undefined && match === undefined) {
    throw new TabularError('mapping_column', { column: entry.column, field: spec.field });
  }
  const constant = entry?.constant ?? null;
  if (match === undefined && constant === null) return undefined;
  const kind = entry?.kind ?? spec.kind;
  const cells = constant === null && match ? data.map((row) => cellOf(row, match)) : [constant];
  const { column: _, constant: __, kind: ___, ...given } = entry ?? {};
  const reading = spec.reading === undefined ? { kind } : { kind, reading: spec.reading };
  const context = { currency: brand.currency, zone: brand.zone };
  const profile = profileColumn(reading, cells, context, constant === null ? match : undefined, {
    ...mapping.defaults,
    ...given,
  });
  return {
    field: spec.field,
    kind,
    required: spec.required === true,
    name: constant === null ? (match?.column ?? spec.field) : spec.field,
    indexes: constant === null ? (match?.indexes ?? []) : [],
    constant,
    read: readersOf(profile, context),
    profile,
  };
}

function readersOf(profile: ColumnProfile, context: { currency: string; zone: string }): ColumnReaders {
  const as = <Kind extends keyof CellValues>(kind: Kind): Read<Kind> => columnReader({ ...profile, kind }, context);
  return {
    id: as('id'),
    phone: as('phone'),
    text: as('text'),
    integer: as('integer'),
    decimal: as('decimal'),
    money: as('money'),
    percent: as('percent'),
    duration: as('duration'),
    time: as('time'),
  };
}

function headerOf(
  specs: readonly ColumnSpec[],
  brand: ImportBrand,
  rows: readonly SourceRow[],
  mapping: Mapping,
): BoundSheet['header'] | undefined {
  const head = rows.slice(0, headRows);
  if (mapping.headerLine !== undefined) {
    const index = rows.findIndex((row) => row.line === mapping.headerLine);
    const row = rows[index];
    if (row === undefined) return undefined;
    return {
      line: row.line,
      cells: row.cells,
      preamble: rows.slice(0, index).map(rowText),
      dataIndex: index + 1,
      explanations: 0,
    };
  }
  const found = findHeader(head, withMappedNames(specs, mapping), timeOptions(mapping.defaults.zone ?? brand.zone));
  if (found === null) return undefined;
  return { ...found, explanations: found.explanations.length };
}

/** A column that the user names is as good a sign of the header as one of the preset's names. */
function withMappedNames(specs: readonly ColumnSpec[], mapping: Mapping): ColumnSpec[] {
  return specs.map((spec) => {
    const column = mapping.fields.get(spec.field)?.column;
    return column === undefined ? spec : { ...spec, names: [column, ...spec.names] };
  });
}

/** A row as one text, as it stands above a header. */
export function rowText(row: SourceRow): string {
  return row.cells
    .map((cell) => cellText(cell).trim())
    .filter((text) => text !== '')
    .join(' ');
}

/** The row that looks most like a header when no known name helps: the first of those with most filled text cells. */
export function likelyHeader(rows: readonly SourceRow[]): number {
  let best = { index: 0, filled: 0 };
  for (const [index, row] of rows.slice(0, headRows).entries()) {
    const filled = row.cells.filter(
      (cell) => typeof cell === 'string' && !isBlank(cell) && !/^[\d.,\s-]+$/.test(cell),
    ).length;
    if (filled > best.filled) best = { index, filled };
  }
  return best.index;
}
