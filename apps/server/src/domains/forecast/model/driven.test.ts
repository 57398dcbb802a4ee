import { createEnsemble, expectValue, readXmile } from '@tandem/dynamics';
import { describe, expect, it } from 'vitest';
import type { ModelSetup } from '../setup.ts';
import type { Snapshot } from '../task.ts';
import { driveModel, stocksOf } from './driven.ts';
import { leverHistories, leverPaths, weekBoundaries } from './levers.ts';
import { observedLayout } from './observed.ts';

const words = { en: 'x', zh: 'x' };
const lever = { label: words, unit: words, low: 0, high: 10, step: 1, usual: 2, kind: 'level' as const };
const setup: ModelSetup = {
  run: { dt: 0.25, method: 'rk2' },
  parameters: [],
  observations: [
    { kpi: 'orders', variable: 'sold', measure: 'total', scale: 'one', label: words, unit: words },
    { kpi: 'members', variable: 'members', measure: 'level', scale: 'one', label: words, unit: words },
    { kpi: 'active_members', variable: 'members', measure: 'mean', scale: 'one', label: words, unit: words },
  ],
  levers: [
    { ...lever, variable: 'sessions', history: { kpi: 'sessions', measure: 'daily' } },
    { ...lever, variable: 'depth', usual: 0, kind: 'pulse', promotions: true },
  ],
  couplings: [],
  sectors: [],
  parts: [],
  shown: [],
};
const file = expectValue(
  readXmile(`<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <sim_specs method="rk2"><start>0</start><stop>12</stop><dt>0.125</dt></sim_specs>
  <model><variables>
    <aux name="sessions"><eqn>1</eqn></aux><aux name="depth"><eqn>0</eqn></aux><aux name="growth"><eqn>0.01</eqn></aux>
    <stock name="members"><eqn>100</eqn><inflow>joins</inflow></stock><flow name="joins"><eqn>members*growth</eqn></flow>
    <stock name="sold"><eqn>0</eqn><inflow>sales</inflow></stock><flow name="sales"><eqn>sessions*(1+depth)</eqn></flow>
  </variables></model></xmile>`),
);
const days = 30;
const snapshot: Snapshot = {
  from: '2026-01-01',
  to: '2026-01-31',
  zone: 'Asia/Shanghai',
  currency: 'CNY',
  series: [
    { kpi: 'sessions', values: Array.from({ length: days }, (_, day) => (day === 10 ? null : day < 16 ? 3 : 5)) },
  ],
  promotions: [
    { name: 'a', from: '2026-01-11', to: '2026-01-13', depth: 0.5 },
    { name: 'b', from: '2026-02-05', to: '2026-02-06', depth: 0.3 },
  ],
};

describe('levers over time', () => {
  it('weeks end with the data', () => {
    expect(weekBoundaries(snapshot)).toEqual([2, 9, 16, 23, 30]);
  });

  it('takes the past from KPI and the promotion calendar and goes on as lately', () => {
    const [sessions, depth] = leverHistories(setup, snapshot);
    expect(sessions!.path.steps).toEqual([
      { day: 0, value: 3 },
      { day: 16, value: 5 },
    ]);
    expect(sessions!.seen).toEqual({ low: 3, high: 5 });
    expect(sessions!.onward).toBeCloseTo((13 * 3 + 14 * 5) / 27, 12);
    expect(depth!.path.steps.map(({ day, value }) => [day, value])).toEqual([
      [0, 0],
      [10, 0.5],
      [12, 0],
      [35, 0.3],
      [36, 0],
    ]);
  });

  it('a plan takes over on the first forecast day, and only what it names', () => {
    const plan = { levers: [{ variable: 'sessions', steps: [{ day: 7, value: 9 }] }] };
    const [sessions, depth] = leverPaths(setup, snapshot, plan);
    expect(sessions!.steps.map(({ day }) => day)).toEqual([0, 16, 30, 37]);
    expect(sessions!.steps.at(-1)!.value).toBe(9);
    expect(depth!.steps.at(-1)).toEqual({ day: 36, value: 0 });
    const without = leverPaths(setup, snapshot, { levers: [{ variable: 'depth', steps: [] }] })[1]!;
    expect(without.steps.at(-1)).toEqual({ day: 30, value: 0 });
  });

  it('gives KPI by week, and the same bits when a run goes on from its stocks', async () => {
    const paths = leverPaths(setup, snapshot);
    const boundaries = weekBoundaries(snapshot);
    const layout = observedLayout(setup.observations, boundaries);
    const outputs = ['sold', 'members'];
    const { program } = driveModel({ file, setup }, { stop: 44, paths, inputs: ['growth'], outputs });
    const whole = createEnsemble(program, { columns: layout.columns });
    const row = await whole.run(Float64Array.of(0.02));
    const seen = new Float64Array(layout.count);
    layout.read(row.values, 0, seen, 0);
    expect(seen[0]).toBeCloseTo(21, 9);
    expect(seen[1]).toBeCloseTo(21 + 3, 9);
    expect(seen[7]).toBeCloseTo(100 * Math.exp(0.02 * 30), 1);
    expect(seen[11]! < seen[7]!).toBe(true);

    const stocks = stocksOf(program);
    const at = async (time: number, start: number, points: Float64Array) => {
      const driven = driveModel(
        { file, setup },
        { start, stop: 44, paths, inputs: ['growth', ...(start > 0 ? stocks : [])], outputs: stocks },
      );
      const columns = stocks.map((output) => ({ output, reduce: { kind: 'at' as const, time } }));
      return (await createEnsemble(driven.program, { columns }).run(points)).values;
    };
    const middle = await at(30, 0, Float64Array.of(0.02));
    const gone = await at(44, 30, Float64Array.of(0.02, ...middle));
    expect(gone).toEqual(await at(44, 0, Float64Array.of(0.02)));
  });

  it('takes the finer step of the file where a lever changes within a day', async () => {
    const sold = async (hours: number) => {
      const steps = [
        { day: 0, value: 0 },
        { day: 33.5, value: 1 },
        { day: 33.5 + hours / 24, value: 0 },
      ];
      const driven = driveModel(
        { file, setup },
        { stop: 44, paths: [{ variable: 'depth', steps }], outputs: ['sold'] },
      );
      const { values } = await createEnsemble(driven.program, {
        columns: [{ output: 'sold', reduce: { kind: 'final' } }],
      }).run(new Float64Array(), { runs: 1 });
      return { value: values[0]!, dt: driven.program.time.dt };
    };
    expect(await sold(6)).toEqual({ value: 44.25, dt: 0.25 });
    expect(await sold(3)).toEqual({ value: 44.125, dt: 0.125 });
  });

  it('gives levers a value for each period', async () => {
    const paths = leverPaths(setup, snapshot);
    const periods = { variables: ['sessions'], start: 30, length: 7, count: 2 };
    const driven = driveModel({ file, setup }, { stop: 44, paths, periods, outputs: ['sold'] });
    expect(driven.periodInputs[0]).toHaveLength(2);
    const columns = [{ output: 'sold', reduce: { kind: 'samples' as const, times: [30, 37, 44] } }];
    const { values } = await createEnsemble(driven.program, { columns, inputs: driven.periodInputs[0]! }).run(
      Float64Array.of(1, 10),
    );
    expect(values[1]! - values[0]!).toBeCloseTo(7 + 0.3, 9);
    expect(values[2]! - values[1]!).toBeCloseTo(70, 9);
  });
});
