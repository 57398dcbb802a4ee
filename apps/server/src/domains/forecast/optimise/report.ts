import { dayOf } from '../model/index.ts';
import type { SetupLever, Words } from '../setup.ts';
import type { OptimiseResult, Quantiles, Snapshot } from '../task.ts';
import { quantilesOf, shareOf } from './aggregate.ts';
import { dimensionsOf, type Field } from './field.ts';
import type { MarginalReturn } from './marginal.ts';
import { type Condition, type Sheet, type SheetValues, sizeOf } from './measures.ts';
import { figureOf, type Missed } from './missed.ts';
import type { OptimiseTask, Problem } from './problem.ts';
import { canPulse, pulseHabit } from './pulses.ts';
import type { RulePlan } from './rule.ts';
import { daysOfMonth, horizonDays, spanOf } from './time.ts';
import { listed, number, type Said, said } from './words.ts';
import { bindingShare, type Worths } from './worth.ts';

export interface Planned {
  plan: Float64Array;
  values: SheetValues;
}

/** Everything that was found out about a problem. */
export interface Judged {
  best: Planned;
  today: Planned;
  rule: Planned & RulePlan;
  isKept: boolean;
  isSettled: boolean;
  complete: boolean;
  returns: MarginalReturn[];
  /** Null where no plan keeps the limits, or the search was stopped. */
  worths: Worths | null;
  missed: Missed[];
  kpis: OptimiseResult['kpis'];
  fresh: OptimiseResult['fresh'];
}

const nothing: Quantiles = { p10: 0, p25: 0, p50: 0, p75: 0, p90: 0, mean: 0 };

/** A result without a plan. */
export function emptyResult(task: OptimiseTask, reason: Said): OptimiseResult {
  const isImpossible = reason.code === 'shares_impossible';
  return {
    kind: 'optimise',
    status: isImpossible ? 'infeasible' : 'refused',
    reason,
    start: task.snapshot.to,
    months: task.months,
    objective: nothing,
    today: nothing,
    rule: { ...nothing, en: '', zh: '' },
    gain: { overToday: nothing, probabilityBetterThanToday: 0, overRule: nothing, probabilityBetterThanRule: 0 },
    levers: [],
    constraints: [],
    outside: [],
    kpis: [],
    evaluations: 0,
    draws: 0,
    complete: true,
    notes: [],
  };
}

/** Conditions whose mean lies at their bound. */
export function bindingOf(sheet: Sheet, values: SheetValues): Condition[] {
  return sheet.conditions.filter((condition) => {
    const { mean } = figureOf(sheet, values, condition);
    const room = condition.kind === 'at_most' ? condition.bound - mean : mean - condition.bound;
    return room <= bindingShare * sizeOf(condition);
  });
}

export function resultOf(task: OptimiseTask, problem: Problem, field: Field, judged: Judged): OptimiseResult {
  const { best, today, rule, isKept, isSettled, complete } = judged;
  const { goal } = problem;
  const difference = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]!);
  const [overToday, overRule] = [
    difference(best.values.goal, today.values.goal),
    difference(best.values.goal, rule.values.goal),
  ];
  const outside = outsideOf(field, best.plan);
  const left = listed(outside.map(({ variable }) => labelOf(problem, variable)));
  const infeasible = isKept ? null : said.infeasible(judged.missed);
  return {
    kind: 'optimise',
    status: infeasible !== null ? 'infeasible' : complete && isSettled ? 'optimal' : 'improved',
    reason: infeasible ?? (complete ? null : said.stopped()),
    start: task.snapshot.to,
    months: task.months,
    objective: quantilesOf(best.values.goal),
    today: quantilesOf(today.values.goal),
    rule: { ...quantilesOf(rule.values.goal), en: rule.en, zh: rule.zh },
    gain: {
      overToday: quantilesOf(overToday),
      probabilityBetterThanToday: shareOf(overToday, (value) => value > 0),
      overRule: quantilesOf(overRule),
      probabilityBetterThanRule: shareOf(overRule, (value) => value > 0),
    },
    levers: leversOf(problem, task.snapshot, field, judged),
    constraints: constraintsOf(problem, field, judged),
    outside,
    kpis: judged.kpis,
    evaluations: field.board.runs(),
    draws: field.draws.count,
    complete,
    unit: goal.unit,
    horizonDays: horizonDays(task.months),
    monthStarts: Array.from({ length: task.months }, (_, month) =>
      dayOf(task.snapshot, spanOf(task.snapshot, task.months).start + Math.ceil(month * daysOfMonth)),
    ),
    fresh: judged.fresh ?? null,
    notes: [
      ...problem.notes,
      ...(task.force && outside.length > 0 ? [said.forcedOutside(left)] : []),
      ...limitNotes(task, field, judged),
    ],
  };
}

