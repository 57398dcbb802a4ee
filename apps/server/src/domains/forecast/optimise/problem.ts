import { dayOf, type LoadedModel, loadModel } from '../model/index.ts';
import type { SetupLever, Words } from '../setup.ts';
import type { Snapshot, Task } from '../task.ts';
import {
  type Condition,
  type Gate,
  type Goal,
  gatesFigure,
  gatesOf,
  increase,
  isKnownKpi,
  limitConditions,
  unknownLimits,
  valueAt,
} from './measures.ts';
import { canPulse, pulseHabit } from './pulses.ts';
import { type LeverRanges, leverRanges } from './ranges.ts';
import { daysOfMonth, type Span, spanOf } from './time.ts';
import { listed, type Said, said } from './words.ts';

export type OptimiseTask = Extract<Task, { kind: 'optimise' }>;

const monthsMost = 36;
const drawsMost = 5000;

/** A task that can be worked on. */
export interface Problem {
  loaded: LoadedModel;
  ranges: LeverRanges;
  gates: Gate[];
  goal: Goal;
  conditions: Condition[];
  notes: Said[];
}

/** What is asked for, or why it cannot be answered. Throws a DynamicsError where the model cannot be read. */
export function problemOf(task: OptimiseTask): { problem: Problem } | { refused: Said } {
  const loaded = loadModel(task.model);
  const { setup } = loaded;
  const unfit = faultOf(task, loaded);
  if (unfit !== undefined) return { refused: unfit };
  const ranges = leverRanges(loaded, task.snapshot, task.levers, task.force);
  const labels = listed(ranges.unseen.map(({ label }) => label));
  if (ranges.free.length === 0) return { refused: ranges.unseen.length > 0 ? said.unseen(labels) : said.noLevers() };
  const span = spanOf(task.snapshot, task.months);
  const sum = ranges.shareSum;
  if (sum !== null) {
    const shares = ranges.free.filter(({ lever }) => lever.kind === 'share');
    const [low, high] = [shares.reduce((s, one) => s + one.low, 0), shares.reduce((s, one) => s + one.high, 0)];
    if (shares.length > 0 && (low > sum + 1e-9 || high < sum - 1e-9))
      return { refused: said.sharesImpossible(low, high, sum) };
  }
  const pulses = ranges.free.filter(({ lever }) => lever.kind === 'pulse').map(({ lever }) => lever);
  const conditions = limitConditions(setup, task.limits, task.snapshot.currency, span);
  return {
    problem: {
      loaded,
      ranges,
      gates: task.objective.goal === 'gates' ? gatesOf(task.objective, task.snapshot) : [],
      goal: goalOf(task, loaded, span),
      conditions,
      notes: [
        ...(ranges.unseen.length > 0 ? [said.heldUnseen(labels)] : []),
        ...pulses.map((lever) => pulseNote(loaded, lever, task.snapshot)),
        ...(conditions.length > 0 ? [said.meanLimits()] : []),
        ...afterGates(task, span),
      ],
    },
  };
}

/** Months that begin after the last gate move nothing that is asked for. */
function afterGates({ objective, snapshot }: OptimiseTask, { start, months }: Span): Said[] {
  if (objective.goal !== 'gates') return [];
  const last = Math.max(...gatesOf(objective, snapshot).map(({ day }) => day));
  const left = Array.from({ length: months }, (_, month) => start + month * daysOfMonth).filter((day) => day >= last);
  return left.length === 0 ? [] : [said.afterGates(dayOf(snapshot, last), left.length)];
}

/** When a pulse is on within a month of the plan, and what it is held against. */
function pulseNote(loaded: LoadedModel, lever: SetupLever, snapshot: Snapshot): Said {
  if (!canPulse(loaded, lever.variable)) return said.pulseHeld(lever.label);
  const { days, strength } = pulseHabit(lever, snapshot);
  return said.pulseDays(lever.label, days, strength);
}

function faultOf(task: OptimiseTask, { setup }: LoadedModel): Said | undefined {
  const { objective, levers, months, draws, fit } = task;
  const { risk } = objective;
  const isWhole = Number.isInteger(months) && Number.isInteger(draws);
  const isAlpha = risk.kind === 'mean' || (risk.alpha > 0 && risk.alpha < 1);
  if (!isWhole || months < 1 || months > monthsMost || draws < 2 || draws > drawsMost || !isAlpha)
    return said.badTask();
  if (fit.basis === 'prior' && !task.force) return said.priorOnly();
  if (fit.draws.count < 2) return said.noDraws();
  const unknown = levers.find((name) => !setup.levers.some(({ variable }) => variable === name));
  if (unknown !== undefined) return said.unknownLever(unknown);
  if (levers.length === 0) return said.noLevers();
  if (objective.goal !== 'gates' && setup.optimise === undefined) return said.noMoney();
  const limits = unknownLimits(setup, task.limits);
  if (limits.length > 0) return said.unknownLimit(listed(limits));
  return objective.goal === 'gates' ? gateFault(task, setup.observations.length) : undefined;
}

function gateFault(task: OptimiseTask, observations: number): Said | undefined {
  const gates = gatesOf(task.objective, task.snapshot);
  const { start, stop } = spanOf(task.snapshot, task.months);
  if (gates.length === 0 || observations === 0) return said.noGates();
  const unknown = gates.find(({ kpi }) => !isKnownKpi(task.model.setup, kpi));
  if (unknown !== undefined) return said.unknownKpi(unknown.kpi);
  const bad = gates.find(({ day, value }) => !(day > start && day <= stop && value > 0));
  return bad === undefined ? undefined : said.badGate(bad.kpi);
}

function goalOf(task: OptimiseTask, { setup }: LoadedModel, { start, stop }: Span): Goal {
  const { goal, risk } = task.objective;
  const { optimise } = setup;
  if (goal === 'gates' || optimise === undefined) {
    const unit: Words = { en: 'probability of passing all gates', zh: '通过全部关口的概率' };
    return { figure: gatesFigure(setup, task.fit, gatesOf(task.objective, task.snapshot), start), unit, risk };
  }
  if (goal === 'members') {
    const shown = [...setup.observations, ...setup.shown].find(({ variable }) => variable === optimise.members);
    const unit: Words = shown?.unit ?? { en: 'people', zh: '人' };
    return { figure: valueAt(optimise.members, stop), unit, risk };
  }
  const currency = task.snapshot.currency;
  return { figure: increase(optimise.margin, start, stop), unit: { en: currency, zh: currency }, risk };
}
