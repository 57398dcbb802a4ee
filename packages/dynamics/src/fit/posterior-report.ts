import { type Diagnostic, warning } from '../diagnostic.ts';
import { quantileOf } from '../numerics/quantile.ts';
import type { Sample, SamplerSettings } from './chains.ts';
import { type Convergence, meanErrorOf } from './convergence.ts';
import type { Coordinate } from './coordinates.ts';
import { type Identifiability, identifiabilityOf } from './identifiability.ts';
import type { Inquiry } from './inquiry.ts';
import { endsOf, type Prior } from './prior.ts';
import { momentsOf } from './proposals.ts';

export interface PosteriorParameter extends Convergence {
  name: string;
  /** Whether it belongs to the model or is a size of the noise. */
  of: 'model' | 'noise';
  mean: number;
  /** Monte Carlo standard error of the mean. */
  meanError: number;
  deviation: number;
  median: number;
  /** Ends of the interval that holds the middle draws. */
  low: number;
  high: number;
  /** Where the draws lie on the prior, in its normal scores: beyond 3 either way the data contradict it. */
  priorScore: number;
}

/** Plain data, ready to be written as JSON. */
export interface PosteriorReport {
  method: 'posterior';
  /** False where sampling was stopped; everything then rests on the draws made until then. */
  complete: boolean;
  /** Whether the chains agree and are worth as many independent draws as were wanted. */
  converged: boolean;
  seed: number;
  chains: number;
  drawsPerChain: number;
  /** Steps of temperature from the prior to the posterior. */
  temperatures: number;
  evaluations: number;
  calls: number;
  /** Runs without a finite answer. */
  failed: number;
  /** Share of proposals that were taken. */
  acceptance: number;
  /**
   * Logarithm of the probability of the data under the prior, which compares models, and its standard error; null
   * where no proposal could tell. An error above 0.5 says that it is not to be relied on.
   */
  logEvidence: { value: number; error: number } | null;
  probability: number;
  parameters: PosteriorParameter[];
  correlation: number[][];
  identifiability: Identifiability;
  /** The draw under which the data are most likely. */
  likeliest: { values: number[]; logLikelihood: number };
}

export interface ReportParts {
  priors: readonly Prior[];
  coordinates: readonly Coordinate[];
  modelParameters: number;
  settings: SamplerSettings;
  probability: number;
  inquiry: Inquiry;
}

/** Score below which, and beyond which on the other side, lie 2 % of a prior. */
const edgeScore = 2.0537;
/** A parameter whose draws lie so often in the outermost 2 % of its prior is held back by the bound there. */
const edgeShare = 0.25;

export function reportOf(
  sample: Sample,
  values: Float64Array,
  parts: ReportParts,
): { report: PosteriorReport; warnings: Diagnostic[] } {
  const { priors, settings, inquiry } = parts;
  const n = priors.length;
  const scores = values.map((value, i) => parts.coordinates[i % n]!.score(value));
  const { mean: scoreMeans, covariance } = momentsOf(scores, n);
  const names = priors.map(({ name }) => name);
  const parameters = priors.map((prior, d) => parameterOf(prior, d, sample, values, scoreMeans[d]!, parts));
  const natural = momentsOf(values, n).covariance;
  const report: PosteriorReport = {
    method: 'posterior',
    complete: inquiry.halt !== 'stopped',
    converged: sample.isConverged,
    seed: settings.seed,
    chains: settings.chains,
    drawsPerChain: sample.generations.length,
    temperatures: sample.temperatures,
    evaluations: inquiry.evaluations,
    calls: inquiry.calls,
    failed: inquiry.failed,
    acceptance: sample.acceptance,
    logEvidence: Number.isFinite(sample.evidence.log)
      ? { value: sample.evidence.log, error: sample.evidence.error }
      : null,
    probability: parts.probability,
    parameters,
    correlation: correlationOf(natural, n),
    identifiability: identifiabilityOf(
      names,
      covariance,
      priors.map((prior, d) => isAtBound(prior, d, scores, n)),
    ),
    likeliest: likeliestOf(sample, values, n),
  };
  return { report, warnings: warningsOf(report, settings) };
}

