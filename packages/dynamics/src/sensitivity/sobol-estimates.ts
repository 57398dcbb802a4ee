import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import { constancy, type Refusal } from './outputs.ts';
import { runsOfGroup, scramblings } from './saltelli-design.ts';

/**
 * A share of the variance. It is given as it was estimated, also below 0 or above 1, which chance alone may do; `flag`
 * says so, and whether the whole interval lies outside, which chance alone hardly does.
 */
export interface Estimate extends Interval {
  value: number;
  flag?: 'outside' | 'outside_beyond_noise';
}

/** The indices of one output from so many groups of runs. */
export interface Indices {
  groups: number;
  first: Estimate[];
  total: Estimate[];
  /** For each pair i < j in the order (0,1), (0,2), ..., (1,2), ...; empty where pairs were not asked for. */
  pairs: Estimate[];
}

/** The answers of one output, of the groups in which none failed, moved and scaled so that |A| and |B| are at most 1. */
export interface Rows {
  groups: number;
  factors: number;
  withPairs: boolean;
  /** The runs of each group that was kept; of group `kept[i]` of the design. */
  values: Float64Array;
  kept: Uint32Array;
  mean: number;
  deviation: number;
}

/** A scaled answer whose square is still far from infinite. */
const sizeMost = 1e100;

/** Groups of which more than this share failed tell of other inputs than were asked about. */
export const failedShareMost = 0.1;

