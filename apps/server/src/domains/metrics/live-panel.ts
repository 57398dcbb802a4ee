import { refuse } from '#errors.ts';
import { majorOf } from '#lib/money.ts';
import { addDays } from '#lib/time.ts';
import { checkRange } from './ask.ts';
import type { Statement } from './brand-scope.ts';
import { daysBetween } from './calendar.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { attribute, type LiveTotals } from './factors.ts';
import type { LiveFigure } from './kpi.ts';
import { liveSessionsSql } from './live-figures.ts';
import { foundOmissions, said } from './omissions.ts';
import { openReader, type Reader } from './reader.ts';
import type { Cockpit, GmvFactors, GmvFactorsQuery, Omission } from './schema.ts';

/** Figures that are read together: a session counts for a set only when all of the set are known. */
export type FigureSet = readonly LiveFigure[];

/** One row of a panel: for set i, `s<i>_<figure>` = sums over sessions that know the whole set, `left<i>` = the others. */
export type PanelRow = { t: string } & Record<string, string | number | null>;

/** Sums of several sets of figures by day (or as one), over the sessions of a range. */
export function compileLivePanel(
  name: string,
  sets: readonly FigureSet[],
  range: { from: string; to: string },
  byDay: boolean,
  session?: string,
): Statement {
  const figures = [...new Set(sets.flat())];
  const columns = sets.flatMap((set, i) => {
    const known = set.map((figure) => `f_${figure} IS NOT NULL`).join(' AND ');
    return [
      ...set.map((figure) => `sumIf(f_${figure}, ${known}) AS s${i}_${figure}`),
      `countIf(${known}) AS known${i}`,
      `countIf(NOT (${known})) AS left${i}`,
    ];
  });
  return {
    name,
    sql:
      `SELECT ${byDay ? 'day' : '{from:Date}'} AS t, ${columns.join(', ')} FROM (${liveSessionsSql(figures, false)}) ` +
      `${session === undefined ? '' : 'WHERE session_id = {session:String} '}GROUP BY t`,
    params: { ...range, ...(session !== undefined && { session }) },
  };
}

/** Steps of the live funnel in their order, each with the figure that it counts. */
const steps = [
  'exposures',
  'views',
  'product_impressions',
  'product_clicks',
  'orders',
] as const satisfies readonly LiveFigure[];
/** The funnel by persons, where it is known. */
const personSteps = ['viewers', 'buyers'] as const satisfies readonly LiveFigure[];
export const funnelSets: readonly FigureSet[] = [
  ...steps.map((step) => [step]),
  ...steps.slice(1).map((step, i) => [steps[i]!, step]),
  ...personSteps.map((step) => [step]),
  personSteps,
];

type FunnelSteps = Cockpit['funnel'];

/**
 * The funnel of the sums that `funnelSets` gives, from set `offset` on. A rate compares sessions that know both steps, so it
 * can differ from the quotient of the two values; a step that no session knows is left out.
 */
export function funnelOf(rows: readonly PanelRow[], offset = 0): { steps: FunnelSteps; left: number } {
  const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
  const result: FunnelSteps = [];
  const add = (step: LiveFigure, set: number, pair: number | undefined, before: LiveFigure | undefined) => {
    if (sum(`known${set}`) === 0) return;
    const per = pair === undefined ? 0 : sum(`s${pair}_${before}`);
    result.push({
      step,
      value: sum(`s${set}_${step}`),
      rate: pair !== undefined && per > 0 ? sum(`s${pair}_${step}`) / per : null,
    });
  };
  steps.forEach((step, i) => {
    add(step, offset + i, i === 0 ? undefined : offset + steps.length + i - 1, steps[i - 1]);
  });
  const persons = offset + 2 * steps.length - 1;
  add('viewers', persons, undefined, undefined);
  add('buyers', persons + 1, persons + 2, 'viewers');
  return { steps: result, left: Math.max(...steps.map((_, i) => sum(`left${offset + i}`))) };
}

