import { dot, inverseCurvature, type Secant, solveStep } from './quadratic.ts';

/** What places are worth: the goal (more is better) and for each condition how far it is missed (at most 0: kept). */
export interface Worths {
  goals: Float64Array;
  /** Place after place. */
  misses: Float64Array;
}

/** Worths of `count` places of the unit cube, or undefined when there are no more answers. NaN where a run failed. */
export type AskWorths = (places: Float64Array, count: number) => Promise<Worths | undefined>;

/** A sum of coordinates that has to have a value. */
export interface LinearEquality {
  weights: Float64Array;
  value: number;
}

export interface ClimbProblem {
  ask: AskWorths;
  /** Conditions that `ask` tells of. */
  conditions: number;
  equalities: readonly LinearEquality[];
  /** What a difference of the goal is measured by; misses are measured by 1. */
  goalSize: number;
}

export interface Place {
  at: Float64Array;
  goal: number;
  misses: Float64Array;
}

/** Slopes at a place, of goal and conditions, and the curvature along each coordinate. */
export interface Slopes {
  goal: Float64Array;
  goalBends: Float64Array;
  conditions: Float64Array[];
  conditionBends: Float64Array[];
}

export interface ClimbOptions {
  stepsMost: number;
  /** Ends when three steps in a row gain less than this share of the goal's size. */
  tolerance?: number;
  /** The longest step at the beginning, as a share of the ranges. */
  reach?: number;
  onStep?: (done: number) => void;
}

export interface Climb {
  /** The best place that keeps the conditions; where none was met, the one that misses them least. */
  best: Place;
  steps: number;
  /** `settled`: no small step leads further; `no_answers`: stopped from outside. */
  end: 'settled' | 'steps' | 'no_answers';
}

/** How far a condition may be missed, as a share of what it is measured by. */
export const missTolerance = 1e-6;
/** Distance of finite differences: long enough to see curvature, short enough for slopes of five digits. */
const reachOfDifference = 4e-3;
const lengths = [1, 0.5, 0.2, 0.07, 0.02] as const;
const secantsKept = 24;
const capMost = 1e6;

/** How much the conditions are missed in all. */
export function missOf({ misses }: Pick<Place, 'misses'>): number {
  let sum = 0;
  for (const miss of misses) sum += Number.isNaN(miss) ? Number.POSITIVE_INFINITY : Math.max(0, miss - missTolerance);
  return sum;
}

/** Places that keep the conditions before those that do not. */
export function isBetterPlace(one: Place, other: Place): boolean {
  const [a, b] = [missOf(one), missOf(other)];
  if (a !== b) return a < b;
  return one.goal > other.goal || Number.isNaN(other.goal);
}

/**
 * Uphill from a place under conditions, by sequential quadratic programming with an exact penalty and a trust region
 * (R. Fletcher, Practical Methods of Optimization, 2nd ed. 1987, section 14.4). Curvature comes from the differences
 * that give the slopes, and from secants; all runs of a step's slopes are one call, and so are its trial lengths.
 */
export async function climb(
  problem: ClimbProblem,
  start: Float64Array,
  options: ClimbOptions,
): Promise<Climb | undefined> {
  const first = await placesOf(problem, start, 1);
  if (first === undefined) return undefined;
  const state: ClimbState = {
    current: first[0]!,
    best: first[0]!,
    slopes: await slopesAt(problem, first[0]!),
    caps: new Float64Array(problem.conditions + problem.equalities.length).fill(10),
    multipliers: new Float64Array(problem.conditions + problem.equalities.length),
    secants: [],
    reach: options.reach ?? 0.25,
    steps: 0,
  };
  const end = await ascend(problem, state, options);
  // The price of a miss may leave a little of it, and misses bend: the last step is toward the conditions alone.
  const kept = end === 'no_answers' ? undefined : await restored(problem, state.current);
  if (kept !== undefined && isBetterPlace(kept, state.best)) state.best = kept;
  return { best: state.best, steps: state.steps, end };
}

