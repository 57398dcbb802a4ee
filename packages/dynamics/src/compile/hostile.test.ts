import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateProgram } from '../program/validate.ts';
import { compileModel } from './compile.ts';
import { aux, compiled, dimension, findings, flow, over, runOf, source, stock } from './run.fixture.ts';

const dimensions = `${dimension('d', 'a', 'b')}<dim name="n" size="3"/>`;
const macros =
  '<macro name="M"><parm>p</parm><eqn>IF p &gt; 2 THEN 0 ELSE M(p + 1) + q</eqn><variables><stock name="q"><eqn>p</eqn></stock></variables></macro>';

/** Pieces of equations that make sense more often than not, and sometimes do not. */
const { equation } = fc.letrec<{ equation: string; subscript: string }>((tie) => ({
  subscript: fc.oneof(fc.constantFrom('a', 'b', 'd', 'n', '*', '1', '2', '1:2', '@1', 'd - 1', '9'), tie('equation')),
  equation: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('1', '2.5', 'TIME', 'x', 'y', 'z', 's', 'd', 'n', 'SELF', 'g', 'DT', 'nothing', 'd.b'),
    fc.tuple(fc.constantFrom('x', 'y', 's', 'z'), tie('subscript')).map(([name, one]) => `${name}[${one}]`),
    fc.tuple(tie('subscript'), tie('subscript')).map(([one, two]) => `y[${one}, ${two}]`),
    fc
      .tuple(tie('equation'), fc.constantFrom('+', '-', '*', '/', '>', 'AND'), tie('equation'))
      .map((all) => `(${all.join(' ')})`),
    fc.tuple(tie('equation'), tie('equation'), tie('equation')).map(([c, a, b]) => `(IF ${c} THEN ${a} ELSE ${b})`),
    fc
      .tuple(fc.constantFrom('SUM', 'MAX', 'ABS', 'g', 'M', 'INIT', 'SIZE', 'MEAN'), tie('equation'))
      .map(([name, argument]) => `${name}(${argument})`),
    fc
      .tuple(
        fc.constantFrom('PREVIOUS', 'DELAY1', 'MAX', 'SMTH1', 'DELAY', 'LOOKUP', 'STEP'),
        tie('equation'),
        tie('equation'),
      )
      .map(([name, ...two]) => `${name}(${two.join(', ')})`),
  ),
}));

const parts = fc.tuple(equation, equation, equation, equation, equation).map(([x, y, z, s, f]) => ({
  dimensions,
  macros,
  variables:
    aux('x', x, over('d')) +
    aux('y', y, over('d', 'n')) +
    aux('z', z) +
    stock('s', s, `${over('n')}<inflow>f</inflow><non_negative/>`) +
    flow('f', f, over('n')) +
    '<gf name="g"><xscale min="0" max="2"/><ypts>0,10,40</ypts></gf>',
}));

/** Equations that make sense in an array of these dimensions, with these names of earlier variables. */
function sound(own: readonly string[], earlier: readonly string[]): fc.Arbitrary<string> {
  const elements = own.includes('d') ? ['k[d]', 'k', 't[d, 2]', 'SUM(t[d, *])', 'd'] : ['k[b]', 'SUM(k)', 'SUM(t)'];
  const more = own.includes('n') ? ['s[n]', 's', 'n', 'w * n', 't[a, n]'] : ['s[2]', 'MEAN(s)', 'SUM(t[a, *] * s)'];
  const leaves = [
    '1',
    '2.5',
    '0',
    'TIME',
    'w',
    'DT',
    'k[TIME + 1]',
    'INIT(s[1])',
    'M(1)',
    ...elements,
    ...more,
    ...earlier,
  ];
  return fc.letrec<{ equation: string }>((tie) => ({
    equation: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(...leaves),
      fc
        .tuple(tie('equation'), fc.constantFrom('+', '-', '*', '/', '>', 'AND', '=', 'MOD'), tie('equation'))
        .map((all) => `(${all.join(' ')})`),
      fc.tuple(tie('equation'), tie('equation'), tie('equation')).map(([c, x, y]) => `(IF ${c} THEN ${x} ELSE ${y})`),
      fc.tuple(fc.constantFrom('ABS', 'g', 'M', 'INIT', '-'), tie('equation')).map(([name, x]) => `${name}(${x})`),
      fc
        .tuple(fc.constantFrom('PREVIOUS', 'MAX', 'STEP', 'SAFEDIV'), tie('equation'), tie('equation'))
        .map(([name, ...two]) => `${name}(${two.join(', ')})`),
      fc.tuple(fc.constantFrom('DELAY', 'SMTH1', 'DELAY3'), tie('equation')).map(([name, x]) => `${name}(${x}, 2, 1)`),
    ),
  })).equation;
}

const soundParts = fc
  .tuple(sound(['d'], []), sound(['d', 'n'], ['x[d]']), sound([], ['x[a]', 'SUM(y)']), sound(['n'], ['z', 'y[a, n]']))
  .map(([x, y, z, f]) => ({
    dimensions,
    macros:
      '<macro name="M"><parm>p</parm><eqn>p * q</eqn><variables><stock name="q"><eqn>p</eqn></stock></variables></macro>',
    variables:
      aux('w', '3') +
      aux('k', 'd * 2', over('d')) +
      aux('t', 'd + 10 * n', over('d', 'n')) +
      aux('x', x, over('d')) +
      aux('y', y, over('d', 'n')) +
      aux('z', z) +
      stock('s', '4 - n', `${over('n')}<outflow>f</outflow><non_negative/>`) +
      flow('f', f, over('n')) +
      '<gf name="g"><xscale min="0" max="2"/><ypts>0,10,40</ypts></gf>',
  }));

describe('any model', () => {
  it('is a program or has errors, never anything else', () => {
    fc.assert(
      fc.property(parts, (model) => {
        const outcome = compileModel(source(model));
        if (outcome.ok) validateProgram(outcome.value);
        else expect(outcome.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });

  it('gives each variable the same, traced or not, and whatever else is asked for', () => {
    fc.assert(
      fc.property(soundParts, (model) => {
        const all = runOf(compiled(model));
        expect(runOf(compiled(model, { traced: true }))).toEqual(all);
        const names = Object.keys(all).reverse();
        const some = runOf(compiled(model, { outputs: names }));
        for (const name of names) expect(some[name]).toEqual(all[name]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('models that are too large', () => {
  it('are refused: arrays of arrays', () => {
    const large = '<dim name="i" size="300"/><dim name="j" size="300"/>';
    const variables = aux('x', '1', over('i', 'j')) + aux('y', 'SUM(x[*, *])', over('i', 'j'));
    expect(findings({ dimensions: large, variables })).toContain('y: model.too_large');
    expect(findings({ dimensions: large, variables: aux('x', '1', over('i', 'j', 'i')) })).toContain('model.too_large');
  });

  it('are refused: macros that call themselves twice', () => {
    const twice = '<macro name="T"><parm>p</parm><eqn>IF p &lt; 1 THEN 1 ELSE T(p - 1) + T(p - 1) * 2</eqn></macro>';
    expect(findings({ macros: twice, variables: aux('x', 'T(40)') }).join()).toMatch(/macro\.too_many/);
  });

  it('are refused: inner runs without an end', () => {
    const inner =
      '<macro name="T"><parm>p</parm><eqn>TIME + p</eqn><sim_specs><start>0</start><stop>9e5</stop><dt>1</dt></sim_specs></macro>';
    const codes = findings({ macros: inner, variables: aux('x', 'T(1)') + aux('y', 'T(2)') });
    expect(codes).toEqual(['y: macro.inner_steps']);
  });
});
