import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../compile/compile.ts';
import { expectValue } from '../diagnostic.ts';
import { createEnsemble } from '../ensemble/ensemble.ts';
import { runModel } from '../run.ts';
import { readXmile } from '../xmile/reader.ts';
import { followSchedules, type Schedule } from './schedule.ts';

const text = `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <sim_specs method="euler"><start>0</start><stop>12</stop><dt>1</dt></sim_specs>
  <model><variables>
    <aux name="price cut"><eqn>0.1</eqn></aux>
    <stock name="given"><eqn>0</eqn><inflow>giving</inflow></stock>
    <flow name="giving"><eqn>price_cut</eqn></flow>
    <module name="shop"/><module name="left"><connect to="in" from=".price cut"/></module><module name="right"/>
  </variables></model>
  <model name="shop"><variables><aux name="hours"><eqn>8</eqn></aux><aux name="minutes"><eqn>hours*60</eqn></aux></variables></model>
  <model name="twin"><variables><aux name="in" access="input"><eqn>1</eqn></aux></variables></model>
</xmile>`
  .replace('name="left"', 'name="left" resource="#twin"')
  .replace('name="right"', 'name="right" resource="#twin"');
const file = expectValue(readXmile(text));

describe('followSchedules', () => {
  it('holds each step until the next, and the first before it', async () => {
    const steps = [
      { time: 2, value: 0.5 },
      { time: 5, value: -1 },
    ];
    const scheduled = expectValue(followSchedules(file, [{ variable: 'price_cut', steps }]));
    const run = expectValue(await runModel(scheduled.file, { outputs: ['giving', 'given'] }));
    expect([...run.series[0]!.values]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, -1, -1, -1, -1, -1, -1, -1, -1]);
    expect(run.series[1]!.values.at(-1)).toBe(2.5 - 7);
    expect(file.models[0]!.variables[0]!.equation!.text).toBe('0.1');
  });

  it('gives periods values of their own, in modules too', async () => {
    const schedule: Schedule = {
      variable: 'shop.hours',
      steps: [
        { time: 0, value: 6 },
        { time: 1, value: 7 },
      ],
      periods: { start: 3, length: 2.5, count: 3 },
    };
    const scheduled = expectValue(followSchedules(file, [schedule]));
    const [inputs] = scheduled.periodInputs;
    const program = expectValue(compileModel(scheduled.file, { inputs: inputs!, outputs: ['shop.minutes'] }));
    const ensemble = createEnsemble(program, { columns: [{ output: 'shop.minutes', reduce: { kind: 'series' } }] });
    const { values } = await ensemble.run(Float64Array.of(1, 2, 3, 7, 7, 7));
    expect([...values.subarray(0, 13)].map((one) => one / 60)).toEqual([6, 7, 7, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]);
    expect([...values.subarray(13)].map((one) => one / 60)).toEqual([6, ...Array(12).fill(7)]);
  });

  it('says what cannot follow a schedule', () => {
    const one = [{ time: 0, value: 1 }];
    const codes = (schedules: Schedule[]) => {
      const outcome = followSchedules(file, schedules);
      return outcome.ok ? [] : outcome.errors.map(({ code }) => code);
    };
    expect(codes([{ variable: 'given', steps: one }])).toEqual(['schedule.unknown']);
    expect(codes([{ variable: 'nobody', steps: one }])).toEqual(['schedule.unknown']);
    expect(codes([{ variable: 'left.in', steps: one }])).toEqual(['schedule.unknown']);
    expect(codes([{ variable: 'price cut', steps: [] }])).toEqual(['schedule.bad_steps']);
    expect(codes([{ variable: 'price cut', steps: [...one, ...one] }])).toEqual(['schedule.bad_steps']);
    expect(codes(['price cut', 'PRICE_CUT'].map((variable) => ({ variable, steps: one })))).toEqual(['schedule.twice']);
    const periods = { start: 0, length: 0, count: 3 };
    expect(codes([{ variable: 'price cut', steps: one, periods }])).toEqual(['schedule.bad_periods']);
  });

  it('equals the staircase written down, at any steps', async () => {
    const steps = fc
      .uniqueArray(fc.integer({ min: -3, max: 15 }), { minLength: 1, maxLength: 12 })
      .map((times) => times.sort((a, b) => a - b))
      .chain((times) =>
        fc.tuple(...times.map((time) => fc.double({ noNaN: true, min: -9, max: 9 }).map((value) => ({ time, value })))),
      );
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const scheduled = expectValue(followSchedules(file, [{ variable: 'price cut', steps: taken }]));
        const { times, series } = expectValue(await runModel(scheduled.file, { outputs: ['giving'] }));
        const expected = [...times].map((at) => (taken.findLast(({ time }) => time <= at) ?? taken[0]!).value);
        // A negative number is written as 0 less its size, so that -0 comes out as 0.
        expect([...series[0]!.values].map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
      }),
      { numRuns: 100 },
    );
  });
});
