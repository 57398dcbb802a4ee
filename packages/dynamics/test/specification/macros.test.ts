import { describe, expect, it } from 'vitest';
import {
  aux,
  codes,
  dimension,
  elements,
  flow,
  macro,
  model,
  module,
  series,
  start,
  stock,
  xmile,
} from './model.fixture.ts';

const four = '<start>0</start><stop>4</stop><dt>1</dt>';
const vars = (...variables: string[]) => `<variables>${variables.join('')}</variables>`;
const smooth = macro(
  'SMOOTH1',
  ['input', 'averaging_time', 'initial=input'],
  'Smooth_of_Input',
  vars(
    stock('Smooth_of_Input', 'initial', ['change_in_smooth']),
    flow('change_in_smooth', '(input - Smooth_of_Input)/averaging_time'),
  ),
);

describe('the examples of XMILE 1.0 §4.8', () => {
  it('without variables', () => {
    const logarithm =
      '<macro name="LOGARITHM"><parm>x</parm><parm>base</parm><eqn>LN(x)/LN(base)</eqn>' +
      '<format><![CDATA[LOGARITHM(<value>, <base>)]]></format><doc><![CDATA[Finds the logarithm of <value>.]]></doc>' +
      '<views><view/></views></macro>';
    const factorial = macro('FACT', ['x'], 'IF x <= 1 THEN 1 ELSE x * FACT(x - 1)');
    const sum = macro('FACTSUM', ['x'], 'IF x <= 1 THEN 1 ELSE FACT(x) + FACTSUM(x - 1)');
    const variables = aux('a', 'LOGARITHM(256, 2)') + aux('b', 'FACT(5)') + aux('c', 'FACTSUM(4)');
    const all = series({ variables, more: logarithm + factorial + sum });
    expect(all.a![0]).toBeCloseTo(8, 12);
    expect([all.b![0], all.c![0]]).toEqual([120, 33]);
  });

  it('with an array that is looked through', () => {
    const find = macro(
      'FIND',
      ['A', 'value', 'i=1'],
      'IF i > SIZE(A) THEN 0 ELSE IF A[i] = value THEN i ELSE FIND(A, value, i + 1)',
    );
    const variables =
      elements('aux', 'v[D]', { 1: 5, 2: 7, 3: 9, 4: 7 }) +
      aux('a', 'FIND(v, 9)') +
      aux('b', 'FIND(v, 7)') +
      aux('c', 'FIND(v, 1)') +
      aux('d', 'FIND(v, 7, 3)');
    const all = series({ dimensions: dimension('D', 4), variables, more: find });
    expect(['a', 'b', 'c', 'd'].map((name) => all[name]![0])).toEqual([3, 2, 0, 4]);
  });

  it('with variables, of which each use has its own', () => {
    const variables = aux('a', 'SMOOTH1(10, 2, 0)') + aux('b', 'SMOOTH1(TIME, 2) + SMOOTH1(TIME * 10, 2)');
    const all = series({ variables, more: smooth, specs: four });
    expect(all.a).toEqual([0, 5, 7.5, 8.75, 9.375]);
    expect(all.b).toEqual([0, 0, 5.5, 13.75, 23.375]);
  });

  it('with a simulation of their own', () => {
    const factorial = macro(
      'FACT',
      ['x'],
      'Fact',
      `<sim_specs><start>1</start><stop>x</stop></sim_specs>${vars(stock('Fact', '1', ['change']), flow('change', 'Fact*TIME'))}`,
    );
    const total = macro(
      'TOTAL',
      ['A'],
      'sum',
      `<sim_specs><start>1</start><stop>SIZE(A) + 1</stop><dt>1</dt></sim_specs>${vars(stock('sum', '0', ['more']), flow('more', 'A[TIME]'))}`,
    );
    const variables =
      aux('a', 'FACT(5)') +
      aux('b', 'FACT(2 + 2) + TIME') +
      aux('m[R, C]', '10 * R + C') +
      aux('e', 'TOTAL(m[2, *])') +
      aux('d[R]', 'TOTAL(m[R, *])');
    const all = series({ dimensions: dimension('R', 2) + dimension('C', 3), variables, more: factorial + total });
    expect(all.a![0]).toBe(120);
    expect(all.b).toEqual([24, 25, 26]);
    expect([all.e![0], all['d[1]']![0], all['d[2]']![0]]).toEqual([66, 36, 66]);
    const unknown = { variables: aux('x', 'FACT(TIME)'), more: factorial };
    expect(codes(unknown)).toEqual(['macro.own_time']);
    const moving = {
      dimensions: dimension('D', 3),
      variables: aux('v[D]', 'TIME') + aux('x', 'TOTAL(v)'),
      more: total,
    };
    expect(codes(moving)).toEqual(['macro.own_time']);
    const itself = {
      dimensions: dimension('D', 3),
      variables: `${aux('v[D]', 'x + D')}${aux('x', 'TOTAL(v)')}`,
      more: total,
    };
    expect(codes(itself)).toEqual(['model.cycle']);
  });
});

