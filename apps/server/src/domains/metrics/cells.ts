import type { Statement } from './brand-scope.ts';
import { bucketsOf } from './calendar.ts';
import { kpiDefinition } from './catalogue.ts';
import { contentMix } from './catalogue-content.ts';
import { compileMeasure, wholeKey } from './compile.ts';
import { rateInterval } from './interval.ts';
import type { Ask, Compute, Figure, KpiDefinition, Measure, Terms } from './kpi.ts';
import { stockChanges } from './lifecycle-queries.ts';
import { compileLive } from './live-figures.ts';
import { queries } from './queries.ts';

/** Runs a statement; the brand is already chosen. */
export type Run = <Row>(statement: Statement) => Promise<Row[]>;

/** A whole number stays exact; what a query computed as a fraction is a float. */
export type Exact = bigint | number;

/** One figure of an answer: `over / per` for a ratio, else `over`; money is in minor units. Null = nothing is known. */
export interface Cell {
  over: Exact | null;
  per: Exact | null;
  low?: number;
  high?: number;
}

/** Figures by bucket and key, and how many things the query itself had to leave out. */
export interface Cells {
  at(t: string, k: string): Cell | undefined;
  keys: string[];
  left: number;
}

/** Computes a KPI for every bucket and key of a question. */
export async function evaluate(kpi: KpiDefinition, ask: Ask, run: Run): Promise<Cells> {
  const compute = kpi.compute;
  switch (compute.kind) {
    case 'measures':
      return measured(compute, ask, run);
    case 'live':
      return table(await run<Figure>(compileLive(kpi.id, ask, compute.over, compute.per, compute.merge ?? 'sum')));
    case 'stock':
      return stock(await run<Figure>(stockChanges(ask, compute.of, compute.joined, compute.left)), ask);
    case 'query': {
      const cells = table(await run<Figure>(queries[compute.query](ask)));
      return compute.query === 'content_share' ? everyKind(cells, ask) : cells;
    }
    case 'quotient':
      return quotient(compute, ask, run);
    case 'geometric_mean':
      return geometricMean(compute, ask, run);
  }
}

/** Reads a number of ClickHouse without loss. */
export function exact(value: string | number | null | undefined): Exact | null {
  if (value === null || value === undefined) return null;
  const text = String(value);
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

const address = (t: string, k: string): string => `${t} ${k}`;

function table(rows: readonly Figure[]): Cells {
  const cells = new Map<string, Cell>();
  const keys = new Set<string>();
  let left = 0;
  for (const row of rows) {
    keys.add(row.k);
    left += Number(row.left ?? 0);
    const over = exact(row.n);
    const per = exact(row.d);
    const interval =
      row.squares === undefined ? undefined : rateInterval(Number(over), Number(per), Number(row.squares));
    cells.set(address(row.t, row.k), { over, per, ...interval });
  }
  return { at: (t, k) => cells.get(address(t, k)), keys: [...keys], left };
}

async function measured(compute: Extract<Compute, { kind: 'measures' }>, ask: Ask, run: Run): Promise<Cells> {
  const names = Object.keys(compute.measures);
  const results = await Promise.all(names.map((name) => measure(name, compute.measures[name]!, ask, run)));
  const byName = new Map(names.map((name, i) => [name, results[i]!]));
  const sum = (terms: Terms, at: string): bigint =>
    terms.reduce((total, [name, factor]) => total + BigInt(factor) * (byName.get(name)!.values.get(at) ?? 0n), 0n);
  const { over, per } = compute;
  return {
    keys: [...new Set(results.flatMap((result) => [...result.keys]))],
    left: 0,
    at: (t, k) => ({ over: sum(over, address(t, k)), per: per ? sum(per, address(t, k)) : null }),
  };
}

async function measure(name: string, what: Measure, ask: Ask, run: Run) {
  const values = new Map<string, bigint>();
  const keys = new Set<string>();
  const whole = new Map<string, bigint>();
  const parts = new Map<string, bigint>();
  for (const row of await run<Figure>(compileMeasure(name, what, ask))) {
    const value = BigInt(String(row.n ?? 0));
    if (row.k === wholeKey) {
      whole.set(row.t, value);
      continue;
    }
    keys.add(row.k);
    values.set(address(row.t, row.k), value);
    parts.set(row.t, (parts.get(row.t) ?? 0n) + value);
  }
  for (const [t, value] of whole) {
    const withoutKey = value - (parts.get(t) ?? 0n);
    if (withoutKey === 0n) continue;
    keys.add('');
    values.set(address(t, ''), withoutKey);
  }
  return { values, keys };
}

/** Changes summed up from the beginning: each bucket shows the stock at its end. */
function stock(rows: readonly Figure[], ask: Ask): Cells {
  const changes = new Map(rows.map((row) => [row.t, BigInt(String(row.n ?? 0))]));
  const cells = new Map<string, Cell>();
  let level = changes.get('1970-01-01') ?? 0n;
  for (const t of bucketsOf(ask.from, ask.to, ask.grain)) {
    level += changes.get(t) ?? 0n;
    cells.set(t, { over: level, per: null });
  }
  return { at: (t) => cells.get(t), keys: [''], left: 0 };
}

/** A kind of content without a piece has a share of zero wherever there were pieces. */
function everyKind(cells: Cells, ask: Ask): Cells {
  const keys = [...new Set([...Object.keys(contentMix), ...cells.keys])];
  const totals = new Map(
    bucketsOf(ask.from, ask.to, ask.grain).map((t) => [
      t,
      keys.map((k) => cells.at(t, k)?.per ?? null).find((per) => per !== null) ?? null,
    ]),
  );
  return { ...cells, keys, at: (t, k) => cells.at(t, k) ?? { over: 0n, per: totals.get(t) ?? null } };
}

async function quotient(compute: Extract<Compute, { kind: 'quotient' }>, ask: Ask, run: Run): Promise<Cells> {
  const [over, per] = await Promise.all([
    evaluate(kpiDefinition(compute.over), ask, run),
    evaluate(kpiDefinition(compute.per), ask, run),
  ]);
  return {
    keys: [''],
    left: over.left + per.left,
    at: (t, k) => ({ over: over.at(t, k)?.over ?? 0n, per: per.at(t, k)?.over ?? 0n }),
  };
}

async function geometricMean(
  compute: Extract<Compute, { kind: 'geometric_mean' }>,
  ask: Ask,
  run: Run,
): Promise<Cells> {
  const [first, second] = await Promise.all(compute.of.map((id) => evaluate(kpiDefinition(id), ask, run)));
  const ratio = (cell: Cell | undefined) =>
    cell && cell.over !== null && cell.per !== null && Number(cell.per) > 0
      ? Number(cell.over) / Number(cell.per)
      : null;
  return {
    keys: [''],
    left: 0,
    at(t, k) {
      const a = ratio(first!.at(t, k));
      const b = ratio(second!.at(t, k));
      return { over: a === null || b === null ? null : Math.sqrt(a * b), per: null };
    },
  };
}
