import { identifiabilityOf } from '@tandem/dynamics';
import { dayOf } from '../model/index.ts';
import { scaleName } from '../predict/draws.ts';
import { quantileAt } from '../predict/quantiles.ts';
import type { FittedParameter, FittedSeries } from '../task.ts';
import { type BestFit, modelPointsOf } from './best-fit.ts';
import { logModel, residualsOf } from './data.ts';
import { type Sought, valuesAt } from './parameters.ts';
import type { ModelRuns, Problem } from './problem.ts';

/** Normal scores between which lie 90 % of a prior, and beyond which lie 2 % on either side. */
const ninetyScore = 1.6449;
const edgeScore = 2.0537;
const edgeShare = 0.25;
/** Draws that are run again for what the model says of each week. */
const bandDraws = 200;

/** What draws of scores say of each parameter. */
export function parametersOf(sought: readonly Sought[], scores: Float64Array): FittedParameter[] {
  const n = sought.length;
  const count = scores.length / n;
  const { means, covariance } = momentsOf(scores, n);
  const names = sought.map(({ name }) => name);
  const atBound = sought.map(({ ends }, d) => isAtBound(ends, scores, d, n));
  const { parameters: verdicts } = identifiabilityOf(names, covariance, atBound);
  return sought.map(({ name, value }, d) => {
    const values = Float64Array.from({ length: count }, (_, k) => value(scores[k * n + d]!)).sort();
    const deviation = (i: number) => Math.sqrt(covariance[i * n + i]!);
    const confoundedWith = names.filter((_, i) => {
      const size = deviation(i) * deviation(d);
      return i !== d && size > 0 && Math.abs(covariance[d * n + i]! / size) >= 0.9;
    });
    return {
      variable: name,
      median: quantileAt(values, 0.5),
      mean: values.reduce((sum, one) => sum + one, 0) / count,
      low: quantileAt(values, 0.05),
      high: quantileAt(values, 0.95),
      prior: { median: value(0), low: value(-ninetyScore), high: value(ninetyScore) },
      learned: Math.min(1, Math.max(0, 1 - covariance[d * n + d]!)),
      verdict: verdicts[d]!.verdict,
      confoundedWith,
      priorScore: means[d]!,
    };
  });
}

function momentsOf(scores: Float64Array, n: number): { means: Float64Array; covariance: Float64Array } {
  const count = scores.length / n;
  const means = new Float64Array(n);
  for (let i = 0; i < scores.length; i += 1) means[i % n] = means[i % n]! + scores[i]! / count;
  const covariance = new Float64Array(n * n);
  for (let k = 0; k < count; k += 1) {
    for (let i = 0; i < n; i += 1) {
      const left = scores[k * n + i]! - means[i]!;
      for (let j = 0; j < n; j += 1) {
        covariance[i * n + j] =
          covariance[i * n + j]! + (left * (scores[k * n + j]! - means[j]!)) / Math.max(1, count - 1);
      }
    }
  }
  return { means, covariance };
}

function isAtBound(ends: Sought['ends'], scores: Float64Array, d: number, n: number): boolean {
  let [below, above] = [0, 0];
  for (let i = d; i < scores.length; i += n) {
    if (scores[i]! < -edgeScore) below += 1;
    if (scores[i]! > edgeScore) above += 1;
  }
  const most = edgeShare * (scores.length / n);
  return (ends.low && below > most) || (ends.high && above > most);
}

/** What the fit says of each series, with bands from some of the draws. */
export async function seriesOf(
  problem: Problem,
  best: BestFit,
  draws: Float64Array,
  weekly: ModelRuns,
): Promise<FittedSeries[]> {
  const bands = (await sampledBands(problem, best, draws, weekly)) ?? linearBands(problem, best);
  const residuals = residualsOf(best.told, best.models);
  const n = problem.sought.length;
  return problem.series.map(({ observation, scale }, s) => {
    const { blocks, lift, pattern } = best.told[s]!;
    const { low, median, high } = bands[s]!;
    const last = lastLevel(best, residuals[s]!, s);
    const scales = scale === undefined ? undefined : draws.filter((_, i) => i % n === scale).sort();
    return {
      kpi: observation.kpi,
      variable: observation.variable,
      days: blocks.days,
      weeks: Array.from(blocks.values, (value, week) => ({
        t: dayOf(problem.snapshot, problem.boundaries[week]!),
        observed: Number.isNaN(value) ? null : value,
        low: low[week]! * lift[week]!,
        median: median[week]! * lift[week]!,
        high: high[week]! * lift[week]!,
      })),
      scale: scales === undefined ? 1 : problem.sought[scale!]!.value(quantileAt(scales, 0.5)),
      discrepancy: { ...best.noise.shapes[s]!, last: last.level, lastDeviation: last.deviation },
      weekday: pattern.weekday === null ? null : [...pattern.weekday],
      promotion: pattern.promotion,
      relativeError: relativeError(blocks.values, median, lift),
    };
  });
}

function lastLevel({ noise, told }: BestFit, residuals: Float64Array, s: number): { level: number; deviation: number } {
  const { phi, gains, observed, lastVariance } = noise.filters[s]!;
  let level = 0;
  for (let week = 0; week < told[s]!.logs.length; week += 1) {
    if (week > 0) level *= phi;
    if (observed[week] === 1) level += gains[week]! * (residuals[week]! - level);
  }
  return { level, deviation: Math.sqrt(lastVariance) };
}