/** The live funnel of a range or of one session. */
export async function liveFunnel(
  deps: MetricsDeps,
  brand: MetricsBrand,
  query: { from: string; to: string; session?: string },
) {
  checkRange(query.from, query.to);
  const reader = await openReader(deps, brand);
  return deps.cache.get(JSON.stringify([brand.id, 'funnel', query]), reader.version, async () => {
    const rows = await reader.rows<PanelRow>(
      compileLivePanel('live funnel', funnelSets, { from: query.from, to: query.to }, false, query.session),
    );
    const funnel = funnelOf(rows);
    return { steps: funnel.steps, omitted: sessionsLeft(funnel.left) };
  });
}

export function sessionsLeft(count: number): Omission[] {
  if (count === 0) return [];
  return [said('sessions_without_figures', count, foundOmissions.sessions_without_figures)];
}

const chain = ['views', 'product_clicks', 'orders', 'gmv_minor'] as const;

/** How far back a session may lie that another one is compared with. */
const sessionSearchDays = 7_300;

/** GMV of sessions as a product of four factors, and which of them moved it against an earlier period or session. */
export async function gmvFactors(deps: MetricsDeps, brand: MetricsBrand, query: GmvFactorsQuery): Promise<GmvFactors> {
  checkRange(query.from, query.to);
  if ((query.compareFrom === undefined) !== (query.compareTo === undefined)) {
    throw refuse('kpi.query_invalid', { detail: '"compareFrom" and "compareTo" belong together.' });
  }
  if (query.compareFrom !== undefined && query.compareTo !== undefined) checkRange(query.compareFrom, query.compareTo);
  const reader = await openReader(deps, brand);
  return deps.cache.get(JSON.stringify([brand.id, 'factors', query]), reader.version, async () => {
    const [current, previous] = await Promise.all([
      totalsOf(reader, { from: query.from, to: query.to }, query.session),
      comparedTotals(reader, query),
    ]);
    const factors = previous ? attribute(previous.totals, current.totals) : [];
    return {
      current: sideOf(current.totals, brand.currency),
      previous: previous ? sideOf(previous.totals, brand.currency) : null,
      factors: factors.map(({ factor, contributionMinor }) => ({
        factor,
        contributionMinor: String(contributionMinor),
      })),
      changeMinor: previous ? String(current.totals.gmvMinor - previous.totals.gmvMinor) : null,
      omitted: sessionsLeft(current.left + (previous?.left ?? 0)),
    };
  });
}

async function comparedTotals(reader: Reader, query: GmvFactorsQuery) {
  if (query.compareSession !== undefined) {
    const range = { from: query.compareFrom ?? addDays(query.to, -sessionSearchDays), to: query.compareTo ?? query.to };
    return totalsOf(reader, range, query.compareSession);
  }
  if (query.session !== undefined && query.compareFrom === undefined) return undefined;
  const range =
    query.compareFrom !== undefined && query.compareTo !== undefined
      ? { from: query.compareFrom, to: query.compareTo }
      : comparableRange(query.from, query.to);
  return totalsOf(reader, range, undefined);
}

/** The period of the same length and the same weekdays that lies before: whole weeks earlier, without overlap. */
export function comparableRange(from: string, to: string): { from: string; to: string } {
  const shift = Math.ceil(daysBetween(from, to) / 7) * 7;
  return { from: addDays(from, -shift), to: addDays(to, -shift) };
}

async function totalsOf(
  reader: Reader,
  range: { from: string; to: string },
  session: string | undefined,
): Promise<{ totals: LiveTotals; left: number }> {
  const rows = await reader.rows<PanelRow>(
    compileLivePanel('views, clicks, orders and GMV of sessions', [chain], range, false, session),
  );
  const row = rows[0];
  return {
    left: Number(row?.left0 ?? 0),
    totals: {
      views: Number(row?.s0_views ?? 0),
      clicks: Number(row?.s0_product_clicks ?? 0),
      orders: Number(row?.s0_orders ?? 0),
      gmvMinor: BigInt(row?.s0_gmv_minor ?? 0),
    },
  };
}

function sideOf({ views, clicks, orders, gmvMinor }: LiveTotals, currency: string): GmvFactors['current'] {
  return {
    views,
    clicks,
    orders,
    gmvMinor: String(gmvMinor),
    clickRate: views > 0 ? clicks / views : null,
    clickToOrderRate: clicks > 0 ? orders / clicks : null,
    orderValue: orders > 0 ? majorOf(gmvMinor, currency) / orders : null,
  };
}
