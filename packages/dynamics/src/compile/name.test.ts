import { describe, expect, it } from 'vitest';
import { aux, findings, found, run, stock } from './run.fixture.ts';

describe('names', () => {
  it('are equal in all their spellings', () => {
    const variables = aux('Room  Temperature', '20') + aux('x', 'room_temperature + "Room\\nTEMPERATURE"');
    expect(run({ variables }).x![0]).toBe(40);
  });

  it('are told where there are none of them', () => {
    const variables = aux('x', 'nothing + 1') + aux('y', 'nothing(1)') + aux('z', '"a.b" + a.b');
    expect(findings({ variables })).toEqual([
      'x: model.unknown_name',
      'y: model.unknown_function',
      'z: model.unknown_name',
    ]);
  });

  it('of Vensim for the time grid are known, and may be variables', () => {
    const specs = '<start>1</start><stop>3</stop><dt>0.5</dt>';
    const variables = aux('x', 'INITIAL_TIME + 10 * FINAL_TIME + 100 * Time_Step');
    expect(run({ variables, specs }).x![0]).toBe(81);
    expect(run({ variables: aux('x', '"TIME STEP" + SAVEPER'), specs }).x![0]).toBe(1);
    const own = aux('TIME STEP', '0.5') + aux('SAVEPER', 'TIME_STEP') + aux('x', 'SAVEPER');
    expect(run({ variables: own, specs }).x![0]).toBe(0.5);
    expect(findings({ variables: own, specs })).toEqual([]);
  });

  it('of the model come before builtins, with a warning, and not in their own equation', () => {
    const variables = aux('Time', 'TIME * 2') + aux('pi', '3') + aux('x', 'Time + pi');
    expect(run({ variables }).x).toEqual([3, 5, 7]);
    expect(findings({ variables })).toEqual(['Time: model.shadows_builtin', 'pi: model.shadows_builtin']);
  });

  it('of variables and functions are told apart by the parentheses', () => {
    const variables = aux('max', '5') + aux('x', 'MAX(max, 7)');
    expect(run({ variables }).x![0]).toBe(7);
    expect(findings({ variables: aux('x', 'max + 1') })).toEqual(['x: model.not_called']);
    expect(findings({ variables: aux('rate', '5') + aux('x', 'rate(7)') })).toEqual(['x: model.not_function']);
  });

  it('exist also where a condition known before the run leaves an arm out', () => {
    expect(findings({ variables: aux('x', 'IF 1 = 1 THEN 1 ELSE nothing') })).toEqual(['x: model.unknown_name']);
  });
});

describe('findings', () => {
  it('have the variable, the line and the column', () => {
    const variables = `\n<aux name="x">\n  <eqn>1 +\n   nothing</eqn>\n</aux>`;
    const [one] = found({ variables });
    expect(one).toMatchObject({ code: 'model.unknown_name', variable: 'x', details: { name: 'nothing' } });
    expect(one!.place).toEqual({ line: 9, column: 4 });
  });

  it('are all told, up to a hundred', () => {
    const many = Array.from({ length: 150 }, (_, at) => aux(`x${at}`, `nothing${at}`)).join('');
    const all = found({ variables: many });
    expect(all.length).toBe(101);
    expect(all.at(-1)!.code).toBe('model.too_many');
  });

  it('tell broken equations, and not what follows from them', () => {
    const variables = aux('x', '1 +') + aux('y', 'x * 2') + aux('z', 'A FUNCTION OF(y)');
    expect(findings({ variables })).toEqual(['x: equation.ended_without_value', 'z: builtin.unsupported']);
  });

  it('count arguments', () => {
    expect(findings({ variables: aux('x', 'SQRT(1, 2)') + aux('y', 'SQRT()') })).toEqual([
      'x: builtin.arguments',
      'y: builtin.arguments',
    ]);
  });
});

describe('loops', () => {
  it('are told with all their variables, once', () => {
    const variables = aux('a', 'b + 1') + aux('b', 'c') + aux('c', 'a') + aux('d', 'a');
    const [one, ...others] = found({ variables });
    expect(others).toEqual([]);
    expect(one!.code).toBe('model.cycle');
    expect(one!.details.loop).toMatch(/^a \(\d+:\d+\) → b \(\d+:\d+\) → c \(\d+:\d+\) → a \(\d+:\d+\)$/);
  });

  it('are told of initial values too', () => {
    expect(findings({ variables: stock('s', 't') + stock('t', 's + 1') })).toEqual(['s: model.cycle']);
    expect(findings({ variables: aux('x', 'x') })).toEqual(['x: model.cycle']);
  });

  it('are none where memory is between', () => {
    const variables = aux('x', 'PREVIOUS(y, 1) * 2') + aux('y', 'x + 1') + aux('n', 'PREVIOUS(SELF, 0) + 1');
    const all = run({ variables });
    expect(all.x).toEqual([2, 6, 14]);
    expect(all.n).toEqual([1, 2, 3]);
  });
});

describe('graphical functions', () => {
  const gf = (...y: number[]) => `<gf><xscale min="0" max="2"/><ypts>${y.join()}</ypts></gf>`;

  it('apply to the equation of their variable, and to what they are called with', () => {
    const variables = aux('x', 'TIME', gf(0, 10, 40)) + aux('y', 'x(0.5) + LOOKUP(x, 1.5)');
    const all = run({ variables });
    expect(all.x).toEqual([0, 10, 40]);
    expect(all.y![0]).toBe(5 + 25);
  });

  it('may stand by themselves, without a value of their own', () => {
    const variables = `<gf name="g"><xscale min="0" max="2"/><ypts>0,10,40</ypts></gf>${aux('y', 'g(TIME)')}`;
    expect(run({ variables })).toEqual({ y: [0, 10, 40] });
    expect(findings({ variables: `${variables}${aux('z', 'g + 1')}` })).toEqual(['g: model.table_without_equation']);
    expect(findings({ variables: `${variables}${aux('z', 'g(1, 2)')}` })).toEqual(['z: model.table_arguments']);
  });

  it('may be used by name', () => {
    const named = '<gf name="shape"><xscale min="0" max="2"/><ypts>0,10,40</ypts></gf>';
    expect(run({ variables: named + aux('y', 'TIME', '<gf name="shape"/>') }).y).toEqual([0, 10, 40]);
  });
});
