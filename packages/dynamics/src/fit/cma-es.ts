import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Range, Watch } from '../experiment/evaluate.ts';
import { standardNormalQuantile } from '../numerics/normal.ts';
import { draw } from '../numerics/random.ts';
import { purposes } from '../sampling/chance.ts';
import { factorFaults, factorScale } from '../sampling/scale.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { Inquiry } from './inquiry.ts';
import { populationDefault, type Strategy, samplePopulation, startStrategy, updateStrategy } from './strategy.ts';

/** Why a search by evolution ended. The first four say that it arrived somewhere. */
export type CmaEnd =
  /** The value that was asked for is reached. */
  | 'target'
  /** The best values of the last generations are alike. */
  | 'value'
  /** The population has shrunk to a point. */
  | 'step'
  /** All points have the same value. */
  | 'flat'
  /** Axes of the population differ by more than 1e7, beyond what doubles resolve. */
  | 'condition'
  /** Long without progress in the median and the best values. */
  | 'stagnation'
  | 'generations'
  | 'evaluations'
  | 'stopped';

export interface CmaOptions extends Watch {
  /** Where to start, in the order of the ranges; their middle by default. */
  start?: ArrayLike<number>;
  /** Deviation of the first population as a share of the ranges; 0.3 by default. */
  spread?: number;
  /** Points of a generation, all of one call; 4 + 3 ln n by default. */
  population?: number;
  /** Restarts, each with twice the population; none by default. */
  restarts?: number;
  /** Ends the search when a value is not above it. */
  target?: number;
  /** 100,000 by default. */
  evaluationsMax?: number;
  /** A search ends when its values differ by less than this share of the best; 1e-12 by default. */
  valueTolerance?: number;
  /** A search ends when the population is narrower than this share of the ranges; 1e-11 by default. */
  stepTolerance?: number;
  /** 1 by default. */
  seed?: number;
}

export interface CmaRun {
  end: CmaEnd;
  population: number;
  generations: number;
  evaluations: number;
  value: number;
}

/** Plain data, ready to be written as JSON. */
export interface CmaReport {
  method: 'cma_es';
  /** False where the search was stopped; the best point until then is given. */
  complete: boolean;
  converged: boolean;
  end: CmaEnd;
  parameters: { name: string; value: number; start: number; bound: 'low' | 'high' | null }[];
  value: number;
  seed: number;
  evaluations: number;
  calls: number;
  /** Evaluations without a finite value. */
  failed: number;
  /** The first search and its restarts. */
  runs: CmaRun[];
}

const parametersMost = 256;
/** A coordinate this close to an end, as a share of the range, lies on it. */
const boundShare = 1e-9;

/**
 * The point of the ranges with the least value, by an evolution strategy with covariance matrix adaptation (see
 * `Strategy`) in coordinates in which every range is [0, 1] (see `foldShare`). `evaluate` answers with one number; one
 * that is not finite counts as infinitely bad.  Restarts double the population (IPOP: A. Auger, N. Hansen, CEC 2005,
 * 1769-1776) and begin anywhere.
 */
export async function minimise(
  evaluate: Evaluate,
  ranges: readonly Range[],
  options: CmaOptions = {},
): Promise<Outcome<CmaReport>> {
  const errors = faultsOf(ranges, options);
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const evaluationsMax = options.evaluationsMax ?? 100_000;
  const inquiry = new Inquiry(evaluate, { dimensions: ranges.length, width: 1, evaluationsMax }, options);
  try {
    return await restartSearch(inquiry, ranges, options);
  } finally {
    inquiry.close();
  }
}

function faultsOf(ranges: readonly Range[], options: CmaOptions): Diagnostic[] {
  const faults = [
    ...factorFaults(ranges, parametersMost),
    ...seedFaults(options.seed ?? 1),
    ...settingFaults('spread', options.spread ?? 1, 'number', 1e-9, 10),
    ...settingFaults('population', options.population ?? 4, 'whole', 4, 100_000),
    ...settingFaults('restarts', options.restarts ?? 0, 'whole', 0, 30),
    ...settingFaults('evaluationsMax', options.evaluationsMax ?? 1, 'whole', 1, 1e9),
    ...settingFaults('valueTolerance', options.valueTolerance ?? 0, 'number', 0, 1),
    ...settingFaults('stepTolerance', options.stepTolerance ?? 0, 'number', 0, 1),
  ];
  if (faults.length > 0 || options.start === undefined) return faults;
  return ranges.flatMap(({ name, low, high }, d) => {
    const value = options.start?.[d] ?? Number.NaN;
    return value >= low && value <= high ? [] : [error('fit.bad_start', { name, value, low, high })];
  });
}

