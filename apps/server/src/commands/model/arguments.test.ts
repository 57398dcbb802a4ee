import { describe, expect, it } from 'vitest';
import { columnFrom, countFrom, rangesFrom, settingsFrom } from './arguments.ts';

describe('arguments of the model command', () => {
  it('takes several ranges, with commas inside names', () => {
    expect(rangesFrom(['a=0:1,x[north, phone]=-2:3', '"a, b"=1e-3:10:log'])).toEqual([
      { name: 'a', low: 0, high: 1 },
      { name: 'x[north, phone]', low: -2, high: 3 },
      { name: '"a, b"', low: 0.001, high: 10, scale: 'log' },
    ]);
  });

  it.each(['a', 'a=1', 'a=2:1', 'a=x:1', 'a=0:1:log', 'a=1:2:cubic', '=1:2', 'a=1:2=3'])(
    'refuses --vary %s',
    (text) => {
      expect(() => rangesFrom([text])).toThrow();
    },
  );

  it('takes settings', () => {
    expect(settingsFrom(['growth rate=0.5', 'x[1] = -3'])).toEqual([
      { name: 'growth rate', value: 0.5 },
      { name: 'x[1]', value: -3 },
    ]);
    expect(() => settingsFrom(['a='])).toThrow('is not a number');
  });

  it('takes an output with its reducer', () => {
    expect(columnFrom('gmv')).toEqual({ output: 'gmv', reduce: { kind: 'final' } });
    expect(columnFrom('gmv[a:b]:timeofmax')).toEqual({ output: 'gmv[a:b]', reduce: { kind: 'timeOfMax' } });
    expect(columnFrom('gmv:at=30')).toEqual({ output: 'gmv', reduce: { kind: 'at', time: 30 } });
    expect(columnFrom('m:falling=3')).toEqual({
      output: 'm',
      reduce: { kind: 'crossing', level: 3, direction: 'down' },
    });
    expect(() => columnFrom('gmv:best')).toThrow('a reducer is one of');
  });

  it('takes whole numbers within bounds', () => {
    expect(countFrom('12', 'runs', 1, 100)).toBe(12);
    for (const text of ['0', '1.5', 'x', '', undefined]) expect(() => countFrom(text, 'runs', 1, 100)).toThrow();
  });
});
