import { spreadOver } from '../predict/draws.ts';
import type { OptimiseResult, Workplace } from '../task.ts';
import { everyDraw, quantilesOf } from './aggregate.ts';
import { createBoard } from './board.ts';
import { missOf, type Place } from './climb.ts';
import { type Field, sheetValues, soundField, todayPlan } from './field.ts';
import { kpiTotals } from './kpis.ts';
import { marginalReturns } from './marginal.ts';
import { increase, type Sheet, type SheetValues, sheetOf } from './measures.ts';
import { missedBy } from './missed.ts';
import { type OptimiseTask, type Problem, problemOf } from './problem.ts';
import { emptyResult, type Judged, resultOf } from './report.ts';
import { rulePlan } from './rule.ts';
import { searchPlan } from './search.ts';
import { spanOf } from './time.ts';
import { said, stageWords } from './words.ts';
import { worthsAt } from './worth.ts';

/**
 * Node evaluations of a search; about a minute on two cores. Counted instead of timed, so that the same task gives the
 * same bits on any machine.
 */
export const searchWork = 4e11;

export interface OptimiseSettings {
  work?: number;
}

/**
 * The best path of levers by month for an objective under limits, robust over the posterior: see `OptimiseResult`. What
 * cannot be answered is a refusal in words, and limits that cannot be kept are named with the gap. Stopped early it
 * gives the best plan until then. Throws a DynamicsError where the model cannot be read or compiled.
 */
export async function optimiseModel(
  task: OptimiseTask,
  workplace: Workplace,
  settings: OptimiseSettings = {},
): Promise<OptimiseResult> {
  const asked = problemOf(task);
  if ('refused' in asked) return emptyResult(task, asked.refused);
  const { problem } = asked;
  const { loaded, ranges, goal, conditions } = problem;
  const span = spanOf(task.snapshot, task.months);
  const sheet = sheetOf(goal, conditions);
  const money = loaded.setup.optimise;
  const spend =
    money === undefined
      ? undefined
      : sheetOf({ ...goal, figure: increase(money.spend, span.start, span.stop) }, [], sheet.readings.length);
  const progress = (share: number, stage: keyof typeof stageWords) => workplace.onProgress?.(share, stageWords[stage]);
  progress(0, 'past');
  const board = createBoard(
    {
      loaded,
      snapshot: task.snapshot,
      months: task.months,
      variables: ranges.free.map(({ lever }) => lever.variable),
      held: ranges.held,
      readings: [...sheet.readings, ...(spend?.readings ?? [])],
      fit: task.fit,
    },
    workplace,
  );
  try {
    const field = await soundField(board, sheet, ranges, task.fit, task.draws);
    if ('failed' in field) return emptyResult(task, said.runsFail(field.failed, field.all));
    return await answer({ task, problem, field, spend, workplace, progress, work: settings.work ?? searchWork });
  } finally {
    board.close();
  }
}

interface Work {
  task: OptimiseTask;
  problem: Problem;
  field: Field;
  spend: Sheet | undefined;
  workplace: Workplace;
  progress: (share: number, stage: keyof typeof stageWords) => void;
  work: number;
}

async function valuesOf(field: Field, plan: Float64Array): Promise<SheetValues> {
  return (await sheetValues(field, plan, everyDraw(field.draws.count).places))![0]!;
}

async function answer(all: Work): Promise<OptimiseResult> {
  const { task, problem, field, spend, workplace, progress } = all;
  const { signal } = workplace;
  progress(0.02, 'baselines');
  const spendOf = async (plans: Float64Array) => {
    const places = everyDraw(field.draws.count).places;
    const sheet = spend ?? field.sheet;
    return (await sheetValues({ ...field, sheet }, plans, places))!.map(({ goal }) => goal);
  };
  const today = { plan: todayPlan(field), values: await valuesOf(field, todayPlan(field)) };
  const ruled = await rulePlan(field, spendOf);
  const rule = { ...ruled, values: await valuesOf(field, ruled.plan) };
  const found = await searchPlan(field, {
    seed: task.seed,
    work: all.work,
    signal,
    starts: [today.plan, rule.plan],
    spread: rule.values.goal,
    onProgress: (share, stage) => progress(0.04 + 0.84 * share, stage),
  });
  const best = { plan: found.plan, values: await valuesOf(field, found.plan) };
  const isKept = missOf({ misses: found.place.misses }) === 0;
  const judged: Judged = {
    best,
    today,
    rule,
    isKept,
    isSettled: found.climb?.end === 'settled',
    complete: found.complete,
    returns: [],
    worths: null,
    missed: [],
    kpis: [],
    fresh: null,
  };
  progress(0.9, 'returns');
  if (found.complete) Object.assign(judged, await extras(all, judged, found.place));
  if (!isKept) {
    const starts = [best.plan, today.plan];
    judged.missed = await missedBy(field, best.values, { seed: task.seed, work: all.work / 8, signal, starts });
  }
  progress(0.97, 'returns');
  judged.kpis = await kpiTotals(
    {
      loaded: problem.loaded,
      snapshot: task.snapshot,
      fit: task.fit,
      months: task.months,
      seed: task.seed,
      variables: field.board.variables,
      held: problem.ranges.held,
      plan: best.plan,
      numbers: field.draws.numbers,
      gates: problem.gates,
    },
    workplace,
  );
  progress(1, 'returns');
  return resultOf(task, problem, field, judged);
}

/** Marginal returns, worths of limits, and the same plans under draws that the search did not see. */
async function extras(
  { task, field, spend }: Work,
  { best, today, isKept }: Judged,
  place: Place,
): Promise<Pick<Judged, 'returns' | 'worths' | 'fresh'>> {
  return {
    returns: await marginalReturns(field, best.plan, spend),
    worths: isKept ? await worthsAt(field, place) : null,
    fresh: await freshOf(task, field, best.plan, today.plan),
  };
}

async function freshOf(
  task: OptimiseTask,
  field: Field,
  plan: Float64Array,
  today: Float64Array,
): Promise<OptimiseResult['fresh']> {
  const used = new Set(spreadOver(task.fit.draws.count, Math.min(task.draws, task.fit.draws.count)));
  const left = Array.from({ length: task.fit.draws.count }, (_, i) => i).filter((i) => !used.has(i));
  const numbers = spreadOver(left.length, Math.min(task.draws, left.length)).map((i) => left[i]!);
  if (numbers.length < 2) return null;
  const other = { ...field, draws: await field.board.draws(numbers) };
  const [a, b] = [(await valuesOf(other, plan)).goal, (await valuesOf(other, today)).goal];
  const sound = Array.from(a, (_, i) => i).filter((i) => Number.isFinite(a[i]!) && Number.isFinite(b[i]!));
  if (sound.length < 2) return null;
  return {
    draws: sound.length,
    objective: quantilesOf(Float64Array.from(sound, (i) => a[i]!)),
    overToday: quantilesOf(Float64Array.from(sound, (i) => a[i]! - b[i]!)),
  };
}
