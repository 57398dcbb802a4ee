import { encodeDraws } from '../predict/draws.ts';
import type { FitResult, Workplace } from '../task.ts';
import { findBest, openRuns } from './best-fit.ts';
import { valuesAt } from './parameters.ts';
import { approximateScores } from './posterior.ts';
import { priorFit, priorReason } from './prior-fit.ts';
import { type FitTask, problemOf } from './problem.ts';
import { drawNames, fitWarnings, parametersOf, seriesOf } from './report.ts';

/** The best parameters by name, in normal scores of their priors: where another fit of the same model may set out. */
export type Optimum = Readonly<Record<string, number>>;

export interface QuickFit {
  result: FitResult;
  /** Undefined where the priors stand alone. */
  optimum: Optimum | undefined;
}

export interface QuickFitOptions {
  /** Of an earlier fit of the same model, such as the one at the origin before. */
  warmStart?: Optimum;
}

const coldPasses = 3;
const warmPasses = 2;
const coldStarts = 8;

/**
 * The best parameters and draws from an approximation around them (normal, bent along the posterior's ridge), for fits by the dozen: seconds instead of a
 * minute. Intervals of parameters that data hardly tell are less exact than those of `fitModel`.
 */
export async function quickFit(task: FitTask, workplace: Workplace, options: QuickFitOptions = {}): Promise<QuickFit> {
  const problem = problemOf(task);
  const reason = priorReason(problem);
  if (reason !== undefined) return { result: priorFit(problem, task, reason), optimum: undefined };
  const runs = openRuns(problem, workplace);
  try {
    const { warmStart } = options;
    const best = await findBest(problem, runs, {
      starts: warmStart === undefined ? coldStarts : 1,
      passes: warmStart === undefined ? coldPasses : warmPasses,
      seed: task.seed,
      ...(warmStart === undefined
        ? {}
        : { warmStart: Float64Array.from(problem.sought, ({ name }) => warmStart[name] ?? 0) }),
    });
    if (best === undefined) {
      const why = workplace.signal?.aborted === true ? 'stopped' : 'impossible';
      return { result: priorFit(problem, task, why), optimum: undefined };
    }
    const scores = await approximateScores(problem, best, runs.weekly, task.draws, task.seed);
    const result: FitResult = {
      kind: 'fit',
      basis: 'data',
      reason: null,
      parameters: parametersOf(problem.sought, scores),
      series: await seriesOf(problem, best, scores, runs.weekly),
      missing: problem.missing,
      converged: best.converged,
      complete: workplace.signal?.aborted !== true,
      rhat: null,
      effectiveDraws: null,
      evaluations: best.evaluations,
      draws: encodeDraws(drawNames(problem.sought), valuesAt(problem.sought, scores)),
      warnings: fitWarnings(problem, best),
    };
    return { result, optimum: Object.fromEntries(problem.sought.map(({ name }, d) => [name, best.scores[d]!])) };
  } finally {
    runs.close();
  }
}
