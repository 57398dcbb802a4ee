import { dayOf } from '../model/index.ts';
import type { ModelSetup, Words } from '../setup.ts';
import type { FitResult, Workplace } from '../task.ts';
import { explainCauses } from './causes.ts';
import { explainCouplings } from './couplings.ts';
import { watchedDays } from './crossing.ts';
import { findingsOf } from './findings.ts';
import { growthByPart } from './growth.ts';
import { explainLoops } from './loops.ts';
import type { ExplainResult, OutcomeGrowth } from './result.ts';
import { explainSensitivity } from './sensitivity.ts';
import { figure } from './sentences.ts';
import { type ExplainTask, labelsOf, plainName, type Subject, subjectOf, todayOf } from './subject.ts';
import { explainThreshold } from './threshold.ts';

/** Days ahead that couplings and sensitivity look at: a quarter. */
const horizonDays = 91;

/** Draws of the fit that each part of an explanation takes. */
export interface Effort {
  growth: number;
  loops: number;
  threshold: number;
  folds: number;
  couplings: number;
}

const fullEffort: Effort = { growth: 400, loops: 32, threshold: 200, folds: 40, couplings: 200 };

const stages = {
  start: { en: 'Reading the model and the fit', zh: '读取模型和拟合结果' },
  growth: { en: 'Working out where growth comes from', zh: '计算增长来源' },
  loops: { en: 'Scoring feedback loops', zh: '为反馈回路计分' },
  threshold: {
    en: 'Following equilibria and looking for what crosses the threshold',
    zh: '追踪平衡点，寻找可越过阈值的变化',
  },
  couplings: { en: 'Finding the coupling that binds', zh: '寻找当前最制约的耦合' },
  sensitivity: { en: 'Measuring what outputs are sensitive to', zh: '测算各输出对参数的敏感度' },
  causes: { en: 'Tracing causes and effects', zh: '追溯因果关系' },
};

/**
 * Explains a fitted model: growth by part, feedback loops, the threshold, sensitivity, couplings and causes. The same task
 * gives the same bits whatever the threads. Rejects with the reason of the workplace's signal when that is aborted.
 */
export async function explainModel(
  task: ExplainTask,
  workplace: Workplace,
  effort: Effort = fullEffort,
): Promise<ExplainResult> {
  const tell = (share: number, stage: keyof typeof stages) => {
    workplace.signal?.throwIfAborted();
    workplace.onProgress?.(share, stages[stage]);
  };
  tell(0, 'start');
  const subject = subjectOf(task, workplace);
  const today = await todayOf(subject);
  tell(0.02, 'growth');
  const outcomes = await growthByPart(subject, effort.growth, horizonDays);
  tell(0.1, 'loops');
  const loops = await explainLoops(subject, effort.loops, (share) => tell(0.1 + 0.25 * share, 'loops'));
  tell(0.35, 'threshold');
  const threshold = await explainThreshold(
    subject,
    today,
    { drawsMost: effort.threshold, foldDraws: effort.folds },
    (share) => tell(0.35 + 0.25 * share, 'threshold'),
  );
  tell(0.6, 'couplings');
  const coupled = await explainCouplings(subject, today, { horizonDays, drawsMost: effort.couplings });
  tell(0.65, 'sensitivity');
  const { samples } = task;
  const sensitivity = await explainSensitivity(subject, today, { horizonDays, samples }, (share) =>
    tell(0.65 + 0.3 * share, 'sensitivity'),
  );
  tell(0.95, 'causes');
  const causes = explainCauses(subject);
  tell(1, 'causes');
  const growth = mainOutcome(subject, outcomes);
  const result: Omit<ExplainResult, 'findings'> = {
    kind: 'explain',
    basis: task.fit.basis,
    today: dayOf(subject.snapshot, subject.days),
    horizonDays,
    draws: Math.min(subject.draws.count, effort.growth),
    ahead: today === null ? 'from_start' : 'from_today',
    warnings: [
      ...basisWarnings(task.fit, subject.setup),
      ...loops.warnings,
      ...(today === null && subject.days > 0 ? [fromStart] : []),
    ],
    growth: sharesByMonth(growth),
    outcomes,
    loops: loops.loops,
    loopMonths: loops.loopMonths,
    loopsComplete: loops.complete,
    loopsCovered: loops.covered,
    threshold,
    ...sensitivity,
    couplings: coupled.couplings,
    causes,
  };
  return {
    ...result,
    findings: findingsOf(subject.setup, result, { growth, outputs: coupled.outputs, pulses: plannedPulses(subject) }),
  };
}

