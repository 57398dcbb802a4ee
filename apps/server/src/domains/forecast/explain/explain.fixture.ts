import { encodeDraws } from '../predict/draws.ts';
import type { ModelSetup } from '../setup.ts';
import type { FitResult, Snapshot, Workplace } from '../task.ts';
import { type ExplainTask, type Subject, subjectOf } from './subject.ts';

const words = (en: string) => ({ en, zh: en });
const unit = words('people');

/** A file around variables; time in days, fine steps. */
export function xmileOf(variables: string, { dt = 0.125, method = 'rk4' } = {}): string {
  return `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <sim_specs method="${method}"><start>0</start><stop>10</stop><dt>${dt}</dt></sim_specs>
  <model><variables>${variables}</variables></model></xmile>`;
}

export const stock = (name: string, start: string | number, inflows: string[], outflows: string[] = []) =>
  `<stock name="${name}"><eqn>${start}</eqn>${inflows.map((flow) => `<inflow>${flow}</inflow>`).join('')}${outflows.map((flow) => `<outflow>${flow}</outflow>`).join('')}</stock>`;
export const flow = (name: string, eqn: string) => `<flow name="${name}"><eqn>${eqn}</eqn></flow>`;
export const aux = (name: string, eqn: string | number) => `<aux name="${name}"><eqn>${eqn}</eqn></aux>`;

export const total = (variable: string, kpi = variable) =>
  ({ kpi, variable, measure: 'total', scale: 'one', label: words(kpi), unit }) as const;
export const level = (variable: string) =>
  ({ kpi: variable, variable, measure: 'level', scale: 'one', label: words(variable), unit }) as const;
export const part = (id: string, variables: string[], sector = 'all') => ({ id, sector, label: words(id), variables });
export const lever = (variable: string, low: number, high: number, usual: number) =>
  ({ variable, label: words(variable), unit, low, high, step: 0.01, usual, kind: 'level' }) as const;

export const emptySetup: ModelSetup = {
  parameters: [],
  observations: [],
  levers: [],
  couplings: [],
  sectors: [],
  parts: [],
  shown: [],
};

/** Draws of parameters as a fit would have them; `values` by draw. */
export function fitOf(names: readonly string[], values: readonly (readonly number[])[]): FitResult {
  return {
    kind: 'fit',
    basis: 'data',
    reason: null,
    parameters: [],
    series: [],
    missing: [],
    converged: true,
    complete: true,
    rhat: 1,
    effectiveDraws: values.length,
    evaluations: 0,
    draws: encodeDraws(names, Float64Array.from(values.flat())),
    warnings: [],
  };
}

export function taskOf(
  xmile: string,
  setup: Partial<ModelSetup>,
  fit: FitResult,
  { days = 60, samples = 1024, from = '2026-01-01' } = {},
): ExplainTask {
  const to = new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  const snapshot: Snapshot = { from, to, zone: 'Asia/Shanghai', currency: 'CNY', series: [], promotions: [] };
  return { kind: 'explain', model: { xmile, setup: { ...emptySetup, ...setup } }, snapshot, seed: 3, fit, samples };
}

export function subjectFor(...of: Parameters<typeof taskOf>): Subject {
  return subjectOf(taskOf(...of), place);
}

export const place: Workplace = { threads: 1 };

/** `count` numbers between two ends, evenly spread and mixed by a step that shares no factor with the count. */
export function spread(low: number, high: number, count: number, step = 1): number[] {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * (((i * step) % count) + 0.5)) / count);
}
