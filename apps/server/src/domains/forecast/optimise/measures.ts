import { dayNumber } from '../model/index.ts';

import type { ModelSetup, Words } from '../setup.ts';
import type { FitResult, Limits, Objective, Snapshot } from '../task.ts';
import { aggregated, meanOf, type Sample } from './aggregate.ts';
import type { Draws, Reading } from './board.ts';
import { discrepancyOf, normalShare, type Offset, offsetOfSum, offsetOfWeek } from './noise.ts';
import { daysOfMonth, type Span } from './time.ts';

/** A number of one run: from the readings that it asks for. `soft` widens what is a yes or no, for slopes. */
export interface Figure {
  readings: readonly Reading[];
  of(read: (reading: number, day: number) => number, draw: number, draws: Draws, soft: number): number;
}

/** Something that the mean over the draws has to keep. */
export interface Condition {
  id: string;
  name: Words;
  unit: Words;
  kind: 'at_most' | 'at_least';
  bound: number;
  /** The worst of them counts: such as one for each month. */
  figures: readonly Figure[];
}

export interface Goal {
  figure: Figure;
  unit: Words;
  risk: Objective['risk'];
}

/** Goal and conditions with the readings of all of them, one after the other. */
export interface Sheet {
  /** Place of its first reading among those of the board. */
  first: number;
  goal: Goal;
  conditions: readonly Condition[];
  readings: readonly Reading[];
}

export function sheetOf(goal: Goal, conditions: readonly Condition[], first = 0): Sheet {
  const figures = [goal.figure, ...conditions.flatMap(({ figures: all }) => all)];
  return { first, goal, conditions, readings: figures.flatMap(({ readings }) => readings) };
}

/** How misses are measured, so that budgets and shares weigh alike. */
export function sizeOf({ bound }: Condition): number {
  return Math.max(Math.abs(bound), 1e-9);
}

/** Values of the goal and of every figure of the conditions, figure after figure, each draw after draw. */
export interface SheetValues {
  goal: Float64Array;
  figures: Float64Array[];
}

/** Reads one plan's rows. */
export function readSheet(
  sheet: Sheet,
  rows: Float64Array,
  row: { from: number; width: number; offsets: readonly number[] },
  draws: Draws,
  places: ArrayLike<number>,
  soft: number,
): SheetValues {
  const figures = [sheet.goal.figure, ...sheet.conditions.flatMap(({ figures: all }) => all)];
  let first = sheet.first;
  const values = figures.map((figure) => {
    const base = first;
    first += figure.readings.length;
    return Float64Array.from({ length: places.length }, (_, s) => {
      const at = (row.from + s) * row.width;
      return figure.of((reading, day) => rows[at + row.offsets[base + reading]! + day]!, places[s]!, draws, soft);
    });
  });
  return { goal: values[0]!, figures: values.slice(1) };
}

/** Goal under its risk, and how far each figure of each condition is missed, in its size. */
export function worthOf(sheet: Sheet, values: SheetValues, { weights }: Sample): { goal: number; misses: number[] } {
  let next = 0;
  const misses = sheet.conditions.flatMap((condition) =>
    condition.figures.map(() => {
      const mean = meanOf(values.figures[next++]!, weights);
      return ((condition.kind === 'at_most' ? 1 : -1) * (mean - condition.bound)) / sizeOf(condition);
    }),
  );
  return { goal: aggregated(values.goal, weights, sheet.goal.risk), misses };
}

/** The increase of a variable that counts up, between the ends of the horizon. */
export function increase(variable: string, start: number, stop: number): Figure {
  return { readings: [{ variable, days: [start, stop] }], of: (read) => read(0, 1) - read(0, 0) };
}

export function valueAt(variable: string, day: number): Figure {
  return { readings: [{ variable, days: [day] }], of: (read) => read(0, 0) };
}

/**
 * The largest value a week, for each month: months instead of one maximum over all, whose slope would jump. Days lie
 * within their month, so that the levers of one month alone move what follows them at once.
 */
export function monthlyMost(variable: string, start: number, stop: number, months: number): Figure[] {
  const bounds = Array.from({ length: months + 1 }, (_, m) => Math.min(stop, Math.ceil(start + m * daysOfMonth)));
  return Array.from({ length: months }, (_, m) => {
    const days: number[] = [];
    for (let day = bounds[m + 1]! - 1; day >= Math.max(bounds[m]!, start + 1); day -= 7) days.unshift(day);
    return {
      readings: [{ variable, days }],
      of: (read) => days.reduce((most, _, i) => Math.max(most, read(0, i)), Number.NEGATIVE_INFINITY),
    };
  });
}

export interface Gate {
  kpi: string;
  day: number;
  value: number;
}

/** Days before a gate over which a mean KPI is taken. */
const meanDays = 28;
/** Even a model that is exact has KPI that are a little off. */
const deviationLeast = 0.01;

/** The value by which a gate is judged, without what KPI are off by. */
export function gateFigure(setup: ModelSetup, gate: Gate, start: number): Figure {
  const { measure, variable } = seenBy(setup, gate.kpi);
  if (measure === 'total') return increase(variable, start, gate.day);
  if (measure === 'level') return valueAt(variable, gate.day);
  const days: number[] = [];
  for (let day = gate.day; day > Math.max(start, gate.day - meanDays); day -= 1) days.unshift(day);
  return {
    readings: [{ variable, days }],
    of: (read) => days.reduce((sum, _, i) => sum + read(0, i), 0) / days.length,
  };
}

