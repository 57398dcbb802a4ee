import { expectValue, optimise } from '@tandem/dynamics';
import { everyDraw, type Sample, stratified } from './aggregate.ts';
import { type Climb, type ClimbProblem, climb, isBetterPlace, type Place } from './climb.ts';
import { askOf, conditionsOf, dimensionsOf, equalitiesOf, type Field, placeOf, planAt, withShares } from './field.ts';

export interface SearchOptions {
  seed: number;
  /** Node evaluations that the search may take, which decides its length on any machine alike. */
  work: number;
  signal: AbortSignal | undefined;
  /** Plans to begin with, besides what the search finds itself. */
  starts: readonly Float64Array[];
  /** What the draws give under a plan, by which they are sorted into strata. */
  spread: Float64Array;
  onProgress: (share: number, stage: SearchStage) => void;
}

export type SearchStage = 'shapes' | 'climbs' | 'more_draws' | 'all_draws';

export interface Found {
  plan: Float64Array;
  place: Place;
  climb: Climb | undefined;
  complete: boolean;
}

/** Draws of the first and the middle part of the search. */
const drawsFirst = 12;
const drawsMiddle = 48;
/** Shares of the work: shapes of few numbers, climbs from several starts, then more and all draws. */
const parts = { shapes: 0.15, climbs: 0.35, more: 0.2, all: 0.3 };
/** By how much chances of passing gates are widened at first, on the logarithm. */
const softFirst = 0.15;

/**
 * The best plan: first over plans of few numbers (for each lever a level, a trend and a bend over the months) by
 * evolution, then uphill in all months from several starts under a few draws, then under more and at last under all.
 */
export async function searchPlan(field: Field, options: SearchOptions): Promise<Found> {
  const { risk } = field.sheet.goal;
  const few = stratified(options.spread, drawsFirst, risk);
  const more = stratified(options.spread, drawsMiddle, risk);
  const all = everyDraw(field.draws.count);
  const runs = options.work / field.board.cost;
  const { onProgress, signal } = options;
  onProgress(0, 'shapes');
  const shaped = await bestShape(field, few, options, (parts.shapes * runs) / few.places.length);
  onProgress(parts.shapes, 'climbs');
  const starts = [...(shaped === undefined ? [] : [shaped]), ...options.starts].map((plan) => withShares(field, plan));
  const goalSize = await goalSizeOf(field, few, starts, signal);
  const problem = (sample: Sample, soft: number): ClimbProblem => ({
    ask: askOf(field, sample, { soft, signal }),
    conditions: conditionsOf(field.sheet),
    equalities: equalitiesOf(field),
    goalSize,
  });
  const stepRuns = 2 * dimensionsOf(field) + 5;
  const stepsOf = (share: number, sample: Sample) =>
    Math.max(2, Math.floor((share * runs) / (stepRuns * sample.places.length)));
  const share = parts.climbs / (starts.length + 2);
  let best: Climb | undefined;
  for (const [k, start] of starts.entries()) {
    const stepsMost = Math.min(25, stepsOf(share, few));
    const found = await climb(problem(few, softFirst), placeOf(field, start), { stepsMost, tolerance: 1e-4 });
    if (found !== undefined && (best === undefined || isBetterPlace(found.best, best.best))) best = found;
    onProgress(parts.shapes + share * (k + 1), 'climbs');
  }
  const stages = [
    {
      sample: few,
      soft: 0,
      stepsMost: Math.min(60, stepsOf(2 * share, few)),
      reach: 0.1,
      stage: 'climbs',
      until: 0.5,
      tolerance: 1e-5,
    },
    {
      sample: more,
      soft: 0,
      stepsMost: Math.min(25, stepsOf(parts.more, more)),
      reach: 0.05,
      stage: 'more_draws',
      until: 0.7,
      tolerance: 1e-5,
    },
    {
      sample: all,
      soft: 0,
      stepsMost: Math.min(15, stepsOf(parts.all, all)),
      reach: 0.03,
      stage: 'all_draws',
      until: 1,
      tolerance: 1e-5,
    },
  ] as const;
  let from = parts.shapes + parts.climbs;
  for (const { sample, soft, stage, until, ...limits } of stages) {
    if (best === undefined) break;
    const found = await climb(problem(sample, soft), best.best.at, {
      ...limits,
      onStep: (step) => onProgress(from + ((until - from) * step) / limits.stepsMost, stage),
    });
    if (found === undefined) break;
    best = found;
    from = until;
  }
  return chosenOf(field, best, starts, signal);
}

