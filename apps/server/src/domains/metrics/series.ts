import { refuse } from '#errors.ts';
import { currencyExponent, majorOf } from '#lib/money.ts';
import { askOf, defaultKeys, maxPoints } from './ask.ts';
import { bucketsOf } from './calendar.ts';
import { type Cell, type Cells, type Exact, evaluate, exact, type Run } from './cells.ts';
import { completeUntil, spanOf } from './cohorts.ts';
import { compileMeasure } from './compile.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { type Ask, type Figure, type KpiDefinition, type Measure, otherKey } from './kpi.ts';
import { retentionNotDue } from './lifecycle-queries.ts';
import { liveFigures } from './live-figures.ts';
import { followNotDue, foundOmissions, omissionRules, said } from './omissions.ts';
import { openReader, type Reader } from './reader.ts';
import type { KpiPoint, KpiQuery, KpiSeries, Omission } from './schema.ts';

/** Answers one KPI for a range, by bucket and key, with what it leaves out. */
export async function kpiSeries(
  deps: MetricsDeps,
  brand: MetricsBrand,
  kpi: KpiDefinition,
  query: KpiQuery,
): Promise<KpiSeries> {
  const asked = askOf(kpi, query, brand.zone, deps.now());
  const reader = await openReader(deps, brand);
  const ask = await untilComplete(deps, reader, kpi, asked);
  const key = JSON.stringify([brand.id, 'series', kpi.id, ask, query.limit ?? defaultKeys]);
  const series = await deps.cache.get(
    key,
    reader.version,
    () => computeSeries(deps, reader, kpi, ask, query.limit ?? defaultKeys),
    (s) => s.points.length,
  );
  if (ask.by === undefined) return series;
  const names = await deps.names(
    brand.id,
    ask.by,
    [...new Set(series.points.map((point) => point.key ?? ''))].filter((k) => k !== '' && k !== otherKey),
  );
  return { ...series, points: series.points.map((point) => labelled(point, names)) };
}

/** KPIs of these kinds never ask what followed a day. */
const readsOneDayAtATime: ReadonlySet<string> = new Set(['measures', 'live', 'stock']);

/** What happened after a day is known only up to the last day with data: files of last month say nothing about this one. */
export async function untilComplete(
  deps: Pick<MetricsDeps, 'cache'>,
  reader: Reader,
  kpi: KpiDefinition,
  ask: Ask,
): Promise<Ask> {
  if (readsOneDayAtATime.has(kpi.compute.kind)) return ask;
  return { ...ask, today: completeUntil(await spanOf(deps, reader), ask.today) };
}

function labelled(point: KpiPoint, names: Map<string, string>): KpiPoint {
  const label = names.get(point.key ?? '');
  return label === undefined ? point : { ...point, label };
}

/** The same without cache and names; `reader` may note the statements that it runs. */
export async function computeSeries(
  deps: Pick<MetricsDeps, 'now'>,
  reader: Reader,
  kpi: KpiDefinition,
  ask: Ask,
  limit: number,
): Promise<KpiSeries> {
  const run: Run = (statement) => reader.rows(statement);
  const [points, omitted] = await Promise.all([
    pointsOf(kpi, ask, limit, reader.brand.currency, run),
    omittedOf(kpi, ask, reader.brand.currency, run),
  ]);
  return {
    id: kpi.id,
    unit: kpi.unit,
    ...(kpi.unit === 'money' && { currency: reader.brand.currency }),
    zone: reader.brand.zone,
    basis: kpi.basis,
    grain: ask.grain,
    from: ask.from,
    to: ask.to,
    points,
    omitted,
    asOf: new Date(deps.now()).toISOString(),
  };
}

async function pointsOf(kpi: KpiDefinition, ask: Ask, limit: number, currency: string, run: Run): Promise<KpiPoint[]> {
  const { cells, keys } = await cellsOf(kpi, ask, limit, run);
  const buckets = bucketsOf(ask.from, ask.to, ask.grain);
  if (buckets.length * keys.length > maxPoints) {
    throw refuse('kpi.query_invalid', {
      detail: `This asks for more than ${maxPoints} points. Choose a coarser grain, a shorter range or fewer keys.`,
    });
  }
  const keyed = ask.by !== undefined || isKeyed(kpi);
  return buckets.flatMap((t) => keys.map((k) => pointOf(kpi, t, keyed ? k : null, cells.at(t, k), currency)));
}

/** A KPI whose points have keys of their own, without a split. */
function isKeyed(kpi: KpiDefinition): boolean {
  return kpi.compute.kind === 'query' && kpi.compute.query === 'content_share';
}

/** The cells, and the keys to show, largest first. Too many keys are asked for again with the smaller ones as "other". */
async function cellsOf(
  kpi: KpiDefinition,
  ask: Ask,
  limit: number,
  run: Run,
): Promise<{ cells: Cells; keys: string[] }> {
  if (ask.by === undefined) {
    const cells = await evaluate(kpi, ask, run);
    return { cells, keys: isKeyed(kpi) ? cells.keys : [''] };
  }
  const whole = kpi.grains.includes('total') ? { ...ask, grain: 'total' as const } : ask;
  const totals = await evaluate(kpi, whole, run);
  const size = (k: string) => Math.abs(Number(totals.at(ask.from, k)?.per ?? totals.at(ask.from, k)?.over ?? 0));
  const ranked = totals.keys.filter((k) => k !== '').sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
  const rest = totals.keys.includes('') ? [''] : [];
  if (ranked.length <= limit) {
    const cells = ask.grain === 'total' ? totals : await evaluate(kpi, ask, run);
    return { cells, keys: [...ranked, ...rest] };
  }
  const keep = ranked.slice(0, limit);
  const cells = await evaluate(kpi, { ...ask, keep: [...keep, ''] }, run);
  return { cells, keys: [...keep, otherKey, ...rest] };
}

