import { draw } from '@tandem/dynamics';
import { addDays } from '#lib/time.ts';
import type { DailySeries, ModelInput, Promotion, Snapshot } from '../task.ts';
import { type Sought, valuesAt } from './parameters.ts';
import { modelRuns, problemOf } from './problem.ts';

/** What a made-up history looks like. */
export interface HistoryOptions {
  from: string;
  days: number;
  seed: number;
  /** Noise of weekly logarithms: an AR(1) level, and white noise of days. */
  noise: { phi: number; push: number; daily: number };
  /** Factor of promotion days beyond what the model has for them; 1 by default. */
  promotionGain?: number;
  /** Share of single days that are missing; a hole of ten days comes on top in every second series. */
  missing: number;
  /** KPI that are left out. */
  without?: readonly string[];
}

export interface MadeHistory {
  snapshot: Snapshot;
  /** What the history was made with: parameters, and the proportions of free KPI. */
  truth: { name: string; value: number; score: number }[];
}

/** Keys of the draws, one for each use of chance. */
const uses = { truth: 1, lever: 2, level: 3, day: 4, missing: 5, retry: 1000 } as const;
const weekdays = [0.86, 0.88, 0.93, 0.98, 1.1, 1.2, 1.05];
const triesMax = 40;

/**
 * A history that the model itself makes, with parameters drawn from their priors, under levers that vary, seen through
 * noise of the kind that fits reckon with, a weekday pattern, promotions and gaps. For tests of what a fit recovers.
 * Throws a RangeError when no parameters of the priors give a history.
 */
export async function makeHistory(model: ModelInput, options: HistoryOptions): Promise<MadeHistory> {
  const { days, seed } = options;
  const blank = blankSnapshot(model, options);
  const problem = problemOf({ model, snapshot: blank });
  const boundaries = Array.from({ length: days + 1 }, (_, day) => day);
  const runs = modelRuns(problem, boundaries, { threads: 1 });
  const n = problem.sought.length;
  for (let attempt = 0; attempt < triesMax; attempt += 1) {
    const scores = Float64Array.from({ length: n }, (_, d) => normalAt(seed, uses.truth + uses.retry * attempt, d));
    const values = valuesAt(problem.sought, scores);
    const row = await runs.ask(values.subarray(0, problem.modelCount), 1);
    if (!row.every((value) => Number.isFinite(value))) continue;
    const made = problem.series.map(({ observation, scale }, s): DailySeries => {
      const clean = row
        .slice(s * days, (s + 1) * days)
        .map((value) => value * (scale === undefined ? 1 : values[scale]!));
      return { kpi: observation.kpi, values: seenThrough(clean, observation.measure, s, blank, options) };
    });
    // A community that died out or never sold has nothing to be fitted.
    const isAlive = made.every(({ values: seen }) => (seen.at(-1) ?? 1) > 0.5);
    if (!isAlive) continue;
    runs.close();
    const kept = made.filter(({ kpi }) => !(options.without ?? []).includes(kpi));
    const levers = blank.series.filter(({ kpi }) => !made.some((one) => one.kpi === kpi));
    return { snapshot: { ...blank, series: [...kept, ...levers] }, truth: truthOf(problem.sought, scores) };
  }
  runs.close();
  throw new RangeError('no parameters of the priors give a history');
}

function truthOf(sought: readonly Sought[], scores: Float64Array): MadeHistory['truth'] {
  return sought.map(({ name, value }, d) => ({ name, value: value(scores[d]!), score: scores[d]! }));
}

/** Levers that vary from month to month, promotions every seven weeks, and series yet to be filled. */
function blankSnapshot({ setup }: ModelInput, { from, days, seed }: HistoryOptions): Snapshot {
  const promotions: Promotion[] = [];
  for (let day = 40; day + 3 < days; day += 49) {
    promotions.push({ name: `p${day}`, from: addDays(from, day), to: addDays(from, day + 3), depth: 0.2 });
  }
  // A KPI that tells what a lever was can not be made by the model as well.
  const told = new Set(setup.levers.flatMap(({ history }) => (history === undefined ? [] : [history.kpi])));
  const observations = setup.observations.filter(({ kpi }) => !told.has(kpi));
  const levers = setup.levers.flatMap(({ history, usual, low, high, kind }, l): DailySeries[] => {
    if (history?.measure !== 'daily' || kind === 'pulse') return [];
    const factor = history.factor ?? 1;
    const values = Array.from({ length: days }, (_, day) => {
      const month = Math.floor(day / 28);
      const size = usual * Math.exp(0.6 * normalAt(seed, uses.lever, l * 1000 + month));
      return Math.min(high, Math.max(low, size)) / factor;
    });
    return [{ kpi: history.kpi, values }];
  });
  // Values that differ, so that no series is taken for a constant before it is made.
  const filler = Array.from({ length: days }, (_, day) => 1 + (day % 2));
  const series = observations.map(({ kpi }) => ({ kpi, values: filler }));
  const unset = setup.parameters.flatMap(({ startKpi }) => (startKpi === undefined ? [] : [startKpi]));
  const snapshot = { from, to: addDays(from, days), zone: 'Asia/Shanghai', currency: 'CNY', promotions };
  return { ...snapshot, series: [...series.map((one) => hideStart(one, unset)), ...levers] };
}

/** Sizes at the start are drawn from their priors: the first weeks of their KPI are hidden while parameters are chosen. */
function hideStart({ kpi, values }: DailySeries, startKpis: readonly string[]): DailySeries {
  return { kpi, values: startKpis.includes(kpi) ? values.map((value, day) => (day < 28 ? null : value)) : values };
}

function seenThrough(
  clean: Float64Array,
  measure: 'total' | 'level' | 'mean',
  s: number,
  snapshot: Snapshot,
  { days, seed, noise, missing, promotionGain = 1 }: HistoryOptions,
): (number | null)[] {
  const weekday0 = (new Date(`${snapshot.from}T00:00:00Z`).getUTCDay() + 6) % 7;
  const first = days % 7;
  const isPromotion = (day: number) => {
    const at = addDays(snapshot.from, day);
    return snapshot.promotions.some(({ from, to }) => from <= at && at < to);
  };
  let level = (normalAt(seed, uses.level, s * 1000) * noise.push) / Math.sqrt(1 - noise.phi ** 2);
  return Array.from(clean, (value, day) => {
    if (day > 0 && (day - first) % 7 === 0) {
      level = noise.phi * level + noise.push * normalAt(seed, uses.level, s * 1000 + day);
    }
    const isHole = s % 2 === 1 && day >= 90 && day < 100;
    if (isHole || draw(seed, uses.missing, s, day) < missing) return null;
    const shape = measure === 'level' ? 1 : weekdays[(weekday0 + day) % 7]!;
    const gain = measure !== 'level' && isPromotion(day) ? promotionGain : 1;
    const white = noise.daily * normalAt(seed, uses.day, s * 100_000 + day);
    return value * shape * gain * Math.exp(level + white - noise.daily ** 2 / 2);
  });
}

/** A standard normal number by the method of G. E. P. Box, M. E. Muller (1958). */
function normalAt(seed: number, key: number, step: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draw(seed, key, 0, step)));
  return radius * Math.cos(2 * Math.PI * draw(seed, key, 1, step));
}
