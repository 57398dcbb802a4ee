import { draw } from '@tandem/dynamics';
import { addDays } from '#lib/time.ts';
import { encodeDraws } from '../predict/draws.ts';
import type { SetupLever } from '../setup.ts';
import type { FitResult, ModelInput, Snapshot } from '../task.ts';
import type { OptimiseTask } from './problem.ts';

/** A model whose optima are known: what levers earn a day is written in `earning`, what they cost in `spending`. */
export interface SmallModel {
  levers: (Pick<SetupLever, 'low' | 'high' | 'usual'> & { name: string; kind?: SetupLever['kind']; kpi?: string })[];
  /** Constants that differ from draw to draw. */
  parameters: Record<string, readonly number[]>;
  earning: string;
  spending: string;
  /** Further variables: name to equation. */
  others?: Record<string, string>;
  fatigue?: string;
}

const both = (text: string) => ({ en: text, zh: text });

export function smallModel({ levers, parameters, earning, spending, others = {}, fatigue }: SmallModel): ModelInput {
  const aux = (name: string, text: string) => `<aux name="${name}"><eqn>${text}</eqn></aux>`;
  const counter = (name: string, text: string) =>
    `<stock name="${name}"><eqn>0</eqn><inflow>${name}_flow</inflow></stock><flow name="${name}_flow"><eqn>${text}</eqn></flow>`;
  const xmile = `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
    <sim_specs method="euler"><start>0</start><stop>100</stop><dt>1</dt></sim_specs><model><variables>
    ${levers.map(({ name, usual }) => aux(name, String(usual))).join('')}
    ${Object.entries(parameters)
      .map(([name, values]) => aux(name, String(values[0])))
      .join('')}
    ${Object.entries(others)
      .map(([name, text]) => aux(name, text))
      .join('')}
    ${counter('margin', earning)}${counter('spend', spending)}
    </variables></model></xmile>`;
  return {
    xmile,
    setup: {
      parameters: [],
      observations: [
        {
          kpi: 'gmv',
          variable: 'margin',
          measure: 'total',
          scale: 'one',
          label: both('sales'),
          unit: both('CNY'),
        },
      ],
      levers: levers.map(({ name, low, high, usual, kind = 'level', kpi }) => ({
        variable: name,
        label: both(name),
        unit: both('CNY/day'),
        low,
        high,
        step: 1,
        usual,
        kind,
        ...(kpi && { history: { kpi, measure: 'daily' as const } }),
      })),
      couplings: [],
      sectors: [],
      parts: [],
      shown: [],
      optimise: { spend: 'spend', margin: 'margin', members: 'margin', ...(fatigue && { fatigue }) },
    },
  };
}

/** Numbers around a mean, the same in every test. */
export function spreadAround(mean: number, deviation: number, count: number, key: number): number[] {
  return Array.from({ length: count }, (_, i) => mean + deviation * Math.sqrt(12) * (draw(11, i, key, 0) - 0.5));
}

export function fitOf(parameters: Record<string, readonly number[]>, basis: 'data' | 'prior' = 'data'): FitResult {
  const names = Object.keys(parameters);
  const count = Object.values(parameters)[0]!.length;
  const values = new Float64Array(count * names.length);
  for (const [j, name] of names.entries()) {
    for (let i = 0; i < count; i += 1) values[i * names.length + j] = parameters[name]![i]!;
  }
  return {
    kind: 'fit',
    basis,
    reason: null,
    parameters: [],
    series: [],
    missing: [],
    converged: true,
    complete: true,
    rhat: 1,
    effectiveDraws: count,
    evaluations: 0,
    draws: encodeDraws(names, values),
    warnings: [],
  };
}

/** Eight weeks of data. */
export function snapshotOf(series: Record<string, readonly number[]> = {}, days = 56): Snapshot {
  return {
    from: '2025-01-01',
    to: addDays('2025-01-01', days),
    zone: 'Asia/Shanghai',
    currency: 'CNY',
    series: Object.entries(series).map(([kpi, values]) => ({ kpi, values: [...values] })),
    promotions: [],
  };
}

export function taskOf(model: SmallModel, options: Partial<OptimiseTask> = {}): OptimiseTask {
  return {
    kind: 'optimise',
    model: smallModel(model),
    snapshot: snapshotOf(),
    seed: 1,
    fit: fitOf(model.parameters),
    months: 3,
    levers: model.levers.map(({ name }) => name),
    objective: { goal: 'margin', risk: { kind: 'mean' } },
    limits: { budget: null, fatigueMost: null, sessionsPerDayMost: null },
    draws: 40,
    force: true,
    ...options,
  };
}
