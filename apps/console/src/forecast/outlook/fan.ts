import type { FittedSeries, ForecastResult, ForecastSeries, Method } from '@tandem/server/schema/forecast';
import { type BandChart, bandOption } from '../../charts/band-option.ts';
import { type FigureStyle, figure } from '../../figures/number.ts';
import { colors } from '../../theme.ts';

/** Colours and strokes of up to three scenarios beside each other: told apart by the stroke as well. */
export const scenarioLooks = [
  { color: colors.joined, dash: 'solid' },
  { color: colors.live, dash: 'dashed' },
  { color: colors.community, dash: 'dotted' },
] as const;

/** Weeks of history that a fan is shown with. */
export const historyWeeks = 26;

export interface FanWords {
  observed: string;
  baseline: string;
  target: string;
  /** Name of a target that lies so far beyond everything else that drawing it would flatten the rest. */
  targetBeyond: (value: string) => string;
  range: string;
  start: string;
}

export interface FanCourse {
  name: string;
  weeks: readonly { t: string; p10: number; p50: number; p90: number }[];
}

export interface Fan {
  /** What was observed before the forecast. */
  history: readonly { t: string; observed: number | null }[];
  courses: readonly FanCourse[];
  baseline?: readonly { t: string; p50: number }[] | undefined;
  targets?: readonly (number | null)[] | undefined;
  style: FigureStyle;
  axisName: string;
  words: FanWords;
}

/** Weeks of seven days: a shorter one at the end has a smaller sum, which would read as a fall. */
export function wholeWeeks<T extends { days: number }>(weeks: readonly T[]): T[] {
  const whole = weeks.filter(({ days }) => days === 7);
  return whole.length > 0 ? whole : [...weeks];
}

/** A target so many times the rest stays off the chart; its value is told beside. */
const farTarget = 3;

/** The largest target where it is far beyond all that is drawn, and where the axis then ends. */
export function beyondChart(
  fan: Pick<Fan, 'history' | 'courses' | 'baseline' | 'targets'>,
): { target: number; max: number } | undefined {
  const drawn = [
    ...fan.history.slice(-historyWeeks).map(({ observed }) => observed ?? 0),
    ...fan.courses.flatMap(({ weeks }) => weeks.map(({ p90 }) => p90)),
    ...(fan.baseline ?? []).map(({ p50 }) => p50),
  ];
  const largest = Math.max(0, ...drawn);
  const target = Math.max(0, ...(fan.targets ?? []).map((value) => value ?? 0));
  return largest > 0 && target > farTarget * largest ? { target, max: 1.08 * largest } : undefined;
}

const nothing = { low: null, mid: null, high: null };

/** History, then the fans of the scenarios, the baseline dashed in grey, and what the targets ask. */
export function fanChart(fan: Fan): BandChart {
  const history = fan.history.slice(-historyWeeks);
  const future = fan.courses[0]?.weeks ?? [];
  const before = history.map(() => null);
  const bands = fan.courses.map((course, index) => ({
    name: course.name,
    ...(scenarioLooks[index] ?? scenarioLooks[0]),
    points: [
      ...history.map(() => nothing),
      ...course.weeks.map(({ p10, p50, p90 }) => ({ low: p10, mid: p50, high: p90 })),
    ],
  }));
  const baseline = new Map(fan.baseline?.map(({ t, p50 }) => [t, p50]));
  const beyond = beyondChart(fan);
  const targetName = beyond ? fan.words.targetBeyond(figure(beyond.target, fan.style)) : fan.words.target;
  const hasTargets = fan.targets?.some((value) => value !== null) ?? false;
  return {
    times: [...history.map(({ t }) => t), ...future.map(({ t }) => t)],
    bands,
    lines: [
      {
        name: fan.words.observed,
        color: colors.ink,
        values: [...history.map(({ observed }) => observed), ...future.map(() => null)],
      },
      ...(baseline.size > 0
        ? [
            {
              name: fan.words.baseline,
              color: colors.baseline,
              dash: 'dashed' as const,
              values: [...before, ...future.map(({ t }) => baseline.get(t) ?? null)],
            },
          ]
        : []),
      ...(hasTargets
        ? [{ name: targetName, color: colors.inkFaint, values: [...before, ...(fan.targets ?? [])] }]
        : []),
    ],
    style: fan.style,
    axisName: fan.axisName,
    max: beyond?.max,
    rangeName: fan.words.range,
    now: history.length > 0 ? { name: fan.words.start, index: history.length } : undefined,
  };
}

export const fanOption = (fan: Fan) => bandOption(fanChart(fan));

/** The observed weeks of a fitted KPI. */
export function historyOf(series: readonly FittedSeries[], kpi: string): Fan['history'] {
  return series.find((one) => one.kpi === kpi)?.weeks ?? [];
}

/** Stretches of a forecast that one method makes: the first week of each. */
export function methodStretches(weeks: ForecastSeries['weeks']): { method: Method; from: number; to: number }[] {
  const found: { method: Method; from: number; to: number }[] = [];
  for (const [index, { method }] of weeks.entries()) {
    const open = found.at(-1);
    if (open?.method === method) open.to = index + 1;
    else found.push({ method, from: index + 1, to: index + 1 });
  }
  return found;
}

/** The baseline of a KPI in a forecast: seasonal naive where there is one, else the first that there is. */
export function baselineOf(result: ForecastResult, kpi: string) {
  const own = result.baselines.filter((one) => one.kpi === kpi);
  return own.find((one) => one.method === 'seasonal_naive') ?? own[0];
}
