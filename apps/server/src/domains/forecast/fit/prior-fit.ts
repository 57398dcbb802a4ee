import { encodeDraws } from '../predict/draws.ts';
import type { FitResult } from '../task.ts';
import { weeklyBlocks } from './blocks.ts';
import { standardNormals } from './normals.ts';
import { valuesAt } from './parameters.ts';
import { type FitTask, type Problem, weeksLeast } from './problem.ts';
import { drawNames, parametersOf } from './report.ts';

export type PriorReason = 'no_data' | 'too_short' | 'too_few' | 'nothing_sought' | 'stopped' | 'impossible';

const sentences: Record<PriorReason, { en: string; zh: string }> = {
  no_data: {
    en: 'The brand has none of the KPI that the model sees, so the beliefs of the template stand alone.',
    zh: '品牌没有模型所需的任何指标数据，因此仅采用模板的先验。',
  },
  too_short: {
    en: `Every KPI has fewer than ${weeksLeast} usable weeks, so the beliefs of the template stand alone.`,
    zh: `每个指标的可用数据都不足 ${weeksLeast} 周，因此仅采用模板的先验。`,
  },
  too_few: {
    en: 'There are fewer weekly values than half the parameters, so the beliefs of the template stand alone.',
    zh: '周数据的个数不到参数个数的一半，因此仅采用模板的先验。',
  },
  nothing_sought: {
    en: 'The setup of the model names nothing to be fitted.',
    zh: '模型设置中没有需要拟合的参数。',
  },
  stopped: {
    en: 'The fit was stopped before the data had been used; these are the beliefs of the template.',
    zh: '拟合在使用数据之前已被停止，以下为模板的先验。',
  },
  impossible: {
    en: 'The model gives no finite values near the beliefs of the template, so it could not be fitted.',
    zh: '模型在模板先验附近无法得到有限的数值，因此无法拟合。',
  },
};

/** Why a fit would rest on nothing but the priors; undefined where it would not. */
export function priorReason(problem: Problem): PriorReason | undefined {
  const { series, missing, sought, boundaries } = problem;
  if (sought.length === 0) return 'nothing_sought';
  if (series.length === 0) return missing.some(({ code }) => code === 'too_short') ? 'too_short' : 'no_data';
  const weeks = series.reduce((sum, { values, observation }) => {
    const { values: blocks } = weeklyBlocks(values, boundaries, observation.measure, []);
    return sum + blocks.filter((value) => !Number.isNaN(value)).length;
  }, 0);
  return weeks < sought.length / 2 ? 'too_few' : undefined;
}

/** A fit that is the priors and says why. */
export function priorFit(problem: Problem, task: Pick<FitTask, 'draws' | 'seed'>, reason: PriorReason): FitResult {
  const { sought, missing } = problem;
  const scores = standardNormals(task.draws, sought.length, task.seed);
  const sentence = { code: reason, ...sentences[reason] };
  return {
    kind: 'fit',
    basis: 'prior',
    reason: sentence,
    parameters:
      sought.length === 0
        ? []
        : parametersOf(sought, scores).map((one) => ({
            ...one,
            learned: 0,
            verdict: 'unidentified',
            confoundedWith: [],
            priorScore: 0,
          })),
    series: [],
    missing,
    converged: true,
    complete: reason !== 'stopped',
    rhat: null,
    effectiveDraws: null,
    evaluations: 0,
    draws: encodeDraws(drawNames(sought), valuesAt(sought, scores)),
    warnings: [sentence],
  };
}
