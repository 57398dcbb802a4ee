import type { EChartsCoreOption } from 'echarts/core';
import { bucketLabel } from '../figures/date.ts';
import type { Language } from '../figures/number.ts';
import { colors, seriesColors } from '../theme.ts';
import { baseOption, escapeHtml, timeAxis } from './base-option.ts';

export interface ShareSeries {
  id: string;
  name: string;
  /** Share at each bucket, 0 to 1, with its interval. */
  shares: readonly { share: number; low: number; high: number }[];
}

/** The largest five and the rest: a stack of more than six cannot be read. */
export function mainShares(series: readonly ShareSeries[], otherName: string): ShareSeries[] {
  const weight = (one: ShareSeries) => one.shares.reduce((sum, { share }) => sum + Math.abs(share), 0);
  const sorted = [...series].sort((a, b) => weight(b) - weight(a));
  if (sorted.length <= 6) return sorted;
  const rest = sorted.slice(5);
  const shares = (rest[0]?.shares ?? []).map((_, index) =>
    rest.reduce(
      (sum, one) => {
        const { share = 0 } = one.shares[index] ?? {};
        // The intervals of parts do not add up; without the draws only the sum of the middle values can be told.
        return { share: sum.share + share, low: Number.NaN, high: Number.NaN };
      },
      { share: 0, low: Number.NaN, high: Number.NaN },
    ),
  );
  return [...sorted.slice(0, 5), { id: 'other', name: otherName, shares }];
}

/** Shares of one whole end at one; where some take away, sums may go beyond it. */
function isWhole(series: readonly ShareSeries[]): boolean {
  const months = series[0]?.shares.length ?? 0;
  return Array.from({ length: months }, (_, month) => series.map((one) => one.shares[month]?.share ?? 0)).every(
    (shares) => shares.every((share) => share >= 0) && shares.reduce((sum, share) => sum + share, 0) <= 1.001,
  );
}

export interface ShareChart {
  /** First days of the months. */
  months: readonly string[];
  series: readonly ShareSeries[];
  axisName: string;
  language: Language;
}

const percent = (value: number) => `${(value * 100).toFixed(1)}%`;

/** Bars of shares that add up to the whole, month by month. */
export function shareOption(chart: ShareChart): EChartsCoreOption {
  const base = baseOption({ zoom: false, legend: true, axisName: chart.axisName });
  const tooltip = (params: unknown) => {
    const items = (Array.isArray(params) ? params : [params]) as {
      dataIndex: number;
      seriesIndex: number;
      marker: string;
    }[];
    const index = items[0]?.dataIndex ?? 0;
    const rows = items.map((item) => {
      const series = chart.series[item.seriesIndex];
      const share = series?.shares[index];
      if (!series || !share) return '';
      const range = Number.isNaN(share.low) ? '' : ` (${percent(share.low)} – ${percent(share.high)})`;
      return `${item.marker}${escapeHtml(series.name)} <b>${percent(share.share)}${range}</b>`;
    });
    return [escapeHtml(bucketLabel(chart.months[index] ?? '', 'month', chart.language)), ...rows].join('<br/>');
  };
  return {
    ...base,
    tooltip: { trigger: 'axis', confine: true, formatter: tooltip, axisPointer: { type: 'shadow' } },
    xAxis: timeAxis(chart.months.map((month) => bucketLabel(month, 'month', chart.language))),
    yAxis: {
      ...base.yAxis,
      axisLabel: { ...base.yAxis.axisLabel, formatter: (value: number) => `${Math.round(value * 100)}%` },
      ...(isWhole(chart.series) ? { max: 1 } : {}),
    },
    series: chart.series.map((one, index) => ({
      name: one.name,
      type: 'bar',
      stack: 'all',
      barMaxWidth: 44,
      color: one.id === 'other' ? colors.baseline : (seriesColors[index] ?? colors.baseline),
      data: one.shares.map(({ share }) => share),
    })),
  };
}
