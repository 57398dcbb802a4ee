import type { Pipeline } from '@tandem/server/schema/events';
import type { EChartsCoreOption } from 'echarts/core';
import { baseOption, timeAxis } from '../charts/base-option.ts';
import { moment } from '../figures/date.ts';
import { compact, type Language } from '../figures/number.ts';
import { colors } from '../theme.ts';

export const outcomes = ['stored', 'duplicate', 'quarantined', 'pending'] as const;
export type Outcome = (typeof outcomes)[number];
type Counts = Pick<Pipeline, 'accepted' | Outcome>;

/** Accepted less everything it became: zero, or something is unaccounted for. */
export function difference(counts: Counts): number {
  return counts.accepted - counts.stored - counts.duplicate - counts.quarantined - counts.pending;
}

const hourMs = 3_600_000;

/** One entry for each hour up to now, zero where nothing was received, so that the time axis is even. */
export function everyHour(hours: Pipeline['hours'], count: number, nowMs: number): Pipeline['hours'] {
  const known = new Map(hours.map((hour) => [Date.parse(hour.hour), hour]));
  const last = Math.floor(nowMs / hourMs) * hourMs;
  const empty = { accepted: 0, stored: 0, duplicate: 0, quarantined: 0, pending: 0 };
  return Array.from({ length: count }, (_, index) => {
    const at = last - (count - 1 - index) * hourMs;
    return known.get(at) ?? { hour: new Date(at).toISOString(), ...empty };
  });
}

const outcomeColors: Record<Outcome, string> = {
  stored: colors.joined,
  duplicate: colors.baseline,
  quarantined: colors.act,
  pending: colors.watchMark,
};

/** Bars by hour, stacked by what became of the events. */
export function pipelineOption(
  hours: Pipeline['hours'],
  words: { zone: string; language: Language; axisName: string; names: Record<Outcome, string> },
): EChartsCoreOption {
  const base = baseOption({ zoom: hours.length > 48, legend: true, axisName: words.axisName });
  return {
    ...base,
    tooltip: { trigger: 'axis', confine: true },
    xAxis: timeAxis(hours.map((hour) => moment(hour.hour, words.zone, false).slice(5))),
    yAxis: {
      ...base.yAxis,
      minInterval: 1,
      axisLabel: { ...base.yAxis.axisLabel, formatter: (value: number) => compact(value, words.language) },
    },
    series: outcomes.map((outcome) => ({
      name: words.names[outcome],
      type: 'bar',
      stack: 'all',
      barMaxWidth: 28,
      color: outcomeColors[outcome],
      data: hours.map((hour) => hour[outcome]),
    })),
  };
}