describe('macros', () => {
  it('may stand before or behind the model, and be written in any case', () => {
    const twice = macro('My Twice', ['the input'], 'the_input * 2');
    const text = xmile({ variables: aux('x', 'my_twice(3) + "My Twice"(4)') });
    const before = text.replace('<model>', `${twice}<model>`);
    const behind = text.replace('</model>', `</model>${twice}`);
    expect(start(before, 'x')).toEqual({ '': 14 });
    expect(start(behind, 'x')).toEqual({ '': 14 });
  });

  it('may have a namespace, with which they can be called', () => {
    const more = '<macro name="twice" namespace="user"><parm>a</parm><eqn>a * 2</eqn></macro>';
    expect(start({ variables: aux('x', 'user.twice(4) + twice(1)'), more }, 'x')).toEqual({ '': 10 });
  });

  it('may use other macros, also in their variables', () => {
    const outer = macro('OUTER', ['x'], 'SMOOTH1(x, 2) + k', vars(aux('k', 'SMOOTH1(x * 10, 1)')));
    const all = series({ variables: aux('x', 'OUTER(TIME)'), more: outer + smooth, specs: four });
    expect(all.x).toEqual([0, 0, 10.5, 21.25, 32.125]);
  });

  it('may hold a variable of their own name, as translations from Vensim do, with state of its own', () => {
    const product = macro(
      'EXPRESSION MACRO',
      ['input', 'by'],
      'EXPRESSION_MACRO',
      vars(aux('EXPRESSION MACRO', 'input * by')),
    );
    const twoSmooths = macro('M', ['input'], 'SMTH1(M, 2, 0)', vars(aux('M', 'SMTH1(input, 4, 0)')));
    const variables = aux('x', 'EXPRESSION_MACRO(TIME, 5)') + aux('y', 'M(10)');
    const all = series({ variables, more: product + twoSmooths, specs: '<start>0</start><stop>3</stop><dt>1</dt>' });
    expect(all.x).toEqual([0, 5, 10, 15]);
    // Inside 0, 2.5, 4.375; then half of the distance to that.
    expect(all.y).toEqual([0, 0, 1.25, 2.8125]);
  });

  it('have parameters that hide what is built in, and defaults that use earlier ones', () => {
    const more = macro('M', ['delay', 'step=delay * 2', 'z=step + 1'], 'delay + step + z');
    expect(start({ variables: aux('x', 'M(4) + M(4, 1) + M(1, 1, 1)'), more }, 'x')).toEqual({ '': 21 + 7 + 3 });
  });

  it('know the time of the model', () => {
    const more = macro('M', ['x'], 'x * TIME + DT + STOPTIME');
    expect(series({ variables: aux('x', 'M(4)'), more }).x).toEqual([3, 7, 11]);
  });

  it('stand in flows, initial values and elements, in modules too', () => {
    const more = smooth + model('M', aux('q[D]', 'SMOOTH1(D * TIME, 1)'));
    const variables =
      stock('s', 'SMOOTH1(6, 2, 4)', ['f']) +
      flow('f', '-SMOOTH1(s, 2)') +
      elements('aux', 'e[D]', { a: 'SMOOTH1(TIME, 1)', b: 'SMOOTH1(TIME, 2)' }) +
      module('M');
    const all = series({ dimensions: dimension('D', 'a', 'b'), variables, more });
    expect(all.s).toEqual([4, 0, -4]);
    expect(all['e[a]']).toEqual([0, 0, 1]);
    expect(all['e[b]']).toEqual([0, 0, 0.5]);
    expect(all['M.q[a]']).toEqual([0, 0, 1]);
    expect(all['M.q[b]']).toEqual([0, 0, 2]);
  });
});

