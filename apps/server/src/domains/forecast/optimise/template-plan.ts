import { loadModel } from '../model/index.ts';
import type { Words } from '../setup.ts';
import type { FitResult, ModelInput, Quantiles, Snapshot, Workplace } from '../task.ts';
import { everyDraw, quantilesOf, shareOf } from './aggregate.ts';
import { createBoard, type Reading } from './board.ts';
import { missOf } from './climb.ts';
import { type Field, sheetValues, soundField, steadyPlan, withShares } from './field.ts';
import { type Condition, type Figure, sheetOf } from './measures.ts';
import { figureOf, type Missed, missedBy } from './missed.ts';
import { leverRanges } from './ranges.ts';
import { searchPlan } from './search.ts';
import { spanOf } from './time.ts';
import { said, stageWords } from './words.ts';
import { worthsAt } from './worth.ts';

/** A variable of the model: its increase over the plan, its value at the end, or its mean over the last four weeks. */
export interface TargetTerm {
  variable: string;
  measure: 'increase' | 'end' | 'recent';
  /** 1 by default. */
  factor?: number;
}

/** Something that a plan has to reach on average over the draws: a sum of terms, or one sum over another. */
export interface PlanTarget {
  id: string;
  label: Words;
  unit: Words;
  atLeast: number;
  of: readonly TargetTerm[];
  per?: readonly TargetTerm[];
}

export interface TemplatePlanTask {
  model: ModelInput;
  snapshot: Snapshot;
  /** Of data, or the prior's draws. */
  fit: FitResult;
  seed: number;
  months: number;
  levers: readonly string[];
  targets: readonly PlanTarget[];
  draws: number;
}

export interface TemplatePlan {
  /** `reached`: all targets, by the cheapest plan found; `refused`: some cannot be reached within the levers' bounds. */
  status: 'reached' | 'refused';
  reason: Words & { code: string };
  /** What the plan costs over the months: the cheapest found that reaches all, or all but those that cannot be reached. */
  budget: Quantiles;
  months: number;
  targets: (Words & {
    id: string;
    atLeast: number;
    /** Mean over the draws, and their spread. */
    value: Quantiles;
    /** Share of the draws that reach it. */
    probability: number;
    isReached: boolean;
    isBinding: boolean;
    /** What one unit more of the target costs, in the currency; null where that is not known. */
    price: number | null;
    /** Of a missed target: the most that it comes to when nothing else is asked for. */
    alone: number | null;
  })[];
  levers: { variable: string; byMonth: number[]; today: number; low: number; high: number }[];
  evaluations: number;
  draws: number;
  complete: boolean;
}

/** Node evaluations of the search for a plan; a refused one takes as much again for each target that is missed. */
export const templateWork = 4e11;

/**
 * The least budget that reaches all targets, with the path of levers that does, or the targets that cannot be reached
 * within the bounds of the levers, each with the most that it comes to. Levers are free within the bounds of the setup.
 * Throws a DynamicsError where the model cannot be compiled, and a RangeError where no draw can be run or the setup does
 * not say what is spent.
 */
export async function templatePlan(
  task: TemplatePlanTask,
  workplace: Workplace,
  settings: { work?: number } = {},
): Promise<TemplatePlan> {
  const loaded = loadModel(task.model);
  const { optimise } = loaded.setup;
  if (optimise === undefined) throw new RangeError('the setup does not say what is spent');
  const span = spanOf(task.snapshot, task.months);
  const ranges = leverRanges(loaded, task.snapshot, task.levers, true);
  const spent: Figure = {
    readings: [{ variable: optimise.spend, days: [span.start, span.stop] }],
    of: (read) => read(0, 0) - read(0, 1),
  };
  const conditions = task.targets.map((target) => conditionOf(target, span));
  const unit = { en: task.snapshot.currency, zh: task.snapshot.currency };
  const sheet = sheetOf({ figure: spent, unit, risk: { kind: 'mean' } }, conditions);
  const board = createBoard(
    {
      loaded,
      snapshot: task.snapshot,
      months: task.months,
      variables: ranges.free.map(({ lever }) => lever.variable),
      held: ranges.held,
      readings: sheet.readings,
      fit: task.fit,
    },
    workplace,
  );
  try {
    const field = await soundField(board, sheet, ranges, task.fit, task.draws);
    if ('failed' in field) throw new RangeError(said.runsFail(field.failed, field.all).en);
    return await answer(task, field, workplace, settings.work ?? templateWork);
  } finally {
    board.close();
  }
}

