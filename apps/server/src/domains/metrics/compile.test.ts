import { describe, expect, it } from 'vitest';
import { scoped } from './brand-scope.ts';
import { kpiDefinition } from './catalogue.ts';
import { compileMeasure } from './compile.ts';
import { readableSql } from './explain.ts';
import type { Ask } from './kpi.ts';

const ask: Ask = {
  from: '2026-03-01',
  to: '2026-04-01',
  grain: 'day',
  by: undefined,
  filters: [],
  keep: undefined,
  today: '2026-05-01',
};
const brand = '018f0000-0000-7000-8000-000000000001';
const kpiDay = '(SELECT * FROM kpi_day WHERE brand_id = {brand:UUID})';
const events = '(SELECT * FROM events WHERE brand_id = {brand:UUID})';

function sqlOf(id: string, measure: string, changes: Partial<Ask> = {}): string {
  const { compute } = kpiDefinition(id);
  if (compute.kind !== 'measures') throw new Error(`${id} has no measures`);
  return scoped(compileMeasure(measure, compute.measures[measure]!, { ...ask, ...changes }), brand, 0).sql;
}

describe('a measure becomes SQL', () => {
  it('over the sums of a day when at most one dimension is asked for', () => {
    expect(sqlOf('gmv', 'gmv')).toBe(
      `SELECT day AS t, '' AS k, sum(amount_minor) AS n FROM ${kpiDay} WHERE dim = 'all' AND type IN ('order.paid', 'order.adjusted') ` +
        'AND day >= {from:Date} AND day < {to:Date} GROUP BY t, k',
    );
    expect(sqlOf('ad_spend', 'adSpend', { grain: 'month' })).toBe(
      `SELECT toStartOfMonth(day) AS t, '' AS k, sum(amount_minor) AS n FROM ${kpiDay} WHERE dim = 'variant' AND type IN ('spend.recorded') ` +
        "AND day >= {from:Date} AND day < {to:Date} AND dim_value IN ('ad') GROUP BY t, k",
    );
    expect(sqlOf('gmv', 'gmv', { by: 'channel', grain: 'total', keep: ['douyin', ''] })).toBe(
      "SELECT {from:Date} AS t, if(dim = 'all', '\u0001whole', if(toString(dim_value) IN {keep:Array(String)}, toString(dim_value), 'other')) AS k, " +
        `sum(amount_minor) AS n FROM ${kpiDay} WHERE dim IN ('all', 'channel') AND type IN ('order.paid', 'order.adjusted') ` +
        'AND day >= {from:Date} AND day < {to:Date} GROUP BY t, k',
    );
  });

  it('over the events themselves when two dimensions meet', () => {
    expect(sqlOf('gmv', 'gmv', { by: 'channel', filters: [{ split: 'room', values: ['r1'] }] })).toBe(
      `SELECT day AS t, toString(channel) AS k, sum(amount_minor) AS n FROM ${events} WHERE type IN ('order.paid', 'order.adjusted') ` +
        'AND day >= {from:Date} AND day < {to:Date} AND room_id IN {filter0:Array(String)} GROUP BY t, k',
    );
  });

  it('over persons and orders counted once', () => {
    expect(sqlOf('buyers', 'buyers', { grain: 'week' })).toBe(
      "SELECT toMonday(day) AS t, '' AS k, uniqExact(cityHash64(person_id)) AS n FROM (SELECT * FROM person_day WHERE brand_id = {brand:UUID}) " +
        "WHERE type IN ('order.paid') AND person_id != toUUID('00000000-0000-0000-0000-000000000000') AND day >= {from:Date} AND day < {to:Date} GROUP BY t, k",
    );
    expect(sqlOf('orders', 'orders')).toBe(
      `SELECT day AS t, '' AS k, uniqExact(if(order_id = '', toString(event_id), order_id)) AS n FROM ${events} WHERE type IN ('order.paid') ` +
        'AND day >= {from:Date} AND day < {to:Date} GROUP BY t, k',
    );
  });

  it('with every value that a user typed bound, not written', () => {
    const { compute } = kpiDefinition('gmv');
    if (compute.kind !== 'measures') throw new Error('gmv has measures');
    const hostile = "x') OR 1=1 --";
    const statement = compileMeasure('gmv', compute.measures.gmv!, {
      ...ask,
      by: 'product',
      filters: [{ split: 'channel', values: [hostile] }],
      keep: [hostile],
    });
    expect(statement.sql).not.toContain(hostile);
    expect(statement.params).toMatchObject({ filter0: [hostile], keep: [hostile] });
    expect(readableSql(scoped(statement, brand, 0))).toContain("channel IN ['x\\') OR 1=1 --']");
  });
});