/** The share of a range at which a value lies. */
export function shareOf({ low, high, scale }: Range, value: number): number {
  return scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** How much of a range at either end is bent. */
const bend = 0.05;

/**
 * The share of a range that belongs to any coordinate: the coordinate itself in the middle, reflected at the ends, and
 * there by a parabola, so that a minimum on a bound looks as smooth as any other (after `BoundTransform` of pycma).
 */
export function foldShare(coordinate: number): number {
  const period = 1 + 2 * bend;
  const turned = Math.abs(coordinate + bend) % (2 * period);
  const folded = (turned > period ? 2 * period - turned : turned) - bend;
  if (folded < bend) return (folded + bend) ** 2 / (4 * bend);
  return folded > 1 - bend ? 1 - (1 + bend - folded) ** 2 / (4 * bend) : folded;
}

/** The coordinate of a share. */
export function unfoldShare(share: number): number {
  if (share < bend) return 2 * Math.sqrt(bend * share) - bend;
  return share > 1 - bend ? 1 + bend - 2 * Math.sqrt(bend * (1 - share)) : share;
}

/** Standard normal variates, one after the other, of a search or a restart of it. */
export function normalDraws(seed: number, key: number): () => number {
  let step = 0;
  return () => {
    // 0 has a probability of 2^-53 and no finite quantile.
    const share = draw(seed, purposes.search, key, step) || 2 ** -54;
    step += 1;
    return standardNormalQuantile(share);
  };
}

async function restartSearch(
  inquiry: Inquiry,
  ranges: readonly Range[],
  options: CmaOptions,
): Promise<Outcome<CmaReport>> {
  const seed = options.seed ?? 1;
  const start = Float64Array.from(ranges, (range, d) =>
    options.start === undefined ? 0.5 : shareOf(range, options.start[d]!),
  );
  const population = options.population ?? populationDefault(ranges.length);
  const best: Best = { point: start, value: Number.POSITIVE_INFINITY };
  const runs: CmaRun[] = [];
  for (let restart = 0; restart <= (options.restarts ?? 0); restart += 1) {
    const from = restart === 0 ? start : start.map((_, d) => draw(seed, purposes.search, 2 ** 31 + restart, d));
    const strategy = startStrategy(from.map(unfoldShare), options.spread ?? 0.3, population * 2 ** restart);
    const before = inquiry.evaluations;
    const { end, value } = await runStrategy(inquiry, strategy, ranges, normalDraws(seed, restart), best, options);
    const { generation: generations } = strategy;
    runs.push({ end, population: strategy.population, generations, evaluations: inquiry.evaluations - before, value });
    if (end === 'target' || inquiry.halt !== undefined) break;
  }
  return reportOf(inquiry, ranges, { start, best, runs, seed }, options);
}

interface Best {
  point: Float64Array;
  value: number;
}

/** Runs one strategy to its end; `best` is the best of all searches. */
async function runStrategy(
  inquiry: Inquiry,
  strategy: Strategy,
  ranges: readonly Range[],
  normal: () => number,
  best: Best,
  options: CmaOptions,
): Promise<{ end: CmaEnd; value: number }> {
  const { n, population } = strategy;
  const scales = ranges.map(factorScale);
  const history: History = { best: [], median: [], value: Number.POSITIVE_INFINITY };
  for (;;) {
    const points = samplePopulation(strategy, normal);
    const shares = points.map(foldShare);
    const values = await inquiry.ask(
      shares.map((share, i) => scales[i % n]!(share)),
      population,
    );
    if (values === undefined) {
      return { end: inquiry.halt === 'evaluations' ? 'evaluations' : 'stopped', value: history.value };
    }
    for (let k = 0; k < population; k += 1) if (!Number.isFinite(values[k]!)) values[k] = Number.POSITIVE_INFINITY;
    const order = Array.from(values, (_, k) => k).sort((a, b) => compare(values[a]!, values[b]!) || a - b);
    const leader = order[0]!;
    if (values[leader]! < best.value) {
      best.value = values[leader]!;
      best.point = shares.slice(leader * n, (leader + 1) * n);
    }
    updateStrategy(strategy, points, order);
    note(history, values, order);
    const end = endOf(strategy, history, values, order, options);
    if (end !== undefined) return { end, value: history.value };
  }
}

/** Numbers by size, infinite ones among themselves alike. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

interface History {
  /** Best and median values of the generations. */
  best: number[];
  median: number[];
  value: number;
}

