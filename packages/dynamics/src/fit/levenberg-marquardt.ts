import { type Ask, type Differences, differentiate, type StepSizes, stepSizes } from './jacobian.ts';
import { type Space, valuesOf } from './parameters.ts';
import { type Box, boundedStep, lengthOf, linearModel, type Step } from './trust-region.ts';

/** Why a search by least squares ended. The first four say that it arrived. */
export type LeastSquaresEnd =
  /** The model meets the data exactly. */
  | 'exact'
  /** No parameter changes the residuals to first order: what is left is at right angles to all of them. */
  | 'gradient'
  /** The next step is too small to matter. */
  | 'step'
  /** The next step would not lower the sum of squares by more than rounding. */
  | 'reduction'
  /** The slopes say that it goes on downhill, the answers do not: noise, or a jump in the model. */
  | 'no_progress'
  | 'iterations'
  | 'evaluations'
  | 'stopped'
  /** The start has no finite answer. */
  | 'start_fails';

export interface SearchSettings {
  iterationsMax: number;
  /** Relative error of the answers. */
  noise: number;
  stepTolerance: number;
  reductionTolerance: number;
  gradientTolerance: number;
}

export interface Search {
  x: Float64Array;
  residual: Float64Array;
  cost: number;
  /** Derivatives of the residuals at `x`, or near it where the search was cut short. */
  columns: Float64Array[] | undefined;
  iterations: number;
  end: LeastSquaresEnd;
}

/** Radii that are tried in one call, as shares of the trust region's. */
const radii = [4, 1, 1 / 4, 1 / 16] as const;
const polishStepsMax = 8;
/** Steps are bent where they lower the sum of squares by less than this share of what the linear model says. */
const bendShare = 0.75;
/** The most that a step is bent, as a share of its length. */
const bendMost = 0.75;

/**
 * Minimises the sum of squares of `ask`'s rows less `target` from `start`. Each iteration makes two calls: one for all
 * differences, one for steps of several lengths, of which the best is taken; a third where the answers bend.
 */
export async function searchLeastSquares(
  ask: Ask,
  target: Float64Array,
  space: Space,
  start: Float64Array,
  settings: SearchSettings,
): Promise<Search> {
  const sizes = stepSizes(space, settings.noise);
  const found: Search = {
    x: start.slice(),
    residual: target,
    cost: 0,
    columns: undefined,
    iterations: 0,
    end: 'stopped',
  };
  const first = await ask(valuesOf(space, start), 1);
  if (first === undefined) return found;
  setPoint(found, found.x, first, target);
  if (!Number.isFinite(found.cost)) return { ...found, end: 'start_fails' };
  const scale = new Float64Array(start.length);
  // Residuals of one part in 1e15 are rounding.
  const exactCost = 1e-30 * costOf(target, new Float64Array(target.length));
  let radius = 0;
  let end: LeastSquaresEnd | undefined;
  while (end === undefined) {
    if (found.cost <= exactCost) end = 'exact';
    else if (found.iterations >= settings.iterationsMax) end = 'iterations';
    if (end !== undefined) break;
    const slopes = await differentiate(ask, space, found.x, rowOf(found, target), sizes, 'central');
    if (slopes === undefined) return found;
    found.columns = slopes.columns;
    if (flatness(found, space) <= settings.gradientTolerance) end = 'gradient';
    if (end !== undefined) break;
    for (const [d, column] of slopes.columns.entries()) scale[d] = Math.max(scale[d]!, lengthOfColumn(column)) || 1;
    if (radius === 0) radius = lengthOf(found.x, scale) || 1;
    found.iterations += 1;
    const moved = await advance(ask, found, { target, space, scale, radius, settings });
    if (moved === undefined) return found;
    radius = moved.radius;
    end = moved.end;
  }
  found.end = end;
  if (end === 'gradient' || end === 'step' || end === 'reduction') await polish(ask, found, target, space, sizes);
  else if (end === 'exact') await finalSlopes(ask, found, target, space, sizes);
  return found;
}