/** How a KPI sees the model: as the setup says, or a variable by its own name as a level. */
export function seenBy(setup: ModelSetup, kpi: string): { variable: string; measure: 'total' | 'level' | 'mean' } {
  const { variable, measure } = setup.observations.find((one) => one.kpi === kpi) ?? {
    variable: kpi,
    measure: 'level',
  };
  return { variable, measure };
}

export function isKnownKpi(setup: ModelSetup, kpi: string): boolean {
  return setup.observations.some((one) => one.kpi === kpi) || setup.shown.some(({ variable }) => variable === kpi);
}

/**
 * The probability of passing all gates in a draw, given that KPI scatter around the model as in the past (independently
 * from KPI to KPI). Widened by `soft`, with a little of the distance itself, so that there is a slope far away as well.
 */
export function gatesFigure(setup: ModelSetup, fit: FitResult, gates: readonly Gate[], start: number): Figure {
  const parts = gates.map((gate) => {
    const weeks = (gate.day - start) / 7;
    const discrepancy = discrepancyOf(fit, gate.kpi);
    const { measure } = seenBy(setup, gate.kpi);
    const offset: Offset =
      measure === 'total' ? offsetOfSum(discrepancy, weeks) : offsetOfWeek(discrepancy, Math.max(1, Math.ceil(weeks)));
    return { gate, offset, figure: gateFigure(setup, gate, start) };
  });
  const readings = parts.flatMap(({ figure }) => figure.readings);
  return {
    readings,
    of(read, draw, draws, soft) {
      let [chance, short, base] = [1, 0, 0];
      for (const { gate, offset, figure } of parts) {
        const from = base;
        base += figure.readings.length;
        const value = figure.of((reading, day) => read(from + reading, day), draw, draws, soft);
        const deviation = Math.max(deviationLeast, offset.deviation, soft);
        const z = (logRatio(value * draws.scaleOf(gate.kpi, draw), gate.value) + offset.mean) / deviation;
        chance *= normalShare(z);
        if (soft > 0) short += Math.min(0, z * deviation);
      }
      return soft > 0 ? chance + 0.05 * short : chance;
    },
  };
}

/** Logarithm of value over target; far below for what is not above zero, with a slope all the same. */
function logRatio(value: number, target: number): number {
  const ratio = value / target;
  return ratio > 1e-3 ? Math.log(ratio) : Math.log(1e-3) + (ratio - 1e-3) * 1e3;
}

/** Gates by model day. */
export function gatesOf(objective: Objective, snapshot: Snapshot): Gate[] {
  return (objective.gates ?? []).map(({ kpi, day, value }) => ({ kpi, day: dayNumber(snapshot, day), value }));
}

/** The lever that says how many sessions there are a day: the one whose past is the KPI of that name. */
function sessionsLever(setup: ModelSetup): string | undefined {
  return setup.levers.find(({ history }) => history?.kpi === 'sessions')?.variable;
}

/** Limits that the setup cannot tell from the model. */
export function unknownLimits(setup: ModelSetup, limits: Limits): Words[] {
  const { optimise } = setup;
  const unknown: Words[] = [];
  if (limits.budget !== null && optimise === undefined) unknown.push({ en: 'the budget', zh: '预算' });
  if (limits.fatigueMost !== null && optimise?.fatigue === undefined) {
    unknown.push({ en: 'message fatigue', zh: '消息疲劳度' });
  }
  if (limits.sessionsPerDayMost !== null && sessionsLever(setup) === undefined) {
    unknown.push({ en: 'sessions a day', zh: '每日场次' });
  }
  return unknown;
}

/** What limits ask for, as means over the draws; what the team can do is a limit by itself. */
export function limitConditions(setup: ModelSetup, limits: Limits, currency: string, span: Span): Condition[] {
  const { start, stop, months } = span;
  const { optimise } = setup;
  const sessions = sessionsLever(setup);
  const found: Condition[] = [];
  const monthly = (id: string, variable: string, bound: number, name: Words, unit: Words) =>
    found.push({ id, name, unit, kind: 'at_most', bound, figures: monthlyMost(variable, start, stop, months) });
  if (limits.budget !== null && optimise !== undefined) {
    found.push({
      id: 'budget',
      name: { en: 'budget over the whole time', zh: '整个期间的预算' },
      unit: { en: currency, zh: currency },
      kind: 'at_most',
      bound: limits.budget,
      figures: [increase(optimise.spend, start, stop)],
    });
  }
  if (limits.fatigueMost !== null && optimise?.fatigue !== undefined) {
    const name = { en: 'message fatigue', zh: '消息疲劳度' };
    monthly('fatigue', optimise.fatigue, limits.fatigueMost, name, { en: 'of 1', zh: '满值为 1' });
  }
  if (limits.sessionsPerDayMost !== null && sessions !== undefined) {
    const name = { en: 'live sessions a day', zh: '每日直播场次' };
    monthly('sessions', sessions, limits.sessionsPerDayMost, name, { en: 'sessions/day', zh: '场/日' });
  }
  if (optimise?.capacity !== undefined && !setup.levers.some(({ variable }) => variable === optimise.capacity)) {
    const name = { en: 'load on the team', zh: '团队负荷' };
    monthly('capacity', optimise.capacity, 1, name, { en: 'of what it can do', zh: '占可承担量' });
  }
  return found;
}
