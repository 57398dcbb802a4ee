import type { KpiPoint } from '@tandem/server/schema/metrics';
import type { EChartsCoreOption } from 'echarts/core';
import { bucketLabel, dayLabel } from '../figures/date.ts';
import { axisFigure, exactFigure, type FigureStyle, figure } from '../figures/number.ts';
import { colors, seriesColors, strandColor } from '../theme.ts';
import { baseOption, escapeHtml, timeAxis } from './base-option.ts';

export interface ChartSeries {
  key: string | null;
  name: string;
  color: string;
  /** One point for each bucket, null where there is none. */
  points: (KpiPoint | null)[];
}

/** The key under which the server gathers what is not among the largest. */
export const otherKey = 'other';

/** At most six series: the five largest and the rest. */
export const seriesLimit = 5;

/** Buckets in order of time. */
export function bucketsOf(points: readonly KpiPoint[]): string[] {
  return [...new Set(points.map((point) => point.t))].sort();
}

const sumOf = (points: readonly KpiPoint[]) => points.reduce((sum, point) => sum + Math.abs(point.value ?? 0), 0);

/**
 * Points by key, the largest first and "other" last. The server has already gathered what is beyond its limit; keys
 * beyond six (a server with another limit) are left to the table.
 */
export function seriesOf(
  points: readonly KpiPoint[],
  buckets: readonly string[],
  split: string | undefined,
  nameOf: (point: KpiPoint) => string,
): ChartSeries[] {
  const byKey = new Map<string | null, KpiPoint[]>();
  for (const point of points) {
    const list = byKey.get(point.key);
    if (list) list.push(point);
    else byKey.set(point.key, [point]);
  }
  const ordered = [...byKey].sort(([a, x], [b, y]) => {
    if (a === otherKey || b === otherKey) return a === b ? 0 : a === otherKey ? 1 : -1;
    return sumOf(y) - sumOf(x);
  });
  const kept = ordered.filter(([key], index) => key === otherKey || index < seriesLimit);
  return kept.map(([key, list], index) => {
    const byTime = new Map(list.map((point) => [point.t, point]));
    const first = list[0];
    const seriesColor = key === otherKey ? colors.baseline : (seriesColors[index] ?? colors.baseline);
    return {
      key,
      name: first ? nameOf(first) : '',
      color: split === undefined ? colors.joined : split === 'strand' && key ? strandColor(key) : seriesColor,
      points: buckets.map((bucket) => byTime.get(bucket) ?? null),
    };
  });
}

export interface SeriesChart {
  series: ChartSeries[];
  buckets: string[];
  grain: string;
  style: FigureStyle;
  axisName: string;
  additive: boolean;
  compared?: { name: string; values: (number | null)[] };
  target?: { name: string; value: number };
}

function tooltipOf(chart: SeriesChart) {
  return (params: unknown) => {
    const items = (Array.isArray(params) ? params : [params]) as {
      dataIndex: number;
      seriesIndex: number;
      seriesName: string;
      marker: string;
      value: number | null;
    }[];
    const index = items[0]?.dataIndex ?? 0;
    const bucket = chart.buckets[index] ?? '';
    const lines = items.map((item) => {
      const point = chart.series[item.seriesIndex]?.points[index];
      const value = exactFigure(item.value, chart.style, point?.exactMinor);
      const interval =
        point?.low !== undefined && point.high !== undefined
          ? ` (${exactFigure(point.low, chart.style)} – ${exactFigure(point.high, chart.style)})`
          : '';
      return `${item.marker}${escapeHtml(item.seriesName)} <b>${escapeHtml(value + interval)}</b>`;
    });
    return [escapeHtml(bucketLabel(bucket, chart.grain, chart.style.language)), ...lines].join('<br/>');
  };
}

/** Where the axis has to end so that a target above every point is seen; undefined where it is seen anyway. */
export function targetMax(series: readonly ChartSeries[], target: number | undefined): number | undefined {
  const largest = Math.max(0, ...series.flatMap((one) => one.points.map((point) => point?.value ?? 0)));
  return target !== undefined && target > largest ? target * 1.08 : undefined;
}

function targetLine(chart: SeriesChart) {
  if (!chart.target) return undefined;
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colors.ink, width: 1, type: 'solid' as const },
    label: {
      position: 'insideEndTop' as const,
      color: colors.ink,
      backgroundColor: colors.surface,
      padding: [1, 4],
      formatter: `${chart.target.name} ${figure(chart.target.value, chart.style)}`,
    },
    data: [{ yAxis: chart.target.value }],
  };
}

/** Lines for courses over time; bars, from zero, where there are few buckets of an additive figure. */
export function seriesOption(chart: SeriesChart): EChartsCoreOption {
  const bars = chart.additive && chart.buckets.length <= 16;
  const long = chart.buckets.length > 1;
  const short = chart.grain === 'day' || chart.grain === 'week';
  const labels = chart.buckets.map((bucket) =>
    short ? dayLabel(bucket, chart.style.language) : bucketLabel(bucket, chart.grain, chart.style.language),
  );
  const markLine = targetLine(chart);
  const max = targetMax(chart.series, chart.target?.value);
  const series = chart.series.map((one, index) => ({
    name: one.name,
    type: bars ? 'bar' : 'line',
    ...(bars && chart.series.length > 1 ? { stack: 'all' } : {}),
    data: one.points.map((point) => point?.value ?? null),
    color: one.color,
    barMaxWidth: 36,
    showSymbol: chart.buckets.length <= 40,
    symbol: 'circle',
    symbolSize: 6,
    lineStyle: { width: 2 },
    emphasis: { focus: 'series' },
    ...(index === 0 && markLine ? { markLine } : {}),
  }));
  const compared = chart.compared && {
    name: chart.compared.name,
    type: 'line',
    data: chart.compared.values,
    color: colors.baseline,
    showSymbol: false,
    lineStyle: { width: 1.5, type: 'dashed' },
  };
  const base = baseOption({
    zoom: long && chart.buckets.length > 31,
    legend: chart.series.length > 1 || compared !== undefined,
    axisName: chart.axisName,
  });
  return {
    ...base,
    tooltip: { trigger: 'axis', confine: true, formatter: tooltipOf(chart) },
    xAxis: timeAxis(labels),
    yAxis: {
      ...base.yAxis,
      axisLabel: {
        ...base.yAxis.axisLabel,
        formatter: (value: number) => axisFigure(value, chart.style),
        showMaxLabel: max === undefined,
      },
      ...(max === undefined ? {} : { max }),
    },
    series: compared ? [...series, compared] : series,
  };
}
