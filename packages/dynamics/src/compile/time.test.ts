import { describe, expect, it } from 'vitest';
import { aux, compiled, findings, flow, run, stock } from './run.fixture.ts';

const clock = aux('t', 'TIME');

function specs(start: number, stop: number, dt: string | number, more = ''): string {
  return `<start>${start}</start><stop>${stop}</stop><dt>${dt}</dt>${more}`;
}

describe('the time grid', () => {
  it('counts whole steps', () => {
    const { time } = compiled({ variables: clock, specs: specs(1, 13, 0.1) });
    expect(time).toEqual({ start: 1, dt: 0.1, stepsPerUnit: 10, steps: 120, method: 'euler', saveEvery: 1 });
    expect(run({ variables: clock, specs: specs(0, 1, 0.1) }).t![3]).toBe(0.3);
  });

  it('keeps a dt that is no reciprocal of a whole number', () => {
    expect(compiled({ variables: clock, specs: specs(0, 60, 1.5) }).time).toMatchObject({
      stepsPerUnit: undefined,
      steps: 40,
    });
  });

  it('follows the selection', () => {
    const time = { start: 2, stop: 4, dt: 0.5, method: 'rk4', saveStep: 1 } as const;
    expect(compiled({ variables: clock }, { time }).time).toEqual({
      start: 2,
      dt: 0.5,
      stepsPerUnit: 2,
      steps: 4,
      method: 'rk4',
      saveEvery: 2,
    });
    expect(run({ variables: clock }, { time }).t).toEqual([2, 3, 4]);
  });

  it('is what a model says of it that states it as variables', () => {
    const variables =
      aux('TIME STEP', '1') + aux('FINAL TIME', '2') + aux('INITIAL TIME', '7') + aux('x', 'TIME_STEP * FINAL_TIME');
    const all = run({ variables }, { time: { dt: 0.5, stop: 4 } });
    expect([all['TIME STEP']![0], all['FINAL TIME']![0], all['INITIAL TIME']![0], all.x![0]]).toEqual([0.5, 4, 7, 2]);
  });

  it('ends before a stop that is not on it, with a warning', () => {
    const parts = { variables: clock + aux('stop', 'STOPTIME'), specs: specs(0, 1.1, 0.25) };
    expect(run(parts)).toEqual({ t: [0, 0.25, 0.5, 0.75, 1], stop: Array(5).fill(1.1) });
    expect(findings(parts)).toEqual(['time.off_grid']);
  });

  it('saves at the nearest whole number of steps, with a warning', () => {
    expect(findings({ variables: clock }, { time: { dt: 0.25, saveStep: 0.6 } })).toEqual(['time.save_off_grid']);
    expect(run({ variables: clock }, { time: { dt: 0.25, saveStep: 0.6 } }).t).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it.each([
    ['dt', { dt: 0 }, 'time.step_not_positive'],
    ['stop', { stop: -1 }, 'time.stop_before_start'],
    ['saveStep', { saveStep: 0 }, 'time.save_not_positive'],
    ['start', { start: Number.NaN }, 'time.not_number'],
    ['steps', { dt: 1e-9 }, 'time.too_many_steps'],
    ['values', { dt: 1e-7, stop: 9 }, 'time.too_many_values'],
  ])('refuses what makes no sense: %s', (_, time, code) => {
    expect(findings({ variables: clock + aux('x', '1') }, { time })).toContain(code);
  });

  it.each([
    ['RK4', 'rk4', []],
    ['Euler', 'euler', []],
    ['rk45, rk4', 'rk45', []],
    ['gear, rk4', 'rk4', []],
    ['gear', 'rk4', ['time.method_replaced']],
  ])('knows the method %s as %s', (method, used, warnings) => {
    const file = { variables: clock, specs: specs(0, 2, 1) };
    const text = { ...file, specs: `${file.specs}` };
    const program = compiled(text, { time: { method: method as 'rk4' } });
    expect(program.time.method).toBe(used);
    expect(findings(text, { time: { method: method as 'rk4' } })).toEqual(warnings);
  });

  it('refuses methods that there are not', () => {
    expect(findings({ variables: clock }, { time: { method: 'guess' as 'rk4' } })).toEqual(['time.unknown_method']);
  });
});

describe('initial values', () => {
  it('are those at the start, for INIT and for stocks', () => {
    const variables =
      stock('s', 'x + 1', '<inflow>f</inflow>') + aux('x', 'TIME + 5') + flow('f', '1') + aux('i', 'INIT(s + x)');
    const all = run({ variables });
    expect(all.s).toEqual([6, 7, 8]);
    expect(all.i).toEqual([11, 11, 11]);
  });
});
