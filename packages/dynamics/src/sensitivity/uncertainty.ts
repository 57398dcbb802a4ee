import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { quantileOf } from '../numerics/quantile.ts';
import { sobolDimensionsMax } from '../sampling/directions.ts';
import { latinHypercube } from '../sampling/latin-hypercube.ts';
import { type Factor, factorFaults, scalePoints } from '../sampling/scale.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { sobolPoints } from '../sampling/sobol.ts';
import { uniformPoints } from '../sampling/uniform.ts';
import { answersMax, evaluateBatch } from './batch.ts';
import { outputFaults, refusalOf } from './outputs.ts';

const runsMin = 16;
const runsDefault = 1024;
const quantilesMax = 99;
/** Outputs of which more than this share of runs failed tell of other inputs than were asked about. */
const failedShareMost = 0.1;

/** An output of an uncertainty run: one number, or a series of one number for each time. */
export interface UncertainOutput {
  name: string;
  times?: readonly number[];
}

export interface UncertaintyOptions extends Watch {
  /** 1,024 by default; with scrambled Sobol' points a power of two serves best. */
  runs?: number;
  /** 1 by default. */
  seed?: number;
  /** How the points are drawn; scrambled Sobol' points by default. */
  sampling?: 'sobol' | 'latin-hypercube' | 'uniform';
  /** Shares of the runs, from 0 to 1; by default 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975. */
  quantiles?: readonly number[];
}

/** What an output is over all runs: one number in each list, or one for each time. */
export interface OutputBands {
  name: string;
  times?: number[];
  mean: number[];
  standardDeviation: number[];
  least: number[];
  most: number[];
  /** A list for each share asked for, in their order. */
  quantiles: { share: number; values: number[] }[];
  /** Runs left out because a value of theirs was not finite. */
  droppedRuns: number;
}

/** Plain data, ready to be written as JSON. */
export interface UncertaintyReport {
  method: 'uncertainty';
  complete: boolean;
  seed: number;
  sampling: 'sobol' | 'latin-hypercube' | 'uniform';
  runs: number;
  runsPlanned: number;
  outputs: OutputBands[];
  refused: { name: string; reason: Diagnostic }[];
}

const quantilesDefault = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];

/**
 * How far outputs spread when the factors do: mean, standard deviation and quantiles, for series at each time.
 * `evaluate` answers with the numbers of all outputs in their order, a series taking as many as it has times.
 *
 * A run in which an output is not finite is left out for that output, which a warning counts; with more than a tenth the
 * output is refused. A stopped experiment answers with the runs made until then, if they are 16 or more; of a Latin
 * hypercube these are no whole hypercube, but still a random part of one.
 */
export async function propagateUncertainty(
  evaluate: Evaluate,
  factors: readonly Factor[],
  outputs: readonly UncertainOutput[],
  options: UncertaintyOptions = {},
): Promise<Outcome<UncertaintyReport>> {
  const runs = options.runs ?? runsDefault;
  const seed = options.seed ?? 1;
  const sampling = options.sampling ?? 'sobol';
  const quantiles = options.quantiles ?? quantilesDefault;
  const width = outputs.reduce((sum, output) => sum + (output.times?.length ?? 1), 0);
  const errors = faultsOf(factors, outputs, { runs, seed, quantiles, width });
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const unit = unitPoints(sampling, runs, factors.length, seed);
  if (!unit.ok) return unit;
  const d = factors.length;
  const points = (start: number, count: number) =>
    scalePoints(unit.value.subarray(start * d, (start + count) * d), factors);
  const answers = await evaluateBatch(evaluate, { count: runs, unit: 1, dimensions: d, width, points }, options);
  if (answers.fault !== undefined) return { ok: false, errors: [answers.fault], warnings: unit.warnings };
  const { values, done, complete } = answers;
  if (done < runsMin) {
    const details = { done, planned: runs, least: runsMin };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: unit.warnings };
  }
  const warnings = [...unit.warnings];
  if (!complete) warnings.push(warning('experiment.stopped', { done, planned: runs }));
  const read = readOutputs({ values, done, width }, outputs, quantiles);
  if (read.bands.length === 0) return { ok: false, errors: read.refused.map(({ reason }) => reason), warnings };
  warnings.push(...read.warnings);
  const { bands, refused } = read;
  const value: UncertaintyReport = {
    method: 'uncertainty',
    complete,
    seed,
    sampling,
    runs: done,
    runsPlanned: runs,
    outputs: bands,
    refused,
  };
  return { ok: true, value, warnings };
}

