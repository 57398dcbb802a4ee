import type { Statement } from './brand-scope.ts';
import { bucketSql } from './calendar.ts';
import { askParams, filterSql, keySql, knownPerson, orderKey, personKey, wordList } from './compile.ts';
import type { Ask, LiveFigure } from './kpi.ts';
import type { Split } from './schema.ts';

/** How a figure of a session is known: from the platform's report, and from what happened in a session without a report. */
interface FigureSource {
  reported: string;
  observed: string;
  /** What `observed` is computed from: sums a day (`kpi_day`), or the events themselves, which costs far more. */
  from: 'sums' | 'events';
  /** Event types that `observed` reads. */
  types: readonly string[];
  money?: boolean;
}

const count = (type: string) => ({
  observed: `toInt64(sumIf(events, type = '${type}'))`,
  from: 'sums' as const,
  types: [type],
});
const people = (types: readonly string[]) => ({
  observed: `toInt64(uniqExactIf(${personKey}, type IN ${wordList(types)} AND ${knownPerson}))`,
  from: 'events' as const,
  types,
});
const watched = {
  observed: "toFloat64(sumIf(quantity, type = 'live.left'))",
  from: 'sums',
  types: ['live.left'],
} as const;
const isPresence = "type IN ('live.entered', 'live.left')";

/** Every live KPI is made of these. A figure that neither source knows is NULL, and the session is then named in `omitted`. */
export const liveFigures: Readonly<Record<LiveFigure, FigureSource>> = {
  sessions: { reported: 'toInt64(1)', observed: 'toInt64(1)', from: 'sums', types: [] },
  exposures: { reported: 'exposures', observed: 'CAST(NULL AS Nullable(Int64))', from: 'sums', types: [] },
  views: { reported: 'views', ...count('live.entered') },
  viewers: {
    reported: 'viewers',
    ...people(['live.entered']),
    // Nobody known is not nobody: a session of strangers has no number of viewers.
    observed: `nullIf(${people(['live.entered']).observed}, 0)`,
  },
  peak_concurrent: {
    reported: 'peak_concurrent',
    observed:
      "nullIf(toFloat64(maxIntersectionsIf(toUnixTimestamp(occurred_at) - quantity, toInt64(toUnixTimestamp(occurred_at)), type = 'live.left')), 0)",
    from: 'events',
    types: ['live.left'],
  },
  concurrent_seconds: { reported: 'average_concurrent * duration_seconds', ...watched },
  duration_seconds: {
    reported: 'duration_seconds',
    observed: `toFloat64(dateDiff('second', minIf(occurred_at, ${isPresence}), maxIf(occurred_at, ${isPresence})))`,
    from: 'events',
    types: ['live.entered', 'live.left'],
  },
  watch_seconds: { reported: 'average_watch_seconds * viewers', ...watched },
  interaction_users: {
    reported: 'interaction_users',
    ...people(['danmaku.sent', 'live.liked', 'live.shared', 'live.followed']),
  },
  product_impressions: { reported: 'product_impressions', ...count('product.shown') },
  product_clicks: { reported: 'product_clicks', ...count('product.clicked') },
  orders: {
    reported: 'orders',
    observed: `toInt64(uniqExactIf(${orderKey}, type = 'order.paid'))`,
    from: 'events',
    types: ['order.paid'],
  },
  buyers: { reported: 'buyers', ...people(['order.paid']) },
  gmv_minor: {
    reported: 'gmv_minor',
    observed: "sumIf(amount_minor, type IN ('order.paid', 'order.adjusted'))",
    from: 'sums',
    types: ['order.paid', 'order.adjusted'],
    money: true,
  },
};

/** Splits that a session has. */
const sessionColumn: Partial<Record<Split, string>> = { room: 'room_id', session: 'session_id', channel: 'channel' };
const columnOf = (split: Split): string => sessionColumn[split] ?? "''";

const entered = "type = 'live.entered'";