interface ClimbState {
  current: Place;
  best: Place;
  slopes: Slopes | undefined;
  caps: Float64Array;
  multipliers: Float64Array;
  secants: Secant[];
  reach: number;
  steps: number;
}

async function ascend(problem: ClimbProblem, state: ClimbState, options: ClimbOptions): Promise<Climb['end']> {
  let idle = 0;
  while (state.steps < options.stepsMost) {
    if (state.slopes === undefined) return 'no_answers';
    const move = await moveFrom(problem, state, state.slopes);
    if (move === undefined) return 'no_answers';
    state.steps += 1;
    options.onStep?.(state.steps);
    const { taken, gain, length, longest } = move;
    if (taken === undefined) {
      state.secants.length = 0;
      state.reach = Math.min(state.reach, longest) / 8;
      if (state.reach < 1e-5 || longest < 1e-7) return 'settled';
      continue;
    }
    idle = gain < (options.tolerance ?? 1e-6) ? idle + 1 : 0;
    const isFull = length === 1 && longest > 0.9 * state.reach;
    state.reach = isFull ? Math.min(1, 2 * state.reach) : Math.max(2 * longest * length, state.reach / 4);
    const next = await slopesAt(problem, taken);
    if (next === undefined) return 'no_answers';
    state.secants.push(secantOf(problem, state.current, taken, state.slopes, next, state.multipliers));
    if (state.secants.length > secantsKept) state.secants.shift();
    state.current = taken;
    state.slopes = next;
    if (idle >= 3) return 'settled';
  }
  return 'steps';
}

/** A step and, where no length of it leads further, one that allows for how the conditions bend along it. */
async function moveFrom(problem: ClimbProblem, state: ClimbState, slopes: Slopes) {
  const { current, caps } = state;
  const none = new Float64Array(current.misses.length);
  const first = nextStep(problem, current, slopes, state, none);
  state.multipliers = first.multipliers;
  const longest = first.step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tried = await tryLengths(problem, current, first.step, caps);
  if (tried === undefined) return undefined;
  for (const place of tried.all) if (isBetterPlace(place, state.best)) state.best = place;
  if (tried.taken !== undefined || problem.conditions === 0) return { ...tried, longest };
  const bent = none.map((_, i) => {
    if (i >= problem.conditions) return 0;
    const bend = tried.all[0]!.misses[i]! - current.misses[i]! - dot(slopes.conditions[i]!, first.step);
    return Number.isFinite(bend) ? bend : 0;
  });
  const second = nextStep(problem, current, slopes, state, bent);
  const again = await tryLengths(problem, current, second.step, caps);
  if (again === undefined) return undefined;
  for (const place of again.all) if (isBetterPlace(place, state.best)) state.best = place;
  return { ...again, longest };
}

/** Restoration is for small misses; large ones mean that the conditions contradict each other. */
const restoredMost = 0.05;
const restorationsMost = 6;
/** How far inside the conditions restoration aims. */
const inside = 3e-7;

/** The nearest place that keeps the conditions, by Newton's method; undefined where that is not needed or not near. */
async function restored(problem: ClimbProblem, from: Place): Promise<Place | undefined> {
  const n = from.at.length;
  const { conditions, equalities } = problem;
  const rest = missOf(from);
  if (!(rest > 0 && rest < restoredMost)) return undefined;
  const inverse = inverseCurvature(new Float64Array(n).fill(1), []);
  const gradient = new Float64Array(n);
  const caps = new Float64Array(conditions + equalities.length).fill(capMost);
  let place = from;
  for (let pass = 0; pass < restorationsMost && missOf(place) > 0; pass += 1) {
    const slopes = await slopesAt(problem, place);
    if (slopes === undefined) break;
    const { rows, signed, isEquality } = linearised(problem, place, slopes);
    const misses = signed.map((miss, i) => (isEquality[i]! ? miss : miss + inside));
    const low = place.at.map((value) => -value);
    const high = place.at.map((value) => 1 - value);
    const { step } = solveStep({ inverse, gradient, rows, misses, isEquality, caps, low, high });
    const tried = await tryLengths(problem, place, step, caps);
    if (tried === undefined) break;
    const next = tried.all.reduce((one, other) => (missOf(other) < missOf(one) ? other : one));
    if (!(missOf(next) < missOf(place))) break;
    place = next;
  }
  return place;
}