/** How the two sides of a KPI are measured: money has a minor unit, everything else has not. */
function sidesOf(kpi: KpiDefinition): { over: 'money' | 'plain'; per: 'money' | 'plain' | undefined; scale: number } {
  const compute = kpi.compute;
  const isMoney = (measure: Measure | undefined) =>
    measure?.kind === 'sum' && measure.of === 'amount' ? 'money' : 'plain';
  switch (compute.kind) {
    case 'measures':
      return {
        over: isMoney(compute.measures[compute.over[0]![0]]),
        per: compute.per && isMoney(compute.measures[compute.per[0]![0]]),
        scale: compute.scale ?? 1,
      };
    case 'live':
      return {
        over: liveFigures[compute.over].money ? 'money' : 'plain',
        per: compute.per && (liveFigures[compute.per].money ? 'money' : 'plain'),
        scale: compute.scale ?? 1,
      };
    case 'query': {
      const side = compute.money ? 'money' : 'plain';
      return { over: side, per: compute.query === 'linkage_days' ? undefined : side, scale: compute.scale ?? 1 };
    }
    case 'quotient':
      return { over: 'plain', per: 'plain', scale: 1 };
    case 'stock':
    case 'geometric_mean':
      return { over: 'plain', per: undefined, scale: 1 };
  }
}

/** Whether a bucket in which nothing happened has the value zero rather than none. */
function emptyIsZero(kpi: KpiDefinition): boolean {
  const compute = kpi.compute;
  if (compute.kind === 'measures') return compute.per === undefined;
  return (
    compute.kind === 'stock' || (compute.kind === 'live' && compute.per === undefined && compute.merge === undefined)
  );
}

/** One cell as a point of the answer. */
export function pointOf(
  kpi: KpiDefinition,
  t: string,
  key: string | null,
  cell: Cell | undefined,
  currency: string,
): KpiPoint {
  const { over, per, scale } = sidesOf(kpi);
  const plain = (value: Exact, side: 'money' | 'plain') =>
    side === 'money' ? majorOf(BigInt(value), currency) : Number(value);
  if (per === undefined) {
    const value = cell === undefined && emptyIsZero(kpi) ? 0n : (cell?.over ?? null);
    if (value === null) return { t, key, value: null };
    const point: KpiPoint = { t, key, value: plain(value, over) };
    if (over === 'money') point.exactMinor = String(value);
    return point;
  }
  const numerator = cell?.over ?? null;
  const denominator = cell?.per ?? null;
  const known = numerator !== null && denominator !== null && Number(denominator) !== 0;
  // Money per money needs no currency; money per piece does.
  const minorPerMajor = over === 'money' && per === 'plain' ? 10 ** currencyExponent(currency) : 1;
  const point: KpiPoint = {
    t,
    key,
    value: known ? ((Number(numerator) / Number(denominator)) * scale) / minorPerMajor : null,
  };
  if (numerator !== null) point.numerator = plain(numerator, over);
  if (denominator !== null) point.denominator = plain(denominator, per);
  if (cell?.low !== undefined && cell.high !== undefined) {
    point.low = cell.low * scale;
    point.high = cell.high * scale;
  }
  return point;
}

async function omittedOf(kpi: KpiDefinition, ask: Ask, currency: string, run: Run): Promise<Omission[]> {
  const whole: Ask = { ...ask, grain: 'total', by: undefined, keep: undefined };
  const found = await Promise.all([
    ...kpi.omissions.map((code) => counted(code, whole, currency, run)),
    leftOut(kpi, whole, run),
  ]);
  return found.flat();
}

async function counted(code: string, ask: Ask, currency: string, run: Run): Promise<Omission[]> {
  const rule = omissionRules[code]!;
  const total = async (measure: Measure) =>
    (await run<Figure>(compileMeasure(code, measure, ask))).reduce((sum, row) => sum + BigInt(exact(row.n) ?? 0), 0n);
  const [count, amount] = await Promise.all([total(rule.count), rule.amount ? total(rule.amount) : undefined]);
  if (count === 0n) return [];
  const omission = said(code, Number(count), rule);
  return [
    amount === undefined ? omission : { ...omission, amount: majorOf(amount, currency), exactMinor: String(amount) },
  ];
}

export const retentionDays: Readonly<Record<string, number>> = { retention_d1: 1, retention_d7: 7, retention_d30: 30 };
export const following: readonly string[] = [
  'community_to_live',
  'live_to_community',
  'linkage_days',
  'linkage_index',
  'seeding_conversion',
];

/** What a KPI's own query leaves out. */
async function leftOut(kpi: KpiDefinition, ask: Ask, run: Run): Promise<Omission[]> {
  if (kpi.compute.kind === 'live') {
    const { left } = await evaluate(kpi, ask, run);
    return left > 0 ? [said('sessions_without_figures', left, foundOmissions.sessions_without_figures)] : [];
  }
  const days = retentionDays[kpi.id];
  if (days !== undefined) {
    const rows = await run<{ n: string }>(retentionNotDue(ask, days));
    const count = Number(rows[0]?.n ?? 0);
    return count > 0 ? [said('retention_not_due', count, foundOmissions.retention_not_due)] : [];
  }
  if (following.includes(kpi.id)) return followNotDue(ask);
  return [];
}
