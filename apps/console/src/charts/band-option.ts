import type { EChartsCoreOption } from 'echarts/core';
import { bucketLabel, dayLabel } from '../figures/date.ts';
import { axisFigure, exactFigure, type FigureStyle, figure } from '../figures/number.ts';
import { colors } from '../theme.ts';
import { baseOption, escapeHtml, timeAxis } from './base-option.ts';

/** One moment of a band; null where nothing is said. */
export interface BandPoint {
  low: number | null;
  mid: number | null;
  high: number | null;
}

/** A course with its uncertainty: a line, and the range around it in the same hue, lighter. */
export interface Band {
  name: string;
  color: string;
  points: readonly BandPoint[];
  /** Told apart by more than colour. */
  dash?: 'solid' | 'dashed' | 'dotted';
}

export interface BandLine {
  name: string;
  color: string;
  values: readonly (number | null)[];
  dash?: 'solid' | 'dashed' | 'dotted';
  /** Dots instead of a line: what was observed, with gaps. */
  dots?: boolean;
}

export interface BandChart {
  /** First days of the weeks. */
  times: readonly string[];
  bands: readonly Band[];
  lines: readonly BandLine[];
  style: FigureStyle;
  axisName: string;
  /** What the range means, such as "P10 to P90". */
  rangeName: string;
  target?: { name: string; value: number } | undefined;
  /** Index of the first week that is forecast: a thin line marks it. */
  now?: { name: string; index: number } | undefined;
  legend?: boolean;
  zoom?: boolean;
  /** Lines hold their value until the next point. */
  steps?: boolean;
  /** Where the axis ends, whatever lies beyond it. */
  max?: number | undefined;
  /** Lines of the grid, about; fewer for low charts. */
  ticks?: number;
}

interface Hovered {
  dataIndex: number;
}

function tooltipOf(chart: BandChart) {
  return (params: unknown) => {
    const items = (Array.isArray(params) ? params : [params]) as Hovered[];
    const index = items[0]?.dataIndex ?? 0;
    const day = chart.times[index] ?? '';
    const text = (value: number) => exactFigure(meant(value, chart.style), chart.style);
    const lines = chart.lines.flatMap((line) => {
      const value = line.values[index];
      return value === null || value === undefined ? [] : [row(line.color, line.name, text(value))];
    });
    const bands = chart.bands.flatMap((band) => {
      const point = band.points[index];
      if (!point || point.mid === null) return [];
      const range =
        point.low === null || point.high === null
          ? ''
          : ` (${chart.rangeName} ${text(point.low)} – ${text(point.high)})`;
      return [row(band.color, band.name, text(point.mid) + range)];
    });
    return [escapeHtml(dayLabel(day, chart.style.language, true)), ...lines, ...bands].join('<br/>');
  };
}

function row(color: string, name: string, value: string): string {
  const dot = `<span style="display:inline-block;width:10px;height:10px;border-radius:5px;background:${color};margin-right:6px"></span>`;
  return `${dot}${escapeHtml(name)} <b>${escapeHtml(value)}</b>`;
}

/** The digits of a model's value that mean something: whole where it is large. */
export function meant(value: number, style: Pick<FigureStyle, 'unit'>): number {
  const whole = style.unit !== 'ratio' && Math.abs(value) >= 100;
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}

const gap = (value: number | null | undefined) => value ?? null;

function bandSeries(band: Band, index: number) {
  const { color } = band;
  const hidden = { type: 'line', stack: `band-${index}`, stackStrategy: 'all', symbol: 'none', silent: true };
  const room = band.points.map((point) =>
    point.low === null || point.high === null ? null : Math.max(0, point.high - point.low),
  );
  return [
    // The floor of the range, unseen; the room above it is what is painted.
    {
      ...hidden,
      name: band.name,
      color,
      lineStyle: { opacity: 0 },
      data: band.points.map((point) => gap(point.low)),
      tooltip: { show: false },
    },
    {
      ...hidden,
      name: band.name,
      color,
      lineStyle: { opacity: 0 },
      areaStyle: { color, opacity: 0.16 },
      data: room,
      tooltip: { show: false },
    },
    {
      name: band.name,
      type: 'line',
      color,
      symbol: 'none',
      lineStyle: { width: 2, type: band.dash ?? 'solid' },
      data: band.points.map((point) => gap(point.mid)),
      z: 4,
    },
  ];
}