/** What a reader must know to compare with today, and what a budget does not hold back. */
function limitNotes(task: OptimiseTask, { sheet, free }: Field, { today, returns }: Judged): Said[] {
  const broken = sheet.conditions.filter((condition) => {
    const { mean } = figureOf(sheet, today.values, condition);
    const beyond = condition.kind === 'at_most' ? mean - condition.bound : condition.bound - mean;
    return beyond > bindingShare * sizeOf(condition);
  });
  const costless = free
    .filter(({ lever }) => lever.kind !== 'share')
    .filter(({ lever }) => returns.some(({ variable, isPaid }) => variable === lever.variable && !isPaid))
    .map(({ lever }) => lever.label);
  return [
    ...(broken.length > 0 ? [said.todayBreaks(listed(broken.map(({ name }) => name)))] : []),
    ...(task.limits.budget !== null && costless.length > 0 ? [said.notInBudget(listed(costless))] : []),
  ];
}

function labelOf({ loaded }: Problem, variable: string): Words {
  return loaded.setup.levers.find((lever) => lever.variable === variable)?.label ?? { en: variable, zh: variable };
}

const edge = 1e-4;

function leversOf(
  problem: Problem,
  snapshot: Snapshot,
  { free, board }: Field,
  { best, returns }: Judged,
): OptimiseResult['levers'] {
  return free.map(({ lever, low, high, today }, l) => {
    const byMonth = [...best.plan.subarray(l * board.months, (l + 1) * board.months)];
    const near = edge * (high - low);
    const isLow = byMonth.every((value) => value <= low + near);
    const isHigh = byMonth.every((value) => value >= high - near);
    const found = returns.find(({ variable }) => variable === lever.variable);
    return {
      variable: lever.variable,
      byMonth,
      pulseDays: isPulsed(problem, lever) ? pulseHabit(lever, snapshot).days : null,
      today,
      low,
      high,
      marginalReturn: found?.perUnit.value ?? 0,
      marginalLow: found?.perUnit.low ?? 0,
      marginalHigh: found?.perUnit.high ?? 0,
      atBound: isLow ? 'low' : isHigh ? 'high' : null,
      perCurrency: found?.perCurrency ?? null,
    };
  });
}

function isPulsed({ loaded }: Problem, { kind, variable }: SetupLever): boolean {
  return kind === 'pulse' && canPulse(loaded, variable);
}

function constraintsOf(problem: Problem, field: Field, { best, worths }: Judged): OptimiseResult['constraints'] {
  const { sheet } = field;
  const binding = new Set(bindingOf(sheet, best.values).map(({ id }) => id));
  const limits = sheet.conditions.map((condition) => {
    const { values, mean } = figureOf(sheet, best.values, condition);
    const { id, name, bound, kind } = condition;
    const keeps = (value: number) => (kind === 'at_most' ? value <= bound * (1 + 1e-9) : value >= bound * (1 - 1e-9));
    return {
      name: id,
      ...name,
      value: mean,
      bound,
      isBinding: binding.has(id),
      worth: binding.has(id) ? (worths?.conditions.get(id) ?? null) : 0,
      probability: shareOf(values, keeps),
    };
  });
  const ends = (worths?.bounds ?? []).map(({ variable, side, months, bound, worth }) => {
    const label = labelOf(problem, variable);
    const many = { en: `${months} of ${field.board.months} months`, zh: `${months}/${field.board.months} 个月` };
    return {
      name: `${variable}.${side}`,
      en: `${label.en}: ${side === 'low' ? 'least' : 'most'} ${number(bound)} (${many.en})`,
      zh: `${label.zh}：${side === 'low' ? '下限' : '上限'} ${number(bound)}（${many.zh}）`,
      value: bound,
      bound,
      isBinding: true,
      worth,
    };
  });
  return [...limits, ...ends];
}

function outsideOf(field: Field, plan: Float64Array): OptimiseResult['outside'] {
  const { free, board } = field;
  if (dimensionsOf(field) === 0) return [];
  return free.flatMap(({ lever, seen, today }, l) => {
    const { low, high } = seen ?? { low: today, high: today };
    const slack = 1e-9 * Math.max(1e-9, Math.abs(low), Math.abs(high));
    let value: number | undefined;
    let far = slack;
    for (const one of plan.subarray(l * board.months, (l + 1) * board.months)) {
      const distance = Math.max(low - one, one - high);
      if (distance > far) [value, far] = [one, distance];
    }
    return value === undefined ? [] : [{ variable: lever.variable, low, high, value }];
  });
}
