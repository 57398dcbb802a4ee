import type { Words } from '../setup.ts';
import type { Missed } from './missed.ts';
import type { SearchStage } from './search.ts';

/** Why there is no plan, or what has to be known about it. */
export interface Said extends Words {
  code: string;
}

export const stageWords: Record<SearchStage | 'past' | 'baselines' | 'returns', Words> = {
  past: { en: 'Running the past under every draw', zh: '对每次抽样重现历史' },
  baselines: { en: 'Today’s levers and the simple rule', zh: '计算现状与简单规则' },
  shapes: { en: 'Trying simple shapes over the months', zh: '试算按月变化的简单形态' },
  climbs: { en: 'Improving month by month from several starts', zh: '从多个起点逐月改进' },
  more_draws: { en: 'Improving under more draws', zh: '在更多抽样下改进' },
  all_draws: { en: 'Improving under all draws', zh: '在全部抽样下改进' },
  returns: { en: 'Marginal returns and worth of the limits', zh: '计算边际回报与限制的价值' },
};

export function number(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 1 ? 2 : 4;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function listed(items: readonly Words[]): Words {
  return { en: items.map(({ en }) => en).join(', '), zh: items.map(({ zh }) => zh).join('、') };
}

export const said = {
  priorOnly: (): Said => ({
    code: 'prior_only',
    en: 'The model has not been taught by this brand’s data: its numbers are the template’s beliefs, and a plan drawn from them would be a guess. Force the run to see it all the same.',
    zh: '模型尚未用本品牌数据校准，参数只是模板的先验，据此给出的方案仅是猜测。如仍要查看，请强制运行。',
  }),
  noDraws: (): Said => ({
    code: 'no_draws',
    en: 'The fit has no draws of its parameters.',
    zh: '该拟合没有参数抽样。',
  }),
  unknownLever: (name: string): Said => ({
    code: 'unknown_lever',
    en: `The model has no lever ${name}.`,
    zh: `模型没有名为 ${name} 的杠杆。`,
  }),
  noLevers: (): Said => ({ code: 'no_levers', en: 'No lever was chosen.', zh: '未选择任何杠杆。' }),
  unseen: (labels: Words): Said => ({
    code: 'levers_not_seen',
    en: `The data do not show what moving ${labels.en} does, since it was never recorded. Force the run to use the bounds of the model instead.`,
    zh: `数据未记录 ${labels.zh} 的变动，无从得知调整它们的效果。如要改用模型给出的上下限，请强制运行。`,
  }),
  heldUnseen: (labels: Words): Said => ({
    code: 'levers_held',
    en: `Held as today, because the data do not show what moving them does: ${labels.en}.`,
    zh: `数据未显示其变动效果，保持现状：${labels.zh}。`,
  }),
  noMoney: (): Said => ({
    code: 'no_variable',
    en: 'The setup does not say which variable of the model is the objective.',
    zh: '模型设置未说明目标对应哪个变量。',
  }),
  unknownLimit: (labels: Words): Said => ({
    code: 'unknown_limit',
    en: `The setup does not say which variable of the model shows ${labels.en}.`,
    zh: `模型设置未说明哪个变量对应${labels.zh}。`,
  }),
  noGates: (): Said => ({ code: 'no_gates', en: 'There are no gates to pass.', zh: '没有可通过的关口。' }),
  unknownKpi: (kpi: string): Said => ({
    code: 'unknown_kpi',
    en: `The model does not show the KPI ${kpi}.`,
    zh: `模型不反映指标 ${kpi}。`,
  }),
  badGate: (kpi: string): Said => ({
    code: 'bad_gate',
    en: `The gate of ${kpi} needs a target above zero and a day within the months of the plan.`,
    zh: `${kpi} 的关口目标须大于零，日期须在方案的月份之内。`,
  }),
  badTask: (): Said => ({
    code: 'bad_task',
    en: 'Months are whole numbers from 1 to 36, draws from 2 on, and alpha lies between 0 and 1.',
    zh: '月数须为 1–36 的整数，抽样数至少为 2，alpha 须在 0 与 1 之间。',
  }),
  runsFail: (failed: number, all: number): Said => ({
    code: 'runs_fail',
    en: `${failed} of ${all} draws give no finite numbers under today's levers.`,
    zh: `${all} 次抽样中有 ${failed} 次在现状下算不出有限数值。`,
  }),
  sharesImpossible: (low: number, high: number, sum: number): Said => ({
    code: 'shares_impossible',
    en: `Within their bounds the shares can add up to ${number(low)} at least and ${number(high)} at most, not to ${number(sum)}.`,
    zh: `在各自上下限内，份额之和最低为 ${number(low)}、最高为 ${number(high)}，无法等于 ${number(sum)}。`,
  }),
  infeasible: (missed: readonly Missed[]): Said => ({
    code: 'infeasible',
    en: `No plan keeps all limits: ${missed.map((one) => missWords(one).en).join('; ')}.`,
    zh: `没有方案能满足全部限制：${missed.map((one) => missWords(one).zh).join('；')}。`,
  }),
  reached: (spent: Spent): Said => ({
    code: 'reached',
    en: `All targets are reached on average; the cheapest plan found costs ${costWords(spent).en}.`,
    zh: `各项目标平均而言均可达成；所找到的最省方案${costWords(spent).zh}。`,
  }),
  unreachable: (missed: readonly Missed[], others: Spent | null): Said => ({
    code: 'unreachable',
    en: `Not all targets can be reached: ${missed.map((one) => missWords(one).en).join('; ')}.${
      others === null ? '' : ` Without what cannot be reached, the cheapest plan found costs ${costWords(others).en}.`
    }`,
    zh: `目标无法全部达成：${missed.map((one) => missWords(one).zh).join('；')}。${
      others === null ? '' : `去掉无法达成的目标后，所找到的最省方案${costWords(others).zh}。`
    }`,
  }),
  stopped: (): Said => ({
    code: 'stopped',
    en: 'Stopped early: the best plan until then.',
    zh: '提前停止：以下为当时最优方案。',
  }),
  forcedOutside: (labels: Words): Said => ({
    code: 'outside_data',
    en: `Forced beyond what the data have seen: ${labels.en}.`,
    zh: `强制超出数据所见范围：${labels.zh}。`,
  }),
  pulseDays: ({ en, zh }: Words, days: number, usual: number): Said => ({
    code: 'pulse_days',
    en: `${en} holds on the first ${days === 1 ? 'day' : `${days} days`} of each month and is 0 on all others. Today’s plan and the rule have ${number(usual)} on these days, the mean of past promotions.`,
    zh: `${zh}仅在每月最初 ${days} 天生效，其余日期为 0。现状与简单规则在这些天取以往促销的均值 ${number(usual)}。`,
  }),
  pulseHeld: ({ en, zh }: Words): Said => ({
    code: 'pulses_held',
    en: `Meant for short pulses, but held for whole months here: ${en}.`,
    zh: `本为短时脉冲，此处按整月保持计算：${zh}。`,
  }),
  todayBreaks: (limits: Words): Said => ({
    code: 'today_breaks_limits',
    en: `Today’s plan, which the gain is measured against, does not keep: ${limits.en}.`,
    zh: `作为对照的现状方案本身不满足：${limits.zh}。`,
  }),
  notInBudget: (labels: Words): Said => ({
    code: 'not_in_budget',
    en: `The budget does not hold these back, since the model counts next to no spend for them (what a coupon gives away lowers sales and margin instead): ${labels.en}.`,
    zh: `模型几乎不为以下各项计支出，预算对其没有约束（优惠券让利体现为销售额和利润的减少）：${labels.zh}。`,
  }),
  afterGates: (day: string, months: number): Said => ({
    code: 'after_gates',
    en: `Nothing is asked for after the last gate, ${day}: what the plan says of the last ${months === 1 ? 'month' : `${months} months`} means nothing.`,
    zh: `最后一个关口（${day}）之后没有目标，方案中最后 ${months} 个月的取值没有意义。`,
  }),
  meanLimits: (): Said => ({
    code: 'limits_on_average',
    en: 'Limits are kept on average over the draws; beside each stands the share of draws that keep it.',
    zh: '各项限制按抽样均值满足；旁注为满足该限制的抽样占比。',
  }),
};

/** Which condition cannot be kept and by how much: by itself, or only together with the others. */
function missWords({ name, unit, bound, kind, value, alone, isKeptAlone }: Missed): Words {
  const best = isKeptAlone ? value : alone;
  const gap = number(Math.abs(best - bound));
  const isMost = kind === 'at_most';
  const en = isMost
    ? `${name.en} comes to ${number(best)} ${unit.en} at least, ${gap} above the limit of ${number(bound)}`
    : `${name.en} comes to ${number(best)} ${unit.en} at most, ${gap} short of ${number(bound)}`;
  const zh = isMost
    ? `${name.zh}最低为 ${number(best)}（${unit.zh}），超出限制 ${number(bound)} 达 ${gap}`
    : `${name.zh}最高为 ${number(best)}（${unit.zh}），距 ${number(bound)} 还差 ${gap}`;
  return isKeptAlone ? { en: `together with the others, ${en}`, zh: `与其他要求同时满足时，${zh}` } : { en, zh };
}

/** What a plan costs on average. */
export interface Spent {
  amount: number;
  currency: string;
  months: number;
}

function costWords({ amount, currency, months }: Spent): Words {
  return {
    en: `${number(amount)} ${currency} over ${months} months`,
    zh: ` ${months} 个月共需 ${number(amount)} ${currency}`,
  };
}