/**
 * One row per live session that started in the range: `session_id, day` and the figures asked for, with `place` also
 * `room_id, channel`. A report of the platform counts before what was observed. Everything that happened in a session
 * belongs to the day it started on, however long it ran and whenever its orders were paid.
 */
export function liveSessionsSql(figures: readonly LiveFigure[], place: boolean): string {
  const fromSums = figures.filter((figure) => liveFigures[figure].from === 'sums');
  const fromEvents = figures.filter((figure) => liveFigures[figure].from === 'events');
  const typesOf = (of: readonly LiveFigure[]) => of.flatMap((figure) => liveFigures[figure].types);
  const columns = (side: 'reported' | 'observed', of: readonly LiveFigure[]) =>
    of.map((figure) => `, ${liveFigures[figure][side]} AS f_${figure}`).join('');
  const names = (of: readonly LiveFigure[]) => of.map((figure) => `, f_${figure}`).join('');
  const unreported = 'dim_value NOT IN (SELECT session_id FROM @session_figures)';
  const places = (room: string, channel: string) =>
    place ? `, toString(${room}) AS room_id, toString(${channel}) AS channel` : '';
  const started =
    `SELECT dim_value FROM @kpi_day WHERE dim = 'session' AND ${entered} AND ${unreported} ` +
    'GROUP BY dim_value HAVING min(day) >= {from:Date} AND min(day) < {to:Date}';
  const sums =
    `SELECT dim_value AS session_id, minIf(day, ${entered}) AS day${columns('observed', fromSums)} FROM @kpi_day WHERE dim = 'session' ` +
    `AND type IN ${wordList([...new Set(['live.entered', ...typesOf(fromSums)])])} AND dim_value IN (${started}) GROUP BY dim_value`;
  const eventTypes = wordList([...new Set([...typesOf(fromEvents), ...(place ? ['live.entered'] : [])])]);
  const lastDay = `SELECT max(day) FROM @kpi_day WHERE dim = 'session' AND type IN ${eventTypes} AND dim_value IN (${started})`;
  const events =
    `SELECT toString(e.session_id) AS session_id${places('max(e.room_id)', `maxIf(e.channel, ${entered})`)}${columns('observed', fromEvents)} ` +
    `FROM @events AS e WHERE type IN ${eventTypes} AND e.session_id IN (${started}) AND e.day >= {from:Date} AND e.day <= (${lastDay}) ` +
    'GROUP BY e.session_id';
  const ordered = [...fromSums, ...fromEvents];
  const observed =
    fromEvents.length > 0 || place
      ? `SELECT sums.session_id AS session_id, sums.day AS day${place ? ', room_id, channel' : ''}${names(ordered)} ` +
        `FROM (${sums}) AS sums LEFT JOIN (${events}) AS seen ON seen.session_id = sums.session_id`
      : sums;
  return (
    `SELECT session_id, day${places('room_id', 'channel')}${columns('reported', ordered)} ` +
    `FROM @session_figures WHERE day >= {from:Date} AND day < {to:Date} UNION ALL ${observed}`
  );
}

/** Figures of live sessions by bucket and key: t, k, n, d, and `left` = sessions that lack one of the two. */
export function compileLive(
  name: string,
  ask: Ask,
  over: LiveFigure,
  per: LiveFigure | undefined,
  merge: 'sum' | 'max',
): Statement {
  const figures = [...new Set(per ? [over, per] : [over])];
  const known = figures.map((figure) => `f_${figure} IS NOT NULL`).join(' AND ');
  return {
    name,
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, columnOf)} AS k, ${merge}If(f_${over}, ${known}) AS n, ` +
      `${per ? `sumIf(f_${per}, ${known})` : 'NULL'} AS d, countIf(NOT (${known})) AS left ` +
      `FROM (${liveSessionsSql(figures, needsPlace(ask))}) WHERE 1${filterSql(ask, columnOf)} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** Whether a question is about rooms or channels of sessions. */
function needsPlace(ask: Ask): boolean {
  return [ask.by, ...ask.filters.map((filter) => filter.split)].some(
    (split) => split === 'room' || split === 'channel',
  );
}
