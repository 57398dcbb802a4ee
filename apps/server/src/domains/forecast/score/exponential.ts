import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AutoETS, initSync as initEts } from '@bsull/augurs/ets';
import { initSync as initMstl, MSTL } from '@bsull/augurs/mstl';

const require = createRequire(import.meta.url);
initEts({ module: readFileSync(require.resolve('@bsull/augurs/ets').replace(/\.js$/, '_bg.wasm')) });
initMstl({ module: readFileSync(require.resolve('@bsull/augurs/mstl').replace(/\.js$/, '_bg.wasm')) });

/** A path of medians, with its standard deviations where the method has some of its own. */
export interface Path {
  points: Float64Array;
  deviations: Float64Array | undefined;
}

/** More would be slow and tell nothing new of the next weeks. */
const pointsMost = 1_100;
const pointsLeast = 6;
/** Half the width of an 80 % interval in standard deviations. */
const halfWidth = 1.2815515655446004;

/**
 * Exponential smoothing with additive errors and no season, trend and damping chosen by the corrected Akaike criterion (R.
 * J. Hyndman and others, "Forecasting with Exponential Smoothing", 2008): on logarithms, so trends are growth rates. Undefined
 * where the search finds nothing.
 */
export function exponentialSmoothing(values: Float64Array, ahead: number): Path | undefined {
  if (values.length < pointsLeast) return undefined;
  return attempt(() => {
    using model = new AutoETS(1, 'AZN');
    model.fit(values.slice(-pointsMost));
    const { point, intervals } = model.predict(ahead, 0.8);
    const deviations = intervals?.lower.map((low, i) => (intervals.upper[i]! - low) / (2 * halfWidth));
    return checked({
      points: dampedBeyond(Float64Array.from(point)),
      deviations: deviations && Float64Array.from(deviations),
    });
  });
}

/** Shares of an error that the level may take up. */
const smoothings = [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1];
const startWeeks = 6;
const settlingWeeks = 3;

/**
 * Simple exponential smoothing: a level without trend, with the smoothing that forecast the next value best so far (the
 * library cannot be asked for this one). Deviations by the formula of ETS(A,N,N): s sqrt(1 + (h - 1) a^2). The series is not
 * to be empty.
 */
export function levelSmoothing(values: Float64Array, ahead: number): Path {
  const first = values.slice(0, startWeeks);
  const start = first.reduce((sum, value) => sum + value, 0) / first.length;
  let best = { squares: Number.POSITIVE_INFINITY, level: start, smoothing: 1 };
  for (const smoothing of smoothings) {
    let [level, squares] = [start, 0];
    for (let i = 0; i < values.length; i += 1) {
      const error = values[i]! - level;
      if (i >= settlingWeeks) squares += error * error;
      level += smoothing * error;
    }
    if (squares < best.squares) best = { squares, level, smoothing };
  }
  const deviation = Math.sqrt(best.squares / Math.max(1, values.length - settlingWeeks));
  return {
    points: new Float64Array(ahead).fill(best.level),
    deviations: Float64Array.from({ length: ahead }, (_, h) => deviation * Math.sqrt(1 + h * best.smoothing ** 2)),
  };
}

/**
 * Seasonal and trend decomposition by loess for one season, with exponential smoothing of what is left (K. Bandara, R. J.
 * Hyndman, C. Bergmeir, "MSTL", Int. J. Operational Research 52 (2025) 79-98). `fitted` is what it says of its own data.
 */
export function decomposition(
  values: Float64Array,
  season: number,
  ahead: number,
): (Path & { fitted: Float64Array }) | undefined {
  if (values.length < 2 * season + 1) return undefined;
  return attempt(() => {
    using model = MSTL.ets([season]);
    model.fit(values.slice(-pointsMost));
    const { point } = model.predict(ahead);
    const path = checked({ points: Float64Array.from(point), deviations: undefined });
    return path && { ...path, fitted: Float64Array.from(model.predictInSample().point) };
  });
}

/** Weeks ahead that forecasts are scored at; beyond them nothing has shown that a trend goes on. */
const trendWeeks = 13;
/** Share of a week's trend that is left the week after, beyond those. */
const damping = 0.85;

/**
 * Trends die out beyond the weeks that are scored: on logarithms a trend of some per cent a week would be a hundredfold in a
 * year (E. S. Gardner, E. McKenzie, "Forecasting trends in time series", Management Science 31 (1985) 1237-1246).
 */
function dampedBeyond(points: Float64Array): Float64Array {
  const damped = points.slice();
  for (let h = trendWeeks; h < points.length; h += 1) {
    damped[h] = damped[h - 1]! + (points[h]! - points[h - 1]!) * damping ** (h - trendWeeks + 1);
  }
  return damped;
}

/** The library throws where no model can be found; that is an answer. */
function attempt<T>(search: () => T | undefined): T | undefined {
  try {
    return search();
  } catch {
    return undefined;
  }
}

function checked(path: Path): Path | undefined {
  if (!path.points.every(Number.isFinite)) return undefined;
  return path.deviations?.every((value) => Number.isFinite(value) && value >= 0) === false
    ? { ...path, deviations: undefined }
    : path;
}