/** Goals, misses of conditions, and misses of equalities after them. */
async function placesOf(problem: ClimbProblem, places: Float64Array, count: number): Promise<Place[] | undefined> {
  const { ask, conditions, equalities } = problem;
  const n = places.length / count;
  const worths = await ask(places, count);
  if (worths === undefined) return undefined;
  return Array.from({ length: count }, (_, k) => {
    const at = places.slice(k * n, (k + 1) * n);
    const misses = new Float64Array(conditions + equalities.length);
    misses.set(worths.misses.subarray(k * conditions, (k + 1) * conditions));
    for (const [e, { weights, value }] of equalities.entries()) misses[conditions + e] = dot(weights, at) - value;
    return { at, goal: worths.goals[k]!, misses: misses.map((miss, i) => (i < conditions ? miss : Math.abs(miss))) };
  });
}

/** Slopes and curvatures of goal and conditions from two places a coordinate, which stay within the ranges. */
export async function slopesAt(problem: ClimbProblem, { at, goal, misses }: Place): Promise<Slopes | undefined> {
  const n = at.length;
  const h = reachOfDifference;
  const offsets = Array.from(at, (value): [number, number] =>
    value - h < 0 ? [h, 2 * h] : value + h > 1 ? [-h, -2 * h] : [h, -h],
  );
  const places = new Float64Array(2 * n * n);
  for (let j = 0; j < n; j += 1) {
    for (const side of [0, 1] as const) {
      places.set(at, (2 * j + side) * n);
      places[(2 * j + side) * n + j] = at[j]! + offsets[j]![side];
    }
  }
  const worths = await problem.ask(places, 2 * n);
  if (worths === undefined) return undefined;
  const { conditions } = problem;
  const along = (value: number, read: (k: number) => number) => {
    const slopes = new Float64Array(n);
    const bends = new Float64Array(n);
    for (let j = 0; j < n; j += 1) {
      const [a, b] = offsets[j]!;
      const [up, down] = [(read(2 * j) - value) / a, (read(2 * j + 1) - value) / b];
      const slope = (b * up - a * down) / (b - a);
      const bend = (2 * (up - down)) / (a - b);
      slopes[j] = Number.isFinite(slope) ? slope : 0;
      bends[j] = Number.isFinite(bend) ? bend : 0;
    }
    return { slopes, bends };
  };
  const ofGoal = along(goal, (k) => worths.goals[k]!);
  const ofConditions = Array.from({ length: conditions }, (_, i) =>
    along(misses[i]!, (k) => worths.misses[k * conditions + i]!),
  );
  return {
    goal: ofGoal.slopes,
    goalBends: ofGoal.bends,
    conditions: ofConditions.map(({ slopes }) => slopes),
    conditionBends: ofConditions.map(({ bends }) => bends),
  };
}

interface Surroundings {
  caps: Float64Array;
  secants: readonly Secant[];
  multipliers: Float64Array;
  reach: number;
}

/** Conditions and equalities as straight lines at a place. */
function linearised({ conditions, equalities }: ClimbProblem, { at, misses }: Place, slopes: Slopes) {
  const rows = [...slopes.conditions, ...equalities.map(({ weights }) => weights)];
  const signed = misses.map((miss, i) => {
    if (i < conditions) return Number.isFinite(miss) ? miss : 0;
    const { weights, value } = equalities[i - conditions]!;
    return dot(weights, at) - value;
  });
  return { rows, signed, isEquality: rows.map((_, i) => i >= conditions) };
}

