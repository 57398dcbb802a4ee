import type { KpiPoint } from '@tandem/server/schema/metrics';
import { describe, expect, it } from 'vitest';
import { colors } from '../theme.ts';
import { bucketsOf, seriesOf, seriesOption, targetMax } from './series-option.ts';

const point = (t: string, key: string | null, value: number | null): KpiPoint => ({ t, key, value });
const points = [
  point('2011-12-02', 'small', 1),
  point('2011-12-01', 'other', 900),
  point('2011-12-01', 'large', 50),
  point('2011-12-02', 'large', 60),
];
const nameOf = (one: KpiPoint) => one.key ?? 'all';
const style = { unit: 'money', currency: 'GBP', language: 'en' as const };

describe('series of a split', () => {
  const buckets = bucketsOf(points);
  const series = seriesOf(points, buckets, 'product', nameOf);

  it('puts the largest first and "other" last, in grey', () => {
    expect(series.map((one) => one.key)).toEqual(['large', 'small', 'other']);
    expect(series[2]?.color).toBe(colors.baseline);
  });
  it('fills a bucket without a point with a gap, not with zero', () => {
    expect(series[1]?.points).toEqual([null, points[0]]);
  });
  it('draws six series at most', () => {
    const many = Array.from({ length: 9 }, (_, index) => point('2011-12-01', `k${index}`, index)).concat(points);
    expect(seriesOf(many, buckets, 'product', nameOf)).toHaveLength(6);
  });
  it('gives the strands their own colours', () => {
    const strands = [point('2011-12-01', 'live', 1), point('2011-12-01', 'community', 2)];
    expect(seriesOf(strands, ['2011-12-01'], 'strand', nameOf).map((one) => one.color)).toEqual([
      colors.community,
      colors.live,
    ]);
  });
});

describe('the option of a chart', () => {
  const buckets = bucketsOf(points);
  const series = seriesOf(points, buckets, 'product', nameOf);
  const chart = { series, buckets, grain: 'day', style, axisName: 'Money (GBP)', additive: true };

  it('stacks bars of an additive figure, and draws lines for the rest', () => {
    expect(seriesOption(chart).series).toMatchObject([{ type: 'bar', stack: 'all' }, { type: 'bar' }, { type: 'bar' }]);
    expect(seriesOption({ ...chart, additive: false }).series).toMatchObject([{ type: 'line' }, {}, {}]);
  });
  it('names the unit on the axis', () => {
    expect(seriesOption(chart)).toMatchObject({ yAxis: { name: 'Money (GBP)' } });
  });
  it('adds the compared period dashed and the target as a line', () => {
    const option = seriesOption({
      ...chart,
      compared: { name: 'Compared', values: [1, 2] },
      target: { name: 'Target', value: 500 },
    });
    expect(option.series).toHaveLength(4);
    expect(option).toMatchObject({
      series: [{ markLine: { data: [{ yAxis: 500 }] } }, {}, {}, { lineStyle: { type: 'dashed' } }],
    });
  });
  it('makes room for a target above every point only', () => {
    expect(targetMax(series, 500)).toBeUndefined();
    expect(targetMax(series, 1000)).toBeCloseTo(1080);
  });
  it('escapes names in its tooltip', () => {
    const named = seriesOf([point('2011-12-01', 'a', 3)], ['2011-12-01'], 'product', () => '<img src=x onerror=1>');
    const option = seriesOption({ ...chart, series: named, buckets: ['2011-12-01'] }) as {
      tooltip: { formatter: (params: unknown) => string };
    };
    const html = option.tooltip.formatter([
      { dataIndex: 0, seriesIndex: 0, seriesName: named[0]?.name, marker: '', value: 3 },
    ]);
    expect(html).toContain('&lt;img');
    expect(html).not.toContain('<img');
  });
});