const generationsMost = 1_000_000;

function note(history: History, values: Float64Array, order: readonly number[]): void {
  history.best.push(values[order[0]!]!);
  history.median.push(values[order[Math.floor(order.length / 2)]!]!);
  history.value = Math.min(history.value, values[order[0]!]!);
}

/** Section B.3 of the tutorial. */
function endOf(
  strategy: Strategy,
  history: History,
  values: Float64Array,
  order: readonly number[],
  options: CmaOptions,
): CmaEnd | undefined {
  const { n, population, sigma, axes, generation, covariance } = strategy;
  const valueTolerance = options.valueTolerance ?? 1e-12;
  const stepTolerance = options.stepTolerance ?? 1e-11;
  if (options.target !== undefined && history.value <= options.target) return 'target';
  const window = 10 + Math.ceil((30 * n) / population);
  const recent = history.best.slice(-window);
  const worst = values[order.at(-1)!]!;
  if (recent.length === window) {
    const spread = Math.max(...recent, worst) - Math.min(...recent);
    if (spread <= valueTolerance * Math.abs(history.value)) return spread === 0 ? 'flat' : 'value';
  }
  let widest = 0;
  for (let d = 0; d < n; d += 1) widest = Math.max(widest, sigma * Math.sqrt(covariance[d * n + d]!));
  if (widest < stepTolerance) return 'step';
  if (!(axes[n - 1]! <= 1e7 * axes[0]!) || !Number.isFinite(sigma)) return 'condition';
  const long = Math.ceil(0.2 * generation + 120 + (30 * n) / population);
  if (generation >= long && isStagnant(history, Math.min(20_000, long))) return 'stagnation';
  return generation >= generationsMost ? 'generations' : undefined;
}

/** The median of the last 30 % of a window is not better than that of the first, for best and median values. */
function isStagnant({ best, median }: History, window: number): boolean {
  const part = Math.ceil(0.3 * window);
  return [best, median].every((series) => {
    const recent = series.slice(-window);
    return middle(recent.slice(-part)) >= middle(recent.slice(0, part));
  });
}

function middle(values: number[]): number {
  return values.sort(compare)[Math.floor(values.length / 2)]!;
}

const arrivals: readonly CmaEnd[] = ['target', 'value', 'step', 'flat'];

function reportOf(
  inquiry: Inquiry,
  ranges: readonly Range[],
  { start, best, runs, seed }: { start: Float64Array; best: Best; runs: CmaRun[]; seed: number },
  options: CmaOptions,
): Outcome<CmaReport> {
  const planned = options.evaluationsMax ?? 100_000;
  const { evaluations, failed } = inquiry;
  if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
  const complete = inquiry.halt !== 'stopped';
  if (best.value === Number.POSITIVE_INFINITY) {
    const reason = complete
      ? error('fit.start_fails')
      : error('experiment.stopped_early', { done: evaluations, planned, least: 1 });
    return { ok: false, errors: [reason], warnings: [] };
  }
  const winner = runs.reduce((least, run) => (run.value < least.value ? run : least));
  const converged = arrivals.includes(winner.end);
  const warnings: Diagnostic[] = [];
  if (!complete) warnings.push(warning('experiment.stopped', { done: evaluations, planned }));
  else if (!converged) warnings.push(warning('fit.not_converged', { reason: winner.end }));
  if (failed > 0) warnings.push(warning('fit.failed_runs', { failed, all: evaluations }));
  const value: CmaReport = {
    method: 'cma_es',
    complete,
    converged,
    end: winner.end,
    parameters: ranges.map((range, d) => {
      const share = best.point[d]!;
      const bound = share <= boundShare ? 'low' : share >= 1 - boundShare ? 'high' : null;
      const scaled = factorScale(range);
      return { name: range.name, value: scaled(share), start: scaled(start[d]!), bound };
    }),
    value: best.value,
    seed,
    evaluations,
    calls: inquiry.calls,
    failed,
    runs,
  };
  return { ok: true, value, warnings };
}
