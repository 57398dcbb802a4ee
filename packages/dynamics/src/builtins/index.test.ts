import { describe, expect, it } from 'vitest';
import { refusalOf } from './bench.fixture.ts';
import { builtins, findBuiltin } from './index.ts';
import { builtinReference } from './reference.ts';
import { unsupportedBuiltins } from './unsupported.ts';

describe('the table of builtins', () => {
  it('gives every name one meaning', () => {
    for (const builtin of [...builtins, ...unsupportedBuiltins]) {
      for (const name of [builtin.name, ...builtin.synonyms])
        expect([name, findBuiltin(name)]).toEqual([name, builtin]);
    }
  });

  it('describes each with a parameter for every argument', () => {
    for (const { name, arity, parameters, summary } of builtins) {
      const [least, most] = arity;
      expect(least).toBeLessThanOrEqual(most);
      if (most < 1000) expect([name, parameters.length]).toEqual([name, most]);
      expect(parameters).not.toContain(undefined);
      expect(summary.endsWith('.') || summary.endsWith(')')).toBe(true);
    }
  });

  it('has all that the standard demands (XMILE 1.0 §3.5 and §3.7.1.3)', () => {
    const required =
      'ABS ARCCOS ARCSIN ARCTAN COS EXP INF INT LN LOG10 MAX MIN PI SIN SQRT TAN EXPRND LOGNORMAL NORMAL POISSON RANDOM ' +
      'DELAY DELAY1 DELAY3 DELAYN FORCST SMTH1 SMTH3 SMTHN TREND PULSE RAMP STEP DT STARTTIME STOPTIME TIME INIT PREVIOUS ' +
      'MEAN RANK SIZE STDDEV SUM';
    for (const name of required.split(' ')) expect([name, findBuiltin(name)?.name]).toEqual([name, name]);
  });

  it('knows what it does not support', () => {
    expect(findBuiltin('no such function')).toBeUndefined();
    expect(refusalOf('CYCLETIME(1)')).toBe('builtin.unsupported');
    expect(refusalOf('VECTOR_SELECT(1, 2, 3)')).toBe('builtin.unsupported');
    expect(refusalOf('isee.RUNCOUNT(1)')).toBe('builtin.unsupported');
  });
});

describe('builtinReference', () => {
  it('lists every builtin once, as a call with its optional arguments in brackets', () => {
    const page = builtinReference();
    expect(page).toContain('| `DELAY(input, delay time[, initial value])` | `DELAY FIXED` |');
    expect(page).toContain('| `TIME` |');
    expect(page).toContain('`CYCLETIME`');
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toHaveLength(builtins.length);
  });
});
