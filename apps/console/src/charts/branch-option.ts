import type { EChartsCoreOption } from 'echarts/core';
import { colors } from '../theme.ts';
import { baseOption, escapeHtml } from './base-option.ts';

export interface BranchPoint {
  control: number;
  activity: number;
  stable: boolean;
}

export interface BranchChart {
  branches: readonly { points: readonly BranchPoint[] }[];
  folds: readonly { control: number; activity: number }[];
  /** Where the brand stands today. */
  today: { control: number; activity: number; low: number; high: number };
  words: { stable: string; unstable: string; fold: string; today: string; control: string; activity: string };
  text: (value: number) => string;
  activityText: (value: number) => string;
}

/** Cuts a branch where its stability changes; a piece begins with the last point of the one before, so that lines meet. */
export function stretches(points: readonly BranchPoint[]): { stable: boolean; points: BranchPoint[] }[] {
  const found: { stable: boolean; points: BranchPoint[] }[] = [];
  for (const point of points) {
    const open = found.at(-1);
    if (open && open.stable === point.stable) {
      open.points.push(point);
      continue;
    }
    const before = open?.points.at(-1);
    found.push({ stable: point.stable, points: before ? [before, point] : [point] });
  }
  return found;
}

const xy = (point: { control: number; activity: number }) => [point.control, point.activity];

/** Resting states of the community along one control: solid where it stays, dashed where it tips away, folds marked. */
export function branchOption(chart: BranchChart): EChartsCoreOption {
  const { words } = chart;
  const base = baseOption({ zoom: false, legend: true, axisName: words.activity });
  const pieces = chart.branches.flatMap((branch) => stretches(branch.points));
  const lines = pieces.map((piece) => ({
    name: piece.stable ? words.stable : words.unstable,
    type: 'line',
    color: piece.stable ? colors.community : colors.inkFaint,
    symbol: 'none',
    lineStyle: { width: 2.5, type: piece.stable ? 'solid' : 'dashed' },
    data: piece.points.map(xy),
  }));
  const tooltip = (params: unknown) => {
    const item = params as { seriesName: string; value: number[]; marker: string };
    const [control = 0, activity = 0] = item.value;
    return [
      `${item.marker}${escapeHtml(item.seriesName)}`,
      `${escapeHtml(words.control)} <b>${escapeHtml(chart.text(control))}</b>`,
      `${escapeHtml(words.activity)} <b>${escapeHtml(chart.activityText(activity))}</b>`,
    ].join('<br/>');
  };
  return {
    ...base,
    grid: { ...base.grid, bottom: 28 },
    tooltip: { trigger: 'item', confine: true, formatter: tooltip },
    xAxis: {
      type: 'value',
      name: words.control,
      nameLocation: 'middle',
      nameGap: 26,
      scale: true,
      nameTextStyle: { color: colors.inkSoft },
      axisLine: { lineStyle: { color: colors.line } },
      axisLabel: { color: colors.inkSoft, hideOverlap: true, formatter: chart.text },
      splitLine: { show: false },
    },
    yAxis: { ...base.yAxis, axisLabel: { ...base.yAxis.axisLabel, formatter: chart.activityText } },
    series: [
      ...lines,
      {
        name: words.fold,
        type: 'line',
        color: colors.watchMark,
        symbol: 'diamond',
        symbolSize: 12,
        showSymbol: true,
        lineStyle: { opacity: 0 },
        data: chart.folds.map(xy),
      },
      {
        name: words.today,
        type: 'line',
        color: colors.joined,
        symbol: 'circle',
        symbolSize: 12,
        showSymbol: true,
        lineStyle: { width: 2 },
        // The middle point is today; the ends of the stroke are its interval.
        data: [
          { value: [chart.today.control, chart.today.low], symbolSize: 5 },
          { value: xy(chart.today) },
          { value: [chart.today.control, chart.today.high], symbolSize: 5 },
        ],
      },
    ],
  };
}
