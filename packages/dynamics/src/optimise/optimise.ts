import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { shareOf } from '../fit/cma-es.ts';
import { Inquiry } from '../fit/inquiry.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { sobolSequence, sobolStretch } from '../sampling/sobol.ts';
import { evolve, keepBest } from './evolution.ts';
import { type Candidate, type Measure, violation } from './merit.ts';
import { polish, slopesAt } from './polish.ts';
import { type AskWorths, nameOf, type OptimisationProblem, problemFaults, type Worth, worthsOf } from './problem.ts';
import { type OptimisationReport, reportOf } from './report.ts';

export interface OptimiseOptions extends Watch {
  /**
   * `global` searches all over the ranges, then polishes what was found; `local` only goes downhill from the start. The
   * first by default.
   */
  method?: 'global' | 'local';
  /** Points of a generation; 4 + 3 ln n, at least 12, by default. */
  population?: number;
  /** Generations of the global search at most; 2,000 by default. */
  generationsMax?: number;
  /** Runs at most, each scenario of a point being one; 1,000,000 by default. */
  evaluationsMax?: number;
  /** 1 by default. */
  seed?: number;
}

/** Why an optimisation ended. */
export type OptimiseEnd =
  /** At a point that no small step makes better, to first order and with curvature. */
  | 'optimum'
  /** At the best point of the global search, which could not be polished: the goal has kinks, jumps or noise. */
  | 'best_found'
  | 'evaluations'
  | 'stopped';

/** Scattered points from which the variation of goal and constraints is learnt. */
const scatterLeast = 32;
/** Numbers that go into one call, or come out of it: 256 MiB of doubles. */
const valuesAtOnceMost = 2 ** 25;

/**
 * The levers that make the goal best and keep the constraints, with what each binding constraint costs. Of several
 * scenarios goal and constraints are the mean, the worst, or the mean of the worst part. Searches by evolution with an
 * augmented Lagrangian (`evolve`), then by sequential quadratic programming (`polish`); all runs of a step are one
 * call.
 */
