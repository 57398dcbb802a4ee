import { assert } from '#errors.ts';
import { majorOf } from '#lib/money.ts';
import { addDays } from '#lib/time.ts';
import { ownActs } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import { bucketStart, bucketsOf, nextBucket } from './calendar.ts';
import { kpiDefinition } from './catalogue.ts';
import type { Cell } from './cells.ts';
import { type PairCount, type PeopleCounts, panelPeople, peopleCounts } from './cockpit-people.ts';
import {
  type PanelAsk,
  panelDistinct,
  panelFollow,
  panelRepurchase,
  panelRetention,
  panelSums,
} from './cockpit-queries.ts';
import type { DistinctMeasure, Figure, LiveFigure, Measure, SumMeasure } from './kpi.ts';
import { firstDayNotDue, stockChanges } from './lifecycle-queries.ts';
import { compileLivePanel, type FigureSet, funnelSets, type PanelRow, sessionsLeft } from './live-panel.ts';
import { followNotDue, foundOmissions, omissionRules, said } from './omissions.ts';
import type { Reader } from './reader.ts';
import type { Omission } from './schema.ts';
import { following, retentionDays } from './series.ts';

export type { Period } from './cockpit-queries.ts';

/** Cards of the first screen, in their order: business, user, live, linkage. */
export const cockpitKpis: readonly string[] = [
  'gmv',
  'net_gmv',
  'orders',
  'buyers',
  'average_order_value',
  'average_customer_spend',
  'repurchase_rate',
  'refund_rate',
  'roi_net',
  'members',
  'new_members',
  'active_members',
  'activity_rate',
  'retention_d1',
  'retention_d7',
  'retention_d30',
  'koc',
  'sessions',
  'views',
  'viewers',
  'average_watch_seconds',
  'product_click_rate',
  'click_to_order_rate',
  'viewer_conversion',
  'gpm',
  'community_to_live',
  'live_to_community',
];

/** Everything that the cards show. */
export interface Panel {
  current(id: string): Cell | undefined;
  previous(id: string): Cell | undefined;
  spark(id: string, t: string): Cell | undefined;
  /** Whether the KPI has a figure for each bucket; a share of few people a day would only flicker. */
  hasSpark(id: string): boolean;
  omitted(id: string): Omission[];
  /** Rows of the current period that hold `funnelSets` from set 0 on. */
  funnel: readonly PanelRow[];
}

/** Where a figure is asked for. */
type Place = 'current' | 'previous' | { t: string };
/** Gives the figure of a KPI at a place. */
type Source = (id: string, place: Place) => Cell | undefined;

const kpis = cockpitKpis.map(kpiDefinition);
const omissionCodes = [...new Set(kpis.flatMap((kpi) => kpi.omissions))];
const measures = unique<Measure>([
  ...kpis.flatMap((kpi) => (kpi.compute.kind === 'measures' ? Object.values(kpi.compute.measures) : [])),
  ...omissionCodes.flatMap((code) => [
    omissionRules[code]!.count,
    ...(omissionRules[code]!.amount ? [omissionRules[code]!.amount] : []),
  ]),
]);
const sums = measures.filter((measure): measure is SumMeasure => measure.kind === 'sum');
const active: DistinctMeasure = { kind: 'distinct', of: 'person', types: ownActs };
/** Active persons are counted together with those who crossed between the strands. */
const counts = measures.filter(
  (measure): measure is DistinctMeasure =>
    measure.kind === 'distinct' && JSON.stringify(measure) !== JSON.stringify(active),
);

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Reads the whole screen: few queries, side by side. */
export async function readPanel(reader: Reader, ask: PanelAsk): Promise<Panel> {
  const [people, retention, live, measured, members, koc, repurchase] = await Promise.all([
    readPeople(reader, ask),
    retentionSource(reader, ask),
    liveSource(reader, ask),
    measuredSource(reader, ask),
    stockSource(reader, ask, 'members'),
    stockSource(reader, ask, 'koc'),
    readPair(reader, panelRepurchase(ask)),
  ]);
  const pairs: Readonly<Record<string, Pair>> = {
    repurchase_rate: repurchase,
    community_to_live: people.communityToLive,
    live_to_community: people.liveToCommunity,
  };
  const cell = (id: string, place: Place): Cell | undefined => {
    const { compute } = kpiDefinition(id);
    switch (compute.kind) {
      case 'measures':
        if (id !== 'active_members') return measured.cell(id, place);
        return {
          over: typeof place === 'string' ? people.active[place] : (people.activeAt.get(place.t) ?? 0n),
          per: null,
        };
      case 'live':
        return live.cell(id, place);
      case 'stock':
        return (id === 'members' ? members : koc)(id, place);
      case 'quotient':
        return { over: cell(compute.over, place)?.over ?? 0n, per: cell(compute.per, place)?.over ?? 0n };
      case 'query':
        if (compute.query in retentionDays) return retention.cell(id, place);
        return typeof place === 'string' && pairs[id]
          ? { over: pairs[id].over[place], per: pairs[id].per[place] }
          : undefined;
      case 'geometric_mean':
        return undefined;
    }
  };
  return {
    current: (id) => cell(id, 'current'),
    previous: (id) => cell(id, 'previous'),
    spark: (id, t) => cell(id, { t }),
    hasSpark: (id) => !['repurchase_rate', ...following].includes(id),
    omitted(id) {
      const kpi = kpiDefinition(id);
      return [
        ...kpi.omissions.flatMap((code) => measured.omission(code, reader.brand.currency)),
        ...(kpi.compute.kind === 'live' ? sessionsLeft(live.left(id)) : []),
        ...(id in retentionDays ? retention.omission(id) : []),
        ...(following.includes(id) ? followNotDue({ ...ask.current, today: ask.today }) : []),
      ];
    },
    funnel: live.funnel,
  };
}