/** The inverse of the curvature of goal and conditions at a place; bent enough everywhere for a step to have an end. */
function inverseAt({ conditions, goalSize }: ClimbProblem, slopes: Slopes, { multipliers, secants }: Surroundings) {
  const bends = slopes.goalBends.map((own, j) => {
    let bend = -own / goalSize;
    for (let i = 0; i < conditions; i += 1) bend += multipliers[i]! * slopes.conditionBends[i]![j]!;
    return bend;
  });
  const most = bends.reduce((a, b) => Math.max(a, b), 0);
  const steepest = slopes.goal.reduce((a, b) => Math.max(a, Math.abs(b / goalSize)), 0);
  const floor = Math.max(1e-3 * most, 1e-2 * steepest, 1e-9);
  return inverseCurvature(
    bends.map((bend) => Math.max(bend, floor)),
    secants,
  );
}

/**
 * The step of the quadratic picture; caps rise where a condition could be kept but was not worth it. `bent` is added to
 * the misses.
 */
function nextStep(problem: ClimbProblem, place: Place, slopes: Slopes, around: Surroundings, bent: Float64Array) {
  const { caps, reach } = around;
  const gradient = slopes.goal.map((slope) => -slope / problem.goalSize);
  const inverse = inverseAt(problem, slopes, around);
  const { rows, signed, isEquality } = linearised(problem, place, slopes);
  const misses = signed.map((miss, i) => miss + bent[i]!);
  const low = place.at.map((value) => Math.max(-value, -reach));
  const high = place.at.map((value) => Math.min(1 - value, reach));
  for (let rise = 0; ; rise += 1) {
    const solution = solveStep({ inverse, gradient, rows, misses, isEquality, caps, low, high });
    let isRaised = false;
    for (const [i, multiplier] of solution.multipliers.entries()) {
      const left = misses[i]! + dot(rows[i]!, solution.step);
      const isMissed = isEquality[i]! ? Math.abs(left) > 1e-9 : left > 1e-9;
      const size = Math.abs(multiplier);
      if (isMissed && size > 0.99 * caps[i]! && caps[i]! < capMost) {
        caps[i] = 10 * caps[i]!;
        isRaised = true;
      } else if (2 * size > caps[i]!) caps[i] = Math.min(capMost, 2 * size);
    }
    if (!isRaised || rise >= 2) return solution;
  }
}

function merit(place: Place, caps: Float64Array, goalSize: number): number {
  let sum = -place.goal / goalSize;
  for (const [i, miss] of place.misses.entries()) sum += caps[i]! * Math.max(0, miss);
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

async function tryLengths(problem: ClimbProblem, current: Place, step: Float64Array, caps: Float64Array) {
  const n = step.length;
  const places = new Float64Array(lengths.length * n);
  for (const [k, length] of lengths.entries()) {
    for (let j = 0; j < n; j += 1) places[k * n + j] = Math.min(1, Math.max(0, current.at[j]! + length * step[j]!));
  }
  const all = await placesOf(problem, places, lengths.length);
  if (all === undefined) return undefined;
  const now = merit(current, caps, problem.goalSize);
  let least = now - 1e-12 * Math.max(1, Math.abs(now));
  let taken: Place | undefined;
  let length = 0;
  for (const [k, place] of all.entries()) {
    const value = merit(place, caps, problem.goalSize);
    if (!(value < least)) continue;
    [least, taken, length] = [value, place, lengths[k]!];
  }
  return { all, taken, length, gain: now - least };
}

function secantOf(
  { conditions, goalSize }: ClimbProblem,
  from: Place,
  to: Place,
  before: Slopes,
  after: Slopes,
  multipliers: Float64Array,
): Secant {
  const slope = (slopes: Slopes, j: number) => {
    let sum = -slopes.goal[j]! / goalSize;
    for (let i = 0; i < conditions; i += 1) sum += multipliers[i]! * slopes.conditions[i]![j]!;
    return sum;
  };
  return {
    s: to.at.map((value, j) => value - from.at[j]!),
    y: to.at.map((_, j) => slope(after, j) - slope(before, j)),
  };
}
