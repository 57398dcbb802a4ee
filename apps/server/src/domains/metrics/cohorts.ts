import { refuse } from '#errors.ts';
import { addDays, dayIn } from '#lib/time.ts';
import { ownActs } from './acts.ts';
import { checkRange } from './ask.ts';
import type { Statement } from './brand-scope.ts';
import { bucketSql, bucketsOf, nextBucket } from './calendar.ts';
import { wordList } from './compile.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { openReader, type Reader } from './reader.ts';
import type { Cockpit } from './schema.ts';

export type CohortGrain = 'week' | 'month';
/** What makes a person part of a cohort and keeps them: buying, or any own act. */
export type CohortBasis = 'order' | 'activity';
type Retention = Cockpit['retention'];

const maxCohorts = 105;

/** Persons by the bucket of their first act, and how many of them acted in each later bucket: c, i (0 = the first), n. */
export function compileCohorts(
  range: { from: string; to: string; until: string },
  grain: CohortGrain,
  basis: CohortBasis,
): Statement {
  const [act, types] = basis === 'order' ? ['order', ['order.paid']] : ['any', ownActs];
  const newcomers =
    `SELECT person_id, min(first_day) AS day0 FROM @person_first WHERE act = '${act}' GROUP BY person_id ` +
    'HAVING day0 >= {from:Date} AND day0 < {to:Date}';
  return {
    name: `cohorts by ${grain}`,
    sql:
      `SELECT ${bucketSql(grain, 'f.day0')} AS c, dateDiff('${grain}', c, ${bucketSql(grain, 'p.day')}) AS i, uniqExact(cityHash64(p.person_id)) AS n ` +
      `FROM @person_day AS p INNER JOIN (${newcomers}) AS f ON f.person_id = p.person_id ` +
      `WHERE p.type IN ${wordList(types)} AND p.day >= {from:Date} AND p.day < {until:Date} GROUP BY c, i`,
    params: range,
  };
}

/** Retention of cohorts; a rate whose period is not over yet, or lies after the last day with data, is null. */
export async function cohortsOf(
  reader: Reader,
  ask: { from: string; to: string; grain: CohortGrain; basis: CohortBasis },
  completeUntil: string,
): Promise<Retention> {
  const starts = bucketsOf(ask.from, ask.to, ask.grain);
  const snapped = { from: starts[0]!, to: ask.to, until: completeUntil };
  const rows =
    snapped.from < completeUntil
      ? await reader.rows<{ c: string; i: string | number; n: string }>(compileCohorts(snapped, ask.grain, ask.basis))
      : [];
  const counts = new Map(rows.map((row) => [`${row.c} ${row.i}`, Number(row.n)]));
  const cohorts = starts.map((start) => {
    const size = counts.get(`${start} 0`) ?? 0;
    const rates: (number | null)[] = [];
    let at = start;
    for (let i = 0; at < completeUntil && i < maxCohorts; i++) {
      const end = nextBucket(at, ask.grain, at);
      rates.push(size > 0 && (i === 0 || end <= completeUntil) ? (counts.get(`${start} ${i}`) ?? 0) / size : null);
      at = end;
    }
    return { start, size, rates };
  });
  return { grain: ask.grain, cohorts: cohorts.filter((cohort) => cohort.start < completeUntil) };
}

/** First and last day with data, and whether anything was ever bought. */
export interface DataSpan {
  firstDay: string | null;
  lastDay: string | null;
  hasOrders: boolean;
}

/** The span of a brand's data, kept until they change. */
export function spanOf(deps: Pick<MetricsDeps, 'cache'>, reader: Reader): Promise<DataSpan> {
  return deps.cache.get(`${reader.brand.id} span`, reader.version, () => readSpan(reader));
}

async function readSpan(reader: Reader): Promise<DataSpan> {
  const rows = await reader.rows<{ first: string; last: string; events: string; orders: string }>({
    name: 'days with data',
    sql: "SELECT min(day) AS first, max(day) AS last, count() AS events, countIf(type = 'order.paid') AS orders FROM @kpi_day WHERE dim = 'all'",
    params: {},
  });
  const row = rows[0];
  if (!row || row.events === '0') return { firstDay: null, lastDay: null, hasOrders: false };
  return { firstDay: row.first, lastDay: row.last, hasOrders: row.orders !== '0' };
}

/** The day up to which periods are complete: today, or the day after the last one with data if that is earlier. */
export function completeUntil(span: DataSpan, today: string): string {
  const next = span.lastDay === null ? today : addDays(span.lastDay, 1);
  return next < today ? next : today;
}

/** `GET /api/v1/retention`. */
export async function retentionOf(
  deps: MetricsDeps,
  brand: MetricsBrand,
  query: { from: string; to: string; grain?: CohortGrain; basis?: CohortBasis },
): Promise<Retention> {
  checkRange(query.from, query.to);
  const grain = query.grain ?? 'month';
  if (bucketsOf(query.from, query.to, grain).length > maxCohorts) {
    throw refuse('kpi.query_invalid', {
      detail: `This asks for more than ${maxCohorts} cohorts. Choose months, or a shorter range.`,
    });
  }
  const reader = await openReader(deps, brand);
  const today = dayIn(brand.zone)(deps.now());
  return deps.cache.get(JSON.stringify([brand.id, 'cohorts', query, today]), reader.version, async () => {
    const span = await spanOf(deps, reader);
    return cohortsOf(
      reader,
      { from: query.from, to: query.to, grain, basis: query.basis ?? 'order' },
      completeUntil(span, today),
    );
  });
}
