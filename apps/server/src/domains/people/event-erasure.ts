import type { ClickHouse } from '#adapters/clickhouse.ts';
import { assert } from '#errors.ts';
import { nilUuid, publicId, type Uuid } from '#lib/id.ts';

type Engine = Pick<ClickHouse, 'rows' | 'command' | 'insertNdjson'>;

/** Which persons to remove from a brand's events; `token` names this sweep and is never used for another. */
export interface EventErasure {
  brandId: Uuid;
  personIds: readonly Uuid[];
  token: string;
}

/** Props that say something about the business and nothing about the person; all others go. */
export const keptProps: readonly string[] = [
  'costMinor',
  'lineId',
  'reason',
  'purpose',
  'kind',
  'metric',
  'total',
  'survey',
  'seed',
  'version',
  'notFinal',
  'tier',
  'scene',
];

/** Events of other people whose props may name a person. */
const namingTypes = ['invite.accepted', 'invite.sent', 'group.joined', 'member.joined'];

const theirs = 'brand_id = {brand:UUID} AND person_id IN {persons:Array(UUID)}';

/**
 * Makes the events of persons anonymous: the same events stay, with nobody as their person and without place and
 * personal props, so that GMV and every other sum of `kpi_day` keeps its value to the last minor unit, while the persons
 * are gone from every table that counts people.
 *
 * `person_id` is part of the sorting key, so rows cannot be updated. Anonymous copies are prepared aside and attached as
 * whole parts, which feeds no materialized view; only what `kpi_day` counts as known customers is moved to unknown; then
 * the originals are removed. Every step is found done by a second run after a crash: copies are made of events only that
 * have none, the move has a deduplication token, deleting twice is deleting.
 * @returns number of events made anonymous
 */
export async function eraseEvents(ch: Engine, erasure: EventErasure): Promise<number> {
  const events = await countEvents(ch, erasure.brandId, erasure.personIds);
  if (events > 0) {
    await attachCopies(ch, erasure);
    await moveKnownToUnknown(ch, erasure);
    await checkCopies(ch, erasure);
    await deleteRows(ch, 'events', theirs, erasure);
  }
  const tables = await personTables(ch);
  await Promise.all([
    ...tables.map((table) => deleteRows(ch, table, theirs, erasure)),
    deleteRows(
      ch,
      'person_override',
      'brand_id = {brand:UUID} AND (person_id IN {persons:Array(UUID)} OR into_id IN {persons:Array(UUID)})',
      erasure,
    ),
  ]);
  await forgetMentions(ch, erasure);
  return events;
}

export async function countEvents(
  ch: Pick<ClickHouse, 'rows'>,
  brandId: Uuid,
  personIds: readonly Uuid[],
): Promise<number> {
  const rows = await ch.rows<{ n: string }>(`SELECT count() AS n FROM events WHERE ${theirs}`, {
    brand: brandId,
    persons: personIds,
  });
  return Number(rows[0]?.n ?? 0);
}

/** Anonymous rows of events that are also there with one of the persons. */
function copied(column: string): string {
  return (
    `SELECT ${column} FROM events WHERE brand_id = {brand:UUID} AND person_id = toUUID('${nilUuid}') ` +
    `AND event_id IN (SELECT event_id FROM events WHERE ${theirs})`
  );
}

/** Originals may go only when each has its copy, with the same money. */
async function checkCopies(ch: Engine, { brandId, personIds }: EventErasure): Promise<void> {
  const sums = 'count() AS n, sum(quantity) AS quantity, sum(amount_minor) AS amount';
  const rows = await ch.rows<{ n: string; quantity: string; amount: string }>(
    `SELECT ${sums} FROM events WHERE ${theirs} UNION ALL SELECT ${sums} FROM (${copied('quantity, amount_minor')})`,
    { brand: brandId, persons: personIds },
  );
  assert(
    rows.length === 2 && JSON.stringify(rows[0]) === JSON.stringify(rows[1]),
    `the anonymous copies of an erased person's events are not complete: ${JSON.stringify(rows)}`,
  );
}

