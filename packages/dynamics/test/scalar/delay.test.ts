import { describe, expect, it } from 'vitest';
import { aux } from '../../src/compile/run.fixture.ts';
import { valuesOf } from './model.fixture.ts';

/** From 2 to 12 by a quarter, saved at whole times. */
const dt = 0.25;
const steps = 40;
const saveEvery = 4;
const specs = '<start>2</start><stop>12</stop><dt>0.25</dt><savestep>1</savestep>';
const timeAt = (step: number) => 2 + step * dt;
const inputAt = (time: number) => 10 + (time >= 5 ? 4 : 0) + Math.max(0, time - 7) * 0.5;
const delayAt = (time: number) => 3 + 0.5 * Math.sin(time);
const variables = aux('i', '10 + STEP(4, 5) + RAMP(0.5, 7)') + aux('d', '3 + 0.5 * SIN(TIME)');

interface Chain {
  order: number;
  initial?: number;
}

function saved(valueAt: (step: number) => number): number[] {
  const values: number[] = [];
  for (let step = 0; step <= steps; step++) {
    const value = valueAt(step);
    if (step % saveEvery === 0) values.push(value);
  }
  return values;
}

/** Stages as stocks, each with the flow out of it, by Euler's method. */
function materialDelay({ order, initial = inputAt(timeAt(0)) }: Chain): number[] {
  const content: number[] = new Array(order).fill((initial * delayAt(timeAt(0))) / order);
  return saved((step) => {
    const outflows = content.map((amount) => (amount * order) / delayAt(timeAt(step)));
    outflows.forEach((outflow, stage) => {
      const inflow = stage === 0 ? inputAt(timeAt(step)) : outflows[stage - 1]!;
      content[stage]! += dt * (inflow - outflow);
    });
    return outflows.at(-1)!;
  });
}

function smooth({ order, initial = inputAt(timeAt(0)) }: Chain): number[] {
  let levels: number[] = new Array(order).fill(initial);
  return saved((step) => {
    const before = levels;
    levels = before.map((level, stage) => {
      const goal = stage === 0 ? inputAt(timeAt(step)) : before[stage - 1]!;
      return level + (dt * (goal - level) * order) / delayAt(timeAt(step));
    });
    return before.at(-1)!;
  });
}

function trend(initialTrend: number, horizon?: number): number[] {
  let average = inputAt(timeAt(0)) / (1 + initialTrend * delayAt(timeAt(0)));
  return saved((step) => {
    const [input, time] = [inputAt(timeAt(step)), delayAt(timeAt(step))];
    const change = (input - average) / (Math.abs(average) * time);
    average += (dt * (input - average)) / time;
    return horizon === undefined ? change : input * (1 + change * horizon);
  });
}

function pipeline(lag: number, initial: number): number[] {
  return saved((step) => (step < lag ? initial : inputAt(timeAt(step - lag))));
}

const start = inputAt(timeAt(0));

