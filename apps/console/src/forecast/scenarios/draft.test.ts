import { describe, expect, it } from 'vitest';
import {
  couplingOf,
  emptyDraft,
  pathOf,
  planOf,
  pulsesOf,
  splitShares,
  stepsOfPulses,
  withCoupling,
  withLever,
} from './draft.ts';

const draft = emptyDraft('a', 'Plan');

describe('a plan on the screen', () => {
  it('names only the levers that were set', () => {
    const set = withLever(draft, 'budget', [{ day: 0, value: 5 }]);
    expect(pathOf(set, 'budget')).toEqual([{ day: 0, value: 5 }]);
    expect(withLever(set, 'budget', null).levers).toEqual([]);
    expect(set.changed).toBe(true);
    expect(planOf(set)).toEqual({ id: 'a', name: 'Plan', levers: set.levers, couplings: [] });
  });
  it('names only couplings that are not as fitted', () => {
    const cut = withCoupling(draft, 'coupling[user, traffic]', 0);
    expect(couplingOf(cut, 'coupling[user, traffic]')).toBe(0);
    expect(couplingOf(cut, 'coupling[user, content]')).toBe(1);
    expect(withCoupling(cut, 'coupling[user, traffic]', 1).couplings).toEqual([]);
  });
});

describe('pulses', () => {
  it('become a path that is zero around them, and come back', () => {
    const pulses = [
      { day: 10.5, hours: 3, value: 0.3 },
      { day: 2, hours: 24, value: 0.1 },
    ];
    const steps = stepsOfPulses(pulses);
    expect(steps).toEqual([
      { day: 0, value: 0 },
      { day: 2, value: 0.1 },
      { day: 3, value: 0 },
      { day: 10.5, value: 0.3 },
      { day: 10.625, value: 0 },
    ]);
    expect(pulsesOf(steps, 365)).toEqual([pulses[1], pulses[0]]);
  });
  it('from the first day on leave no step twice', () => {
    expect(stepsOfPulses([{ day: 0, hours: 24, value: 1 }])).toEqual([
      { day: 0, value: 1 },
      { day: 1, value: 0 },
    ]);
  });
  it('that overlap give way to the later one', () => {
    const steps = stepsOfPulses([
      { day: 1, hours: 48, value: 0.2 },
      { day: 2, hours: 24, value: 0.5 },
    ]);
    expect(steps.map(({ day, value }) => [day, value])).toEqual([
      [0, 0],
      [1, 0.2],
      [2, 0.5],
      [3, 0],
    ]);
  });
  it('without an end last to the end', () => {
    expect(pulsesOf([{ day: 5, value: 1 }], 10)).toEqual([{ day: 5, hours: 120, value: 1 }]);
  });
});

describe('a split', () => {
  it('adds up to one, whatever was typed', () => {
    const words = { en: '', zh: '' };
    const lever = (variable: string, kind: 'share' | 'level') => ({
      variable,
      kind,
      label: words,
      unit: words,
      low: 0,
      high: 1,
      step: 0.01,
      usual: 0.5,
    });
    const levers = [lever('a', 'share'), lever('b', 'share'), lever('c', 'level')];
    const typed = new Map([
      ['a', 0.6],
      ['b', 0.2],
    ]);
    expect([...splitShares({ levers }, ({ variable }) => typed.get(variable) ?? 0)]).toEqual([
      ['a', 0.6 / 0.8],
      ['b', 0.2 / 0.8],
    ]);
    expect(splitShares({ levers }, () => 0).get('a')).toBeNaN();
  });
});
