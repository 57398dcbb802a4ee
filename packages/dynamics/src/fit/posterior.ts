import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { type SamplerSettings, sampleChains } from './chains.ts';
import { type Coordinate, coordinateOf } from './coordinates.ts';
import { Inquiry } from './inquiry.ts';
import { type Likelihood, likelihoodOf, type Series, seriesFaults } from './likelihood.ts';
import { type PosteriorReport, reportOf } from './posterior-report.ts';
import { type Prior, priorFaults } from './prior.ts';
import type { Target } from './tempering.ts';

export interface PosteriorOptions extends Watch {
  /** Chains, all of one call; 16 by default. */
  chains?: number;
  /** Particles of the warm-up, all of one call; 256 by default, or 16 for each parameter. */
  particles?: number;
  /** Generations to keep at least, 250 by default, and at most, 20,000 by default. */
  generationsMin?: number;
  generationsMax?: number;
  /** Sampling goes on until R-hat of every parameter is below this; 1.01 by default. */
  rhatMost?: number;
  /** And until the draws of every parameter are worth so many independent ones; 1,000 by default. */
  effectiveLeast?: number;
  /** Of these, how many their 5 % and 95 % quantiles shall be worth; as many by default. */
  tailLeast?: number;
  /** Runs at most, 2,000,000 by default. */
  evaluationsMax?: number;
  /** Probability of the intervals that are given; 0.9 by default. */
  probability?: number;
  /** 1 by default. */
  seed?: number;
}

/** A report with the draws that it rests on. */
export interface Posterior {
  report: PosteriorReport;
  /** Parameters of the model, then estimated sizes of noise. */
  names: string[];
  /** How many of `names` belong to the model. */
  modelParameters: number;
  chains: number;
  drawsPerChain: number;
  /** Draw after draw, a value for each of `names`; the draws of one generation of all chains follow each other. */
  draws: Float64Array;
  logLikelihoods: Float64Array;
}

/** What ties parameters to data: series of observations, or answers that are log likelihoods themselves. */
export type Evidence = readonly Series[] | 'log_likelihood';

/** Numbers that the draws may take: 1 GiB of doubles. */
const drawValuesMax = 2 ** 27;

/**
 * Draws of the parameters given the data, and what they say: means, intervals, agreement of the chains, and which
 * parameters and combinations the data settle. A run answers with one number for each observation of all series, or,
 * with evidence `'log_likelihood'`, with one log probability. Runs that fail have probability 0.
 *
 * On scales without ends (`Coordinate`) particles are led from the prior to the posterior (`warmUp`), then chains go
 * on with fixed proposals: a normal mixture fitted in the warm-up, and steps along differences of its particles.
 */
export async function samplePosterior(
  evaluate: Evaluate,
  priors: readonly Prior[],
  evidence: Evidence,
  options: PosteriorOptions = {},
): Promise<Outcome<Posterior>> {
  const problem = problemOf(priors, evidence);
  if (!problem.ok) return problem;
  const { all, likelihood } = problem.value;
  const settings = settingsOf(all.length, options);
  const faults = optionFaults(all.length, settings, options);
  if (faults.length > 0) return { ok: false, errors: faults, warnings: [] };
  const evaluationsMax = options.evaluationsMax ?? 2_000_000;
  const limits = { dimensions: priors.length, width: likelihood?.width ?? 1, evaluationsMax };
  const inquiry = new Inquiry(evaluate, limits, options);
  try {
    const coordinates = all.map(coordinateOf);
    const sample = await sampleChains(targetOf(inquiry, coordinates, priors.length, likelihood), settings);
    if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
    const { evaluations } = inquiry;
    if (sample === 'impossible') {
      return { ok: false, errors: [error('fit.prior_fails', { tried: evaluations })], warnings: [] };
    }
    if (sample === undefined) {
      const details = { done: evaluations, planned: evaluationsMax, least: settings.particles };
      return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
    }
    const values = valuesOf(coordinates, flatten(sample.generations));
    const { report, warnings } = reportOf(sample, values, {
      priors: all,
      coordinates,
      modelParameters: priors.length,
      settings,
      probability: options.probability ?? 0.9,
      inquiry,
    });
    if (inquiry.halt === 'stopped') {
      warnings.unshift(warning('experiment.stopped', { done: evaluations, planned: evaluationsMax }));
    }
    const value: Posterior = {
      report,
      names: all.map(({ name }) => name),
      modelParameters: priors.length,
      chains: settings.chains,
      drawsPerChain: sample.generations.length,
      draws: values,
      logLikelihoods: flatten(sample.logLikelihoods),
    };
    return { ok: true, value, warnings };
  } finally {
    inquiry.close();
  }
}