function faultsOf(
  factors: readonly Factor[],
  outputs: readonly UncertainOutput[],
  asked: { runs: number; seed: number; quantiles: readonly number[]; width: number },
): Diagnostic[] {
  const empty = outputs.filter((output) => output.times?.length === 0);
  const faults = [
    ...factorFaults(factors, sobolDimensionsMax),
    ...outputFaults(outputs.map(({ name }) => name)),
    ...empty.map(({ name }) => error('experiment.empty_series', { output: name })),
    ...seedFaults(asked.seed),
    ...settingFaults('quantiles', asked.quantiles.length, 'whole', 0, quantilesMax),
    ...asked.quantiles.flatMap((share) => settingFaults('quantile', share, 'number', 0, 1)),
  ];
  if (faults.length > 0) return faults;
  return settingFaults('runs', asked.runs, 'whole', runsMin, Math.floor(answersMax / asked.width));
}

function unitPoints(
  sampling: 'sobol' | 'latin-hypercube' | 'uniform',
  runs: number,
  dimensions: number,
  seed: number,
): Outcome<Float64Array> {
  switch (sampling) {
    case 'sobol':
      return sobolPoints(runs, dimensions, { seed });
    case 'latin-hypercube':
      return latinHypercube(runs, dimensions, seed);
    case 'uniform':
      return uniformPoints(runs, dimensions, seed);
  }
}

interface Table {
  values: Float64Array;
  done: number;
  width: number;
}

function readOutputs(table: Table, outputs: readonly UncertainOutput[], quantiles: readonly number[]) {
  const bands: OutputBands[] = [];
  const refused: UncertaintyReport['refused'] = [];
  const warnings: Diagnostic[] = [];
  let first = 0;
  for (const { name, times } of outputs) {
    const length = times?.length ?? 1;
    const kept = finiteRuns(table, first, length);
    const failed = table.done - kept.length;
    const counts = { failed, all: table.done, most: failedShareMost * 100 };
    if (failed > failedShareMost * table.done) {
      const reason = refusalOf('failed_runs', name, counts);
      refused.push({ name, reason });
      warnings.push({ ...reason, severity: 'warning' });
    } else {
      if (failed > 0) warnings.push(warning('experiment.dropped_groups', { output: name, failed, all: table.done }));
      const lists = bandsOf(table, kept, first, length, quantiles);
      bands.push({ name, ...(times === undefined ? {} : { times: [...times] }), ...lists, droppedRuns: failed });
    }
    first += length;
  }
  return { bands, refused, warnings };
}

function finiteRuns({ values, done, width }: Table, first: number, length: number): number[] {
  const kept: number[] = [];
  for (let run = 0; run < done; run += 1) {
    const at = run * width + first;
    if (values.subarray(at, at + length).every(Number.isFinite)) kept.push(run);
  }
  return kept;
}

function bandsOf(table: Table, kept: readonly number[], first: number, length: number, shares: readonly number[]) {
  const mean: number[] = [];
  const standardDeviation: number[] = [];
  const least: number[] = [];
  const most: number[] = [];
  const quantiles = shares.map((share) => ({ share, values: [] as number[] }));
  const column = new Float64Array(kept.length);
  for (let k = 0; k < length; k += 1) {
    for (const [i, run] of kept.entries()) column[i] = table.values[run * table.width + first + k]!;
    column.sort();
    const center = meanOf(column);
    mean.push(center);
    standardDeviation.push(deviationOf(column, center));
    least.push(column[0]!);
    most.push(column.at(-1)!);
    for (const { share, values } of quantiles) values.push(quantileOf(column, share));
  }
  return { mean, standardDeviation, least, most, quantiles };
}

/** Each part is divided before it is added, so that the sum of large values stays finite. */
function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/** With the divisor n - 1; scaled by the largest deviation, so that no square overflows or vanishes. */
function deviationOf(values: Float64Array, mean: number): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  const squares = values.reduce((sum, value) => sum + ((value - mean) / largest) ** 2, 0);
  return largest * Math.sqrt(squares / (values.length - 1));
}