async function answer(task: TemplatePlanTask, field: Field, workplace: Workplace, work: number): Promise<TemplatePlan> {
  const { signal } = workplace;
  const places = everyDraw(field.draws.count).places;
  const starts = [
    ({ today }: Field['free'][number]) => today,
    ({ low, high }: Field['free'][number]) => (low + high) / 2,
  ].map((value) => withShares(field, steadyPlan(field, value)));
  const [spread] = (await sheetValues(field, starts[0]!, places))!;
  const search = { seed: task.seed, work, signal, starts, spread: spread!.goal };
  let found = await searchPlan(field, {
    ...search,
    onProgress: (share, stage) => workplace.onProgress?.(0.5 * share, stageWords[stage]),
  });
  let [values] = (await sheetValues(field, found.plan, places))!;
  const isReached = missOf({ misses: found.place.misses }) === 0;
  const missed = isReached ? [] : await missedBy(field, values!, { ...search, work: work / 4 });
  const others = withoutThese(field, missed);
  if (missed.length > 0 && found.complete) {
    found = await searchPlan(others, {
      ...search,
      starts: [found.plan, ...starts],
      onProgress: (share, stage) => workplace.onProgress?.(0.5 + 0.5 * share, stageWords[stage]),
    });
    [values] = (await sheetValues(field, found.plan, places))!;
  }
  const isKept = missOf({ misses: found.place.misses }) === 0;
  const worths =
    isKept && found.complete ? (await worthsAt(others, found.place)).conditions : new Map<string, number | null>();
  const { board, free, sheet } = field;
  const budget = quantilesOf(values!.goal.map((value) => -value));
  const spent = { amount: budget.mean, currency: task.snapshot.currency, months: task.months };
  return {
    status: isReached ? 'reached' : 'refused',
    reason: isReached ? said.reached(spent) : said.unreachable(missed, isKept ? spent : null),
    budget,
    months: board.months,
    targets: sheet.conditions.map((condition) => {
      const { id, name, bound } = condition;
      const figure = figureOf(sheet, values!, condition);
      const miss = missed.find((one) => one.id === id);
      return {
        id,
        ...name,
        atLeast: bound,
        value: quantilesOf(figure.values),
        probability: shareOf(figure.values, (value) => value >= bound * (1 - 1e-9)),
        isReached: figure.mean >= bound - 1e-5 * Math.abs(bound),
        isBinding: miss !== undefined || worths.has(id),
        price: worths.get(id) ?? null,
        alone: miss?.alone ?? null,
      };
    }),
    levers: free.map(({ lever, low, high, today }, l) => ({
      variable: lever.variable,
      byMonth: [...found.plan.subarray(l * board.months, (l + 1) * board.months)],
      today,
      low,
      high,
    })),
    evaluations: board.runs(),
    draws: field.draws.count,
    complete: found.complete,
  };
}

/** The field with conditions that any plan keeps in the place of those that no plan keeps, so that readings stay in place. */
function withoutThese(field: Field, missed: readonly Missed[]): Field {
  const ids = new Set(missed.filter(({ isKeptAlone }) => !isKeptAlone).map(({ id }) => id));
  const dropped = ids.size > 0 ? ids : new Set(missed.map(({ id }) => id));
  const conditions = field.sheet.conditions.map((one) => (dropped.has(one.id) ? { ...one, bound: -1e300 } : one));
  return { ...field, sheet: { ...field.sheet, conditions } };
}

function conditionOf(target: PlanTarget, span: { start: number; stop: number }): Condition {
  return {
    id: target.id,
    name: target.label,
    unit: target.unit,
    kind: 'at_least',
    bound: target.atLeast,
    figures: [targetFigure(target, span)],
  };
}

const recentDays = 28;

function targetFigure({ of, per }: PlanTarget, { start, stop }: { start: number; stop: number }): Figure {
  const terms = [...of, ...(per ?? [])];
  const recent = Array.from({ length: 5 }, (_, i) => Math.max(start, stop - recentDays + 7 * i));
  const readings = terms.map(
    ({ variable, measure }): Reading => ({
      variable,
      days: measure === 'increase' ? [start, stop] : measure === 'end' ? [stop] : recent,
    }),
  );
  return {
    readings,
    of(read) {
      const value = ({ measure, factor = 1 }: TargetTerm, place: number) => {
        if (measure === 'increase') return factor * (read(place, 1) - read(place, 0));
        if (measure === 'end') return factor * read(place, 0);
        return (factor * recent.reduce((sum, _, i) => sum + read(place, i), 0)) / recent.length;
      };
      const above = of.reduce((sum, term, i) => sum + value(term, i), 0);
      return per === undefined ? above : above / per.reduce((sum, term, i) => sum + value(term, of.length + i), 0);
    },
  };
}
