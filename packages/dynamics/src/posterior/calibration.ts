import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Watch } from '../experiment/evaluate.ts';
import { incompleteGamma } from '../numerics/incomplete.ts';
import { drawsOf } from '../sampling/chance.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { amountsAt, type ObservedSeries, observe } from './likelihood.ts';
import { freeParameter } from './parameters.ts';
import { type PosteriorOptions, samplePosterior } from './sampler.ts';
import { allParameters, type ObservedProblem, problemFaults } from './target.ts';

export interface CalibrationOptions extends Watch {
  /** 1 by default. */
  seed?: number;
  /** Data sets simulated and fitted; 100 by default. */
  replications?: number;
  /** Independent draws of each posterior that the true value is ranked among; one less than a multiple of `bins` keeps
   * all bins alike. Default 99. */
  ranks?: number;
  /** Bins of the test; default 10. */
  bins?: number;
  /** Of each fit. Its effective size is at least `ranks`. */
  sampling?: Omit<PosteriorOptions, keyof Watch | 'seed' | 'sampleMax' | 'starts'>;
}

/** Ranks of one parameter and whether they are spread evenly. */
export interface RankTest {
  name: string;
  /** Rank of the true value in each replication: draws below it. */
  ranks: number[];
  /** Ranks in each bin; alike when priors, model and sampler fit together. */
  counts: number[];
  chiSquare: number;
  /** Chance of so uneven a spread when all is right; small is bad. */
  pValue: number;
}

/** Plain data, ready to be written as JSON. */
export interface CalibrationReport {
  method: 'simulation-based-calibration';
  complete: boolean;
  seed: number;
  replications: number;
  /** Replications without a converged posterior, which were left out. */
  lost: number;
  parameters: RankTest[];
}

const replicationsLeast = 20;
const replicationsMost = 100_000;
const ranksMost = 10_000;
const shareLeast = 2 ** -54;
/** Points from which data are simulated, before the priors are taken to contradict the model. */
const attemptsMax = 100;

/**
 * Whether a fit can be trusted at all: parameters are drawn from the priors, data simulated with them, and a posterior
 * sampled; over many replications the true value is equally likely to have each rank among the draws. S. Talts, M.
 * Betancourt, D. Simpson, A. Vehtari, A. Gelman, "Validating Bayesian inference algorithms with simulation-based
 * calibration", arXiv:1804.06788 (2018). The observed values of `problem` only tell where there are observations.
 */