/** The best of what was climbed to and the starts, under all draws; also after a wish to stop. */
async function chosenOf(
  field: Field,
  best: Climb | undefined,
  starts: readonly Float64Array[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  const ask = askOf(field, everyDraw(field.draws.count), { soft: 0, signal: undefined });
  const candidates = [...(best === undefined ? [] : [best.best.at]), ...starts.map((plan) => placeOf(field, plan))];
  const n = dimensionsOf(field);
  const places = new Float64Array(candidates.length * n);
  for (const [k, at] of candidates.entries()) places.set(at, k * n);
  const worths = (await ask(places, candidates.length))!;
  const width = conditionsOf(field.sheet);
  const judged = candidates.map(
    (at, k): Place => ({
      at,
      goal: worths.goals[k]!,
      misses: worths.misses.slice(k * width, (k + 1) * width),
    }),
  );
  const place = judged.reduce((one, other) => (isBetterPlace(other, one) ? other : one));
  return {
    plan: withShares(field, planAt(field, place.at)),
    place,
    climb: place === judged[0] ? best : undefined,
    complete: signal?.aborted !== true,
  };
}

/** What a difference of the goal is measured by: how much it varies over the starts, or a part of itself. */
async function goalSizeOf(
  field: Field,
  sample: Sample,
  starts: readonly Float64Array[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const n = dimensionsOf(field);
  const spots = [
    ...starts.map((plan) => placeOf(field, plan)),
    new Float64Array(n).fill(0.5),
    new Float64Array(n).fill(0.25),
  ];
  const places = new Float64Array(spots.length * n);
  for (const [k, at] of spots.entries()) places.set(at, k * n);
  const worths = await askOf(field, sample, { soft: softFirst, signal })(places, spots.length);
  const goals = [...(worths?.goals ?? [])].filter(Number.isFinite);
  if (goals.length === 0) return 1;
  const largest = goals.reduce((most, goal) => Math.max(most, Math.abs(goal)), 0);
  return Math.max(Math.max(...goals) - Math.min(...goals), 0.01 * largest, 1e-9);
}

/** Numbers for each lever of a shape: level, trend and bend over the months (Legendre's first polynomials). */
const shapeNumbers = 3;

function planOfShape(field: Field, numbers: ArrayLike<number>, from: number): Float64Array {
  const { free, board } = field;
  const at = new Float64Array(dimensionsOf(field));
  for (let l = 0; l < free.length; l += 1) {
    const [level, trend, bend] = [0, 1, 2].map((k) => numbers[from + l * shapeNumbers + k]!);
    for (let month = 0; month < board.months; month += 1) {
      const t = board.months === 1 ? 0 : (2 * month) / (board.months - 1) - 1;
      const value = level! + trend! * t + bend! * (1.5 * t * t - 0.5);
      at[l * board.months + month] = Math.min(1, Math.max(0, value));
    }
  }
  return withShares(field, planAt(field, at));
}

async function bestShape(
  field: Field,
  sample: Sample,
  { seed, signal, onProgress }: SearchOptions,
  pointsMost: number,
): Promise<Float64Array | undefined> {
  const { free, sheet } = field;
  const ask = askOf(field, sample, { soft: softFirst, signal });
  const levers = free.flatMap(({ lever }) => [
    { name: `${lever.variable} level`, low: 0, high: 1 },
    { name: `${lever.variable} trend`, low: -1, high: 1 },
    { name: `${lever.variable} bend`, low: -1, high: 1 },
  ]);
  const conditions = sheet.conditions.map(({ id }) => id);
  const outputs = ['goal', ...conditions];
  const evaluate = async (points: Float64Array, count: number) => {
    const n = dimensionsOf(field);
    const places = new Float64Array(count * n);
    for (let k = 0; k < count; k += 1) {
      places.set(placeOf(field, planOfShape(field, points, k * levers.length)), k * n);
    }
    const worths = await ask(places, count);
    const rows = new Float64Array(count * outputs.length).fill(Number.NaN);
    const width = conditionsOf(sheet);
    for (let k = 0; worths !== undefined && k < count; k += 1) {
      rows[k * outputs.length] = worths.goals[k]!;
      let next = k * width;
      for (const [c, { figures }] of sheet.conditions.entries()) {
        const misses = worths.misses.subarray(next, next + figures.length);
        rows[k * outputs.length + 1 + c] = misses.reduce(
          (most, miss) => Math.max(most, miss),
          Number.NEGATIVE_INFINITY,
        );
        next += figures.length;
      }
    }
    return rows;
  };
  const evaluationsMax = Math.floor(pointsMost);
  if (evaluationsMax < 40 + 4 * levers.length) return undefined;
  const found = await optimise(
    evaluate,
    {
      levers,
      outputs,
      goal: { output: 'goal', sense: 'maximise' },
      constraints: conditions.map((output) => ({ kind: 'at_most', bound: 0, output, tolerance: 1e-6 })),
    },
    {
      seed,
      evaluationsMax,
      ...(signal && { signal }),
      onProgress: (done) => onProgress((parts.shapes * done) / evaluationsMax, 'shapes'),
    },
  );
  if (!found.ok) return undefined;
  const report = expectValue(found);
  return planOfShape(
    field,
    report.levers.map(({ value }) => value),
    0,
  );
}