/** KPIs made of sums and counts. */
async function measuredSource(reader: Reader, ask: PanelAsk) {
  const values = new Map<string, bigint>();
  const address = (measure: Measure, place: Place) =>
    `${JSON.stringify(measure)} ${typeof place === 'string' ? place : place.t}`;
  const add = (measure: Measure, place: Place, value: bigint) => {
    const at = address(measure, place);
    values.set(at, (values.get(at) ?? 0n) + value);
  };
  const shown = new Set(
    kpis.flatMap((kpi) =>
      kpi.compute.kind === 'measures' ? Object.values(kpi.compute.measures).map((m) => JSON.stringify(m)) : [],
    ),
  );
  const [sumRows, ...countRows] = await Promise.all([
    reader.rows<{ now: number; t: string } & Record<string, string>>(panelSums(sums, ask)),
    ...counts.map((measure) =>
      reader.rows<{ t: string; now: string; before: string }>(
        panelDistinct(`${measure.of} of ${measure.types[0]}`, measure, ask, shown.has(JSON.stringify(measure))),
      ),
    ),
  ]);
  for (const row of sumRows) {
    sums.forEach((measure, i) => {
      const value = BigInt(row[`m${i}`] ?? 0);
      add(measure, row.now ? 'current' : 'previous', value);
      if (row.now) add(measure, { t: row.t }, value);
    });
  }
  counts.forEach((measure, i) => {
    for (const row of countRows[i] ?? []) {
      add(measure, row.t === '' ? 'current' : { t: row.t }, BigInt(row.now));
      if (row.t === '') add(measure, 'previous', BigInt(row.before));
    }
  });
  const value = (measure: Measure, place: Place) => values.get(address(measure, place)) ?? 0n;
  return {
    cell: ((id, place) => {
      const { compute } = kpiDefinition(id);
      assert(compute.kind === 'measures', `${id} is not made of measures`);
      const sum = (terms: typeof compute.over) =>
        terms.reduce((total, [name, factor]) => total + BigInt(factor) * value(compute.measures[name]!, place), 0n);
      return { over: sum(compute.over), per: compute.per ? sum(compute.per) : null };
    }) satisfies Source,
    omission(code: string, currency: string): Omission[] {
      const rule = omissionRules[code]!;
      const count = value(rule.count, 'current');
      if (count === 0n) return [];
      const amount = rule.amount && value(rule.amount, 'current');
      const omission = said(code, Number(count), rule);
      return [
        amount === undefined
          ? omission
          : { ...omission, amount: majorOf(amount, currency), exactMinor: String(amount) },
      ];
    },
  };
}

/** KPIs of live sessions, and the funnel, from one pass over the sessions of both periods. */
async function liveSource(reader: Reader, ask: PanelAsk) {
  const sets: FigureSet[] = [...funnelSets];
  const setOf = new Map<string, { set: number; over: LiveFigure; per: LiveFigure | undefined }>();
  for (const { id, compute } of kpis) {
    if (compute.kind !== 'live') continue;
    setOf.set(id, { set: sets.length, over: compute.over, per: compute.per });
    sets.push(compute.per ? [compute.over, compute.per] : [compute.over]);
  }
  const rows = await reader.rows<PanelRow>(
    compileLivePanel('live sessions', sets, { from: ask.previous.from, to: ask.current.to }, true),
  );
  const current = rows.filter((row) => row.t >= ask.current.from);
  const previous = rows.filter((row) => row.t < ask.previous.to);
  const rowsAt = (place: Place) => {
    if (place === 'current') return current;
    if (place === 'previous') return previous;
    return current.filter((row) => bucketStart(row.t, ask.spark, ask.current.from) === place.t);
  };
  const cell: Source = (id, place) => {
    const { set, over, per } = setOf.get(id)!;
    const at = rowsAt(place);
    if (at.length === 0) return undefined;
    const known = at.reduce((sum, row) => sum + Number(row[`known${set}`] ?? 0), 0);
    const sum = (figure: LiveFigure) => total(at.map((row) => row[`s${set}_${figure}`] ?? 0));
    return { over: known > 0 ? sum(over) : null, per: per ? sum(per) : null };
  };
  return {
    cell,
    left: (id: string) => current.reduce((sum, row) => sum + Number(row[`left${setOf.get(id)!.set}`] ?? 0), 0),
    funnel: current,
  };
}

