/** A stream of chance: the same seed gives the same numbers on every machine. */
export interface Chance {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** Uniform between two numbers. */
  between(low: number, high: number): number;
  /** True with a probability. */
  happens(probability: number): boolean;
  /** Standard normal. */
  normal(): number;
  /** Log-normal with median 1. */
  around(logDeviation: number): number;
  /** Poisson count. */
  count(mean: number): number;
  /** Gamma with mean 1. */
  gamma(shape: number): number;
  /** Exponential with a mean. */
  wait(mean: number): number;
}

/**
 * Small fast counting generator (sfc32: Doty-Humphrey 2010, PractRand), 128 bits of state, started from a seed and the
 * number of a stream, so that what one part of the process draws does not move what another draws.
 */
export function chanceOf(seed: number, stream: number): Chance {
  const uniform = generator(seed, stream);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const chance: Chance = {
    uniform,
    normal,
    below: (n) => Math.floor(uniform() * n),
    between: (low, high) => low + (high - low) * uniform(),
    happens: (probability) => uniform() < probability,
    around: (logDeviation) => Math.exp(logDeviation * normal()),
    count: (mean) =>
      mean < 30 ? smallCount(mean, uniform) : Math.max(0, Math.round(mean + Math.sqrt(mean) * normal())),
    gamma: (shape) => gammaOf(shape, uniform, normal) / shape,
    wait: (mean) => -mean * Math.log(1 - uniform()),
  };
  return chance;
}

function generator(seed: number, stream: number): () => number {
  let a = seed | 0;
  let b = Math.floor(seed / 4_294_967_296) | 0;
  let c = stream | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return () => (next() * 2_097_152 + (next() >>> 11)) / 9_007_199_254_740_992;
}

/** Knuth, The Art of Computer Programming 2, 3.4.1: as many uniforms as it takes for their product to fall below exp(-mean). */
function smallCount(mean: number, uniform: () => number): number {
  if (mean <= 0) return 0;
  const limit = Math.exp(-mean);
  let product = uniform();
  let count = 0;
  while (product > limit) {
    product *= uniform();
    count++;
  }
  return count;
}

/** Marsaglia and Tsang 2000, with their boost for shapes below 1. */
function gammaOf(shape: number, uniform: () => number, normal: () => number): number {
  if (shape < 1) return gammaOf(shape + 1, uniform, normal) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
