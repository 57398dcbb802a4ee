import {
  cholesky,
  type Distributed,
  expectValue,
  fitLeastSquares,
  scalePoints,
  sobolPoints,
  solveLower,
  solveLowerTransposed,
} from '@tandem/dynamics';
import type { Workplace } from '../task.ts';
import {
  countOf,
  logModel,
  type NoiseModel,
  noiseModel,
  residualsOf,
  type WeeklyData,
  weeklyData,
  whitenAll,
} from './data.ts';
import {
  addInformation,
  type Information,
  likelyShape,
  priorInformation,
  type ShapeProblem,
  seriesInformation,
} from './noise-shape.ts';
import { valuesAt } from './parameters.ts';
import { type ModelRuns, modelRuns, type Problem } from './problem.ts';

/** The best parameters, the noise around them, and what the data say to second order. */
export interface BestFit {
  /** Normal scores of the parameters. */
  scores: Float64Array;
  data: WeeklyData[];
  /** The same with promotion factors beyond what the model explains, for what is told and forecast. */
  told: WeeklyData[];
  noise: NoiseModel;
  /** log model by week at the best parameters. */
  models: Float64Array[];
  /** Covariance of the scores around the best, row after row. */
  covariance: Float64Array;
  /** Change of the log models by each score. */
  slopes: Float64Array[][];
  converged: boolean;
  evaluations: number;
}

export interface BestFitOptions {
  /** Scores to set out from, besides or instead of the priors' middle. */
  warmStart?: Float64Array;
  /** Searches from the best of scattered points. */
  starts: number;
  /** How often pattern, noise and parameters are gone through. */
  passes: number;
  seed: number;
  onPass?: (share: number) => void;
}

/** Scores that are searched: beyond lie parts in a hundred million of a prior. */
const scoreMost = 5.5;
const scattered = 256;
/** Scattered points are nearer the middle than the priors would have them, since far ones seldom lead anywhere. */
const scatterWidth = 0.8;
const slopeStep = 0.02;
/** Noise that is reckoned with before there is a fit to read it from. */
const firstNoise = { phi: 0.8, push: 0.18, noise: 0.2 };

/** The work of one fit: models by week and by day under the levers of the past. */
export interface Runs {
  weekly: ModelRuns;
  daily: ModelRuns;
  close: () => void;
}

export function openRuns(problem: Problem, workplace: Pick<Workplace, 'threads' | 'signal'>): Runs {
  const weekly = modelRuns(problem, problem.boundaries, workplace);
  const alone = { threads: 1, ...(workplace.signal === undefined ? {} : { signal: workplace.signal }) };
  const daily = modelRuns(
    problem,
    Array.from({ length: problem.days + 1 }, (_, day) => day),
    alone,
  );
  return {
    weekly,
    daily,
    close: () => {
      weekly.close();
      daily.close();
    },
  };
}

/**
 * The most probable parameters (maximum a posteriori in normal scores, where every prior is standard normal), by turns with
 * the pattern of days, outliers and the shape of the noise, each read against the others. Undefined when it was stopped
 * before anything was known, or no parameters near the priors give a finite answer.
 */
export async function findBest(problem: Problem, runs: Runs, options: BestFitOptions): Promise<BestFit | undefined> {
  const first = await attempt(problem, runs, options);
  if (first === undefined || first.converged) return first;
  // A search that does not settle is more often in a wrong valley than on a flat one.
  const second = await attempt(problem, runs, {
    ...options,
    starts: Math.max(coldStarts, startsFactor * options.starts),
    seed: options.seed + 1,
  });
  if (second === undefined) return first;
  const evaluations = first.evaluations + second.evaluations;
  return { ...(second.converged || worthOf(second) < worthOf(first) ? second : first), evaluations };
}

/** Starts of a second attempt. */
const coldStarts = 8;
const startsFactor = 3;

/** The negative log posterior with its noise, by which fits under different noise are compared. */
function worthOf({ scores, data, models, noise }: BestFit): number {
  const white = new Float64Array(countOf(noise.filters));
  whitenAll(noise.filters, residualsOf(data, models), white, 0);
  let sum = noise.filters.reduce((all, { logDeterminant }) => all + logDeterminant, 0);
  for (const value of [...white, ...scores]) sum += value * value;
  return sum / 2;
}