/** Sum of figures that stays exact where all are whole. */
function total(values: readonly (string | number)[]): bigint | number {
  const texts = values.map(String);
  if (texts.every((text) => /^-?\d+$/.test(text))) return texts.reduce((sum, text) => sum + BigInt(text), 0n);
  return texts.reduce((sum, text) => sum + Number(text), 0);
}

/** Stocks: the level at the end of each period and bucket. */
async function stockSource(reader: Reader, ask: PanelAsk, id: 'members' | 'koc'): Promise<Source> {
  const { compute } = kpiDefinition(id);
  assert(compute.kind === 'stock', `${id} is not a stock`);
  const range = { from: ask.previous.from, to: ask.current.to };
  const rows = await reader.rows<Figure>(
    stockChanges(
      { ...range, grain: 'day', by: undefined, filters: [], keep: undefined, today: ask.today },
      compute.of,
      compute.joined,
      compute.left,
    ),
  );
  const changes = rows
    .map((row) => ({ day: row.t, change: BigInt(row.n ?? 0) }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  const levelBefore = (end: string) => changes.reduce((sum, { day, change }) => (day < end ? sum + change : sum), 0n);
  const levels = new Map(
    bucketsOf(ask.current.from, ask.current.to, ask.spark).map((t) => {
      const end = nextBucket(t, ask.spark, ask.current.to);
      return [t, levelBefore(end < ask.current.to ? end : ask.current.to)];
    }),
  );
  const ends = { current: levelBefore(ask.current.to), previous: levelBefore(ask.previous.to) };
  return (_, place) => ({ over: typeof place === 'string' ? ends[place] : (levels.get(place.t) ?? 0n), per: null });
}

interface Pair {
  over: PairCount;
  per: PairCount;
}

/** A query that gives both sides of a share for both periods. */
async function readPair(reader: Reader, statement: Statement): Promise<Pair> {
  const [row] = await reader.rows<Record<'n' | 'd' | 'n_before' | 'd_before', string>>(statement);
  const pair = (now: string | undefined, before: string | undefined): PairCount => ({
    current: BigInt(now ?? 0),
    previous: BigInt(before ?? 0),
  });
  return { over: pair(row?.n, row?.n_before), per: pair(row?.d, row?.d_before) };
}

/** Active persons and crossings: in one pass where the periods are short enough, else one query each. */
async function readPeople(reader: Reader, ask: PanelAsk): Promise<PeopleCounts> {
  const together = panelPeople(ask);
  if (together) return peopleCounts((await reader.rows<Record<string, string>>(together))[0], ask);
  const [rows, communityToLive, liveToCommunity] = await Promise.all([
    reader.rows<{ t: string; now: string; before: string }>(panelDistinct('active persons', active, ask, true)),
    readPair(reader, panelFollow('community_to_live', ask)),
    readPair(reader, panelFollow('live_to_community', ask)),
  ]);
  const whole = rows.find((row) => row.t === '');
  return {
    active: { current: BigInt(whole?.now ?? 0), previous: BigInt(whole?.before ?? 0) },
    activeAt: new Map(rows.map((row) => [row.t, BigInt(row.now)])),
    communityToLive,
    liveToCommunity,
  };
}

/** Retention of newcomers on days 1, 7 and 30. */
async function retentionSource(reader: Reader, ask: PanelAsk) {
  const rows = await reader.rows<{ t: string } & Record<string, string>>(panelRetention(ask));
  const daysOf = (id: string) => retentionDays[id] ?? 0;
  const sum = (days: number, inside: (day: string) => boolean, due: string) =>
    rows.reduce((all, row) => (inside(row.t) && row.t < due ? all + BigInt(row[`n${days}`] ?? 0) : all), 0n);
  const cell: Source = (id, place) => {
    const days = daysOf(id);
    const due = addDays(ask.today, -days);
    const inside = (day: string) => {
      if (place === 'previous') return day < ask.previous.to;
      if (day < ask.current.from || day >= ask.current.to) return false;
      return place === 'current' || bucketStart(day, ask.spark, ask.current.from) === place.t;
    };
    return { over: sum(days, inside, due), per: sum(0, inside, due) };
  };
  return {
    cell,
    omission(id: string): Omission[] {
      const due = firstDayNotDue({ to: ask.current.to, today: ask.today }, daysOf(id));
      const count = sum(0, (day) => day >= due && day >= ask.current.from, ask.current.to);
      return count > 0n ? [said('retention_not_due', Number(count), foundOmissions.retention_not_due)] : [];
    },
  };
}
