import { refuse } from '#errors.ts';
import { isUuid, nilUuid, publicId } from '#lib/id.ts';
import { minorToDecimal } from '#lib/money.ts';
import { isDay } from '#lib/time.ts';
import { askOf } from './ask.ts';
import type { Statement } from './brand-scope.ts';
import { kpiDefinition } from './catalogue.ts';
import { askParams, eventColumn, eventsOf, filterSql, inRange, knownPerson, wordList } from './compile.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import type { Ask, KpiDefinition, LiveFigure } from './kpi.ts';
import { liveFigures, liveSessionsSql } from './live-figures.ts';
import { openReader, type Reader } from './reader.ts';
import type { KpiQuery, KpiRows } from './schema.ts';

const pageSize = 100;

/** The rows behind a number, newest first, a page at a time: events, or the sessions of a live KPI. */
export async function kpiRows(
  deps: MetricsDeps,
  brand: MetricsBrand,
  id: string,
  query: KpiQuery & { cursor?: string },
): Promise<KpiRows> {
  const kpi = kpiDefinition(id);
  // Rows are the same whatever the grain; a KPI without days has rows all the same.
  const ask = askOf(kpi, { ...query, grain: 'total' }, brand.zone, deps.now());
  const reader = await openReader(deps, brand);
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const rows = await (kpi.compute.kind === 'live' ? sessionRows : eventRows)(reader, kpi, ask, cursor);
  return named(deps, brand, rows);
}

/** Puts names in the place of keys, where the owning domain has one. */
async function named(deps: MetricsDeps, brand: MetricsBrand, found: KpiRows): Promise<KpiRows> {
  const labels = await Promise.all(
    found.columns.map(({ kind }, index) => {
      if (!namedKinds.has(kind)) return undefined;
      const keys = new Set(found.rows.flatMap((row) => (typeof row[index] === 'string' ? [row[index]] : [])));
      return deps.names(brand.id, kind, [...keys]);
    }),
  );
  const rows = found.rows.map((row) => row.map((cell, index) => labels[index]?.get(String(cell)) ?? cell));
  return { ...found, rows };
}

const namedKinds = new Set(['order', 'product', 'session', 'room', 'group', 'koc']);

type Cursor = [at: string, id: string];

