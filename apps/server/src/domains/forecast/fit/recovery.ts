import type { FitResult, ModelInput, Verdict, Workplace } from '../task.ts';
import { fitModel } from './fit-model.ts';
import { type HistoryOptions, makeHistory } from './made-history.ts';
import { quickFit } from './quick-fit.ts';

export interface RecoveryOptions {
  model: ModelInput;
  /** Histories that are made and fitted. */
  replications: number;
  seed: number;
  /** `quick`: normal approximation around the best fit; `full`: draws from the posterior. */
  method: 'quick' | 'full';
  days?: number;
  without?: readonly string[];
  workplace: Workplace;
}

export interface RecoveredParameter {
  variable: string;
  /** Replications in which it was fitted, and in which the 90 % interval held the truth. */
  count: number;
  covered: number;
  coverage: number;
  /** Mean share of the prior's variance that the data took away. */
  learned: number;
  verdicts: Partial<Record<Verdict, number>>;
}

export interface RecoveryStudy {
  method: 'quick' | 'full';
  seed: number;
  replications: number;
  /** Histories whose fit fell back on the priors. */
  failed: number;
  /** Fits that did not converge. */
  notConverged: number;
  /** Share of all 90 % intervals that held the truth. */
  coverage: number;
  /** The same, of parameters that were found to be identified. */
  coverageIdentified: number;
  parameters: RecoveredParameter[];
  /** Parameters that no replication, or hardly one, could identify. */
  unidentified: string[];
  evaluations: number;
  complete: boolean;
}

const history: Omit<HistoryOptions, 'seed' | 'days'> = {
  from: '2025-01-01',
  noise: { phi: 0.7, push: 0.05, daily: 0.1 },
  missing: 0.03,
};
const usualDays = 364;
/** A parameter is named when fewer than this share of replications learned it. */
const learnedShare = 0.2;

/**
 * Whether intervals hold what they promise: histories are made by the model with parameters drawn from the priors, seen
 * through correlated noise, weekday patterns, promotions and gaps, and fitted; 90 % intervals ought to hold nine truths
 * in ten.
 */
export async function recoveryStudy(options: RecoveryOptions): Promise<RecoveryStudy> {
  const { model, replications, seed, method, workplace } = options;
  const seen = new Map<
    string,
    { count: number; covered: number; learned: number; verdicts: RecoveredParameter['verdicts'] }
  >();
  const study = { failed: 0, notConverged: 0, evaluations: 0, done: 0 };
  let identified = { count: 0, covered: 0 };
  for (let k = 0; k < replications && workplace.signal?.aborted !== true; k += 1) {
    const made = await makeHistory(model, {
      ...history,
      days: options.days ?? usualDays,
      seed: seed + k,
      ...(options.without === undefined ? {} : { without: options.without }),
    });
    const result = await fitted(options, made.snapshot, seed + k);
    study.done += 1;
    study.evaluations += result.evaluations;
    if (result.basis === 'prior') study.failed += 1;
    else if (!result.converged) study.notConverged += 1;
    workplace.onProgress?.((k + 1) / replications, {
      en: `${k + 1} of ${replications} histories fitted`,
      zh: `已拟合 ${replications} 段历史中的 ${k + 1} 段`,
    });
    if (result.basis === 'prior') continue;
    for (const { variable, low, high, learned, verdict } of result.parameters) {
      const truth = made.truth.find(({ name }) => name === variable);
      if (truth === undefined) continue;
      const isCovered = truth.value >= low && truth.value <= high;
      const one = seen.get(variable) ?? { count: 0, covered: 0, learned: 0, verdicts: {} };
      one.count += 1;
      one.covered += isCovered ? 1 : 0;
      one.learned += learned;
      one.verdicts[verdict] = (one.verdicts[verdict] ?? 0) + 1;
      seen.set(variable, one);
      if (verdict === 'identified') {
        identified = { count: identified.count + 1, covered: identified.covered + (isCovered ? 1 : 0) };
      }
    }
  }
  const parameters = [...seen].map(
    ([variable, one]): RecoveredParameter => ({
      variable,
      count: one.count,
      covered: one.covered,
      coverage: one.covered / one.count,
      learned: one.learned / one.count,
      verdicts: one.verdicts,
    }),
  );
  const all = parameters.reduce((sum, { count }) => sum + count, 0);
  return {
    method,
    seed,
    replications: study.done,
    failed: study.failed,
    notConverged: study.notConverged,
    coverage: all === 0 ? Number.NaN : parameters.reduce((sum, { covered }) => sum + covered, 0) / all,
    coverageIdentified: identified.count === 0 ? Number.NaN : identified.covered / identified.count,
    parameters,
    unidentified: parameters
      .filter(({ count, verdicts }) => (verdicts.identified ?? 0) + (verdicts.weak ?? 0) < learnedShare * count)
      .map(({ variable }) => variable),
    evaluations: study.evaluations,
    complete: study.done === replications,
  };
}

async function fitted(
  { model, method, workplace }: RecoveryOptions,
  snapshot: Parameters<typeof fitModel>[0]['snapshot'],
  seed: number,
): Promise<FitResult> {
  const task = { kind: 'fit' as const, model, snapshot, seed, draws: 1000 };
  const { onProgress: _, ...quiet } = workplace;
  return method === 'full' ? fitModel(task, quiet) : (await quickFit(task, quiet)).result;
}