function lineSeries(line: BandLine, { steps }: BandChart) {
  return {
    name: line.name,
    type: 'line',
    color: line.color,
    data: line.values.map(gap),
    showSymbol: line.dots === true,
    showAllSymbol: true,
    symbol: 'circle',
    symbolSize: 4,
    lineStyle: { width: line.dots ? 1 : 1.5, type: line.dash ?? 'solid', opacity: line.dots ? 0.45 : 1 },
    z: 5,
    ...(steps ? { step: 'end' as const } : {}),
  };
}

function marks(chart: BandChart) {
  const data = [
    ...(chart.target
      ? [
          {
            yAxis: chart.target.value,
            lineStyle: { color: colors.ink, width: 1, type: 'solid' as const },
            label: {
              formatter: `${chart.target.name} ${figure(chart.target.value, chart.style)}`,
              position: 'insideStartTop' as const,
              color: colors.ink,
              backgroundColor: colors.surface,
              padding: [1, 4],
            },
          },
        ]
      : []),
    ...(chart.now
      ? [
          {
            xAxis: chart.now.index,
            lineStyle: { color: colors.baseline, width: 1, type: 'dashed' as const },
            label: { formatter: chart.now.name, color: colors.inkSoft, position: 'end' as const },
          },
        ]
      : []),
  ];
  return data.length > 0 ? { silent: true, symbol: 'none', data } : undefined;
}

/** Where the axis must end so that a target above everything is seen. */
export function bandMax(chart: Pick<BandChart, 'bands' | 'lines' | 'target'>): number | undefined {
  if (!chart.target) return undefined;
  const values = [
    ...chart.bands.flatMap((band) => band.points.map((point) => point.high ?? point.mid ?? 0)),
    ...chart.lines.flatMap((line) => line.values.map((value) => value ?? 0)),
  ];
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return chart.target.value > largest ? chart.target.value * 1.08 : undefined;
}

/** Longer courses are told by the month, since days without their year can be taken for another. */
const longCourse = 40;

function timesOf({ times, style }: BandChart) {
  const labels = times.map((day) =>
    times.length > longCourse ? bucketLabel(day, 'month', style.language) : dayLabel(day, style.language),
  );
  const axis = timeAxis(labels);
  return { ...axis, boundaryGap: false, axisLabel: { ...axis.axisLabel, alignMaxLabel: 'right' } };
}

/** Courses over weeks with their bands, what was observed, the baseline and the target. */
export function bandOption(chart: BandChart): EChartsCoreOption {
  const base = baseOption({ zoom: chart.zoom === true, legend: chart.legend !== false, axisName: chart.axisName });
  const max = chart.max ?? bandMax(chart);
  const markLine = marks(chart);
  const series: Record<string, unknown>[] = [
    ...chart.bands.flatMap(bandSeries),
    ...chart.lines.map((line) => lineSeries(line, chart)),
  ];
  const last = series.at(-1);
  if (markLine && last) last.markLine = markLine;
  return {
    ...base,
    animation: false,
    tooltip: { trigger: 'axis', confine: true, formatter: tooltipOf(chart) },
    xAxis: timesOf(chart),
    yAxis: {
      ...base.yAxis,
      axisLabel: {
        ...base.yAxis.axisLabel,
        formatter: (value: number) => axisFigure(value, chart.style),
        showMaxLabel: max === undefined,
      },
      ...(max === undefined ? {} : { max }),
      ...(chart.ticks === undefined ? {} : { splitNumber: chart.ticks }),
    },
    series,
  };
}
