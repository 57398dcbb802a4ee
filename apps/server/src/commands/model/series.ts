import { readFile } from 'node:fs/promises';
import type { Column } from '@tandem/dynamics';
import { parse } from 'csv-parse/sync';
import { UsageError } from '../usage.ts';

/** Measured values of one variable; NaN where nothing was measured. */
export interface MeasuredSeries {
  name: string;
  times: number[];
  values: number[];
}

/** Rows and values of one file at most. */
const valuesMax = 5_000_000;

/**
 * Reads a CSV (or tab-separated) file of measurements: the first column is time, every other one a variable of the model
 * by its name; an empty cell is a gap.
 */
export async function readSeries(path: string): Promise<MeasuredSeries[]> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UsageError(`${path} could not be read: ${error.message}.`);
  });
  const text = bytes.toString('utf8');
  const tabbed = (text.split(/\r?\n/, 1)[0] ?? '').includes('\t');
  const rows: string[][] = readRows(text, tabbed ? '\t' : ',', path);
  const [header = [], ...body] = rows;
  const names = header.slice(1).map((name) => name.trim());
  if (names.length === 0 || body.length === 0) {
    throw new UsageError(`${path} needs a header (Time and names of variables) and at least one row.`);
  }
  if (names.length * body.length > valuesMax) throw new UsageError(`${path} has more than ${valuesMax} values.`);
  const times = body.map((row, at) => cellNumber(row[0], path, at, 'Time'));
  return names.map((name, column) => {
    const values = body.map((row, at) => {
      const cell = row[column + 1]?.trim() ?? '';
      return cell === '' ? Number.NaN : cellNumber(cell, path, at, name);
    });
    if (values.every(Number.isNaN)) throw new UsageError(`${path}: the column ${name} has no value.`);
    return { name, times, values };
  });
}

/** What an ensemble has to store so that its rows lie beside the measurements, series after series. */
export function columnsOf(series: readonly MeasuredSeries[]): Column[] {
  return series.map(({ name, times }) => ({ output: name, reduce: { kind: 'samples', times } }));
}

function readRows(text: string, delimiter: string, path: string): string[][] {
  try {
    return parse(text, { bom: true, delimiter, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw new UsageError(`${path} is not CSV: ${error instanceof Error ? error.message : error}.`);
  }
}

function cellNumber(text: string | undefined, path: string, at: number, name: string): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw new UsageError(`${path}, row ${at + 2}: "${text ?? ''}" in ${name} is not a number.`);
  return value;
}
