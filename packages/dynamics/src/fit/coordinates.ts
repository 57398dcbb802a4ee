import { betaCdf, gammaCdf } from '../numerics/continuous.ts';
import { logGamma } from '../numerics/gamma-function.ts';
import { normalCdf, standardNormalQuantile } from '../numerics/normal.ts';
import { endsOf, massBetween, massOf, type Prior, priorValue, scoreMost } from './prior.ts';

/**
 * A parameter on a scale without ends, on which samplers walk: the value itself, its logarithm where it has one end (by
 * the distance from it), its logit where it has two.
 */
export interface Coordinate {
  value: (coordinate: number) => number;
  /** Log density of the prior on this scale, whole. */
  logDensity: (coordinate: number) => number;
  /** The coordinate at a normal score of the prior. */
  atScore: (score: number) => number;
  /** The normal score of a value: how much of the prior lies below it, as a quantile of the normal distribution. */
  score: (value: number) => number;
}

/** Beyond this the exponential leaves the range of doubles. */
const coordinateMost = 700;
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** The scale on which a sampler walks for a prior. */
export function coordinateOf(prior: Prior): Coordinate {
  const [low, high] = endsOf(prior);
  const value = priorValue(prior);
  const score = scoreOf(prior);
  // A range on a logarithmic scale is one of logarithms.
  const isLog = !('distribution' in prior) && prior.scale === 'log';
  const scale = isLog ? scaleOf(Math.log(low), Math.log(high)) : scaleOf(low, high);
  const density = valueDensity(prior);
  const inside = isLog ? (x: number) => Math.min(high, Math.max(low, Math.exp(x))) : (x: number) => x;
  return {
    value: (coordinate) => inside(scale.outward(coordinate)),
    logDensity: (coordinate) => density(scale.outward(coordinate)) + scale.logSlope(coordinate),
    atScore: (at) => {
      const coordinate = scale.inward(isLog ? Math.log(value(at)) : value(at));
      return Math.min(coordinateMost, Math.max(-coordinateMost, coordinate));
    },
    score: (x) => Math.min(scoreMost, Math.max(-scoreMost, score(x))),
  };
}

interface Scale {
  outward: (coordinate: number) => number;
  inward: (x: number) => number;
  /** Logarithm of the derivative of `outward`. */
  logSlope: (coordinate: number) => number;
}

function scaleOf(low: number, high: number): Scale {
  if (Number.isFinite(low) && Number.isFinite(high)) {
    const width = high - low;
    return {
      outward: (y) => (y < 0 ? low + width / (1 + Math.exp(-y)) : high - width / (1 + Math.exp(y))),
      inward: (x) => Math.log(x - low) - Math.log(high - x),
      logSlope: (y) => Math.log(width) - Math.log1p(Math.exp(-Math.abs(y))) * 2 - Math.abs(y),
    };
  }
  if (Number.isFinite(low)) {
    return { outward: (y) => low + Math.exp(y), inward: (x) => Math.log(x - low), logSlope: (y) => y };
  }
  if (Number.isFinite(high)) {
    // Turned round, so that more is more.
    return { outward: (y) => high - Math.exp(-y), inward: (x) => -Math.log(high - x), logSlope: (y) => -y };
  }
  return { outward: (y) => y, inward: (x) => x, logSlope: () => 0 };
}

/** Log density by the value; of a logarithmic range by the logarithm of the value. */
function valueDensity(prior: Prior): (x: number) => number {
  if (!('distribution' in prior)) {
    const [low, high] = prior.scale === 'log' ? [Math.log(prior.low), Math.log(prior.high)] : [prior.low, prior.high];
    const density = -Math.log(high - low);
    return () => density;
  }
  switch (prior.distribution) {
    case 'normal': {
      const constant = -Math.log(prior.deviation) - halfLogTwoPi - Math.log(massOf(prior));
      return (x) => constant - 0.5 * ((x - prior.mean) / prior.deviation) ** 2;
    }
    case 'lognormal': {
      const constant = -Math.log(prior.logDeviation) - halfLogTwoPi;
      return (x) => {
        const logarithm = Math.log(x);
        return constant - logarithm - 0.5 * ((logarithm - prior.logMean) / prior.logDeviation) ** 2;
      };
    }
    case 'half_normal': {
      const constant = Math.LN2 - Math.log(prior.deviation) - halfLogTwoPi;
      return (x) => constant - 0.5 * (x / prior.deviation) ** 2;
    }
    case 'exponential':
      return (x) => -Math.log(prior.mean) - x / prior.mean;
    case 'gamma': {
      const { shape, scale } = prior;
      const constant = -logGamma(shape) - shape * Math.log(scale);
      return (x) => constant + (shape - 1) * Math.log(x) - x / scale;
    }
    case 'beta': {
      const { a, b } = prior;
      const [low, high] = endsOf(prior);
      const width = high - low;
      const constant = logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(width);
      return (x) => constant + (a - 1) * Math.log((x - low) / width) + (b - 1) * Math.log((high - x) / width);
    }
  }
}

/** The normal score of a value, from the nearer tail. */
function scoreOf(prior: Prior): (x: number) => number {
  const fromTails = (below: number, above: number) =>
    below < 0.5 ? standardNormalQuantile(below) : -standardNormalQuantile(above);
  if (!('distribution' in prior)) {
    const place = prior.scale === 'log' ? Math.log : (x: number) => x;
    const [low, high] = [place(prior.low), place(prior.high)];
    return (x) => fromTails((place(x) - low) / (high - low), (high - place(x)) / (high - low));
  }
  switch (prior.distribution) {
    case 'normal': {
      const { mean, deviation, low, high } = prior;
      if (low === undefined && high === undefined) return (x) => (x - mean) / deviation;
      const mass = massOf(prior);
      const least = low ?? Number.NEGATIVE_INFINITY;
      const most = high ?? Number.POSITIVE_INFINITY;
      return (x) =>
        fromTails(
          massBetween((least - mean) / deviation, (x - mean) / deviation) / mass,
          massBetween((x - mean) / deviation, (most - mean) / deviation) / mass,
        );
    }
    case 'lognormal':
      return (x) => (Math.log(x) - prior.logMean) / prior.logDeviation;
    case 'half_normal':
      return (x) => fromTails(1 - 2 * normalCdf(-x, 0, prior.deviation), 2 * normalCdf(-x, 0, prior.deviation));
    case 'exponential':
      return (x) => fromTails(-Math.expm1(-x / prior.mean), Math.exp(-x / prior.mean));
    case 'gamma':
      return (x) => standardNormalQuantile(gammaCdf(x, prior.shape, prior.scale));
    case 'beta': {
      const [low, high] = endsOf(prior);
      return (x) => standardNormalQuantile(betaCdf((x - low) / (high - low), prior.a, prior.b));
    }
  }
}
