import type { LeverPath, ModelSetup, Scenario, ScenarioPlan, SetupLever } from '@tandem/server/schema/forecast';
import type { Step } from '../../charts/steps.ts';

/** A scenario on the screen: a plan, where it came from, and whether it was changed since. */
export interface Draft {
  key: string;
  name: string;
  /** The kept scenario behind it; null for one that was never kept. */
  savedId: string | null;
  /** Comes with the model and cannot be overwritten. */
  preset: boolean;
  changed: boolean;
  levers: LeverPath[];
  couplings: { variable: string; value: number }[];
}

export const draftsMax = 3;

/** Nothing named: everything goes on as in the last four weeks. */
export function emptyDraft(key: string, name: string): Draft {
  return { key, name, savedId: null, preset: false, changed: false, levers: [], couplings: [] };
}

export function draftOf(scenario: Scenario, key: string, name: string): Draft {
  const { levers, couplings, preset } = scenario;
  return { key, name, savedId: scenario.id, preset, changed: false, levers, couplings };
}

/** The path of a lever in a plan; undefined where it goes on as it was. */
export const pathOf = (draft: Pick<Draft, 'levers'>, variable: string): readonly Step[] | undefined =>
  draft.levers.find((one) => one.variable === variable)?.steps;

/** A plan with the path of one lever set, or taken out. */
export function withLever(draft: Draft, variable: string, steps: readonly Step[] | null): Draft {
  const others = draft.levers.filter((one) => one.variable !== variable);
  const levers = steps === null ? others : [...others, { variable, steps: [...steps] }];
  return { ...draft, levers, changed: true };
}

/** A plan with one coupling set; 1 is as fitted and is not named. */
export function withCoupling(draft: Draft, variable: string, value: number): Draft {
  const others = draft.couplings.filter((one) => one.variable !== variable);
  const couplings = value === 1 ? others : [...others, { variable, value }];
  return { ...draft, couplings, changed: true };
}

export const couplingOf = (draft: Pick<Draft, 'couplings'>, variable: string): number =>
  draft.couplings.find((one) => one.variable === variable)?.value ?? 1;

/** The plan as computations and the server take it. */
export function planOf(draft: Draft): ScenarioPlan {
  return { id: draft.key, name: draft.name, levers: draft.levers, couplings: draft.couplings };
}

/** A pulse of a lever that is zero otherwise: from a moment on, for some hours, with a strength. */
export interface Pulse {
  day: number;
  hours: number;
  value: number;
}

/** The windows of a path in which it is not zero. One that never ends lasts to `days`. */
export function pulsesOf(steps: readonly Step[], days: number): Pulse[] {
  return steps.flatMap((step, index) => {
    if (step.value === 0) return [];
    const end = steps[index + 1]?.day ?? days;
    return [{ day: step.day, hours: Math.max(0, (end - step.day) * 24), value: step.value }];
  });
}

/** The path of some pulses; where two overlap the later one holds. */
export function stepsOfPulses(pulses: readonly Pulse[]): Step[] {
  const sorted = pulses.filter(({ hours }) => hours > 0).sort((a, b) => a.day - b.day);
  const steps: Step[] = [{ day: 0, value: 0 }];
  const put = (day: number, value: number) => {
    const last = steps.at(-1);
    if (last && last.day === day) last.value = value;
    else steps.push({ day, value });
  };
  for (const [index, pulse] of sorted.entries()) {
    const next = sorted[index + 1];
    const end = pulse.day + pulse.hours / 24;
    put(pulse.day, pulse.value);
    if (!next || next.day > end) put(end, 0);
  }
  return steps;
}

/** What each lever of a split comes to once the model has made them add up to one. */
export function splitShares(
  setup: Pick<ModelSetup, 'levers'>,
  typed: (lever: SetupLever) => number,
): Map<string, number> {
  const shares = setup.levers.filter(({ kind }) => kind === 'share');
  const sum = shares.reduce((all, lever) => all + typed(lever), 0);
  return new Map(shares.map((lever) => [lever.variable, sum > 0 ? typed(lever) / sum : Number.NaN]));
}