/** Pulses that are on at some time of the weeks in which crossings are looked for. */
function plannedPulses({ setup, paths, days }: Subject): Words | undefined {
  const on = setup.levers.filter(
    ({ kind, variable }) =>
      kind === 'pulse' &&
      paths.some(
        (path) =>
          path.variable === variable &&
          path.steps.some(
            ({ day, value }, i) =>
              value > 0 && day < days + watchedDays && (path.steps[i + 1]?.day ?? Number.POSITIVE_INFINITY) > days,
          ),
      ),
  );
  if (on.length === 0) return undefined;
  return {
    en: on.map(({ label }) => label.en).join(', '),
    zh: on.map(({ label }) => label.zh).join('、'),
  };
}

/** What a reader must know of the fit before believing the rest. */
function basisWarnings({ basis, parameters, series }: FitResult, setup: ModelSetup): ExplainResult['warnings'] {
  if (basis === 'prior') return [priorOnly];
  return [...unknownWarnings(parameters, setup), ...scaleWarnings(series, setup)];
}

/** A KPI that counts something else than the model's variable by a fourth or more. */
const scaleMost = 1.25;

/** Where the model's numbers are not those that the brand knows. */
function scaleWarnings(series: FitResult['series'], setup: ModelSetup): ExplainResult['warnings'] {
  return series
    .filter(({ scale }) => scale > 0 && Math.abs(Math.log(scale)) > Math.log(scaleMost))
    .map(({ kpi, variable, scale }) => {
      const seen = setup.observations.find((one) => one.kpi === kpi)?.label ?? { en: kpi, zh: kpi };
      const own = labelsOf(setup)(variable);
      return {
        code: 'scale.differs',
        en: `The KPI ${seen.en} counts ${figure(scale)} times what the model takes for it (${own.en}): what is said of the model here is in the model's own count.`,
        zh: `指标“${seen.zh}”约为模型中对应变量（${own.zh}）的 ${figure(scale)} 倍；此处关于模型的数字均按模型口径。`,
      };
    });
}

function unknownWarnings(parameters: FitResult['parameters'], setup: ModelSetup): ExplainResult['warnings'] {
  const unknown = parameters.filter(({ verdict }) => verdict === 'unidentified').map(({ variable }) => variable);
  if (unknown.length === 0) return [];
  const labels = unknown.slice(0, 12).map(labelsOf(setup));
  return [
    {
      code: 'parameters.unidentified',
      en: `The data say nothing of ${unknown.length === 1 ? 'one parameter' : `${unknown.length} parameters`}, for which the template's beliefs stand: ${labels.map(({ en }) => en).join(', ')}.`,
      zh: `数据无法判断 ${unknown.length} 个参数，这些参数仍采用模板的先验：${labels.map(({ zh }) => zh).join('、')}。`,
    },
  ];
}

const priorOnly = {
  code: 'basis.prior',
  en: "The fit rests on the template's beliefs alone, so this explains the template and not yet the brand.",
  zh: '拟合仅依据模板先验，因此这里解释的是模板，尚不是品牌本身。',
};

const fromStart = {
  code: 'ahead.from_start',
  en: 'The model remembers more than its stocks, so looks ahead run from the first day of data.',
  zh: '模型除存量外还保留了其他记忆，因此对未来的计算从数据首日开始运行。',
};

/** The outcome that brings members where the setup says who they are, else the first. */
function mainOutcome({ setup }: Subject, outcomes: readonly OutcomeGrowth[]): OutcomeGrowth | undefined {
  const members = plainName(setup.optimise?.members ?? '');
  const joins = outcomes.find((one) => plainName(one.variable) !== members && feedsMembers(setup, one, outcomes));
  return joins ?? outcomes.find(({ variable }) => plainName(variable) === members) ?? outcomes[0];
}

/** Whether what an outcome is made of is among what members grow by. */
function feedsMembers({ optimise }: ModelSetup, outcome: OutcomeGrowth, outcomes: readonly OutcomeGrowth[]): boolean {
  const members = outcomes.find(({ variable }) => plainName(variable) === plainName(optimise?.members ?? ''));
  const flows = new Set(members?.direct[0]?.terms.flatMap(({ variables }) => variables) ?? []);
  const own = outcome.direct[0]?.terms.flatMap(({ variables }) => variables) ?? [];
  return own.length > 0 && own.every((variable) => flows.has(variable));
}

/** By month up to today; where there are no data, what is ahead. */
function sharesByMonth(outcome: OutcomeGrowth | undefined): ExplainResult['growth'] {
  const months = outcome?.direct ?? [];
  const past = months.filter(({ isForecast }) => !isForecast);
  return (past.length > 0 ? past : months).map(({ month, terms }) => ({
    month,
    shares: terms.map(({ part, share, low, high }) => ({ part: part ?? 'other', share, low, high })),
  }));
}
