import type { Statement } from './brand-scope.ts';
import { bucketSql } from './calendar.ts';
import { askParams, filterSql, keySql, knownPerson, orderKey, personKey, wordList } from './compile.ts';
import type { Ask, LiveFigure } from './kpi.ts';
import type { Split } from './schema.ts';

/** How a figure of a session is known: from the platform's report, and from the events of a session without a report. */
interface FigureSource {
  reported: string;
  observed: string;
  /** Event types that `observed` reads. */
  types: readonly string[];
  money?: boolean;
}

const count = (type: string): string => `toInt64(countIf(type = '${type}'))`;
const people = (types: readonly string[]): string =>
  `nullIf(toInt64(uniqExactIf(${personKey}, type IN ${wordList(types)} AND ${knownPerson})), 0)`;
const interactions = ['danmaku.sent', 'live.liked', 'live.shared', 'live.followed'];

/** Every live KPI is made of these. A figure that neither source knows is NULL, and the session is then named in `omitted`. */
export const liveFigures: Readonly<Record<LiveFigure, FigureSource>> = {
  sessions: { reported: 'toInt64(1)', observed: 'toInt64(1)', types: [] },
  exposures: { reported: 'exposures', observed: 'CAST(NULL AS Nullable(Int64))', types: [] },
  views: { reported: 'views', observed: count('live.entered'), types: [] },
  viewers: { reported: 'viewers', observed: people(['live.entered']), types: [] },
  peak_concurrent: {
    reported: 'peak_concurrent',
    observed:
      "nullIf(toFloat64(maxIntersectionsIf(toUnixTimestamp(occurred_at) - quantity, toInt64(toUnixTimestamp(occurred_at)), type = 'live.left')), 0)",
    types: ['live.left'],
  },
  concurrent_seconds: {
    reported: 'average_concurrent * duration_seconds',
    observed: "toFloat64(sumIf(quantity, type = 'live.left'))",
    types: ['live.left'],
  },
  duration_seconds: {
    reported: 'duration_seconds',
    observed:
      "toFloat64(dateDiff('second', minIf(occurred_at, type IN ('live.entered', 'live.left')), maxIf(occurred_at, type IN ('live.entered', 'live.left'))))",
    types: ['live.left'],
  },
  watch_seconds: {
    reported: 'average_watch_seconds * viewers',
    observed: "toFloat64(sumIf(quantity, type = 'live.left'))",
    types: ['live.left'],
  },
  interaction_users: {
    reported: 'interaction_users',
    observed: `toInt64(uniqExactIf(${personKey}, type IN ${wordList(interactions)} AND ${knownPerson}))`,
    types: interactions,
  },
  product_impressions: { reported: 'product_impressions', observed: count('product.shown'), types: ['product.shown'] },
  product_clicks: { reported: 'product_clicks', observed: count('product.clicked'), types: ['product.clicked'] },
  orders: {
    reported: 'orders',
    observed: `toInt64(uniqExactIf(${orderKey}, type = 'order.paid'))`,
    types: ['order.paid'],
  },
  buyers: {
    reported: 'buyers',
    observed: `toInt64(uniqExactIf(${personKey}, type = 'order.paid' AND ${knownPerson}))`,
    types: ['order.paid'],
  },
  gmv_minor: {
    reported: 'gmv_minor',
    observed: "sumIf(amount_minor, type IN ('order.paid', 'order.adjusted'))",
    types: ['order.paid', 'order.adjusted'],
    money: true,
  },
};

/** Splits that a session has. */
const sessionColumn: Partial<Record<Split, string>> = { room: 'room_id', session: 'session_id', channel: 'channel' };
const columnOf = (split: Split): string => sessionColumn[split] ?? "''";

/**
 * One row per live session that started in the range: `session_id, room_id, channel, day` and the figures asked for.
 * A report of the platform counts before what was observed. Everything that happened in a session belongs to the day it
 * started on, however long it ran and whenever its orders were paid.
 */
export function liveSessionsSql(figures: readonly LiveFigure[]): string {
  const types = wordList([...new Set(['live.entered', ...figures.flatMap((figure) => liveFigures[figure].types)])]);
  const columns = (side: 'reported' | 'observed') => figures.map((figure) => `, ${liveFigures[figure][side]} AS f_${figure}`).join('');
  const started =
    "SELECT dim_value FROM @kpi_day WHERE dim = 'session' AND type = 'live.entered' AND dim_value NOT IN (SELECT session_id FROM @session_figures) " +
    'GROUP BY dim_value HAVING min(day) >= {from:Date} AND min(day) < {to:Date}';
  const lastDay = `SELECT max(day) FROM @kpi_day WHERE dim = 'session' AND type IN ${types} AND dim_value IN (${started})`;
  return (
    `SELECT session_id, toString(room_id) AS room_id, toString(channel) AS channel, day${columns('reported')} ` +
    'FROM @session_figures WHERE day >= {from:Date} AND day < {to:Date} ' +
    'UNION ALL ' +
    "SELECT toString(e.session_id) AS session_id, toString(max(e.room_id)) AS room_id, toString(maxIf(e.channel, type = 'live.entered')) AS channel, " +
    `minIf(e.day, type = 'live.entered') AS day${columns('observed')} ` +
    `FROM @events AS e WHERE type IN ${types} AND e.session_id IN (${started}) AND e.day >= {from:Date} AND e.day <= (${lastDay}) ` +
    'GROUP BY e.session_id'
  );
}

/** Figures of live sessions by bucket and key: t, k, n, d, and `left` = sessions that lack one of the two. */
export function compileLive(name: string, ask: Ask, over: LiveFigure, per: LiveFigure | undefined, merge: 'sum' | 'max'): Statement {
  const figures = [...new Set(per ? [over, per] : [over])];
  const known = figures.map((figure) => `f_${figure} IS NOT NULL`).join(' AND ');
  return {
    name,
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, columnOf)} AS k, ${merge}If(f_${over}, ${known}) AS n, ` +
      `${per ? `sumIf(f_${per}, ${known})` : 'NULL'} AS d, countIf(NOT (${known})) AS left ` +
      `FROM (${liveSessionsSql(figures)}) WHERE 1${filterSql(ask, columnOf)} GROUP BY t, k`,
    params: askParams(ask),
  };
}