function parameterOf(
  { name }: Prior,
  d: number,
  sample: Sample,
  values: Float64Array,
  priorScore: number,
  { priors, modelParameters, settings, probability }: ReportParts,
): PosteriorParameter {
  const n = priors.length;
  const { chains } = settings;
  const length = sample.generations.length;
  const series = Array.from({ length: chains }, (_, c) =>
    Float64Array.from({ length }, (__, g) => values[(g * chains + c) * n + d]!),
  );
  const sorted = Float64Array.from({ length: length * chains }, (_, k) => values[k * n + d]!).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const square = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    name,
    of: d < modelParameters ? 'model' : 'noise',
    mean,
    deviation: Math.sqrt(square / Math.max(1, sorted.length - 1)),
    median: quantileOf(sorted, 0.5),
    low: quantileOf(sorted, (1 - probability) / 2),
    high: quantileOf(sorted, (1 + probability) / 2),
    priorScore,
    meanError: meanErrorOf(series),
    ...sample.convergence[d]!,
  };
}

function isAtBound(prior: Prior, d: number, scores: Float64Array, n: number): boolean {
  const [low, high] = endsOf(prior);
  let [below, above] = [0, 0];
  for (let i = d; i < scores.length; i += n) {
    if (scores[i]! < -edgeScore) below += 1;
    if (scores[i]! > edgeScore) above += 1;
  }
  const most = edgeShare * (scores.length / n);
  return (Number.isFinite(low) && below > most) || (Number.isFinite(high) && above > most);
}

function correlationOf(covariance: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => {
      const size = Math.sqrt(covariance[i * n + i]! * covariance[j * n + j]!);
      return i === j ? 1 : size > 0 ? covariance[i * n + j]! / size : 0;
    }),
  );
}

function likeliestOf(sample: Sample, values: Float64Array, n: number): PosteriorReport['likeliest'] {
  let best = { at: 0, logLikelihood: Number.NEGATIVE_INFINITY };
  let at = 0;
  for (const row of sample.logLikelihoods) {
    for (const logLikelihood of row) {
      if (logLikelihood > best.logLikelihood) best = { at, logLikelihood };
      at += 1;
    }
  }
  return { values: [...values.subarray(best.at * n, (best.at + 1) * n)], logLikelihood: best.logLikelihood };
}

function warningsOf(report: PosteriorReport, settings: SamplerSettings): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const { parameters } = report;
  const worst = parameters.reduce((most, one) => (one.rhat > most.rhat || Number.isNaN(one.rhat) ? one : most));
  if (!(worst.rhat < settings.rhatMost)) {
    warnings.push(warning('fit.chains_disagree', { name: worst.name, rhat: round(worst.rhat) }));
  }
  // As shares of what is wanted of each.
  const ess = ({ essBulk, essTail }: Convergence) =>
    Math.min(essBulk / Math.max(1, settings.effectiveLeast), essTail / Math.max(1, settings.tailLeast));
  const least = parameters.reduce((few, one) => (ess(one) < ess(few) ? one : few));
  if (!(ess(least) >= 1)) {
    const effective = Math.round(Math.min(least.essBulk, least.essTail));
    warnings.push(warning('fit.few_effective', { name: least.name, effective }));
  }
  const lost = report.identifiability.parameters.filter(({ verdict }) => verdict === 'unidentified');
  if (lost.length > 0) warnings.push(warning('fit.unidentified', { names: lost.map(({ name }) => name).join(', ') }));
  if (report.failed > 0) {
    warnings.push(warning('fit.failed_runs', { failed: report.failed, all: report.evaluations }));
  }
  return warnings;
}