async function attachCopies(ch: Engine, { brandId, personIds, token }: EventErasure): Promise<void> {
  const aside = `events_${token.replaceAll(/[^0-9a-z]/g, '_')}`;
  await ch.command(`DROP TABLE IF EXISTS ${aside} SYNC`);
  await ch.command(`CREATE TABLE ${aside} AS events`);
  try {
    // A client's props may be any JSON; the kept ones are copied as they are written.
    const props =
      `concat('{', arrayStringConcat(arrayMap(p -> concat('"', p.1, '":', p.2), ` +
      `arrayFilter(p -> has({kept:Array(String)}, p.1) AND NOT startsWith(type, 'custom.') ` +
      `AND (p.1 != 'reason' OR type = 'order.excluded'), JSONExtractKeysAndValuesRaw(props))), ','), '}')`;
    await ch.command(
      `INSERT INTO ${aside} SELECT * REPLACE (toUUID('${nilUuid}') AS person_id, '' AS h3, if(props = '', '', ${props}) AS props)
       FROM (SELECT * FROM events WHERE ${theirs} AND event_id NOT IN (${copied('event_id')}))`,
      { brand: brandId, persons: personIds, kept: keptProps },
    );
    const partitions = await ch.rows<{ id: string }>(`SELECT DISTINCT _partition_id AS id FROM ${aside} ORDER BY id`);
    for (const { id } of partitions) {
      await ch.command(`ALTER TABLE events ATTACH PARTITION ID '${plainId(id)}' FROM ${aside}`);
    }
  } finally {
    await ch.command(`DROP TABLE IF EXISTS ${aside} SYNC`);
  }
}

/** `kpi_day` counts what known customers did apart from the rest: their part moves, the whole stays. */
async function moveKnownToUnknown(ch: Engine, { brandId, personIds, token }: EventErasure): Promise<void> {
  const rows = await ch.rows<{ type: string; day: string; events: string; quantity: string; amount: string }>(
    `SELECT type, day, count() AS events, sum(quantity) AS quantity, sum(amount_minor) AS amount
     FROM events WHERE ${theirs} GROUP BY type, day ORDER BY type, day`,
    { brand: brandId, persons: personIds },
  );
  const lines = rows.flatMap(({ type, day, events, quantity, amount }) =>
    (
      [
        ['known', -1n],
        ['unknown', 1n],
      ] as const
    ).map(([customer, sign]) =>
      JSON.stringify({
        brand_id: brandId,
        dim: 'customer',
        type,
        day,
        dim_value: customer,
        // The column is unsigned and sums wrap around: 2^64 - n takes n away.
        events: BigInt.asUintN(64, sign * BigInt(events)).toString(),
        quantity: (sign * BigInt(quantity)).toString(),
        amount_minor: (sign * BigInt(amount)).toString(),
      }),
    ),
  );
  if (lines.length > 0) await ch.insertNdjson('kpi_day', Buffer.from(`${lines.join('\n')}\n`), token);
}

/** Removes rows for good: the parts that hold them are written anew, those of other partitions are left alone. */
async function deleteRows(
  ch: Engine,
  table: string,
  where: string,
  { brandId, personIds }: EventErasure,
): Promise<void> {
  const params = { brand: brandId, persons: personIds };
  const found = await ch.rows<{ id: string }>(
    `SELECT DISTINCT _partition_id AS id FROM ${table} WHERE ${where}`,
    params,
  );
  if (found.length === 0) return;
  const deletes = found.map(({ id }) => `DELETE IN PARTITION ID '${plainId(id)}' WHERE ${where}`);
  await ch.command(`ALTER TABLE ${table} ${deletes.join(', ')} SETTINGS mutations_sync = 2`, params);
}

/** Partition ids are words of the engine's own making; nothing else may reach a statement. */
function plainId(id: string): string {
  assert(/^[0-9a-z_-]+$/i.test(id), `unexpected partition id ${id}`);
  return id;
}

/** Tables beside `events` that hold rows of persons, whatever rollups there are. */
async function personTables(ch: Engine): Promise<string[]> {
  const rows = await ch.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(engine, 'MergeTree')
       AND name NOT LIKE 'events%' AND name != 'person_override'
       AND name IN (SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'person_id')
       AND name IN (SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'brand_id')
     ORDER BY name`,
  );
  return rows.map((row) => `\`${row.name}\``);
}

/** Where events of others name the person (who invited them), nobody stands there afterwards. */
async function forgetMentions(ch: Engine, { brandId, personIds }: EventErasure): Promise<void> {
  const names = personIds.flatMap((id) => [id, publicId('per', id)]);
  const where =
    'brand_id = {brand:UUID} AND type IN {types:Array(String)} AND arrayExists(n -> position(props, n) > 0, {names:Array(String)})';
  const params = { brand: brandId, types: namingTypes, names };
  const found = await ch.rows<{ n: string }>(`SELECT count() AS n FROM events WHERE ${where}`, params);
  if (found[0]?.n === '0') return;
  await ch.command(
    `ALTER TABLE events UPDATE props = arrayFold((text, n) -> replaceAll(text, n, '${nilUuid}'), {names:Array(String)}, props)
     WHERE ${where} SETTINGS mutations_sync = 2`,
    params,
  );
}