interface Advance {
  target: Float64Array;
  space: Space;
  scale: Float64Array;
  radius: number;
  settings: SearchSettings;
}

/** Goes one step, shrinking the trust region until it leads downhill; undefined when there are no more answers. */
async function advance(
  ask: Ask,
  found: Search,
  { target, space, scale, radius, settings }: Advance,
): Promise<{ radius: number; end: LeastSquaresEnd | undefined } | undefined> {
  const model = linearModel(found.columns!, found.residual);
  const box: Box = { x: found.x, low: space.low, high: space.high };
  const size = lengthOf(found.x, scale);
  for (let current = radius; ; current /= 64) {
    const steps = radii.map((share) => boundedStep(model, scale, share * current, box));
    const straight = await trialsOf(ask, found, steps, space, target);
    if (straight === undefined) return undefined;
    const bent = await bendSteps(ask, found, straight, { target, space, scale });
    if (bent === undefined) return undefined;
    const { step, point, row, cost } = bestOf([...straight, ...bent]);
    const actual = found.cost - cost;
    const share = actual / step.predicted;
    const isTiny =
      step.predicted <= settings.reductionTolerance * found.cost &&
      Math.abs(actual) <= settings.reductionTolerance * found.cost;
    if (actual > 0) {
      setPoint(found, point, row, target);
      const next = share > 0.75 ? 2 * step.length : share < 0.25 ? step.length / 2 : step.length;
      if (isTiny) return { radius: next, end: 'reduction' };
      const isShort = step.length <= settings.stepTolerance * size && share > 0.25;
      return { radius: next, end: isShort ? 'step' : undefined };
    }
    if (isTiny) return { radius: current, end: 'reduction' };
    if (current <= settings.stepTolerance * (size || 1)) {
      // Where a step that short still promises a fall, it is the slopes that are wrong.
      const isTrusted = step.predicted <= Math.sqrt(settings.reductionTolerance) * found.cost;
      return { radius: current, end: isTrusted ? 'step' : 'no_progress' };
    }
  }
}

interface Trial {
  step: Step;
  point: Float64Array;
  row: Float64Array;
  cost: number;
}

async function trialsOf(
  ask: Ask,
  found: Search,
  steps: readonly Step[],
  space: Space,
  target: Float64Array,
): Promise<Trial[] | undefined> {
  const n = found.x.length;
  const m = target.length;
  const points = new Float64Array(steps.length * n);
  for (const [k, { step }] of steps.entries()) points.set(moveBy(found.x, step, space), k * n);
  const rows = await ask(valuesOf(space, points), steps.length);
  if (rows === undefined) return undefined;
  return steps.map((step, k) => {
    const row = rows.subarray(k * m, (k + 1) * m);
    return { step, point: points.slice(k * n, (k + 1) * n), row, cost: costOf(row, target) };
  });
}

function bestOf(trials: readonly Trial[]): Trial {
  return trials.reduce((best, trial) => (trial.cost < best.cost ? trial : best));
}

/**
 * The same steps bent after the curvature that their own trials show, so that a narrow curved valley is followed: the
 * correction of second order of M. K. Transtrum, J. P. Sethna, "Improvements to the Levenberg-Marquardt algorithm for
 * nonlinear least-squares minimization" (2012, arXiv:1201.5885), for the whole step. None where the best trial did as
 * well as the linear model said.
 */
