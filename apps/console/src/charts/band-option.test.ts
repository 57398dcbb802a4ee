import { describe, expect, it } from 'vitest';
import { type BandChart, bandMax, bandOption } from './band-option.ts';

const chart: BandChart = {
  times: ['2026-01-05', '2026-01-12'],
  bands: [
    {
      name: '<b>Plan</b>',
      color: '#000000',
      points: [
        { low: null, mid: null, high: null },
        { low: 5, mid: 10, high: 20 },
      ],
    },
  ],
  lines: [{ name: 'Observed', color: '#111111', values: [7, null], dots: true }],
  style: { unit: 'count', language: 'en' },
  axisName: 'People a week',
  rangeName: 'P10 to P90',
};

describe('a chart of bands', () => {
  it('stacks the room of the range on its unseen floor and leaves gaps as gaps', () => {
    const { series } = bandOption(chart) as { series: { data: unknown[]; stack?: string }[] };
    expect(series[0]).toMatchObject({ data: [null, 5], stack: 'band-0' });
    expect(series[1]).toMatchObject({ data: [null, 15], stack: 'band-0' });
    expect(series[2]?.data).toEqual([null, 10]);
    expect(series[3]?.data).toEqual([7, null]);
  });
  it('puts target and today on the chart, and makes room for a target out of sight', () => {
    const option = bandOption({
      ...chart,
      target: { name: 'Target', value: 50 },
      now: { name: 'Today', index: 1 },
    });
    expect(option).toMatchObject({ yAxis: { max: 54 } });
    expect(bandMax({ ...chart, target: { name: 'Target', value: 15 } })).toBeUndefined();
    const { series } = option as { series: { markLine?: { data: unknown[] } }[] };
    expect(series.at(-1)?.markLine?.data).toHaveLength(2);
  });
  it('says the range in its tooltip and escapes names', () => {
    const { tooltip } = bandOption(chart) as { tooltip: { formatter: (params: unknown) => string } };
    const html = tooltip.formatter([{ dataIndex: 1 }]);
    expect(html).toContain('P10 to P90 5 – 20');
    expect(html).toContain('&lt;b&gt;Plan');
    expect(html).not.toContain('Observed');
    expect(tooltip.formatter([{ dataIndex: 0 }])).toContain('Observed');
  });
});
