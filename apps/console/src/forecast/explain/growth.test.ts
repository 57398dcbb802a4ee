import { describe, expect, it } from 'vitest';
import { bindingFirst, growthSeries, isSure } from './growth.ts';
import { pathStep, traceOf } from './trace.ts';

describe('growth by part', () => {
  it('gives every part an entry for every month', () => {
    const series = growthSeries(
      [
        { month: '2026-01-01', shares: [{ part: 'koc', share: 1, low: 0.9, high: 1 }] },
        { month: '2026-02-01', shares: [{ part: 'fission', share: 1, low: 0.8, high: 1 }] },
      ],
      (part) => part.toUpperCase(),
    );
    expect(series.map(({ name, shares }) => [name, shares.map(({ share }) => share)])).toEqual([
      ['KOC', [1, 0]],
      ['FISSION', [0, 1]],
    ]);
  });
});

describe('couplings', () => {
  const coupling = (variable: string, output: string, elasticity: number) => ({
    variable,
    output,
    elasticity,
    low: elasticity - 0.1,
    high: elasticity + 0.1,
    whenCut: 0,
    whenCutLow: 0,
    whenCutHigh: 0,
  });
  it('bind in the order of what they are worth, for one output', () => {
    const all = [coupling('a', 'gmv', 0.1), coupling('b', 'gmv', 0.5), coupling('c', 'members', 0.9)];
    expect(bindingFirst(all, 'gmv').map(({ variable }) => variable)).toEqual(['b', 'a']);
  });
  it('are told with a sign only where the interval has one', () => {
    expect(isSure({ low: -0.1, high: 0.2 })).toBe(false);
    expect(isSure({ low: -0.2, high: -0.1 })).toBe(true);
  });
});

describe('a walk along causes', () => {
  const plainVariable = {
    kind: 'aux' as const,
    label: '',
    labelZh: '',
    unit: '',
    equation: '1',
    documentation: null,
    part: null,
    value: 1,
    causes: [],
    effects: [],
  };
  const causes = [
    {
      ...plainVariable,
      variable: 'a',
      equation: 'b*2',
      causes: [
        { variable: 'c', influence: 0.1, elasticity: null },
        { variable: 'b', influence: -0.9, elasticity: -1 },
      ],
      effects: ['d'],
    },
    { ...plainVariable, variable: 'b', effects: ['a'] },
  ];
  it('shows the strongest causes first, and what is not explained as a leaf', () => {
    const here = traceOf(causes, 'a');
    expect(here?.causes.map(({ variable, known }) => [variable, known])).toEqual([
      ['b', true],
      ['c', false],
    ]);
    expect(here?.effects).toEqual([{ variable: 'd', known: false }]);
    expect(traceOf(causes, 'nowhere')).toBeNull();
  });
  it('goes back to where it was rather than in circles', () => {
    expect(pathStep(['a', 'b'], 'a')).toEqual(['a']);
    expect(pathStep(['a'], 'b')).toEqual(['a', 'b']);
  });
});