interface Problem {
  /** Priors of the parameters of the model, then of the noise. */
  all: Prior[];
  likelihood: Likelihood | undefined;
}

function problemOf(priors: readonly Prior[], evidence: Evidence): Outcome<Problem> {
  const faults: Diagnostic[] = evidence === 'log_likelihood' ? [] : seriesFaults(evidence);
  const likelihood = evidence === 'log_likelihood' ? undefined : likelihoodOf(evidence, priors.length);
  const all = [...priors, ...(likelihood?.estimated ?? [])];
  const errors = [...priorFaults(all), ...faults];
  return errors.length > 0
    ? { ok: false, errors, warnings: [] }
    : { ok: true, value: { all, likelihood }, warnings: [] };
}

function settingsOf(parameters: number, options: PosteriorOptions): SamplerSettings {
  const chains = options.chains ?? 16;
  return {
    chains,
    particles: options.particles ?? Math.max(256, 16 * parameters, chains),
    seed: options.seed ?? 1,
    generationsMin: options.generationsMin ?? Math.min(250, options.generationsMax ?? 250),
    generationsMax: options.generationsMax ?? Math.max(20_000, options.generationsMin ?? 0),
    rhatMost: options.rhatMost ?? 1.01,
    effectiveLeast: options.effectiveLeast ?? 1000,
    tailLeast: options.tailLeast ?? options.effectiveLeast ?? 1000,
  };
}

function optionFaults(parameters: number, settings: SamplerSettings, options: PosteriorOptions): Diagnostic[] {
  const { chains, particles, seed, generationsMin, generationsMax, rhatMost, effectiveLeast, tailLeast } = settings;
  const generationsMost = Math.min(2 ** 24, Math.floor(drawValuesMax / (Math.max(1, chains) * parameters)));
  return [
    ...settingFaults('chains', chains, 'whole', 2, 16_384),
    ...settingFaults('particles', particles, 'whole', Math.max(2 * parameters + 2, chains), 1_000_000),
    ...seedFaults(seed),
    ...settingFaults('generationsMin', generationsMin, 'whole', 8, generationsMax),
    ...settingFaults('generationsMax', generationsMax, 'whole', 8, generationsMost),
    ...settingFaults('rhatMost', rhatMost, 'number', 1, 10),
    ...settingFaults('effectiveLeast', effectiveLeast, 'number', 0, 1e9),
    ...settingFaults('tailLeast', tailLeast, 'number', 0, 1e9),
    ...settingFaults('evaluationsMax', options.evaluationsMax ?? 1, 'whole', 1, 1e9),
    ...settingFaults('probability', options.probability ?? 0.9, 'number', 0.01, 0.999),
  ];
}

/** The model gets its parameters, the noise keeps its own. */
function targetOf(
  inquiry: Inquiry,
  coordinates: readonly Coordinate[],
  modelParameters: number,
  likelihood: Likelihood | undefined,
): Target {
  const n = coordinates.length;
  return {
    n,
    atScores: (scores) => scores.map((score, d) => coordinates[d]!.atScore(score)),
    logPrior: (point) => point.reduce((sum, y, d) => sum + coordinates[d]!.logDensity(y), 0),
    ask: async (points, count) => {
      const values = valuesOf(coordinates, points);
      const asked = new Float64Array(count * modelParameters);
      for (let k = 0; k < count; k += 1) {
        asked.set(values.subarray(k * n, k * n + modelParameters), k * modelParameters);
      }
      const rows = await inquiry.ask(asked, count);
      if (rows === undefined) return undefined;
      if (likelihood === undefined) {
        return rows.map((value) => (value < Number.POSITIVE_INFINITY ? value : Number.NEGATIVE_INFINITY));
      }
      const { width } = likelihood;
      return Float64Array.from({ length: count }, (_, k) =>
        likelihood.logDensity(rows.subarray(k * width, (k + 1) * width), values.subarray(k * n, (k + 1) * n)),
      );
    },
  };
}

function valuesOf(coordinates: readonly Coordinate[], points: Float64Array): Float64Array {
  const n = coordinates.length;
  return points.map((y, i) => coordinates[i % n]!.value(y));
}

function flatten(parts: readonly Float64Array[]): Float64Array {
  const size = parts[0]?.length ?? 0;
  const all = new Float64Array(parts.length * size);
  for (const [k, part] of parts.entries()) all.set(part, k * size);
  return all;
}