const cases: [equation: string, expected: number[]][] = [
  ['DELAY1(i, d)', materialDelay({ order: 1 })],
  ['DELAY1(i, d, 3)', materialDelay({ order: 1, initial: 3 })],
  ['DELAY1I(i, d, 3)', materialDelay({ order: 1, initial: 3 })],
  ['DELAY3(i, d)', materialDelay({ order: 3 })],
  ['DELAY3(i, d, 3)', materialDelay({ order: 3, initial: 3 })],
  ['DELAY3I(i, d, 3)', materialDelay({ order: 3, initial: 3 })],
  ['DELAYN(i, d, 5)', materialDelay({ order: 5 })],
  ['DELAYN(i, d, 5, 3)', materialDelay({ order: 5, initial: 3 })],
  ['DELAY_N(i, d, 7, 2)', materialDelay({ order: 2, initial: 7 })],
  ['SMTH1(i, d)', smooth({ order: 1 })],
  ['SMTH1(i, d, 3)', smooth({ order: 1, initial: 3 })],
  ['SMOOTH(i, d)', smooth({ order: 1 })],
  ['SMOOTHI(i, d, 3)', smooth({ order: 1, initial: 3 })],
  ['SMTH3(i, d)', smooth({ order: 3 })],
  ['SMTH3(i, d, 3)', smooth({ order: 3, initial: 3 })],
  ['SMOOTH3(i, d)', smooth({ order: 3 })],
  ['SMOOTH3I(i, d, 3)', smooth({ order: 3, initial: 3 })],
  ['SMTHN(i, d, 2)', smooth({ order: 2 })],
  ['SMTHN(i, d, 2, 7)', smooth({ order: 2, initial: 7 })],
  ['SMOOTH N(i, d, 7, 2)', smooth({ order: 2, initial: 7 })],
  ['TREND(i, d)', trend(0)],
  ['TREND(i, d, 0.1)', trend(0.1)],
  ['FORCST(i, d, 2)', trend(0, 2)],
  ['FORCST(i, d, 2, 0.1)', trend(0.1, 2)],
  ['FORECAST(i, d, 2)', trend(0, 2)],
  ['DELAY(i, 2)', pipeline(8, start)],
  ['DELAY(i, 2, 1)', pipeline(8, 1)],
  ['DELAY FIXED(i, 2, 1)', pipeline(8, 1)],
  ['DELAY_FIXED(i, 2, i + 1)', pipeline(8, start + 1)],
  ['DELAY(i, 0)', pipeline(1, start)],
  ['DELAY(i, 0.1)', pipeline(1, start)],
  ['DELAY(i, 100, 1)', pipeline(steps + 1, 1)],
  ['DELAY(i, 2 * d, 1)', pipeline(Math.round((2 * delayAt(2)) / dt), 1)],
];

describe('delays, smooths and trends of a changing input and a changing delay time', () => {
  it.each(cases)('%s', (equation, expected) => {
    const values = valuesOf(equation, specs, variables);
    expect(values).toHaveLength(expected.length);
    values.forEach((value, point) => {
      expect(Math.abs(value - expected[point]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(expected[point]!)));
    });
  });

  it('have another order in Vensim where they are too short for the one asked for', () => {
    const coarse = '<start>0</start><stop>6</stop><dt>1</dt>';
    // Two stages of one step each.
    expect(valuesOf('DELAY N(STEP(5, 1), 2, 0, 5)', coarse)).toEqual([0, 0, 0, 5, 5, 5, 5]);
    expect(valuesOf('SMOOTH N(STEP(5, 1), 2, 0, 5)', coarse)).toEqual([0, 0, 0, 5, 5, 5, 5]);
    expect(valuesOf('DELAY N(STEP(5, 1), 0, 0, 5)', coarse)).toEqual([0, 0, 5, 5, 5, 5, 5]);
  });

  it('are as short as they are said to be under the names of Vensim, and a step a stage under those of Stella', () => {
    const coarse = '<start>0</start><stop>6</stop><dt>1</dt>';
    // Stages of 2/3: what flows in changes a stage by 3/2 of the difference in a step.
    const levels = [0, 0, 0];
    const raw = Array.from({ length: 7 }, (_, time) => {
      const [first, second, third] = levels as [number, number, number];
      levels[0] = first + 1.5 * ((time >= 1 ? 8 : 0) - first);
      levels[1] = second + 1.5 * (first - second);
      levels[2] = third + 1.5 * (second - third);
      return third;
    });
    for (const equation of ['SMOOTH3(STEP(8, 1), 2)', 'SMOOTH3I(STEP(8, 1), 2, 0)', 'DELAY3I(STEP(8, 1), 2, 0)']) {
      expect(valuesOf(equation, coarse)).toEqual(raw.map((value) => expect.closeTo(value, 12)));
    }
    expect(valuesOf('SMTH3(STEP(8, 1), 2)', coarse)).toEqual([0, 0, 0, 0, 8, 8, 8]);
    expect(valuesOf('DELAY3(STEP(8, 1), 2)', coarse)).toEqual([0, 0, 0, 0, 8, 8, 8]);
  });
});
