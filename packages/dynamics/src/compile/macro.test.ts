import { describe, expect, it } from 'vitest';
import { aux, dimension, findings, flow, over, run, stock } from './run.fixture.ts';

function macro(name: string, parameters: string[], equation: string, more = ''): string {
  const list = parameters.map((parameter) => {
    const [own, value] = parameter.split('=');
    return `<parm${value === undefined ? '' : ` default="${value}"`}>${own}</parm>`;
  });
  return `<macro name="${name}">${list.join('')}<eqn>${equation}</eqn>${more}</macro>`;
}

const smooth = macro(
  'MYSMOOTH',
  ['input', 'delay=2'],
  'level',
  `<variables>${stock('level', 'input', '<inflow>change</inflow>')}${flow('change', '(input - level) / delay')}</variables>`,
);

describe('macros', () => {
  it('are functions of their parameters', () => {
    const macros = macro('TWICE', ['x'], 'x * 2') + macro('LENGTH', ['x', 'y=4'], 'SQRT(TWICE(x * x / 2) + y * y)');
    expect(run({ variables: aux('x', 'LENGTH(3) + LENGTH(6, 8)'), macros }).x![0]).toBe(15);
  });

  it('have variables of their own for each call', () => {
    const variables = aux('x', 'MYSMOOTH(TIME, 1)') + aux('y', 'MYSMOOTH(10 * TIME) + MYSMOOTH(STEP(8, 1))');
    const all = run({ variables, macros: smooth });
    expect(all.x).toEqual([0, 0, 1]);
    expect(all.y).toEqual([0, 0, 9]);
    expect(Object.keys(all)).toEqual(['x', 'y']);
  });

  it('and for each element of an array', () => {
    const dimensions = dimension('d', 'a', 'b');
    const all = run({ dimensions, variables: aux('x', 'MYSMOOTH(d * TIME, 1)', over('d')), macros: smooth });
    expect(all['x[a]']).toEqual([0, 0, 1]);
    expect(all['x[b]']).toEqual([0, 0, 2]);
  });

  it('may call themselves until a condition known before the run ends it', () => {
    const macros = macro('FACT', ['x'], 'IF x &lt;= 1 THEN 1 ELSE x * FACT(x - 1)');
    const all = run({ variables: aux('five', 'FACT(5)') + aux('many', 'FACT(170)'), macros });
    expect(all.five![0]).toBe(120);
    expect(all.many![0]).toBeCloseTo(7.257415615307994e306, -300);
    expect(findings({ variables: aux('x', 'FACT(TIME)'), macros })).toEqual(['x · FACT.FACT: macro.too_deep']);
  });

  it('take arrays and graphical functions', () => {
    const dimensions = dimension('d', 'a', 'b');
    const macros = macro('TOTAL', ['all'], 'SUM(all)') + macro('AT', ['shape', 'x'], 'shape(x)');
    const variables =
      aux('n', 'd * 3', over('d')) +
      aux('x', 'TOTAL(n) + TOTAL(n[*] * 2)') +
      '<gf name="g"><xscale min="0" max="1"/><ypts>0,8</ypts></gf>' +
      aux('y', 'AT(g, 0.5)');
    const all = run({ dimensions, variables, macros });
    expect(all.x![0]).toBe(27);
    expect(all.y![0]).toBe(4);
  });

  it('may have a variable of their own name, as Vensim writes them', () => {
    const own = `<variables>${aux('MY MACRO', 'x * step_one')}${aux('step one', 'x + 1')}</variables>`;
    const macros = macro('MY MACRO', ['x'], 'MY_MACRO', own) + macro('OUTER', ['x'], 'MY_MACRO(x) + 1');
    expect(run({ variables: aux('y', 'my_macro(3) + OUTER(1)'), macros }).y![0]).toBe(15);
  });

  it('see only what is their own', () => {
    const macros = macro('M', ['x'], 'x + outside');
    expect(findings({ variables: aux('outside', '1') + aux('y', 'M(1)'), macros })[0]).toMatch(/model\.unknown_name$/);
  });

  it('come before builtins of their name, with a warning', () => {
    const macros = macro('ABS', ['x'], 'x * 100');
    expect(run({ variables: aux('y', 'ABS(-1)'), macros }).y![0]).toBe(-100);
    expect(findings({ variables: aux('y', 'ABS(-1)'), macros })).toEqual(['model.shadows_builtin']);
  });

  it('tell wrong numbers of arguments', () => {
    const variables = aux('x', 'MYSMOOTH()') + aux('y', 'MYSMOOTH(1, 2, 3)');
    expect(findings({ variables, macros: smooth })).toEqual(['x: macro.arguments', 'y: macro.arguments']);
  });

  it('with a time of their own run a simulation for each call', () => {
    const inner = `<variables>${stock('f', '1', '<inflow>grow</inflow>')}${flow('grow', 'f * (TIME - 1)')}</variables>`;
    const macros = macro('FACT', ['n'], 'f', `${inner}<sim_specs><start>2</start><stop>6</stop><dt>1</dt></sim_specs>`);
    expect(run({ variables: aux('x', 'FACT(3) + TIME'), macros }).x).toEqual([120, 121, 122]);
    expect(findings({ variables: aux('x', 'FACT(TIME)'), macros })).toEqual(['x: macro.own_time']);
  });
});