function readCursor(text: string): Cursor {
  const [at, id, ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  if (at === undefined || id === undefined || rest.length > 0) {
    throw refuse('kpi.query_invalid', { detail: 'The cursor is not one that this list gave. Start again without it.' });
  }
  return [at, id];
}

const writeCursor = (at: string, id: string): string => Buffer.from(`${at} ${id}`).toString('base64url');

function badCursor(): never {
  throw refuse('kpi.query_invalid', { detail: 'The cursor is not one that this list gave. Start again without it.' });
}

interface EventRow {
  at: string;
  event_id: string;
  type: string;
  person_id: string;
  order_id: string;
  product_id: string;
  session_id: string;
  room_id: string;
  group_id: string;
  partner_id: string;
  channel: string;
  quantity: string;
  amount_minor: string;
}

const eventColumns: KpiRows['columns'] = [
  { id: 'at', nameEn: 'Time', nameZh: '时间', kind: 'time' },
  { id: 'type', nameEn: 'Event', nameZh: '事件', kind: 'event' },
  { id: 'person', nameEn: 'Person', nameZh: '人员', kind: 'person' },
  { id: 'order', nameEn: 'Order', nameZh: '订单', kind: 'order' },
  { id: 'product', nameEn: 'Product', nameZh: '商品', kind: 'product' },
  { id: 'session', nameEn: 'Session', nameZh: '场次', kind: 'session' },
  { id: 'room', nameEn: 'Room', nameZh: '直播间', kind: 'room' },
  { id: 'group', nameEn: 'Group', nameZh: '群', kind: 'group' },
  { id: 'koc', nameEn: 'KOC', nameZh: 'KOC', kind: 'koc' },
  { id: 'channel', nameEn: 'Channel', nameZh: '渠道', kind: 'text' },
  { id: 'quantity', nameEn: 'Quantity', nameZh: '数量', kind: 'count' },
  { id: 'amount', nameEn: 'Amount', nameZh: '金额', kind: 'money' },
];

/** Which events stand behind a KPI: those of its measures, or of its query's types. */
function behind(kpi: KpiDefinition): string {
  if (kpi.compute.kind === 'measures') {
    return `(${Object.values(kpi.compute.measures)
      .map((measure) => `(${eventsOf(measure)})`)
      .join(' OR ')})`;
  }
  const needsPerson = kpi.omissions.some(
    (code) => code.endsWith('_without_person') || code === 'orders_without_customer',
  );
  return `type IN ${wordList(kpi.rowTypes)}${needsPerson ? ` AND ${knownPerson}` : ''}`;
}

export function compileEventRows(kpi: KpiDefinition, ask: Ask, cursor: Cursor | undefined): Statement {
  if (cursor && (!/^\d{1,15}$/.test(cursor[0]) || !isUuid(cursor[1]))) badCursor();
  const after = cursor ? ' AND (occurred_at, event_id) < (fromUnixTimestamp64Milli({at:Int64}), {id:UUID})' : '';
  return {
    name: 'rows',
    sql:
      'SELECT toUnixTimestamp64Milli(occurred_at) AS at, event_id, type, person_id, order_id, product_id, session_id, room_id, group_id, partner_id, channel, quantity, amount_minor ' +
      `FROM @events WHERE ${behind(kpi)} AND ${inRange}${filterSql(ask, (split) => eventColumn[split])}${after} ` +
      `ORDER BY occurred_at DESC, event_id DESC LIMIT ${pageSize + 1}`,
    params: { ...askParams(ask), ...(cursor && { at: cursor[0], id: cursor[1] }) },
  };
}

async function eventRows(reader: Reader, kpi: KpiDefinition, ask: Ask, cursor: Cursor | undefined): Promise<KpiRows> {
  const found = await reader.rows<EventRow>(compileEventRows(kpi, ask, cursor));
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  return {
    columns: eventColumns,
    rows: page.map((row) => [
      new Date(Number(row.at)).toISOString(),
      row.type,
      row.person_id === nilUuid ? null : publicId('per', row.person_id),
      ...[row.order_id, row.product_id, row.session_id, row.room_id, row.group_id, row.partner_id, row.channel].map(
        (text) => text || null,
      ),
      Number(row.quantity),
      minorToDecimal(BigInt(row.amount_minor), reader.brand.currency),
    ]),
    next: found.length > pageSize && last ? writeCursor(last.at, last.event_id) : null,
  };
}

const sessionColumns: KpiRows['columns'] = [
  { id: 'day', nameEn: 'Day', nameZh: '日期', kind: 'day' },
  { id: 'session', nameEn: 'Session', nameZh: '场次', kind: 'session' },
  { id: 'room', nameEn: 'Room', nameZh: '直播间', kind: 'room' },
  { id: 'channel', nameEn: 'Channel', nameZh: '渠道', kind: 'text' },
];

const figureNames: Readonly<Record<LiveFigure, [en: string, zh: string]>> = {
  sessions: ['Sessions', '场次数'],
  exposures: ['Exposures', '曝光次数'],
  views: ['Views', '观看次数'],
  viewers: ['Viewers', '观看人数'],
  peak_concurrent: ['Peak concurrent viewers', '峰值在线人数'],
  concurrent_seconds: ['Viewer seconds', '在线人秒'],
  duration_seconds: ['Seconds live', '直播秒数'],
  watch_seconds: ['Seconds watched', '观看秒数'],
  interaction_users: ['Interacting viewers', '互动人数'],
  product_impressions: ['Product impressions', '商品曝光次数'],
  product_clicks: ['Product clicks', '商品点击次数'],
  orders: ['Orders', '成交订单数'],
  buyers: ['Buyers', '成交人数'],
  gmv_minor: ['GMV', '成交金额'],
};

async function sessionRows(reader: Reader, kpi: KpiDefinition, ask: Ask, cursor: Cursor | undefined): Promise<KpiRows> {
  if (kpi.compute.kind !== 'live') throw new Error(`${kpi.id} is not a live KPI`);
  if (cursor && !isDay(cursor[0])) badCursor();
  const figures = [...new Set([kpi.compute.over, ...(kpi.compute.per ? [kpi.compute.per] : [])])];
  const column = (split: string) => ({ room: 'room_id', session: 'session_id', channel: 'channel' })[split] ?? "''";
  const found = await reader.rows<Record<string, string | number | null>>({
    name: 'sessions',
    sql:
      `SELECT session_id, day, room_id, channel${figures.map((figure) => `, f_${figure}`).join('')} FROM (${liveSessionsSql(figures, true)}) WHERE 1${filterSql(ask, column)}` +
      `${cursor ? ' AND (day, session_id) < ({at:Date}, {id:String})' : ''} ORDER BY day DESC, session_id DESC LIMIT ${pageSize + 1}`,
    params: { ...askParams(ask), ...(cursor && { at: cursor[0], id: cursor[1] }) },
  });
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const shown = (figure: LiveFigure, value: string | number | null | undefined) =>
    value === null || value === undefined
      ? null
      : liveFigures[figure].money
        ? minorToDecimal(BigInt(value), reader.brand.currency)
        : Number(value);
  return {
    columns: [
      ...sessionColumns,
      ...figures.map((figure) => ({
        id: figure,
        nameEn: figureNames[figure][0],
        nameZh: figureNames[figure][1],
        kind: liveFigures[figure].money ? 'money' : 'count',
      })),
    ],
    rows: page.map((row) => [
      ...['day', 'session_id', 'room_id', 'channel'].map((name) => row[name] || null),
      ...figures.map((figure) => shown(figure, row[`f_${figure}`])),
    ]),
    next: found.length > pageSize && last ? writeCursor(String(last.day), String(last.session_id)) : null,
  };
}