/** The rows of one output, or why there are no indices of it; `failed` groups hold a run without a finite answer. */
export function rowsOf(
  answers: { values: Float64Array; groups: number; width: number },
  output: number,
  factors: number,
  withPairs: boolean,
): { rows: Rows; failed: number } | { refusal: Refusal; failed: number } {
  const runs = runsOfGroup(factors, withPairs);
  const { values, groups, width } = answers;
  const finite = finiteGroups(values, groups, runs, width, output);
  const failed = groups - finite.length;
  if (failed > failedShareMost * groups) return { refusal: 'failed_runs', failed };
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const group of finite) {
    for (let run = 0; run < 2; run += 1) {
      const value = values[(group * runs + run) * width + output]!;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const middle = least / 2 + most / 2;
  const half = most / 2 - least / 2;
  const refusal = constancy(least, most);
  if (refusal !== undefined) return { refusal, failed };
  const scaled = new Float64Array(finite.length * runs);
  const kept: number[] = [];
  for (const group of finite) {
    const at = kept.length * runs;
    let isSound = true;
    for (let run = 0; run < runs; run += 1) {
      const value = (values[(group * runs + run) * width + output]! - middle) / half;
      scaled[at + run] = value;
      isSound &&= Math.abs(value) < sizeMost;
    }
    if (isSound) kept.push(group);
  }
  const dropped = groups - kept.length;
  if (dropped > failedShareMost * groups) return { refusal: 'failed_runs', failed: dropped };
  const { mean, deviation } = center(scaled.subarray(0, kept.length * runs), runs);
  const rows = {
    groups,
    factors,
    withPairs,
    values: scaled,
    kept: Uint32Array.from(kept),
    mean: middle + half * mean,
    deviation: half * deviation,
  };
  return { rows, failed: dropped };
}

function finiteGroups(values: Float64Array, groups: number, runs: number, width: number, output: number): number[] {
  const finite: number[] = [];
  for (let group = 0; group < groups; group += 1) {
    let run = 0;
    while (run < runs && Number.isFinite(values[(group * runs + run) * width + output]!)) run += 1;
    if (run === runs) finite.push(group);
  }
  return finite;
}

/** Takes the mean of A and B from all values: it adds nothing to the indices, but to the variance of their estimates. */
function center(values: Float64Array, runs: number): { mean: number; deviation: number } {
  const groups = values.length / runs;
  let sum = 0;
  for (let at = 0; at < values.length; at += runs) sum += values[at]! + values[at + 1]!;
  const mean = sum / (2 * groups);
  for (let i = 0; i < values.length; i += 1) values[i]! -= mean;
  let squares = 0;
  for (let at = 0; at < values.length; at += runs) squares += values[at]! ** 2 + values[at + 1]! ** 2;
  return { mean, deviation: Math.sqrt(squares / (2 * groups)) };
}

/**
 * Estimates from the first `groups` groups of the design, for each of the given numbers of groups (ascending). First
 * order after A. Saltelli et al. (2010), table 2 (b); total after M. J. W. Jansen, Comput. Phys. Commun. 117 (1999)
 * 35-43, table 2 (f) there; pairs after A. Saltelli, Comput. Phys. Commun. 145 (2002) 280-297. Where the design has both
 * A with columns of B and B with columns of A, each estimate is the mean of the two that exchange their roles.
 */
export function estimateIndices(
  rows: Rows,
  groupCounts: readonly number[],
  settings: { resamples: number; confidence: number; seed: number },
): Indices[] {
  const sums = new ClusterSums(rows);
  let row = 0;
  return groupCounts.map((groups) => {
    while (row < rows.kept.length && rows.kept[row]! < groups) {
      sums.add(row);
      row += 1;
    }
    const values = sums.indices(new Float64Array(scramblings).fill(1));
    const intervals = bootstrapIntervals(scramblings, (weights) => sums.indices(weights), settings);
    const estimates = intervals.map((interval, k) => estimate(values[k]!, interval));
    const d = rows.factors;
    return {
      groups,
      first: estimates.slice(0, d),
      total: estimates.slice(d, 2 * d),
      pairs: estimates.slice(2 * d),
    };
  });
}

function estimate(value: number, { low, high }: Interval): Estimate {
  if (value >= 0 && value <= 1) return { value, low, high };
  return { value, low, high, flag: high < 0 || low > 1 ? 'outside_beyond_noise' : 'outside' };
}

/** Sums over the rows of each scrambling, of which all indices and all their resamples are made. */
class ClusterSums {
  readonly #rows: Rows;
  readonly #terms: number;
  /** For each scrambling: rows, sum of means, sum of squares, then a sum for each index. */
  readonly #sums: Float64Array;

  constructor(rows: Rows) {
    const d = rows.factors;
    this.#rows = rows;
    this.#terms = headTerms + 2 * d + (rows.withPairs ? (d * (d - 1)) / 2 : 0);
    this.#sums = new Float64Array(scramblings * this.#terms);
  }

  add(row: number): void {
    const { factors: d, withPairs, values, kept } = this.#rows;
    const at = row * runsOfGroup(d, withPairs);
    const sums = this.#sums.subarray((kept[row]! % scramblings) * this.#terms);
    const a = values[at]!;
    const b = values[at + 1]!;
    sums[0]! += 1;
    sums[1]! += (a + b) / 2;
    sums[2]! += (a * a + b * b) / 2;
    for (let j = 0; j < d; j += 1) {
      const ab = values[at + 2 + j]!;
      let first = b * (ab - a);
      let total = (a - ab) ** 2 / 2;
      if (withPairs) {
        const ba = values[at + 2 + d + j]!;
        first = (first + a * (ba - b)) / 2;
        total = (total + (b - ba) ** 2 / 2) / 2;
      }
      sums[headTerms + j]! += first;
      sums[headTerms + d + j]! += total;
    }
    if (withPairs) this.#addPairs(sums, at + 2);
  }

  #addPairs(sums: Float64Array, at: number): void {
    const { factors: d, values } = this.#rows;
    const product = values[at - 2]! * values[at - 1]!;
    let term = headTerms + 2 * d;
    for (let i = 0; i < d; i += 1) {
      for (let j = i + 1; j < d; j += 1) {
        const closed = (values[at + d + i]! * values[at + j]! + values[at + d + j]! * values[at + i]!) / 2;
        sums[term]! += closed - product;
        term += 1;
      }
    }
  }

  /** First order, total, pairs; each scrambling counted as often as its weight says. */
  indices(weights: Float64Array): Float64Array {
    const terms = this.#terms;
    const means = new Float64Array(terms);
    for (let r = 0; r < scramblings; r += 1) {
      const weight = weights[r]!;
      if (weight === 0) continue;
      for (let k = 0; k < terms; k += 1) means[k]! += weight * this.#sums[r * terms + k]!;
    }
    const count = means[0]!;
    const mean = means[1]! / count;
    const variance = means[2]! / count - mean * mean;
    const indices = means.subarray(headTerms).map((sum) => sum / count / variance);
    const d = this.#rows.factors;
    for (let i = 0, k = 2 * d; k < indices.length; i += 1) {
      for (let j = i + 1; j < d; j += 1, k += 1) indices[k]! -= indices[i]! + indices[j]!;
    }
    return indices;
  }
}

const headTerms = 3;
