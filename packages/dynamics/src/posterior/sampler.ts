import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Watch } from '../experiment/evaluate.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { mergedDraws } from './diagnostics.ts';
import { chainsOf, type DrawStore, thinnedStates } from './draw-store.ts';
import { type Exploration, explore } from './exploration.ts';
import { type IdentifiabilityReport, identifiability } from './identifiability.ts';
import { moveKinds } from './moves.ts';
import { findStarts } from './starts.ts';
import { type ParameterSummary, summarise } from './summary.ts';
import { allParameters, type PosteriorProblem, problemFaults, type Target, targetOf, valuesOf } from './target.ts';

export interface PosteriorOptions extends Watch {
  /** 1 by default. The same seed gives the same draws. */
  seed?: number;
  /** Chains, which move together: each generation is one call of the model with as many points. Default 24, more above 12 parameters. */
  chains?: number;
  /** Sampling ends when R-hat of every parameter is below this (default 1.01) ... */
  rHat?: number;
  /** ... and its effective sample sizes, bulk and tail, are at least this (default 2,000) ... */
  effectiveSize?: number;
  /** ... or after so many runs of the model, warm-up included; default 500,000. */
  evaluationsMax?: number;
  /** Draws that the report holds, evenly spread; default 4,000. */
  sampleMax?: number;
  /** Points (values of all parameters) that the first chains start from, e.g. of a fit. The others start from the priors. */
  starts?: readonly (readonly number[])[];
}

/** Plain data, ready to be written as JSON. */
export interface PosteriorReport {
  method: 'posterior';
  /** False when it was stopped from outside. */
  complete: boolean;
  /** Whether R-hat and effective sample sizes reached what was asked for. Without that no number here can be relied on. */
  converged: boolean;
  seed: number;
  chains: number;
  /** Draws that the summaries rest on, of all chains. */
  draws: number;
  /** Generations between two draws of a chain. */
  every: number;
  /** Runs of the model, and those of warm-up among them, whose draws are let go. */
  evaluations: number;
  warmUpEvaluations: number;
  /** Share of the moves that were accepted, all and by kind. */
  acceptance: { all: number; difference: number | null; snooker: number | null; leap: number | null };
  /** Chains moved, during warm-up, out of places with a density far below that of the others. */
  movedChains: number;
  parameters: ParameterSummary[];
  identifiability: IdentifiabilityReport;
  /** Draws: one row of parameter values each, in the order of `parameters`. */
  sample: number[][];
}

const chainsLeast = 8;
const chainsMost = 4096;
/** Generations that a report needs at least. */
const generationsMin = 8;
const sampleMost = 2 ** 20;
/** A larger share of runs without an answer shapes the posterior and has to be known. */
const failedShareMost = 0.01;

/**
 * Samples the posterior of a model's parameters with many parallel chains: differential evolution and snooker moves (C. J.
 * F. ter Braak, J. A. Vrugt 2008) together with leaps from a distribution fitted in warm-up; see `explore`. All chains of
 * a generation are one call of `evaluate`. A point at which an observed value has no finite counterpart has density 0.
 *
 * Warnings tell when the aims were not reached (`experiment.not_converged`), when chains had to be moved
 * (`experiment.moved_chains`) and when many runs had no answer (`experiment.failed_proposals`). A stopped experiment
 * answers with the draws made until then, if there are eight of each chain.
 */
export async function samplePosterior(
  problem: PosteriorProblem,
  options: PosteriorOptions = {},
): Promise<Outcome<PosteriorReport>> {
  const settings = settingsOf(problem, options);
  const faults = [...problemFaults(problem), ...optionFaults(problem, settings)];
  if (faults.length > 0) return { ok: false, errors: faults, warnings: [] };
  const target = targetOf(problem);
  const { chains, seed, evaluationsMax } = settings;
  const start = await findStarts(target, { chains, seed, evaluationsMax, given: settings.starts }, options.signal);
  if (start.kind === 'fault') return { ok: false, errors: [start.fault], warnings: [] };
  if (start.kind === 'stopped') return tooEarly(start.evaluations, chains);
  const found = await explore(target, start.chains, settings, start.evaluations, options);
  if (found.reason === 'fault') return { ok: false, errors: [found.fault], warnings: [] };
  if (found.store.kept < generationsMin) return tooEarly(found.evaluations, chains);
  const report = reportOf(target, found, settings);
  return { ok: true, value: report, warnings: warningsOf(found, report) };
}

type Settings = Required<Omit<PosteriorOptions, keyof Watch>>;

function settingsOf(problem: PosteriorProblem, options: PosteriorOptions): Settings {
  const dimensions = allParameters(problem).length;
  return {
    seed: options.seed ?? 1,
    chains: options.chains ?? Math.max(24, 4 * Math.ceil(dimensions / 2)),
    rHat: options.rHat ?? 1.01,
    effectiveSize: options.effectiveSize ?? 2000,
    evaluationsMax: options.evaluationsMax ?? 500_000,
    sampleMax: options.sampleMax ?? 4000,
    starts: options.starts ?? [],
  };
}

