import { encodeDraws } from '../predict/draws.ts';
import type { FitResult, Workplace } from '../task.ts';
import { type BestFit, findBest, openRuns, type Runs } from './best-fit.ts';
import { valuesAt } from './parameters.ts';
import { approximateScores, type ScoreDraws, sampleScores } from './posterior.ts';
import { priorFit, priorReason } from './prior-fit.ts';
import { type FitTask, type Problem, problemOf } from './problem.ts';
import { drawNames, fitWarnings, parametersOf, seriesOf } from './report.ts';

/** Effective draws that a fit is to be worth. */
const effectiveDraws = 2000;
/** Runs that sampling may take. */
const evaluationsMax = 200_000;
const starts = 12;
const passes = 4;

const stages = {
  reading: { en: 'Reading the model and the data', zh: '读取模型与数据' },
  searching: { en: 'Looking for the best parameters', zh: '寻找最优参数' },
  sampling: { en: 'Drawing parameters that fit the data', zh: '抽取与数据相符的参数' },
  writing: { en: 'Writing the result', zh: '整理结果' },
} as const;

/**
 * Fits a model to what a brand has: weekly sums, means and ends of daily series, day patterns apart. The best parameters by
 * least squares in normal scores of their priors, under noise whose correlation is estimated along, then draws from the
 * posterior. With too little data the priors stand alone, and the result says so. Throws a DynamicsError where the model
 * does not compile. When it is stopped, what is known until then is the result.
 */
export async function fitModel(task: FitTask, workplace: Workplace): Promise<FitResult> {
  workplace.onProgress?.(0, stages.reading);
  const problem = problemOf(task);
  const reason = priorReason(problem);
  if (reason !== undefined) return priorFit(problem, task, reason);
  const runs = openRuns(problem, workplace);
  try {
    return await fitData(task, problem, runs, workplace);
  } finally {
    runs.close();
  }
}

async function fitData(task: FitTask, problem: Problem, runs: Runs, workplace: Workplace): Promise<FitResult> {
  const { signal } = workplace;
  const tell = workplace.onProgress;
  tell?.(0.02, stages.searching);
  const best = await findBest(problem, runs, {
    starts,
    passes,
    seed: task.seed,
    onPass: (share) => tell?.(0.02 + 0.33 * share, stages.searching),
  });
  if (best === undefined) {
    return priorFit(problem, task, signal?.aborted === true ? 'stopped' : 'impossible');
  }
  tell?.(0.36, stages.sampling);
  const sampled = await sampleScores(problem, best, runs.weekly, {
    seed: task.seed,
    effectiveLeast: effectiveDraws,
    evaluationsMax,
    ...(signal === undefined ? {} : { signal }),
    // How many runs it takes is not known before; the share nears its end ever more slowly.
    onDraws: (made) => tell?.(0.36 + 0.59 * (1 - Math.exp(-made / 30_000)), stages.sampling),
  });
  tell?.(0.96, stages.writing);
  const draws = sampled ?? (await approximate(task, problem, runs, best));
  return resultOf(task, problem, runs, best, draws);
}

/** Draws from the approximation, where sampling was stopped or could not begin. */
async function approximate(task: FitTask, problem: Problem, runs: Runs, best: BestFit): Promise<ScoreDraws> {
  const scores = await approximateScores(problem, best, runs.weekly, task.draws, task.seed);
  return { count: task.draws, scores, complete: false, converged: false, rhat: null, effective: null, evaluations: 0 };
}

async function resultOf(
  task: FitTask,
  problem: Problem,
  runs: Runs,
  best: BestFit,
  draws: ScoreDraws,
): Promise<FitResult> {
  const n = problem.sought.length;
  const kept = thinned(draws.scores, n, task.draws);
  return {
    kind: 'fit',
    basis: 'data',
    reason: null,
    parameters: parametersOf(problem.sought, draws.scores),
    series: await seriesOf(problem, best, draws.scores, runs.weekly),
    missing: problem.missing,
    converged: best.converged && draws.converged,
    complete: draws.complete,
    rhat: draws.rhat,
    effectiveDraws: draws.effective,
    evaluations: best.evaluations + draws.evaluations,
    draws: encodeDraws(drawNames(problem.sought), valuesAt(problem.sought, kept)),
    warnings: [...fitWarnings(problem, best), ...drawWarnings(draws)],
  };
}

/** What a reader has to know of the draws. */
function drawWarnings({ complete, converged, effective }: ScoreDraws): FitResult['warnings'] {
  if (!complete) {
    return [
      {
        code: 'stopped',
        en: 'The fit was stopped early; intervals rest on an approximation or on few draws.',
        zh: '拟合被提前停止，区间基于近似结果或较少的抽样。',
      },
    ];
  }
  if (converged) return [];
  const count = Math.round(effective ?? 0);
  return [
    {
      code: 'few_draws',
      en: `Draws of some parameters are worth only ${count} independent ones: the data may allow two explanations, and intervals are rough.`,
      zh: `部分参数的抽样仅相当于 ${count} 个独立样本：数据可能容许两种解释，区间较为粗略。`,
    },
  ];
}

/** As many draws as are wanted, spread evenly over all. */
function thinned(scores: Float64Array, n: number, wanted: number): Float64Array {
  const all = scores.length / n;
  const count = Math.min(all, wanted);
  const kept = new Float64Array(count * n);
  for (let k = 0; k < count; k += 1) {
    const at = Math.floor(((k + 0.5) * all) / count);
    kept.set(scores.subarray(at * n, (at + 1) * n), k * n);
  }
  return kept;
}
