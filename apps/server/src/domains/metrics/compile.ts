import type { QueryParams } from '#adapters/clickhouse.ts';
import { nilUuid } from '#lib/id.ts';
import type { Statement } from './brand-scope.ts';
import { bucketSql } from './calendar.ts';
import { type Ask, type DistinctMeasure, type Measure, otherKey, type SumMeasure } from './kpi.ts';
import type { Split } from './schema.ts';

/** Whether the row of an event names a person. */
export const knownPerson = `person_id != toUUID('${nilUuid}')`;

/** The order that an event belongs to; one without an order number is an order of its own. */
export const orderKey = "if(order_id = '', toString(event_id), order_id)";

/**
 * A person as 64 bits: counting them is a third cheaper than counting UUIDs, and two of a million persons fall together
 * with a chance of 3e-8 (birthday bound n²/2^65).
 */
export const personKey = 'cityHash64(person_id)';

/** Columns of `events` that a split stands for. */
export const eventColumn: Record<Split, string> = {
  room: 'room_id',
  session: 'session_id',
  community: 'community_id',
  group: 'group_id',
  koc: 'partner_id',
  channel: 'channel',
  product: 'product_id',
  customer: `if(${knownPerson}, 'known', 'unknown')`,
  strand: 'strand',
};

/** The kind of an event within its type; the same as `variant` in sql/0001-rollups.ch.sql. */
const variantSql =
  "multiIf(type = 'spend.recorded', if(JSONExtractString(props, 'purpose') = '', 'ad', JSONExtractString(props, 'purpose')), " +
  "type = 'content.published', JSONExtractString(props, 'kind'), type = 'exposure.recorded', JSONExtractString(props, 'metric'), " +
  "type = 'order.excluded', JSONExtractString(props, 'reason'), " +
  "type IN ('invite.sent', 'invite.accepted'), if(JSONExtractBool(props, 'seed'), 'seed', 'member'), " +
  "type = 'order.paid', if(JSONHas(props, 'costMinor'), 'cost_known', 'cost_unknown'), '')";

/** A list of words of our own (event types, variants) as SQL. Never for what a user typed: that is bound. */
export function wordList(words: readonly string[]): string {
  return `(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`;
}

/** Condition that a day lies in the range asked for. */
export const inRange = 'day >= {from:Date} AND day < {to:Date}';

/** Values that every query of an ask binds. */
export function askParams(ask: Ask): QueryParams {
  const params: QueryParams = { from: ask.from, to: ask.to };
  ask.filters.forEach((filter, i) => {
    params[`filter${i}`] = [...filter.values];
  });
  if (ask.keep) params.keep = [...ask.keep];
  return params;
}

/** Conditions of the filters, on the columns given. */
export function filterSql(ask: Ask, column: (split: Split) => string): string {
  return ask.filters.map((filter, i) => ` AND ${column(filter.split)} IN {filter${i}:Array(String)}`).join('');
}

/** The key of a split, or '' without one; keys outside `keep` are `otherKey`. */
export function keySql(ask: Ask, column: (split: Split) => string): string {
  if (ask.by === undefined) return "''";
  const key = `toString(${column(ask.by)})`;
  return ask.keep ? `if(${key} IN {keep:Array(String)}, ${key}, '${otherKey}')` : key;
}

/** Compiles one measure of an ask to the query that gives it per bucket and key: columns t, k, n. */
export function compileMeasure(name: string, measure: Measure, ask: Ask): Statement {
  return measure.kind === 'sum' ? compileSum(name, measure, ask) : compileDistinct(name, measure, ask);
}

/** Dimensions of `kpi_day` that a sum needs at once; with more than one the events themselves are read. */
function dimensionsOf(measure: SumMeasure, ask: Ask): Set<string> {
  const dimensions = new Set<string>(ask.filters.map((filter) => filter.split));
  if (ask.by) dimensions.add(ask.by);
  if (measure.variants) dimensions.add('variant');
  if (measure.flag) dimensions.add('flag');
  if (measure.customer) dimensions.add('customer');
  return dimensions;
}

const sumColumns = { events: 'events', quantity: 'quantity', amount: 'amount_minor' } as const;

function signed(measure: SumMeasure, column: string): string {
  return measure.minus ? `if(type IN ${wordList(measure.minus)}, -${column}, ${column})` : column;
}

function compileSum(name: string, measure: SumMeasure, ask: Ask): Statement {
  const dimensions = dimensionsOf(measure, ask);
  const types = wordList([...measure.types, ...(measure.minus ?? [])]);
  if (dimensions.size > 1) return sumOfEvents(name, measure, ask);
  const dimension = [...dimensions][0] ?? 'all';
  const conditions = [`type IN ${types}`, inRange];
  // The whole is read beside the parts: what it has more than they do is what has no key.
  const split = ask.by !== undefined && ask.filters.length === 0;
  conditions.unshift(split ? `dim IN ('all', '${dimension}')` : `dim = '${dimension}'`);
  if (measure.variants) conditions.push(`dim_value IN ${wordList(measure.variants)}`);
  if (measure.flag) conditions.push(`dim_value = '${measure.flag}'`);
  if (measure.customer) conditions.push(`dim_value = '${measure.customer}'`);
  const filters = filterSql(ask, () => 'dim_value');
  const key = split
    ? `if(dim = 'all', '${wholeKey}', ${keySql(ask, () => 'dim_value')})`
    : keySql(ask, () => 'dim_value');
  return {
    name,
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${key} AS k, sum(${signed(measure, sumColumns[measure.of])}) AS n ` +
      `FROM @kpi_day WHERE ${conditions.join(' AND ')}${filters} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** Key under which a query of `kpi_day` gives the whole beside the parts. */
export const wholeKey = '\u0001whole';

function sumOfEvents(name: string, measure: SumMeasure, ask: Ask): Statement {
  const column = { events: 'toInt64(1)', quantity: 'quantity', amount: 'amount_minor' }[measure.of];
  return {
    name,
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, (split) => eventColumn[split])} AS k, sum(${signed(measure, column)}) AS n ` +
      `FROM @events WHERE ${eventsOf(measure)} AND ${inRange}${filterSql(ask, (split) => eventColumn[split])} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** Which events a measure is made of. */
export function eventsOf(measure: Measure): string {
  const types = measure.kind === 'sum' ? [...measure.types, ...(measure.minus ?? [])] : measure.types;
  const conditions = [`type IN ${wordList(types)}`];
  if (measure.kind === 'sum') {
    if (measure.variants) conditions.push(`${variantSql} IN ${wordList(measure.variants)}`);
    if (measure.flag) conditions.push(`position(props, '"notFinal"') > 0`);
  } else {
    if (measure.of === 'person') conditions.push(knownPerson);
    if (measure.of === 'koc') conditions.push("partner_id != ''");
  }
  if (measure.customer === 'known') conditions.push(knownPerson);
  if (measure.customer === 'unknown') conditions.push(`NOT (${knownPerson})`);
  return conditions.join(' AND ');
}

function compileDistinct(name: string, measure: DistinctMeasure, ask: Ask): Statement {
  const plain = measure.of === 'person' && ask.by === undefined && ask.filters.length === 0;
  const counted = { order: orderKey, person: personKey, koc: 'partner_id' }[measure.of];
  return {
    name,
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, (split) => eventColumn[split])} AS k, uniqExact(${counted}) AS n ` +
      `FROM ${plain ? '@person_day' : '@events'} WHERE ${eventsOf(measure)} AND ${inRange}` +
      `${filterSql(ask, (split) => eventColumn[split])} GROUP BY t, k`,
    params: askParams(ask),
  };
}