describe('macros and arrays', () => {
  const dimensions = dimension('R', 'a', 'b') + dimension('C', 3);
  const m = elements('aux', 'm[R, C]', { 'a,1': 1, 'a,2': 2, 'a,3': 3, 'b,1': 5, 'b,2': 6, 'b,3': 7 });
  const value = (equation: string, more: string) => series({ dimensions, variables: m + aux('x', equation), more }).x!;

  it('take elements of what they are given', () => {
    const ends = macro('ENDS', ['v'], 'v[3] * 10 + v[1]');
    expect(value('ENDS(m[b, *])', ends)[0]).toBe(75);
    expect(value('ENDS(m[TIME + 1, *])', ends)).toEqual([31, 75, 0]);
    expect(value('CELL(m, 2, 3)', macro('CELL', ['v', 'i', 'j'], 'v[i, j]'))[0]).toBe(7);
    expect(value('ROW(m, 2)', macro('ROW', ['v', 'i'], 'SUM(v[i, *])'))[0]).toBe(18);
    expect(value('NAMED(m)', macro('NAMED', ['v'], 'v[b, 2]'))[0]).toBe(6);
    expect(value('OUTER(m)', macro('OUTER', ['w'], 'INNER(w[b, *])') + macro('INNER', ['v'], 'v[2]'))[0]).toBe(6);
  });

  it('tell what they cannot take', () => {
    const first = macro('FIRST', ['v'], 'v[1]');
    const told = (equation: string, more = first) => codes({ dimensions, variables: m + aux('x', equation), more });
    expect(told('FIRST(m[b, 2:3])')).toEqual(['macro.slice']);
    expect(told('FIRST(m[b, *] * 2)')).toEqual(['array.scalar_subscripted']);
    expect(told('FIRST(3)')).toEqual(['array.scalar_subscripted']);
    expect(told('CELL(m[b, *])', macro('CELL', ['v'], 'v[1, 1]'))).toEqual(['array.subscript_count']);
  });

  it('are called for each element of an equation, and have arrays inside', () => {
    const plus = macro('PLUS', ['x'], 'x + SUM(v)', vars(aux('v[C]', 'x * C')));
    const variables = `${m}${aux('x[R, C]', 'PLUS(m)')}`;
    expect(Object.values(start({ dimensions, variables, more: plus }, 'x'))).toEqual([7, 14, 21, 35, 42, 49]);
  });

  it('take one graphical function of an array of them', () => {
    const table =
      '<gf name="tab"><dimensions><dim name="R"/></dimensions>' +
      '<element subscript="a"><gf><xscale min="0" max="2"/><ypts>0,1,2</ypts></gf></element>' +
      '<element subscript="b"><gf><xscale min="0" max="2"/><ypts>0,10,20</ypts></gf></element></gf>';
    const at = macro('AT', ['t', 'x'], 't(x)');
    const second = macro('SECOND', ['t', 'x'], 't[b](x) + LOOKUP(t[b], x)');
    const variables =
      table + aux('x[R]', 'AT(tab, TIME)') + aux('y', 'AT(tab[b], TIME)') + aux('z[R]', 'SECOND(tab, TIME)');
    const all = series({ dimensions, variables, more: at + second });
    expect(all['x[a]']).toEqual([0, 1, 2]);
    expect(all['x[b]']).toEqual([0, 10, 20]);
    expect(all.y).toEqual([0, 10, 20]);
    expect(all['z[a]']).toEqual([0, 20, 40]);
  });
});
