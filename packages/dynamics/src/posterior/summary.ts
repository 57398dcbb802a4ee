import { quantileOf } from '../sensitivity/bootstrap.ts';
import { type ChainDiagnostics, diagnose, meanPrecision, mergedDraws, quantileError } from './diagnostics.ts';

/** What draws tell of one parameter. Plain data; null where draws tell nothing, as when chains never moved. */
export interface ParameterSummary {
  name: string;
  mean: number;
  /** Standard deviation. */
  deviation: number;
  median: number;
  /** Central intervals: as much of the distribution lies below as above. */
  intervals: { share: number; low: number; high: number }[];
  rHat: number | null;
  essBulk: number | null;
  essTail: number | null;
  /** Monte Carlo standard errors. */
  meanError: number | null;
  medianError: number | null;
}

/** Shares of the central intervals of a summary. */
export const intervalShares = [0.5, 0.8, 0.9, 0.95] as const;

/** Summary of one parameter from the draws of all chains, which are equally long, and their diagnostics if known. */
export function summarise(
  name: string,
  chains: readonly Float64Array[],
  known: ChainDiagnostics = diagnose(chains),
): ParameterSummary {
  const sorted = mergedDraws(chains).sort();
  const { rHat, essBulk, essTail } = known;
  const { mean, deviation } = momentsOf(sorted);
  return {
    name,
    mean,
    deviation,
    median: quantileOf(sorted, 0.5),
    intervals: intervalShares.map((share) => ({
      share,
      low: quantileOf(sorted, (1 - share) / 2),
      high: quantileOf(sorted, (1 + share) / 2),
    })),
    rHat: finite(rHat),
    essBulk: finite(essBulk),
    essTail: finite(essTail),
    meanError: finite(meanPrecision(chains).standardError),
    medianError: finite(quantileError(chains, 0.5, sorted)),
  };
}

/** Mean and standard deviation (divisor n - 1), scaled so that no square overflows. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x / values.length, 0);
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x - mean)), 0);
  if (!(largest > 0) || !Number.isFinite(largest) || values.length < 2) return { mean, deviation: largest };
  const squares = values.reduce((sum, x) => sum + ((x - mean) / largest) ** 2, 0);
  return { mean, deviation: largest * Math.sqrt(squares / (values.length - 1)) };
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
