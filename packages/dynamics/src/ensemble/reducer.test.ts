import { describe, expect, it } from 'vitest';
import { timeGrid } from '../../test/small-programs.ts';
import { type Reducer, reductionOf, savedTimes, timesOutside } from './reducer.ts';

const times = [0, 1, 2, 3, 4];
const hill = [0, 4, 8, 2, -2];

function reduced(reduce: Reducer, values: readonly number[] = hill): number[] {
  // Lane 1 of 3 of output 1 of 2, as in the results of a kernel.
  const results = new Float64Array(values.length * 6).fill(77);
  values.forEach((value, s) => {
    results[s * 6 + 4] = value;
  });
  const reduction = reductionOf(reduce, times);
  const into = new Float64Array(reduction.width + 2).fill(99);
  reduction.reduce({ results, at: 4, stride: 6 }, into, 1);
  expect([into[0], into.at(-1)]).toEqual([99, 99]);
  return [...into.subarray(1, -1)];
}

describe('reducers', () => {
  it.each([
    [{ kind: 'series' }, hill],
    [{ kind: 'initial' }, [0]],
    [{ kind: 'final' }, [-2]],
    [{ kind: 'min' }, [-2]],
    [{ kind: 'max' }, [8]],
    [{ kind: 'mean' }, [2.4]],
    [{ kind: 'sum' }, [12]],
    [{ kind: 'timeOfMax' }, [2]],
    [{ kind: 'timeOfMin' }, [4]],
    [{ kind: 'at', time: 2.5 }, [5]],
    [{ kind: 'samples', times: [4, 0, 0.25, 3 + 1e-9] }, [-2, 0, 1, 2]],
    [{ kind: 'crossing', level: 5, direction: 'up' }, [1.25]],
    [{ kind: 'crossing', level: 5, direction: 'down' }, [2.5]],
    [{ kind: 'crossing', level: 5, direction: 'either' }, [1.25]],
    [{ kind: 'crossing', level: 0, direction: 'either' }, [3.5]],
    [{ kind: 'crossing', level: 9, direction: 'up' }, [Number.NaN]],
    [{ kind: 'residual', times: [1, 2.5, 3], values: [5, 3, Number.NaN] }, [1 + 4]],
    [{ kind: 'residual', times: [1, 2.5], values: [5, 3], weights: [10, 0.5] }, [10 + 2]],
    [{ kind: 'residual', times: [1], values: [4 * Math.E ** 2], scale: 'log' }, [4]],
  ] satisfies [Reducer, number[]][])('%j', (reduce, expected) => {
    const found = reduced(reduce);
    expect(found).toHaveLength(expected.length);
    expected.forEach((value, i) => {
      if (Number.isNaN(value)) expect(found[i]).toBeNaN();
      else expect(found[i]).toBeCloseTo(value, 8);
    });
  });

  it('pass on what is not a number', () => {
    const broken = [0, Number.NaN, 8, 2, -2];
    for (const kind of ['min', 'max', 'mean', 'sum', 'timeOfMin', 'timeOfMax'] as const) {
      expect(reduced({ kind }, broken)).toEqual([Number.NaN]);
    }
    expect(reduced({ kind: 'residual', times: [1], values: [1] }, broken)).toEqual([Number.NaN]);
    expect(reduced({ kind: 'final' }, broken)).toEqual([-2]);
    expect(reduced({ kind: 'at', time: 2 }, broken)).toEqual([8]);
  });

  it('cross a level on the way to or from infinity at a saved point', () => {
    const [up, down] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(reduced({ kind: 'crossing', level: 5, direction: 'up' }, [0, up, up, up, up])).toEqual([0]);
    expect(reduced({ kind: 'crossing', level: 5, direction: 'up' }, [down, 7, 7, 7, 7])).toEqual([1]);
  });

  it('know the times they ask for', () => {
    expect(timesOutside({ kind: 'at', time: 4 + 1e-9 }, times)).toEqual([]);
    expect(timesOutside({ kind: 'samples', times: [-0.1, 2, 4.1, Number.NaN] }, times)).toEqual([
      -0.1,
      4.1,
      Number.NaN,
    ]);
    expect(timesOutside({ kind: 'residual', times: [9, 1], values: [Number.NaN, 1] }, times)).toEqual([]);
    expect(reductionOf({ kind: 'samples', times: [1, 2] }, times).times).toEqual([1, 2]);
    expect(savedTimes(timeGrid(7, 2, 'euler', 3))).toEqual([0, 1.5, 3, 3.5]);
  });

  it('work on a run without steps', () => {
    const reduction = reductionOf({ kind: 'at', time: 5 }, [5]);
    const into = new Float64Array(1);
    reduction.reduce({ results: Float64Array.of(3), at: 0, stride: 1 }, into, 0);
    expect(into[0]).toBe(3);
  });
});