function relativeError(values: Float64Array, median: Float64Array, lift: Float64Array): number {
  let [error, sum] = [0, 0];
  for (const [week, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    error += Math.abs(value - median[week]! * lift[week]!);
    sum += value;
  }
  return sum > 0 ? error / sum : 0;
}

interface Band {
  low: Float64Array;
  median: Float64Array;
  high: Float64Array;
}

async function sampledBands(
  problem: Problem,
  best: BestFit,
  draws: Float64Array,
  weekly: ModelRuns,
): Promise<Band[] | undefined> {
  const n = problem.sought.length;
  const all = draws.length / n;
  const count = Math.min(all, bandDraws);
  const scores = new Float64Array(count * n);
  for (let k = 0; k < count; k += 1) {
    const at = Math.floor(((k + 0.5) * all) / count);
    scores.set(draws.subarray(at * n, (at + 1) * n), k * n);
  }
  const values = valuesAt(problem.sought, scores);
  const rows = await weekly.ask(modelPointsOf(problem, values, count), count);
  const width = rows.length / count;
  const models = Array.from({ length: count }, (_, k) =>
    logModel(problem, best.data, rows, k * width, values.subarray(k * n, (k + 1) * n)),
  ).filter((one) => one.every((series) => !series.some(Number.isNaN)));
  if (models.length < count / 2) return undefined;
  return problem.series.map((_, s) => {
    const weeks = best.models[s]!.length;
    const band: Band = { low: new Float64Array(weeks), median: new Float64Array(weeks), high: new Float64Array(weeks) };
    for (let week = 0; week < weeks; week += 1) {
      const sorted = Float64Array.from(models, (one) => Math.exp(one[s]![week]!)).sort();
      band.low[week] = quantileAt(sorted, 0.05);
      band.median[week] = quantileAt(sorted, 0.5);
      band.high[week] = quantileAt(sorted, 0.95);
    }
    return band;
  });
}

/** Bands to first order, where the model can not be run again. */
function linearBands(problem: Problem, { models, slopes, covariance }: BestFit): Band[] {
  const n = problem.sought.length;
  return models.map((model, s) => {
    const deviation = model.map((_, week) => {
      let sum = 0;
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) sum += slopes[s]![i]![week]! * covariance[i * n + j]! * slopes[s]![j]![week]!;
      }
      return Math.sqrt(Math.max(0, sum));
    });
    return {
      low: model.map((value, week) => Math.exp(value - ninetyScore * deviation[week]!)),
      median: model.map(Math.exp),
      high: model.map((value, week) => Math.exp(value + ninetyScore * deviation[week]!)),
    };
  });
}

/** What a reader has to know of a fit that did work. */
export function fitWarnings(problem: Problem, best: BestFit): { code: string; en: string; zh: string }[] {
  const warnings: { code: string; en: string; zh: string }[] = [];
  for (const [s, { observation }] of problem.series.entries()) {
    const { blocks } = best.told[s]!;
    const { en, zh } = observation.label;
    const outliers = best.noise.outliers[s]!;
    const weeks = blocks.values.length;
    const first = blocks.values.findIndex((value) => !Number.isNaN(value));
    if (blocks.notPositive > 0) {
      warnings.push({
        code: 'weeks_not_positive',
        en: `${en}: ${blocks.notPositive} of ${weeks} weeks add up to zero or less and were left out.`,
        zh: `${zh}：${weeks} 周中有 ${blocks.notPositive} 周合计为零或负数，未参与拟合。`,
      });
    }
    if (blocks.thin > 0) {
      warnings.push({
        code: 'weeks_thin',
        en: `${en}: ${blocks.thin} of ${weeks} weeks have too few days with data and were left out.`,
        zh: `${zh}：${weeks} 周中有 ${blocks.thin} 周有数据的天数太少，未参与拟合。`,
      });
    }
    if (outliers.length > 0) {
      const days = outliers.slice(0, 3).map((week) => dayOf(problem.snapshot, problem.boundaries[week]!));
      const more = outliers.length > 3 ? ' …' : '';
      warnings.push({
        code: 'outliers',
        en: `${en}: ${outliers.length} weeks are far off everything else and count for little (from ${days.join(', ')}${more}).`,
        zh: `${zh}：有 ${outliers.length} 周明显异常，已降低其权重（起始日 ${days.join('、')}${more}）。`,
      });
    }
    if (first > 4) {
      warnings.push({
        code: 'begins_late',
        en: `${en}: data begin only on ${dayOf(problem.snapshot, problem.boundaries[first]!)}.`,
        zh: `${zh}：数据从 ${dayOf(problem.snapshot, problem.boundaries[first]!)} 才开始。`,
      });
    }
  }
  if (!best.converged) {
    warnings.push({
      code: 'not_converged',
      en: 'The search for the best parameters ended before it settled; intervals may be too narrow.',
      zh: '最优参数的搜索尚未完全收敛，区间可能偏窄。',
    });
  }
  return warnings;
}

/** Names under which a fit gives its draws. */
export function drawNames(sought: readonly Sought[]): string[] {
  return sought.map(({ name, scaleOf }) => (scaleOf === undefined ? name : scaleName(scaleOf)));
}
