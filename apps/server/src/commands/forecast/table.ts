import type { Quantiles } from '../../domains/forecast/schema.ts';

/** Rows in columns: the first to the left, the others to the right. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** A number for people: four digits, thousands apart. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '-';
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e12)) return value.toExponential(3);
  return value.toLocaleString('en-GB', { maximumSignificantDigits: Math.abs(value) >= 10_000 ? 6 : 4 });
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined || !Number.isFinite(share) ? '-' : `${(100 * share).toFixed(1)} %`;
}

/** P10, P50 and P90 as cells. */
export function quantileCells({ p10, p50, p90 }: Quantiles): string[] {
  return [figure(p10), figure(p50), figure(p90)];
}
