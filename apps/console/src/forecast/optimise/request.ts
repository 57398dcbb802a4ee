import type { ModelSetup, NewForecast, OptimiseResult, SetupObservation } from '@tandem/server/schema/forecast';
import type { Target } from '@tandem/server/schema/metrics';
import type { Step } from '../../charts/steps.ts';
import { bucketEnd, bucketStart, daysIn, quarterOf } from '../../figures/period.ts';

/** What is asked of the optimiser, as it is typed. */
export interface OptimiseForm {
  goal: 'margin' | 'members' | 'gates';
  months: number;
  levers: string[];
  budget: number | null;
  fatigueMost: number | null;
  sessionsPerDayMost: number | null;
  risk: 'mean' | 'cvar';
  gates: Gate[];
}

/** The worst share of courses that a careful plan looks at. */
export const carefulShare = 0.2;

export function firstForm(setup: ModelSetup): OptimiseForm {
  return {
    goal: setup.optimise ? 'margin' : 'gates',
    months: 12,
    // Six levers at most are searched in the time that a person waits; splits and levels say more than pulses.
    levers: setup.levers
      .filter(({ kind }) => kind !== 'pulse')
      .slice(0, 6)
      .map(({ variable }) => variable),
    budget: null,
    fatigueMost: null,
    sessionsPerDayMost: null,
    risk: 'mean',
    gates: [],
  };
}

export type FormFault = 'levers' | 'gates';

export function faultOf(form: OptimiseForm): FormFault | null {
  if (form.levers.length === 0) return 'levers';
  return form.goal === 'gates' && form.gates.length === 0 ? 'gates' : null;
}

/** The form as the server takes it. */
export function requestOf(form: OptimiseForm, fitId: string, force: boolean): NewForecast {
  const { goal, months, levers, budget, fatigueMost, sessionsPerDayMost, risk, gates } = form;
  return {
    kind: 'optimise',
    fitId,
    months,
    levers,
    objective: {
      goal,
      ...(goal === 'gates' ? { gates: gates.map(({ kpi, day, value }) => ({ kpi, day, value })) } : {}),
      risk: risk === 'cvar' ? { kind: 'cvar', alpha: carefulShare } : { kind: 'mean' },
    },
    limits: { budget, fatigueMost, sessionsPerDayMost },
    force,
  };
}

const msPerDay = 86_400_000;

const dayNumber = (day: string) => Math.round(Date.parse(`${day}T00:00:00Z`) / msPerDay);

/** First day of each month of a result, counted from its start; results that do not say have months of thirty days. */
export function monthDays(result: Pick<OptimiseResult, 'start' | 'months' | 'monthStarts'>): number[] {
  const start = dayNumber(result.start);
  return Array.from({ length: result.months }, (_, month) => {
    const first = result.monthStarts?.[month];
    return first === undefined ? month * 30 : Math.max(0, dayNumber(first) - start);
  });
}

/** The levers of a result as paths of a scenario; equal months in a row are one step, a pulse ends after its days. */
export function pathsOf(
  result: Pick<OptimiseResult, 'levers' | 'start' | 'months' | 'monthStarts'>,
): { variable: string; steps: Step[] }[] {
  const days = monthDays(result);
  return result.levers.map(({ variable, byMonth, pulseDays }) => ({
    variable,
    steps: byMonth
      .flatMap((value, month) => {
        const day = days[month] ?? month * 30;
        return pulseDays === null
          ? [{ day, value }]
          : [
              { day, value },
              { day: day + pulseDays, value: 0 },
            ];
      })
      .filter(({ value }, index, all) => index === 0 || value !== all[index - 1]?.value),
  }));
}

/** A target that the optimiser can be asked to pass: by a day, counted from the first that is forecast. */
export interface Gate {
  kpi: string;
  quarter: string;
  day: string;
  value: number;
}

/**
 * The targets of the quarters that end within a plan, as gates. What a sum has to reach by the end of a quarter is what
 * the quarters ask of the days from `start` on; of a level it is its target itself. Means have none: their target by
 * quarter is no value at a day.
 */
export function gatesOf(
  targets: readonly Target[],
  observations: readonly Pick<SetupObservation, 'kpi' | 'measure'>[],
  start: string,
  end: string,
): Gate[] {
  return observations.flatMap(({ kpi, measure }) => {
    if (measure === 'mean') return [];
    let sum = 0;
    return quartersFrom(start, end).flatMap(({ quarter, from, to }) => {
      const target = targets.find((one) => one.kpi === kpi && one.quarter === quarter);
      if (!target) return [];
      const first = from < start ? start : from;
      sum += (target.value * daysIn({ from: first, to })) / daysIn({ from, to });
      return [{ kpi, quarter, day: to, value: measure === 'total' ? sum : target.value }];
    });
  });
}

/** Quarters that end after `start` and not after `end`. */
function quartersFrom(start: string, end: string): { quarter: string; from: string; to: string }[] {
  const found: { quarter: string; from: string; to: string }[] = [];
  for (let from = bucketStart(start, 'quarter'); bucketEnd(from, 'quarter') <= end; from = bucketEnd(from, 'quarter')) {
    found.push({ quarter: quarterOf(from), from, to: bucketEnd(from, 'quarter') });
  }
  return found;
}
