import type { FunctionName } from '../numerics/functions.ts';
import type { NodeId } from '../program/program.ts';
import { isGiven, known, stepTimeOf, timeTolerance } from './arguments.ts';
import type { CallSite } from './builtin.ts';

/** A random variable by its distribution function and the inverse of it, both with the same parameters behind. */
export interface Distribution {
  cdf: FunctionName;
  quantile: FunctionName;
  /** Whether its values are whole numbers. */
  counts: boolean;
}

export const distributions = {
  normal: { cdf: 'normalCdf', quantile: 'normalQuantile', counts: false },
  exponential: { cdf: 'exponentialCdf', quantile: 'exponentialQuantile', counts: false },
  logNormal: { cdf: 'logNormalCdf', quantile: 'logNormalQuantile', counts: false },
  logistic: { cdf: 'logisticCdf', quantile: 'logisticQuantile', counts: false },
  weibull: { cdf: 'weibullCdf', quantile: 'weibullQuantile', counts: false },
  pareto: { cdf: 'paretoCdf', quantile: 'paretoQuantile', counts: false },
  triangular: { cdf: 'triangularCdf', quantile: 'triangularQuantile', counts: false },
  gamma: { cdf: 'gammaCdf', quantile: 'gammaQuantile', counts: false },
  beta: { cdf: 'betaCdf', quantile: 'betaQuantile', counts: false },
  poisson: { cdf: 'poissonCdf', quantile: 'poissonQuantile', counts: true },
  binomial: { cdf: 'binomialCdf', quantile: 'binomialQuantile', counts: true },
  geometric: { cdf: 'geometricCdf', quantile: 'geometricQuantile', counts: true },
} satisfies Record<string, Distribution>;

/** Half the distance of the smallest draws: keeps a draw of 0 from asking for the end of an infinite range. */
const smallestDraw = 2 ** -54;

/** A draw from the open interval (0, 1). */
export function openDraw(site: CallSite, seed: number | undefined): NodeId {
  const { graph } = site;
  const draw = seed === undefined ? site.uniform('draw') : site.uniform('draw', seed);
  return graph.binary('max', draw, graph.constant(smallestDraw));
}

/** The bounds that a distribution is cut off at. */
export interface Bounds {
  low: NodeId | undefined;
  high: NodeId | undefined;
}

/**
 * A variate by inversion: the quantile of a uniform draw. Between bounds the draw is taken from the probabilities that
 * lie between them, which gives the distribution on the condition of being there.
 */
export function variate(
  site: CallSite,
  { cdf, quantile, counts }: Distribution,
  parameters: readonly NodeId[],
  seed: number | undefined,
  { low, high }: Bounds,
): NodeId {
  const { graph } = site;
  const draw = openDraw(site, seed);
  if (low === undefined && high === undefined) return graph.call(quantile, draw, ...parameters);
  const least = low !== undefined && counts ? upward(site, low) : low;
  const most = high !== undefined && counts ? graph.unary('floor', high) : high;
  const below = least !== undefined && counts ? graph.binary('sub', least, graph.constant(1)) : least;
  const from = below === undefined ? graph.constant(0) : graph.call(cdf, below, ...parameters);
  const to = most === undefined ? graph.constant(1) : graph.call(cdf, most, ...parameters);
  const chance = graph.binary('add', from, graph.binary('mul', draw, graph.binary('sub', to, from)));
  return clamp(site, graph.call(quantile, chance, ...parameters), { low: least, high: most });
}

/** A value kept between bounds; the lower one wins where they cross. */
export function clamp({ graph }: CallSite, value: NodeId, { low, high }: Bounds): NodeId {
  const capped = high === undefined ? value : graph.binary('min', value, high);
  return low === undefined ? capped : graph.binary('max', capped, low);
}

function upward({ graph }: CallSite, value: NodeId): NodeId {
  return graph.unary('neg', graph.unary('floor', graph.unary('neg', value)));
}

/** The standard's range of seeds (XMILE 1.0 §3.5.2). */
const maxSeed = 2 ** 32 - 1;

/** The seed that an argument gives, or undefined for none; Stella also writes NAN for none. */
export function seedOf(site: CallSite, index: number): number | undefined {
  if (!isGiven(site, index)) return undefined;
  const seed = known(site, index, 'seed');
  if (Number.isNaN(seed)) return undefined;
  if (!Number.isInteger(seed) || seed < 0 || seed > maxSeed) {
    const details = { function: site.name, parameter: 'seed', least: 0, most: maxSeed, value: seed };
    site.fail('builtin.not_whole', details, index);
  }
  return seed;
}

/** An optional bound; Stella also writes NAN for none. */
export function boundOf(site: CallSite, index: number): NodeId | undefined {
  if (!isGiven(site, index)) return undefined;
  const bound = site.constant(index);
  return bound !== undefined && Number.isNaN(bound) ? undefined : site.value(index);
}

/**
 * What a value was when the current interval of the given length began: intervals are counted from time 0, and one not
 * longer than a step changes nothing.
 */
export function sampled(site: CallSite, index: number, value: NodeId): NodeId {
  if (!isGiven(site, index)) return value;
  const interval = known(site, index, 'sample');
  const { graph, time } = site;
  if (Number.isNaN(interval) || interval <= time.dt * (1 + 1e-6) || site.moment === 'initial') return value;
  const turn = (at: NodeId): NodeId => graph.unary('floor', graph.binary('div', at, graph.constant(interval)));
  const present = graph.binary('add', stepTimeOf(site), graph.constant(timeTolerance(site)));
  const before = graph.binary('sub', present, graph.constant(time.dt));
  const isNew = graph.binary('ne', turn(present), turn(before));
  const isFirst = graph.binary('lt', present, graph.constant(time.start + time.dt / 2));
  // At the start the value itself counts, so that what is held before it is never seen.
  const held = site.memory('sample', { initial: () => graph.constant(0), next: () => current });
  const current: NodeId = graph.select(graph.binary('or', isNew, isFirst), value, held);
  return current;
}
