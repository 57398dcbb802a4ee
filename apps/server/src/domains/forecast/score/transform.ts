/** A scale on which errors are alike whatever the size of the series, and back. */
export interface Transform {
  forward: (value: number) => number;
  back: (value: number) => number;
}

/** Beyond this a logarithm is no forecast any more, and back-transformed it would overflow. */
const logMost = 700;

/**
 * The logarithm for series that are always positive; otherwise the inverse hyperbolic sine of the value over the series'
 * usual size, which is like the logarithm for large values of either sign and like the value itself around zero (J. B.
 * Burbidge, L. Magee, A. L. Robb, J. Am. Stat. Assoc. 83 (1988) 123-127). NaN stands for gaps and stays.
 */
export function transformFor(weeks: ArrayLike<number>): Transform {
  const known = Float64Array.from(weeks).filter(Number.isFinite);
  if (known.length > 0 && known.every((value) => value > 0)) {
    return { forward: Math.log, back: (value) => Math.exp(Math.min(logMost, value)) };
  }
  const sizes = known
    .map(Math.abs)
    .filter((value) => value > 0)
    .sort();
  const size = sizes[sizes.length >> 1] ?? 1;
  // Never negative in the past: never negative in a forecast.
  const floor = known.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  return {
    forward: (value) => Math.asinh(value / size),
    back: (value) => Math.max(floor, size * Math.sinh(Math.max(-logMost, Math.min(logMost, value)))),
  };
}