export async function optimise(
  evaluate: Evaluate,
  problem: OptimisationProblem,
  options: OptimiseOptions = {},
): Promise<Outcome<OptimisationReport>> {
  const errors = [
    ...problemFaults(problem),
    ...seedFaults(options.seed ?? 1),
    ...settingFaults('population', options.population ?? 4, 'whole', 4, 100_000),
    ...settingFaults('generationsMax', options.generationsMax ?? 1, 'whole', 1, 1e6),
    ...settingFaults('evaluationsMax', options.evaluationsMax ?? 1, 'whole', 1, 1e9),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const evaluationsMax = options.evaluationsMax ?? 1_000_000;
  const extra = problem.scenarios?.names.length ?? 0;
  const dimensions = problem.levers.length + extra;
  const scenarios = problem.scenarios === undefined ? 1 : problem.scenarios.points.length / extra;
  const pointsAtOnce = Math.max(options.population ?? 0, scatterLeast, 4 * problem.levers.length) + 1;
  const size = pointsAtOnce * scenarios * Math.max(dimensions, problem.outputs.length);
  const sizeFaults = settingFaults('points x scenarios x (levers or outputs)', size, 'whole', 1, valuesAtOnceMost);
  if (sizeFaults.length > 0) return { ok: false, errors: sizeFaults, warnings: [] };
  const inquiry = new Inquiry(evaluate, { dimensions, width: problem.outputs.length, evaluationsMax }, options);
  try {
    return await search(worthsOf(problem, inquiry), problem, inquiry, options);
  } finally {
    inquiry.close();
  }
}

async function search(
  ask: AskWorths,
  problem: OptimisationProblem,
  inquiry: Inquiry,
  options: OptimiseOptions,
): Promise<Outcome<OptimisationReport>> {
  const seed = options.seed ?? 1;
  const start = Float64Array.from(problem.levers, (lever) =>
    lever.start === undefined ? 0.5 : Math.min(1, Math.max(0, shareOf(lever, lever.start))),
  );
  const scattered = await scatter(ask, start, problem, seed);
  if (scattered === undefined) return refusal(inquiry, options);
  const { first, measure, best } = scattered;
  const isLocal = options.method === 'local';
  if (isLocal && Number.isFinite(first.goal)) Object.assign(best, { point: start, worth: first });
  if (!Number.isFinite(best.worth.goal)) {
    return { ok: false, errors: [error('fit.start_fails')], warnings: [] };
  }
  if (!isLocal) {
    const generationsMax = options.generationsMax ?? 2000;
    await evolve(ask, best, measure, { seed, population: options.population, generationsMax });
  }
  const polished = await polish(ask, best, measure);
  const slopes = await slopesAt(ask, best, measure, 'richardson');
  if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
  const end: OptimiseEnd =
    inquiry.halt === 'stopped' || inquiry.halt === 'evaluations'
      ? inquiry.halt
      : polished === 'step'
        ? 'optimum'
        : 'best_found';
  const report = reportOf({
    problem,
    start: { point: start, worth: first },
    best,
    measure,
    slopes,
    end,
    seed,
    inquiry,
  });
  return { ok: true, value: report, warnings: warningsOf(report, best, measure, problem, options) };
}

function refusal(inquiry: Inquiry, options: OptimiseOptions): Outcome<OptimisationReport> {
  if (inquiry.fault !== undefined) return { ok: false, errors: [inquiry.fault], warnings: [] };
  const planned = options.evaluationsMax ?? 1_000_000;
  const details = { done: inquiry.evaluations, planned, least: scatterLeast };
  return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
}

/** Runs the start and scattered points; from them the variation of everything, and the best to begin with. */
async function scatter(
  ask: AskWorths,
  start: Float64Array,
  problem: OptimisationProblem,
  seed: number,
): Promise<{ first: Worth; measure: Measure; best: Candidate } | undefined> {
  const n = start.length;
  const count = Math.max(scatterLeast, 4 * n);
  const shares = new Float64Array((count + 1) * n);
  shares.set(start);
  shares.set(sobolStretch(sobolSequence(n, seed), 0, count), n);
  const worths = await ask(shares, count + 1);
  if (worths === undefined) return undefined;
  const constraints = problem.constraints ?? [];
  const misses = Float64Array.from(constraints, (_, i) => variation(worths.map((worth) => worth.misses[i]!)));
  const measure: Measure = {
    goal: variation(worths.map(({ goal }) => goal)),
    misses,
    isEquality: constraints.map(({ kind }) => kind === 'equal'),
    tolerances: Float64Array.from(
      constraints,
      ({ tolerance, bound }, i) => tolerance ?? 1e-6 * Math.max(Math.abs(bound), misses[i]!),
    ),
  };
  const best: Candidate = { point: start, worth: worths[0]! };
  keepBest(best, shares, worths, measure);
  return { first: worths[0]!, measure, best };
}

/** Standard deviation of the finite values, or their size where they are all alike. */
function variation(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return 1;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const square = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
  return Math.sqrt(square) || Math.abs(mean) || 1;
}

function warningsOf(
  report: OptimisationReport,
  best: Candidate,
  measure: Measure,
  problem: OptimisationProblem,
  options: OptimiseOptions,
): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  const planned = options.evaluationsMax ?? 1_000_000;
  if (!report.complete) warnings.push(warning('experiment.stopped', { done: report.evaluations, planned }));
  else if (report.end === 'evaluations') warnings.push(warning('fit.not_converged', { reason: report.end }));
  if (violation(best.worth, measure) > 0) {
    const names = (problem.constraints ?? []).filter((_, i) => report.constraints[i]!.violation > 0).map(nameOf);
    warnings.push(warning('optimise.infeasible', { names: names.join(', ') }));
  }
  if (report.failed > 0) {
    warnings.push(warning('fit.failed_runs', { failed: report.failed, all: report.evaluations }));
  }
  return warnings;
}
