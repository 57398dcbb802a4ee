import { observedLayout } from '../model/index.ts';
import type { ModelSetup, SetupObservation, Words } from '../setup.ts';
import { type Ahead, aheadOf, distinctObservations, plainName, runRows, type Subject, type Today } from './subject.ts';

/** Outputs that are looked ahead at. */
export const outputsMost = 8;

/** What KPI come to within the days ahead, as a function of parameters and couplings. */
export interface Quarter {
  outputs: { id: string; label: Words; unit: Words; measure: SetupObservation['measure'] }[];
  ahead: Ahead;
  /** Inputs of a point: those of `ahead`, then the couplings. */
  inputs: string[];
  /** Points x outputs. */
  run(points: Float64Array, count: number): Promise<Float64Array>;
}

export function quarterOf(
  subject: Subject,
  today: Today | null,
  { horizonDays, couplings = [] }: { horizonDays: number; couplings?: readonly string[] },
): Quarter {
  const seen = watched(subject.setup);
  const ahead = aheadOf(subject, today, {
    horizonDays,
    outputs: unique(seen.map(({ variable }) => variable)),
    inputs: couplings,
  });
  const layout = observedLayout(seen, [subject.days, subject.days + horizonDays]);
  const inputs = [...ahead.inputs, ...couplings];
  return {
    outputs: seen.map(({ kpi, label, unit, measure }) => ({ id: kpi, label, unit, measure })),
    ahead,
    inputs,
    run: async (points, count) => {
      const values = await runRows(subject, ahead.program, layout.columns, { inputs, points, count });
      const results = new Float64Array(count * layout.count);
      for (let row = 0; row < count; row += 1) layout.read(values, row * layout.width, results, row * layout.count);
      return results;
    },
  };
}

/** What KPI see, and members where none sees them; at most `outputsMost`, counts first. */
function watched(setup: ModelSetup): SetupObservation[] {
  const seen = distinctObservations(setup);
  const members = setup.optimise?.members;
  const known = members === undefined || seen.some(({ variable }) => plainName(variable) === plainName(members));
  const all = known ? seen : [...seen, memberObservation(members)];
  return [
    ...all.filter(({ measure }) => measure === 'total'),
    ...all.filter(({ measure }) => measure !== 'total'),
  ].slice(0, outputsMost);
}

function memberObservation(variable: string): SetupObservation {
  const label = { en: 'Members', zh: '会员数' };
  return { kpi: 'members', variable, measure: 'level', scale: 'one', label, unit: { en: 'people', zh: '人' } };
}

function unique(names: readonly string[]): string[] {
  return names.filter((name, i) => names.findIndex((other) => plainName(other) === plainName(name)) === i);
}
