import { describe, expect, it } from 'vitest';
import { newUuid } from '#lib/id.ts';
import { mergeHops, scoped } from './brand-scope.ts';
import { kpiDefinitions } from './catalogue.ts';
import { cockpit } from './cockpit.ts';
import { retentionOf } from './cohorts.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { dimensionValues } from './dimension-values.ts';
import { kpiSeries, noCache } from './index.ts';
import { gmvFactors, liveFunnel } from './live-panel.ts';
import { qualityOf } from './quality.ts';
import { kpiRows } from './rows.ts';

const brand: MetricsBrand = { id: newUuid(), currency: 'CNY', zone: 'Asia/Shanghai' };
const range = { from: '2026-03-01', to: '2026-04-01' };

/** Deps that note every query and answer nothing; `merged` pretends that persons were merged in a chain of that length. */
function watching(merged: number) {
  const queries: { sql: string; params: Record<string, unknown> }[] = [];
  const deps: MetricsDeps = {
    db: { brand: () => Promise.resolve([] as never) },
    ch: {
      rows<Row>(sql: string, params: Record<string, unknown> = {}) {
        queries.push({ sql, params });
        const chained = Array.from({ length: merged - 1 }, (_, i) => [`p${i}`, `p${i + 1}`]);
        const isCheck = sql.includes('AS chained') || sql.startsWith('SELECT 1 FROM person_override');
        return Promise.resolve((isCheck && merged > 0 ? [{ merged: String(merged), chained }] : []) as Row[]);
      },
    },
    now: () => Date.parse('2026-06-01T00:00:00Z'),
    names: async () => new Map(),
    dataVersion: async () => 0,
    audit: async () => undefined,
    cache: noCache,
  };
  return { deps, queries };
}

/** What is left of a query when everything that is bound to the brand is taken out. */
function outsideBrand(sql: string): string {
  const bound = [
    /\(SELECT \* FROM \w+(?: FINAL)? WHERE brand_id = \{brand:UUID\}\)/g,
    /\(SELECT person_id, argMax\(into_id, version\) AS into_id FROM person_override WHERE brand_id = \{brand:UUID\} GROUP BY person_id HAVING argMax\(deleted, version\) = 0\)/g,
    /FROM \w+ AS raw LEFT ANY JOIN [^@]*? AS survivor ON survivor\.person_id = raw\.person_id WHERE raw\.brand_id = \{brand:UUID\}\)/g,
  ];
  if (sql === 'SELECT 1 FROM person_override WHERE brand_id = {brand:UUID} LIMIT 1') return '#';
  return bound.reduceRight((text, pattern) => text.replace(pattern, '#'), sql);
}

describe('the brand of a query', () => {
  for (const merged of [0, 3]) {
    it(`is in every query that metrics can send, ${merged ? 'with' : 'without'} merged persons`, async () => {
      const { deps, queries } = watching(merged);
      for (const kpi of kpiDefinitions) {
        for (const grain of kpi.grains) await kpiSeries(deps, brand, kpi.id, { ...range, grain });
        for (const by of kpi.splits)
          await kpiSeries(deps, brand, kpi.id, { ...range, grain: 'month', by, filter: `${kpi.splits[0]}:x` });
        await kpiRows(deps, brand, kpi.id, range);
      }
      await cockpit(deps, brand, range);
      await retentionOf(deps, brand, { ...range, basis: 'activity' });
      await liveFunnel(deps, brand, range);
      await gmvFactors(deps, brand, range);
      await qualityOf(deps, brand, range);
      await dimensionValues(deps, brand, { split: 'channel' });
      expect(queries.length).toBeGreaterThan(500);
      const tables = /\b(events|kpi_day|person_day|person_first|person_month|session_figures|person_override)\b/;
      const loose = queries.filter(
        ({ sql, params }) =>
          params.brand !== brand.id ||
          /\b(FROM|(?<!ARRAY )JOIN)\s+(?!\(|#)/.test(outsideBrand(sql)) ||
          sql.includes('@'),
      );
      expect(loose.slice(0, 1)).toEqual([]);
      expect(queries.filter(({ sql }) => !tables.test(sql))).toEqual([]);
      if (merged) expect(queries.some(({ sql }) => sql.includes('m2.into_id'))).toBe(true);
    });
  }

  it('cannot be forgotten: a table named bare, or none at all, is our own bug', () => {
    const statement = (sql: string) => ({ name: 'test', sql, params: {} });
    expect(() => scoped(statement('SELECT count() FROM events'), brand.id, 0)).toThrow('without its brand');
    expect(() => scoped(statement('SELECT 1 FROM @events AS a JOIN tandem.kpi_day AS b ON 1'), brand.id, 0)).toThrow(
      'without its brand',
    );
    expect(() => scoped(statement('SELECT 1 WHERE 1 IN (person_day)'), brand.id, 0)).toThrow('without its brand');
    expect(() => scoped(statement('SELECT 1'), brand.id, 0)).toThrow('reads no table');
    expect(() => scoped(statement('SELECT 1 FROM @spool'), brand.id, 0)).toThrow('unknown table');
  });

  it('knows how long its chains of merges are, also where they run in a circle', async () => {
    const hops = (merged: number, chained: [string, string][]) =>
      mergeHops({ rows: async <Row>() => [{ merged: String(merged), chained }] as Row[] }, brand.id);
    expect(await hops(0, [])).toBe(0);
    expect(await hops(5, [])).toBe(1);
    expect(
      await hops(3, [
        ['a', 'b'],
        ['b', 'c'],
      ]),
    ).toBe(3);
    expect(
      await hops(2, [
        ['a', 'b'],
        ['b', 'a'],
      ]),
    ).toBe(16);
  });
});
