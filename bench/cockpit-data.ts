import type { ClickHouse } from '../apps/server/src/adapters/clickhouse.ts';
import type { Uuid } from '../apps/server/src/lib/id.ts';

/** How a synthetic brand looks. */
export interface HistoryShape {
  events: number;
  persons: number;
  days: number;
  /** First day, UTC. */
  from: string;
}

/** Type, share of all events in per cent, strand. */
const mix: readonly (readonly [type: string, share: number, strand: string])[] = [
  ['live.entered', 18, 'live'],
  ['live.left', 15, 'live'],
  ['live.liked', 10, 'live'],
  ['danmaku.sent', 8, 'live'],
  ['product.shown', 12, 'live'],
  ['product.clicked', 9, 'live'],
  ['cart.added', 3, 'commerce'],
  ['message.sent', 8, 'community'],
  ['checkin.done', 2.6, 'community'],
  ['group.joined', 2, 'community'],
  ['member.joined', 1, 'community'],
  ['post.created', 1, 'community'],
  ['content.viewed', 6, 'content'],
  ['coupon.claimed', 0.3, 'commerce'],
  ['order.placed', 2, 'commerce'],
  ['order.paid', 2, 'commerce'],
  ['refund.succeeded', 0.1, 'commerce'],
];

const chunk = 1_000_000;

/**
 * Fills the events table, and through its views the rollups, by INSERT SELECT. Every event has a person of its own choice,
 * so that almost every event is its own row of `person_day`: the worst case for everything that counts people. Persons
 * arrive over the whole time, and a few act far more than the rest. Half of the rooms have platform reports.
 */
export async function fill(
  ch: Pick<ClickHouse, 'command'>,
  brandId: Uuid,
  shape: HistoryShape,
  progress: (events: number) => void,
): Promise<void> {
  for (let from = 0; from < shape.events; from += chunk) {
    await ch.command(eventsSql(shape, brandId, from, Math.min(chunk, shape.events - from)));
    progress(Math.min(from + chunk, shape.events));
  }
  await ch.command(reportsSql(shape, brandId));
}

function pick(words: readonly string[], values: readonly string[], otherwise: string): string {
  return `multiIf(${words.map((word, i) => `${word}, ${values[i]}`).join(', ')}, ${otherwise})`;
}

function eventsSql(shape: HistoryShape, brandId: Uuid, from: number, count: number): string {
  const upTo = (last: number) => mix.slice(0, last + 1).reduce((sum, [, share]) => sum + share, 0);
  const bounds = mix.slice(0, -1).map((_, i) => `w < ${upTo(i)}`);
  const quoted = (i: 0 | 2) => mix.map((entry) => `'${entry[i]}'`);
  const type = pick(bounds, quoted(0), quoted(0).at(-1)!);
  const strand = pick(bounds, quoted(2), quoted(2).at(-1)!);
  const uuid = (...seeds: string[]) =>
    `reinterpret(concat(${seeds.map((seed) => `reinterpretAsFixedString(cityHash64(${seed}))`).join(', ')}), 'UUID')`;
  const unit = (salt: number) => `(cityHash64(number, ${salt}) % 1000000) / 1000000.0`;
  const nobody = "toUUID('00000000-0000-0000-0000-000000000000')";
  return `INSERT INTO events SELECT toUUID('${brandId}') AS brand_id, type, toDate(at + 28800) AS day, toDateTime64(at, 3, 'UTC') AS occurred_at,
    ${uuid('number', 'number + 1')} AS event_id,
    if(type IN ('order.paid', 'order.placed') AND person % 10 = 0, ${nobody}, ${uuid('person', 'person + 7')}) AS person_id,
    occurred_at AS received_at, intDiv(number, 5000) AS batch_id, 'bench' AS source, strand,
    ['douyin', 'weixin', 'taobao', 'tiktok'][1 + h % 4] AS channel,
    if(strand = 'community', concat('c', toString(h % 12)), '') AS community_id,
    if(strand = 'community', concat('g', toString(h % 300)), '') AS group_id,
    if(strand IN ('live', 'commerce'), concat('r', toString(h % 6)), '') AS room_id,
    if(strand IN ('live', 'commerce'), concat('s', toString(h % 6), '-', toString(day)), '') AS session_id,
    if(type IN ('product.shown', 'product.clicked', 'cart.added', 'order.paid', 'order.placed'), concat('p', toString(g % 2000)), '') AS product_id,
    if(type = 'order.paid' AND g % 5 = 0, concat('k', toString(h % 1000)), '') AS partner_id, '' AS content_id, '' AS coupon_id,
    if(type IN ('order.paid', 'order.placed', 'refund.succeeded'), concat('o', toString(intDiv(number, 60))), '') AS order_id, '' AS h3,
    multiIf(type = 'live.left', h % 900, type = 'order.paid', 1 + h % 3, 0) AS quantity,
    if(type IN ('order.paid', 'order.placed', 'refund.succeeded'), 500 + h % 30000, 0) AS amount_minor, 'CNY' AS currency, '{}' AS props
  FROM (SELECT number, cityHash64(number, 3) AS h, cityHash64(number, 5) AS g, ${unit(9)} * 100 AS w, ${type} AS type, ${strand} AS strand,
    toUnixTimestamp('${shape.from} 00:00:00', 'UTC') + intDiv(number * ${shape.days * 86_400}, ${shape.events}) AS at,
    toUInt32(${shape.persons} * (0.2 + 0.8 * number / ${shape.events}) * pow(${unit(11)}, 1.5)) AS person FROM numbers(${from}, ${count}))`;
}

function reportsSql(shape: HistoryShape, brandId: Uuid): string {
  return `INSERT INTO events (brand_id, type, day, occurred_at, event_id, received_at, source, strand, channel, room_id, session_id, props)
    SELECT toUUID('${brandId}'), 'session.reported', toDate(at + 28800) AS day, toDateTime64(at, 3, 'UTC'), generateUUIDv4(), now64(3), 'bench', 'live', 'douyin',
      concat('r', toString(number % 3)), concat('s', toString(number % 3), '-', toString(day)),
      concat('{"version":1,"durationSeconds":7200,"exposures":', toString(200000 + h % 90000), ',"views":', toString(20000 + h % 9000), ',"viewers":', toString(15000 + h % 5000),
        ',"averageWatchSeconds":', toString(60 + h % 60), ',"productImpressions":', toString(50000 + h % 9000), ',"productClicks":', toString(6000 + h % 900),
        ',"orders":', toString(200 + h % 90), ',"buyers":', toString(180 + h % 80), ',"gmvMinor":', toString(4000000 + h % 900000), '}')
    FROM (SELECT number, cityHash64(number) AS h, toUnixTimestamp('${shape.from} 04:00:00', 'UTC') + intDiv(number, 3) * 86400 AS at FROM numbers(${shape.days * 3}))`;
}