function optionFaults(problem: PosteriorProblem, settings: Settings): Diagnostic[] {
  const parameters = allParameters(problem);
  const { chains, rHat, effectiveSize, evaluationsMax, sampleMax } = settings;
  return [
    ...seedFaults(settings.seed),
    ...settingFaults('chains', chains, 'whole', Math.max(chainsLeast, parameters.length + 2), chainsMost),
    ...settingFaults('rHat', rHat, 'number', 1.0001, 2),
    ...settingFaults('effectiveSize', effectiveSize, 'number', 1, 1e7),
    ...settingFaults('evaluationsMax', evaluationsMax, 'whole', 64 * chains, 1e10),
    ...settingFaults('sampleMax', sampleMax, 'whole', 1, sampleMost),
    ...settings.starts.flatMap((start, i) => {
      const isSound =
        start.length === parameters.length &&
        start.every((x, j) => {
          const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = parameters[j]!;
          return Number.isFinite(x) && x >= low && x <= high;
        });
      return isSound ? [] : [error('experiment.bad_start', { start: i + 1, parameters: parameters.length })];
    }),
  ];
}

function tooEarly(done: number, chains: number): Outcome<PosteriorReport> {
  const details = { done, least: generationsMin * chains };
  return { ok: false, errors: [error('experiment.too_few_draws', details)], warnings: [] };
}

function reportOf(target: Target, found: Exploration, settings: Settings): PosteriorReport {
  const { store, tally } = found;
  // Without agreement even the kept stage began away from the posterior; its first half is let go.
  const from = found.phase === 'sampling' ? 0 : Math.floor(store.kept / 2);
  const columns = target.parameters.map(({ toValue }, j) =>
    chainsOf(store, j, from).map((chain) => chain.map(toValue)),
  );
  const parameters = target.parameters.map(({ name }, j) => summarise(name, columns[j]!, found.diagnostics?.[j]));
  const shareOf = (taken: number, tried: number) => (tried === 0 ? null : taken / tried);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0);
  const [difference, snooker, leap] = moveKinds.map((kind) => shareOf(tally.taken[kind], tally.tried[kind]));
  return {
    method: 'posterior',
    complete: found.reason !== 'stopped',
    converged: found.reason === 'converged',
    seed: settings.seed,
    chains: settings.chains,
    draws: (store.kept - from) * store.chains,
    every: store.every,
    evaluations: found.evaluations,
    warmUpEvaluations: found.warmUpEvaluations,
    acceptance: {
      all: shareOf(sum(tally.taken), sum(tally.tried)) ?? 0,
      difference: difference ?? null,
      snooker: snooker ?? null,
      leap: leap ?? null,
    },
    movedChains: found.movedChains,
    parameters,
    identifiability: identifiability(target.parameters, columns.map(mergedDraws)),
    sample: sampleOf(target, store, from, settings.sampleMax),
  };
}

function sampleOf(target: Target, store: DrawStore, from: number, most: number): number[][] {
  const d = store.dimensions;
  const free = thinnedStates(store, from, most);
  const values = valuesOf(target.parameters, free, free.length / d);
  return Array.from({ length: free.length / d }, (_, i) => Array.from(values.subarray(i * d, (i + 1) * d)));
}

function warningsOf(found: Exploration, report: PosteriorReport): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  if (!report.complete) {
    warnings.push(warning('experiment.stopped_sampling', { done: report.evaluations, draws: report.draws }));
  }
  if (!report.converged) warnings.push(notConverged(report));
  if (found.doubtfulMoves > 0) warnings.push(warning('experiment.moved_chains', { count: found.doubtfulMoves }));
  const tried = moveKinds.reduce((sum, kind) => sum + found.tally.tried[kind], 0);
  if (found.tally.failed > failedShareMost * tried) {
    warnings.push(warning('experiment.failed_proposals', { failed: found.tally.failed, all: tried }));
  }
  return warnings;
}

function notConverged({ parameters }: PosteriorReport): Diagnostic {
  const badness = ({ rHat }: ParameterSummary) => rHat ?? Number.POSITIVE_INFINITY;
  const worst = parameters.reduce((most, one) => (badness(one) > badness(most) ? one : most));
  const sizes = parameters.map(({ essBulk, essTail }) => Math.min(essBulk ?? 0, essTail ?? 0));
  const size = Math.floor(Math.min(...sizes));
  const rHat = worst.rHat === null ? 'unknown' : worst.rHat.toFixed(3);
  return warning('experiment.not_converged', { parameter: worst.name, rHat, size });
}