export async function calibratePosterior(
  problem: ObservedProblem,
  options: CalibrationOptions = {},
): Promise<Outcome<CalibrationReport>> {
  const { seed = 1, replications = 100, ranks = 99, bins = 10 } = options;
  const errors = [
    ...problemFaults(problem),
    ...seedFaults(seed),
    ...settingFaults('replications', replications, 'whole', replicationsLeast, replicationsMost),
    ...settingFaults('ranks', ranks, 'whole', 1, ranksMost),
    ...settingFaults('bins', bins, 'whole', 2, Math.min(ranks + 1, Math.floor(replicationsMost / 5))),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const names = allParameters(problem).map(({ name }) => name);
  const found: number[][] = names.map(() => []);
  let done = 0;
  let lost = 0;
  for (; done < replications && options.signal?.aborted !== true; done += 1) {
    const outcome = await replicate(problem, { ...options, seed, ranks }, done);
    if (outcome === 'stopped') break;
    if (outcome === 'lost') lost += 1;
    else if ('fault' in outcome) return { ok: false, errors: outcome.fault, warnings: [] };
    else for (const [j, rank] of outcome.ranks.entries()) found[j]!.push(rank);
    options.onProgress?.(done + 1, replications);
  }
  if (done - lost < replicationsLeast) {
    const details = { done: done - lost, planned: replications, least: replicationsLeast };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
  }
  const warnings: Diagnostic[] = [];
  if (done < replications) warnings.push(warning('experiment.stopped', { done, planned: replications }));
  if (lost > 0) warnings.push(warning('experiment.lost_replications', { failed: lost, all: done }));
  const value: CalibrationReport = {
    method: 'simulation-based-calibration',
    complete: done === replications,
    seed,
    replications: done,
    lost,
    parameters: names.map((name, j) => ({ name, ...rankTest(found[j]!, ranks, bins) })),
  };
  return { ok: true, value, warnings };
}

/**
 * Chi-square test of ranks from 0 to `ranksMost` for being equally likely. Bins hold as many possible ranks as each other,
 * or one more or less; expectations follow.
 */
export function rankTest(ranks: readonly number[], ranksMost: number, bins: number): Omit<RankTest, 'name'> {
  const binOf = (rank: number) => Math.floor((rank * bins) / (ranksMost + 1));
  const counts = Array.from({ length: bins }, () => 0);
  for (const rank of ranks) counts[binOf(rank)]! += 1;
  const possible = Array.from({ length: bins }, () => 0);
  for (let rank = 0; rank <= ranksMost; rank += 1) possible[binOf(rank)]! += 1;
  const chiSquare = counts.reduce((sum, count, bin) => {
    const expected = (ranks.length * possible[bin]!) / (ranksMost + 1);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  return { ranks: [...ranks], counts, chiSquare, pValue: incompleteGamma((bins - 1) / 2, chiSquare / 2, true) };
}

type Replication = { ranks: number[] } | { fault: Diagnostic[] } | 'lost' | 'stopped';

async function replicate(
  problem: ObservedProblem,
  options: CalibrationOptions & { seed: number; ranks: number },
  replication: number,
): Promise<Replication> {
  const { seed, ranks, signal } = options;
  const truth = await simulate(problem, drawsOf(seed, 'calibration', replication), signal);
  if (truth === 'stopped') return 'stopped';
  if (truth.kind === 'fault') return { fault: truth.fault };
  const fit = await samplePosterior(
    { ...problem, series: truth.series },
    {
      ...options.sampling,
      effectiveSize: Math.max(options.sampling?.effectiveSize ?? 0, ranks, 400),
      // Every fit has chance of its own; fits of neighbouring seeds have nothing in common.
      seed: seed + replication,
      sampleMax: ranks,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  if (signal?.aborted === true) return 'stopped';
  if (!fit.ok) return { fault: fit.errors };
  const { converged, sample } = fit.value;
  if (!converged || sample.length < ranks) return 'lost';
  return { ranks: truth.point.map((value, j) => sample.reduce((count, row) => count + (row[j]! < value ? 1 : 0), 0)) };
}

type Truth = { kind: 'known'; point: number[]; series: ObservedSeries[] } | { kind: 'fault'; fault: Diagnostic[] };

async function simulate(
  problem: ObservedProblem,
  next: () => number,
  signal: AbortSignal | undefined,
): Promise<Truth | 'stopped'> {
  const parameters = allParameters(problem);
  const names = parameters.map(({ name }) => name);
  const priors = parameters.map((parameter) => freeParameter(parameter).prior);
  const observed = observe(problem.series, names);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (signal?.aborted === true) return 'stopped';
    const point = priors.map((prior) => prior.quantile(next() + shareLeast));
    const answer = await problem.evaluate(Float64Array.from(point.slice(0, problem.parameters.length)), 1);
    const series = problem.series.map((one, i) => {
      const { law, places, first } = observed[i]!;
      const amounts = amountsAt(observed[i]!, Float64Array.from(point), 0);
      const values: (number | null)[] = one.values.map(() => null);
      for (const place of places)
        values[place - first] = law.variate(answer[place] ?? Number.NaN, amounts, next(), next());
      return { ...one, values };
    });
    const isSound = series.every(({ values }, i) =>
      values.every((value) => value === null || observed[i]!.law.isPossible(value)),
    );
    // The posterior gives no weight to values that the model fails at, so the truth is drawn without them as well.
    if (isSound) return { kind: 'known', point, series };
  }
  return { kind: 'fault', fault: [error('experiment.no_start', { tries: attemptsMax })] };
}