async function bendSteps(
  ask: Ask,
  found: Search,
  trials: readonly Trial[],
  { target, space, scale }: Pick<Advance, 'target' | 'space' | 'scale'>,
): Promise<Trial[] | undefined> {
  const best = bestOf(trials);
  if (found.cost - best.cost > bendShare * best.step.predicted) return [];
  const columns = found.columns!;
  const steps = trials.flatMap(({ step, row, cost }) => {
    if (!Number.isFinite(cost) || step.length === 0) return [];
    // What the linear model leaves out of the residuals at the end of the step.
    const missed = row.map((value, i) => value - target[i]! - found.residual[i]!);
    for (const [d, column] of columns.entries()) {
      for (let i = 0; i < missed.length; i += 1) missed[i] = missed[i]! - column[i]! * step.step[d]!;
    }
    const box: Box = { x: moveBy(found.x, step.step, space), low: space.low, high: space.high };
    const correction = boundedStep(linearModel(columns, missed), scale, bendMost * step.length, box);
    return [{ ...step, step: step.step.map((value, d) => value + correction.step[d]!) }];
  });
  return steps.length === 0 ? [] : trialsOf(ask, found, steps, space, target);
}

function moveBy(x: Float64Array, step: Float64Array, space: Space): Float64Array {
  return x.map((value, d) => Math.min(space.high[d]!, Math.max(space.low[d]!, value + step[d]!)));
}

/**
 * Near the minimum the sum of squares is flat to rounding long before the parameters are settled. Steps of Gauss and
 * Newton with extrapolated differences go on as long as they shrink and the sum of squares stays.
 */
async function polish(ask: Ask, found: Search, target: Float64Array, space: Space, sizes: StepSizes): Promise<void> {
  let before = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < polishStepsMax; pass += 1) {
    const columns = await finalSlopes(ask, found, target, space, sizes);
    if (columns === undefined) return;
    const scale = Float64Array.from(columns, (column) => lengthOfColumn(column) || 1);
    const size = lengthOf(found.x, scale) || 1;
    const box: Box = { x: found.x, low: space.low, high: space.high };
    const step = boundedStep(linearModel(columns, found.residual), scale, size, box);
    if (step.length >= before / 2 || step.length <= 1e-14 * size) return;
    before = step.length;
    const taken = (await trialsOf(ask, found, [step], space, target))?.[0];
    if (taken === undefined || !(taken.cost <= found.cost * (1 + 1e-10))) return;
    setPoint(found, taken.point, taken.row, target);
  }
}

async function finalSlopes(
  ask: Ask,
  found: Search,
  target: Float64Array,
  space: Space,
  sizes: StepSizes,
  differences: Differences = 'richardson',
): Promise<Float64Array[] | undefined> {
  const slopes = await differentiate(ask, space, found.x, rowOf(found, target), sizes, differences);
  if (slopes !== undefined) found.columns = slopes.columns;
  return slopes?.columns;
}

function setPoint(found: Search, x: Float64Array, row: Float64Array, target: Float64Array): void {
  found.x = x;
  found.residual = row.map((value, i) => value - target[i]!);
  found.cost = costOf(row, target);
}

function rowOf(found: Search, target: Float64Array): Float64Array {
  return found.residual.map((value, i) => value + target[i]!);
}

/** The sum of squares; infinite where an answer is not finite. */
function costOf(row: Float64Array, target: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < target.length; i += 1) sum += (row[i]! - target[i]!) ** 2;
  return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
}

/** The largest cosine between the residuals and the derivatives by a parameter that is free to go downhill. */
function flatness(found: Search, space: Space): number {
  const length = Math.sqrt(found.cost);
  let largest = 0;
  for (const [d, column] of found.columns!.entries()) {
    let slope = 0;
    for (let i = 0; i < column.length; i += 1) slope += column[i]! * found.residual[i]!;
    const isHeld = (slope > 0 && found.x[d]! <= space.low[d]!) || (slope < 0 && found.x[d]! >= space.high[d]!);
    const size = lengthOfColumn(column) * length;
    if (!isHeld && size > 0) largest = Math.max(largest, Math.abs(slope) / size);
  }
  return largest;
}

function lengthOfColumn(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value * value;
  return Math.sqrt(sum);
}