async function attempt(problem: Problem, runs: Runs, options: BestFitOptions): Promise<BestFit | undefined> {
  const n = problem.sought.length;
  let evaluations = 0;
  const ask: ModelRuns['ask'] = (points, count) => {
    evaluations += count;
    return runs.weekly.ask(points, count);
  };
  let scores: Float64Array = options.warmStart?.slice() ?? new Float64Array(n);
  const lifted = problem.loaded.setup.levers.some(({ promotions }) => promotions === true) ? 'by model' : 'by pattern';
  let data = weeklyData(problem, await modelDays(problem, runs, scores), lifted);
  evaluations += 1;
  let noise = noiseModel(
    data,
    data.map(() => firstNoise),
    undefined,
  );
  let best: BestFit | undefined;
  for (let pass = 0; pass < options.passes; pass += 1) {
    const sight: Sight = { problem, data, noise, ask };
    const found = await searchFrom(sight, pass === 0 ? await startsOf(sight, scores, options) : [scores]);
    if (found === undefined) break;
    scores = found.scores;
    const seen = await lookAround(sight, scores);
    if (seen === undefined) break;
    best = { scores, data, told: data, noise, ...seen, converged: found.converged, evaluations };
    options.onPass?.((pass + 1) / options.passes);
    const days = await modelDays(problem, runs, scores);
    evaluations += 1;
    if (days.some((one) => one.some(Number.isNaN))) break;
    best.told = weeklyData(problem, days, 'by pattern');
    if (pass === options.passes - 1) break;
    data = lifted === 'by pattern' ? best.told : weeklyData(problem, days, lifted);
    noise = renewedNoise({ problem, data, noise, ask }, scores, seen);
  }
  return best === undefined ? undefined : { ...best, evaluations };
}

/** What is needed to ask how far parameters are from the data. */
export interface Sight {
  problem: Problem;
  data: readonly WeeklyData[];
  noise: NoiseModel;
  ask: ModelRuns['ask'];
}

/** The model's days, each series' own, at some scores. */
async function modelDays(problem: Problem, runs: Runs, scores: Float64Array): Promise<Float64Array[]> {
  const point = valuesAt(problem.sought, scores).subarray(0, problem.modelCount);
  const row = await runs.daily.ask(point, 1);
  const { weeks } = runs.daily.layout;
  return problem.series.map((_, s) => row.slice(s * weeks, (s + 1) * weeks));
}

/** Points of the model for scores, without the proportions. */
export function modelPointsOf(problem: Problem, values: Float64Array, count: number): Float64Array {
  const { modelCount, sought } = problem;
  const points = new Float64Array(count * modelCount);
  for (let k = 0; k < count; k += 1) {
    points.set(values.subarray(k * sought.length, k * sought.length + modelCount), k * modelCount);
  }
  return points;
}

/** log models at scores, point after point. */
async function modelsAt({ problem, data, ask }: Sight, scores: Float64Array, count: number): Promise<Float64Array[][]> {
  const values = valuesAt(problem.sought, scores);
  const rows = await ask(modelPointsOf(problem, values, count), count);
  const n = problem.sought.length;
  const width = rows.length / count;
  return Array.from({ length: count }, (_, k) =>
    logModel(problem, data, rows, k * width, values.subarray(k * n, (k + 1) * n)),
  );
}

/** Whitened residuals and scores of points: half the sum of their squares is the negative log posterior. */
export async function rowsAt(sight: Sight, scores: Float64Array, count: number): Promise<Float64Array> {
  const n = sight.problem.sought.length;
  const observed = countOf(sight.noise.filters);
  const rows = new Float64Array(count * (observed + n));
  const all = await modelsAt(sight, scores, count);
  for (const [k, models] of all.entries()) {
    whitenAll(sight.noise.filters, residualsOf(sight.data, models), rows, k * (observed + n));
    rows.set(scores.subarray(k * n, (k + 1) * n), k * (observed + n) + observed);
  }
  return rows;
}

/** Half the square of rows: the negative log posterior but for a constant. */
function costsOf(rows: Float64Array, count: number): Float64Array {
  const width = rows.length / count;
  return Float64Array.from({ length: count }, (_, k) => {
    let sum = 0;
    for (let i = k * width; i < (k + 1) * width; i += 1) sum += rows[i]! * rows[i]!;
    return sum / 2;
  });
}

async function startsOf(sight: Sight, middle: Float64Array, { starts, seed }: BestFitOptions): Promise<Float64Array[]> {
  if (starts <= 1) return [middle];
  const n = middle.length;
  const scatter = sight.problem.sought.map(
    ({ name }): Distributed => ({ name, distribution: 'normal', mean: 0, deviation: scatterWidth }),
  );
  const points = scalePoints(expectValue(sobolPoints(scattered, n, { seed })), scatter);
  const costs = costsOf(await rowsAt(sight, points, scattered), scattered);
  const order = Array.from(costs, (_, k) => k)
    .filter((k) => Number.isFinite(costs[k]!))
    .sort((a, b) => costs[a]! - costs[b]! || a - b);
  return [middle, ...order.slice(0, starts - 1).map((k) => points.slice(k * n, (k + 1) * n))];
}

interface Found {
  scores: Float64Array;
  converged: boolean;
  cost: number;
}

/** Iterations that tell which of several starts are worth more, and then. */
const firstIterations = 10;
const allIterations = 60;
/** One in so many starts is followed to its end. */
const startsPerEnd = 4;

/** The best that searches from some starts find; the more promising of them are followed to their end. */
async function searchFrom(sight: Sight, starts: readonly Float64Array[]): Promise<Found | undefined> {
  if (starts.length === 1) return search(sight, starts[0]!, allIterations);
  const first: Found[] = [];
  for (const start of starts) {
    const found = await search(sight, start, firstIterations);
    if (found !== undefined) first.push(found);
  }
  first.sort((a, b) => a.cost - b.cost);
  let best: Found | undefined;
  for (const { scores } of first.slice(0, Math.ceil(starts.length / startsPerEnd))) {
    const found = await search(sight, scores, allIterations);
    if (found !== undefined && !(best !== undefined && best.cost <= found.cost)) best = found;
  }
  return best ?? first[0];
}

