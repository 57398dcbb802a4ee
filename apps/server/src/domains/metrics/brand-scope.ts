import type { ClickHouse, QueryParams } from '#adapters/clickhouse.ts';
import { assert } from '#errors.ts';
import { nilUuid, type Uuid } from '#lib/id.ts';

/** A query before it is bound to a brand: tables are written `@events`, `@kpi_day`, ... */
export interface Statement {
  /** What the query is for, as the explanation of a KPI shows it. */
  name: string;
  sql: string;
  params: QueryParams;
}

/** Tables of a brand that metrics reads, and whether their `person_id` has to follow merges. */
const tables = {
  events: { persons: true, final: false },
  kpi_day: { persons: false, final: false },
  person_day: { persons: true, final: false },
  person_first: { persons: true, final: false },
  person_month: { persons: true, final: false },
  session_figures: { persons: false, final: true },
} as const;

const bareTable = new RegExp(
  `\\b(?:FROM|JOIN|IN)\\s+\\(?\\s*(?:\\w+\\.)?(?:${Object.keys(tables).join('|')}|person_override)\\b`,
  'i',
);

/**
 * The one place where a query gets its brand: every `@table` becomes the rows of that brand only, with persons replaced by
 * those they were merged into. A query without an `@table`, or with a table named bare, is our own bug.
 * @param mergeHops length of the longest chain of merges in the brand (see `mergeHops`); 0 = nobody was merged, and the
 *   query pays nothing for merges
 */
export function scoped(statement: Statement, brandId: Uuid, mergeHops: number): Statement {
  assert(!bareTable.test(statement.sql), `the query "${statement.name}" names a table without its brand`);
  let found = 0;
  const sql = statement.sql.replace(/@(\w+)/g, (_, name: string) => {
    assert(Object.hasOwn(tables, name), `the query "${statement.name}" names an unknown table ${name}`);
    found++;
    return rowsOfBrand(name as keyof typeof tables, mergeHops);
  });
  assert(found > 0, `the query "${statement.name}" reads no table of a brand`);
  return { name: statement.name, sql, params: { ...statement.params, brand: brandId } };
}

/** Whether a query reads a table whose persons may have been merged. */
export function namesPersons(statement: Statement): boolean {
  return Object.entries(tables).some(([name, { persons }]) => persons && new RegExp(`@${name}\\b`).test(statement.sql));
}

function rowsOfBrand(name: keyof typeof tables, mergeHops: number): string {
  const { persons, final } = tables[name];
  if (final) return `(SELECT * FROM ${name} FINAL WHERE brand_id = {brand:UUID})`;
  if (!persons || mergeHops === 0) return `(SELECT * FROM ${name} WHERE brand_id = {brand:UUID})`;
  return (
    `(SELECT raw.* REPLACE (if(survivor.into_id = toUUID('${nilUuid}'), raw.person_id, survivor.into_id) AS person_id) ` +
    `FROM ${name} AS raw LEFT ANY JOIN ${survivors(mergeHops)} AS survivor ON survivor.person_id = raw.person_id ` +
    'WHERE raw.brand_id = {brand:UUID})'
  );
}

const merges =
  '(SELECT person_id, argMax(into_id, version) AS into_id FROM person_override WHERE brand_id = {brand:UUID} ' +
  'GROUP BY person_id HAVING argMax(deleted, version) = 0)';

/** Every merged person with the one that is left after following the chain of merges. */
function survivors(hops: number): string {
  if (hops === 1) return merges;
  const joins = Array.from(
    { length: hops - 1 },
    (_, i) => `LEFT JOIN ${merges} AS m${i + 1} ON m${i + 1}.person_id = m${i}.into_id`,
  );
  const ends = Array.from({ length: hops - 1 }, (_, i) => hops - 1 - i).map(
    (i) => `m${i}.into_id != toUUID('${nilUuid}'), m${i}.into_id`,
  );
  return `(SELECT m0.person_id AS person_id, multiIf(${ends.join(', ')}, m0.into_id) AS into_id FROM ${merges} AS m0 ${joins.join(' ')})`;
}

/** Chains longer than this are followed this far; people keeps them at 1 by pointing every merge at the survivor. */
const maxHops = 16;

/** Length of the longest chain of merges of a brand: 0 when nobody is merged. Cheap: the table holds merges only. */
export async function mergeHops(ch: Pick<ClickHouse, 'rows'>, brandId: Uuid): Promise<number> {
  const some = await ch.rows('SELECT 1 FROM person_override WHERE brand_id = {brand:UUID} LIMIT 1', { brand: brandId });
  if (some.length === 0) return 0;
  const rows = await ch.rows<{ merged: string; chained: [string, string][] }>(
    `SELECT count() AS merged, groupArrayIf((toString(person_id), toString(into_id)), into_id IN (SELECT person_id FROM ${merges})) AS chained ` +
      `FROM ${merges}`,
    { brand: brandId },
  );
  const row = rows[0];
  if (!row || row.merged === '0') return 0;
  const next = new Map(row.chained);
  let longest = 1;
  for (const start of next.keys()) {
    let length = 1;
    for (let at = next.get(start); at !== undefined && length < maxHops; at = next.get(at)) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}
