import { bothStrandsDays, communityActs, followDays, liveActs, saleTypes } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import { bucketSql } from './calendar.ts';
import { askParams, eventColumn, filterSql, inRange, keySql, wordList } from './compile.ts';
import type { Ask } from './kpi.ts';

const column = (split: keyof typeof eventColumn) => eventColumn[split];

/**
 * Persons with the days of a first kind of act in the range, and of a second kind within seven days of its end. A second
 * act follows a first one when it happens on the same calendar day or on one of the next seven: many sources know only days.
 */
export function followed(first: readonly string[], second: readonly string[]): string {
  return (
    'SELECT person_id, groupArrayIf(day, is_first) AS firsts, groupArrayIf(day, NOT is_first) AS seconds FROM (' +
    `SELECT person_id, day, type IN ${wordList(first)} AND day < {to:Date} AS is_first FROM @person_day ` +
    `WHERE (type IN ${wordList(first)} AND day < {to:Date} OR type IN ${wordList(second)}) AND day >= {from:Date} AND day < {to:Date} + ${followDays}) ` +
    'GROUP BY person_id HAVING notEmpty(firsts)'
  );
}

/** Condition that an act on day s follows one on day f. */
export const follows = `s >= f AND s <= f + ${followDays}`;

/** Persons with a first act in the bucket (d), and those of them whose act was followed by a second one (n). */
export function follow(ask: Ask, name: string, first: readonly string[], second: readonly string[]): Statement {
  if (ask.grain === 'total') {
    return {
      name,
      sql:
        `SELECT {from:Date} AS t, '' AS k, countIf(arrayExists(f -> arrayExists(s -> ${follows}, seconds), firsts)) AS n, count() AS d ` +
        `FROM (${followed(first, second)}) HAVING d > 0`,
      params: askParams(ask),
    };
  }
  return {
    name,
    sql:
      "SELECT t, '' AS k, countIf(reached) AS n, count() AS d FROM (" +
      `SELECT person_id, ${bucketSql(ask.grain, 'f')} AS t, max(arrayExists(s -> ${follows}, seconds)) AS reached ` +
      `FROM (${followed(first, second)}) ARRAY JOIN firsts AS f GROUP BY person_id, t) GROUP BY t`,
    params: askParams(ask),
  };
}

/** Persons who bought on the day they viewed content, or within the seven days after. */
export function seeding(ask: Ask): Statement {
  return follow(ask, 'viewers of content who bought', ['content.viewed'], ['order.paid']);
}

/** Median of days from a community act to the next live entry, one figure a person, of those who came: n; d = persons. */
export function linkageDays(ask: Ask): Statement {
  return {
    name: 'days from community act to live entry',
    sql:
      "SELECT t, '' AS k, quantileExactInclusive(0.5)(gap) AS n, count() AS d FROM (" +
      `SELECT person_id, ${bucketSql(ask.grain, 'f')} AS t, min(arrayMin(s -> if(${follows}, toInt32(s - f), ${followDays + 1}), seconds)) AS gap ` +
      `FROM (${followed(communityActs, ['live.entered'])} AND notEmpty(seconds)) ARRAY JOIN firsts AS f GROUP BY person_id, t HAVING gap <= ${followDays}) GROUP BY t`,
    params: askParams(ask),
  };
}

/** GMV of known buyers (d), and the part bought by persons active in both strands in the 30 days before (n). */
export function bothStrands(ask: Ask): Statement {
  const buyers = `SELECT person_id FROM @person_day WHERE type IN ${wordList(saleTypes)} AND ${inRange}`;
  const near = (days: string) => `arrayExists(x -> x >= b.1 - ${bothStrandsDays} AND x <= b.1, ${days})`;
  return {
    name: 'sales to persons active in both strands',
    sql:
      `SELECT ${bucketSql(ask.grain, 'b.1')} AS t, '' AS k, sumIf(b.2, ${near('community')} AND ${near('live')}) AS n, sum(b.2) AS d FROM (` +
      `SELECT person_id, groupArrayIf((day, amount_minor), type IN ${wordList(saleTypes)} AND day >= {from:Date}) AS buys, ` +
      `groupUniqArrayIf(day, type IN ${wordList(communityActs)}) AS community, groupUniqArrayIf(day, type IN ${wordList(liveActs)}) AS live ` +
      `FROM @person_day WHERE type IN ${wordList([...saleTypes, ...communityActs, ...liveActs])} ` +
      `AND day >= {from:Date} - ${bothStrandsDays} AND day < {to:Date} AND person_id IN (${buyers}) GROUP BY person_id) ARRAY JOIN buys AS b GROUP BY t`,
    params: askParams(ask),
  };
}

/**
 * Lines whose cost is known: n = net GMV less cost, d = net GMV. Refunds of these lines count on their own date; the cost
 * of a returned item stays, because it may not be fit for sale again.
 */
export function grossMargin(ask: Ask): Statement {
  const line = "JSONExtractString(props, 'lineId')";
  const costed = `SELECT ${line} FROM @events WHERE type IN ${wordList(saleTypes)} AND JSONHas(props, 'costMinor') AND ${line} != ''`;
  const amount = "if(type = 'refund.succeeded', -amount_minor, amount_minor)";
  return {
    name: 'lines with known cost',
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, sum(${amount} - JSONExtractInt(props, 'costMinor')) AS n, sum(${amount}) AS d ` +
      `FROM @events WHERE type IN ${wordList([...saleTypes, 'refund.succeeded'])} AND ${inRange} AND (${line} IN (${costed}) ` +
      `OR ${line} = '' AND JSONHas(props, 'costMinor'))${filterSql(ask, column)} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** Pieces of each kind (k), of all pieces. */
export function contentShare(ask: Ask): Statement {
  return {
    name: 'pieces by kind',
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, JSONExtractString(props, 'kind') AS k, count() AS n, sum(count()) OVER (PARTITION BY t) AS d ` +
      `FROM @events WHERE type = 'content.published' AND ${inRange}${filterSql(ask, column)} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** Answers of 9 and 10 less answers of 0 to 6 (n), of all answers (d). */
export function nps(ask: Ask): Statement {
  return {
    name: 'answers',
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, toInt64(countIf(quantity >= 9)) - toInt64(countIf(quantity <= 6)) AS n, count() AS d ` +
      `FROM @events WHERE type = 'survey.answered' AND JSONExtractString(props, 'survey') = 'nps' AND quantity >= 0 AND quantity <= 10 AND ${inRange}` +
      `${filterSql(ask, column)} GROUP BY t, k`,
    params: askParams(ask),
  };
}

/** The brand's own voice (n) of the whole market's (d). */
export function shareOfVoice(ask: Ask): Statement {
  return {
    name: 'voice of the brand and of the market',
    sql:
      `SELECT ${bucketSql(ask.grain)} AS t, ${keySql(ask, column)} AS k, sum(quantity) AS n, sum(JSONExtractInt(props, 'total')) AS d ` +
      `FROM @events WHERE type = 'exposure.recorded' AND JSONExtractString(props, 'metric') = 'voice' AND JSONExtractInt(props, 'total') > 0 AND ${inRange}` +
      `${filterSql(ask, column)} GROUP BY t, k`,
    params: askParams(ask),
  };
}