async function search(sight: Sight, start: Float64Array, iterationsMax: number): Promise<Found | undefined> {
  const { sought } = sight.problem;
  const parameters = sought.map(({ name }, d) => {
    const from = Math.min(scoreMost, Math.max(-scoreMost, start[d]!));
    return { name, low: -scoreMost, high: scoreMost, start: from };
  });
  const width = countOf(sight.noise.filters) + sought.length;
  const observations = { values: new Float64Array(width), deviationsKnown: true };
  const outcome = await fitLeastSquares((points, count) => rowsAt(sight, points, count), parameters, observations, {
    noise: 1e-9,
    stepTolerance: 1e-4,
    iterationsMax,
    evaluationsMax: 20_000,
  });
  if (!outcome.ok) return undefined;
  const { sumOfSquares, values } = outcome.value.searches[0]!;
  return { scores: Float64Array.from(values), converged: outcome.value.converged, cost: sumOfSquares };
}

type Surroundings = Pick<BestFit, 'models' | 'slopes' | 'covariance'>;

/** The log models at a point, their slopes by central differences, and the covariance that follows from them. */
async function lookAround(sight: Sight, scores: Float64Array): Promise<Surroundings | undefined> {
  const n = scores.length;
  const points = new Float64Array((2 * n + 1) * n);
  for (let k = 0; k < 2 * n + 1; k += 1) points.set(scores, k * n);
  for (let d = 0; d < n; d += 1) {
    points[2 * d * n + d] = scores[d]! + slopeStep;
    points[(2 * d + 1) * n + d] = scores[d]! - slopeStep;
  }
  const all = await modelsAt(sight, points, 2 * n + 1);
  const models = all[2 * n]!;
  if (models.some((one) => one.some(Number.isNaN))) return undefined;
  const slopes = models.map((model, s) =>
    Array.from({ length: n }, (_, d) =>
      model.map((value, week) => {
        const [above, below] = [all[2 * d]![s]![week]!, all[2 * d + 1]![s]![week]!];
        // One side where the model fails on the other.
        if (Number.isNaN(above)) return Number.isNaN(below) ? 0 : (value - below) / slopeStep;
        return Number.isNaN(below) ? (above - value) / slopeStep : (above - below) / (2 * slopeStep);
      }),
    ),
  );
  const whole = informationOf(sight, scores, models, slopes);
  return { models, slopes, covariance: inverseOf(whole.matrix, n) };
}

function shapeProblems(
  sight: Sight,
  models: readonly Float64Array[],
  slopes: readonly Float64Array[][],
  extras: readonly Float64Array[],
): ShapeProblem[] {
  const residuals = residualsOf(sight.data, models);
  return sight.data.map(({ observed }, s) => ({
    residuals: residuals[s]!,
    observed,
    extra: extras[s]!,
    slopes: slopes[s]!,
  }));
}

function informationOf(
  sight: Sight,
  scores: Float64Array,
  models: readonly Float64Array[],
  slopes: readonly Float64Array[][],
): Information {
  const whole = priorInformation(scores);
  const problems = shapeProblems(sight, models, slopes, sight.noise.extras);
  for (const [s, problem] of problems.entries())
    addInformation(whole, seriesInformation(problem, sight.noise.filters[s]!));
  return whole;
}

/** Shapes of the noise, series by series given the others, outliers in between. */
function renewedNoise(sight: Sight, scores: Float64Array, { models, slopes }: Surroundings): NoiseModel {
  const residuals = residualsOf(sight.data, models);
  let noise = noiseModel(sight.data, sight.noise.shapes, undefined);
  for (let round = 0; round < 2; round += 1) {
    const { extras } = noiseModel(sight.data, noise.shapes, residuals);
    const problems = shapeProblems(sight, models, slopes, extras);
    const filters = noise.filters;
    const parts = problems.map((problem, s) => seriesInformation(problem, filters[s]!));
    const shapes = problems.map((problem, s) => {
      const others = priorInformation(scores);
      for (const [k, part] of parts.entries()) if (k !== s) addInformation(others, part);
      return likelyShape(problem, others, noise.shapes[s]!);
    });
    noise = noiseModel(sight.data, shapes, residuals);
  }
  return noise;
}

/** The inverse of a positive definite matrix. */
export function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const lower = cholesky(matrix, n);
  const inverse = new Float64Array(n * n);
  for (let column = 0; column < n; column += 1) {
    const unit = new Float64Array(n);
    unit[column] = 1;
    const solved = lower === undefined ? unit : solveLowerTransposed(lower, solveLower(lower, unit));
    for (let row = 0; row < n; row += 1) inverse[row * n + column] = solved[row]!;
  }
  return inverse;
}
