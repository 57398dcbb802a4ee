import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { drawsOf } from '../sampling/chance.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { evaluateBatch } from '../sensitivity/batch.ts';
import { quantileOf } from '../sensitivity/bootstrap.ts';
import { amountsAt, type Observed, observe } from './likelihood.ts';
import { momentsOf } from './summary.ts';
import { allParameters, type ObservedProblem, problemFaults } from './target.ts';

export interface PredictionOptions extends Watch {
  /** Of the observation errors; 1 by default. */
  seed?: number;
  /** Draws taken from the sample, evenly spread; default 1,000, or all when there are fewer. */
  draws?: number;
  /** Shares of the central bands; default 0.5, 0.8, 0.9, 0.95. */
  bands?: readonly number[];
}

/** The values of one series: one number in each list for each value of the series. */
export interface PredictedSeries {
  name: string;
  /** Of the model's value. */
  mean: number[];
  median: number[];
  /** Where the model's value lies, by what is not known of the parameters alone. */
  modelBands: { share: number; low: number[]; high: number[] }[];
  /**
   * Where an observation lies, with its errors, and the share of the given observations that lie there: close to `share`
   * when model and errors are right. Null without observations.
   */
  observationBands: { share: number; low: number[]; high: number[]; covered: number | null }[];
}

/** Plain data, ready to be written as JSON. */
export interface PredictionReport {
  method: 'posterior-prediction';
  complete: boolean;
  seed: number;
  draws: number;
  /** Draws left out because a value of their run was not finite. */
  droppedDraws: number;
  series: PredictedSeries[];
}

const drawsLeast = 16;
const drawsMost = 2 ** 20;
const predictionValuesMax = 2 ** 26;
const bandsDefault = [0.5, 0.8, 0.9, 0.95];
const bandsMax = 20;

/**
 * What a fitted model predicts: `sample` holds rows of parameter values drawn from its posterior (as in
 * `PosteriorReport`). `problem` is the one that was sampled, or one with other times: of its series the errors are used,
 * and the observations only to tell how many lie within the bands; fill series to be predicted with null.
 * A. Gelman et al., Bayesian Data Analysis (3rd ed., 2013), section 6.3.
 */
export async function predictPosterior(
  problem: Omit<ObservedProblem, 'evaluate'> & { evaluate: Evaluate },
  sample: readonly (readonly number[])[],
  options: PredictionOptions = {},
): Promise<Outcome<PredictionReport>> {
  const { seed = 1, bands = bandsDefault } = options;
  const names = allParameters(problem).map(({ name }) => name);
  const width = problem.series.reduce((sum, { values }) => sum + values.length, 0);
  const draws = Math.min(options.draws ?? 1000, sample.length);
  const errors = [
    ...predictionFaults(problem),
    ...seedFaults(seed),
    ...sampleFaults(sample, names.length),
    ...settingFaults('draws', draws, 'whole', drawsLeast, Math.min(drawsMost, Math.floor(predictionValuesMax / width))),
    ...settingFaults('bands', bands.length, 'whole', 1, bandsMax),
    ...bands.flatMap((share) => settingFaults('band', share, 'number', 0.001, 0.999)),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const rows = Array.from({ length: draws }, (_, i) => sample[Math.floor((i * sample.length) / draws)]!);
  const given = problem.parameters.length;
  const points = (start: number, count: number) =>
    Float64Array.from(rows.slice(start, start + count).flatMap((row) => row.slice(0, given)));
  const batch = { count: draws, unit: 1, dimensions: given, width, points };
  const answers = await evaluateBatch(problem.evaluate, batch, options);
  if (answers.fault !== undefined) return { ok: false, errors: [answers.fault], warnings: [] };
  const { done, values } = answers;
  const kept = finiteRows(values, done, width);
  if (kept.length < drawsLeast) {
    const details = { done: kept.length, planned: draws, least: drawsLeast };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
  }
  const observed = observe(problem.series, names);
  const table: Table = { values, width, kept, rows, seed };
  const report: PredictionReport = {
    method: 'posterior-prediction',
    complete: answers.complete,
    seed,
    draws: kept.length,
    droppedDraws: done - kept.length,
    series: observed.map((series, i) => predicted(table, series, i, bands)),
  };
  return { ok: true, value: report, warnings: warningsOf(report, done, draws) };
}

interface Table {
  values: Float64Array;
  width: number;
  /** Runs that are finite throughout. */
  kept: readonly number[];
  rows: readonly (readonly number[])[];
  seed: number;
}

function predictionFaults(problem: ObservedProblem): Diagnostic[] {
  // A series that is only predicted has no observation, which is nothing to complain of here.
  return problemFaults(problem).filter(({ code }) => code !== 'experiment.no_observations');
}

function sampleFaults(sample: readonly (readonly number[])[], parameters: number): Diagnostic[] {
  const bad = sample.findIndex((row) => row.length !== parameters || !row.every(Number.isFinite));
  return bad < 0 ? [] : [error('experiment.bad_sample', { row: bad + 1, parameters })];
}

function finiteRows(values: Float64Array, done: number, width: number): number[] {
  const kept: number[] = [];
  for (let run = 0; run < done; run += 1) {
    if (values.subarray(run * width, (run + 1) * width).every(Number.isFinite)) kept.push(run);
  }
  return kept;
}

function predicted(table: Table, series: Observed, number: number, shares: readonly number[]): PredictedSeries {
  const { values, width, kept, rows, seed } = table;
  const next = drawsOf(seed, 'prediction', number);
  const amounts = kept.map((run) => amountsAt(series, Float64Array.from(rows[run]!), 0));
  const band = (share: number) => ({ share, low: [] as number[], high: [] as number[] });
  const model = shares.map(band);
  const observations = shares.map(band);
  const mean: number[] = [];
  const median: number[] = [];
  const column = new Float64Array(kept.length);
  const noisy = new Float64Array(kept.length);
  for (let place = series.first; place < series.first + series.length; place += 1) {
    for (const [i, run] of kept.entries()) {
      column[i] = values[run * width + place]!;
      noisy[i] = series.law.variate(column[i]!, amounts[i]!, next(), next());
    }
    const sorted = column.slice().sort();
    mean.push(momentsOf(sorted).mean);
    median.push(quantileOf(sorted, 0.5));
    addEnds(model, sorted);
    addEnds(observations, noisy.filter(Number.isFinite).sort());
  }
  const observationBands = observations.map((one) => ({ ...one, covered: coverage(series, one.low, one.high) }));
  return { name: series.name, mean, median, modelBands: model, observationBands };
}

function addEnds(bands: { share: number; low: number[]; high: number[] }[], sorted: Float64Array): void {
  for (const { share, low, high } of bands) {
    low.push(quantileOf(sorted, (1 - share) / 2));
    high.push(quantileOf(sorted, (1 + share) / 2));
  }
}

function coverage({ places, values, first }: Observed, low: readonly number[], high: readonly number[]): number | null {
  if (values.length === 0) return null;
  let within = 0;
  for (const [i, value] of values.entries()) {
    const at = places[i]! - first;
    if (value >= low[at]! && value <= high[at]!) within += 1;
  }
  return within / values.length;
}

function warningsOf({ complete, droppedDraws }: PredictionReport, done: number, planned: number): Diagnostic[] {
  return [
    ...(complete ? [] : [warning('experiment.stopped', { done, planned })]),
    ...(droppedDraws > 0 ? [warning('experiment.lost_predictions', { failed: droppedDraws, all: done })] : []),
  ];
}
