import { describe, expect, it } from 'vitest';
import { aux, compiled, dimension, findings, flow, over, run, runOf, stock } from './run.fixture.ts';

const dimensions = dimension('d', 'north', 'south');
const variables =
  stock('level', '100', '<inflow>change</inflow>') +
  flow('change', 'level * rate') +
  aux('rate', '0.5') +
  aux('other', 'DELAY1(TIME, 3) + RANDOM(0, 1)') +
  aux('many', 'd * 10', over('d')) +
  aux('sum', 'SUM(many) * factor') +
  aux('factor', '1 + 1');

describe('outputs', () => {
  it('are every variable in the order of the file, unless chosen', () => {
    const names = compiled({ dimensions, variables }).outputs.map(({ name }) => name);
    expect(names).toEqual(['level', 'change', 'rate', 'other', 'many[north]', 'many[south]', 'sum', 'factor']);
    const chosen = compiled({ dimensions, variables }, { outputs: ['SUM', 'many', 'many[South]', 'level'] });
    expect(chosen.outputs.map(({ name }) => name)).toEqual([
      'sum',
      'many[north]',
      'many[south]',
      'many[south]',
      'level',
    ]);
  });

  it('are all that is computed', () => {
    const program = compiled({ dimensions, variables }, { outputs: ['sum'] });
    expect(program.stocks).toEqual([]);
    expect(program.draws).toEqual([]);
    expect(program.nodes).toEqual([{ op: 'constant', value: 60 }]);
    expect(compiled({ dimensions, variables }, { outputs: ['level'] }).stocks.length).toBe(1);
  });

  it('must exist', () => {
    expect(findings({ dimensions, variables }, { outputs: ['nothing', 'many[east]', 'many[1,2]'] })).toEqual([
      'selection.unknown',
      'array.unknown_element',
      'array.subscript_count',
    ]);
    const table = '<gf name="g"><xscale min="0" max="1"/><ypts>0,8</ypts></gf>';
    expect(findings({ variables: table }, { outputs: ['g'] })).toEqual(['selection.no_value']);
  });
});

describe('inputs', () => {
  it('replace constants, equations, elements and initial values', () => {
    const inputs = ['rate', 'level', 'many[south]', 'factor'];
    const program = compiled({ dimensions, variables }, { inputs, outputs: ['level', 'sum', 'rate'] });
    expect(program.inputs).toEqual([
      { name: 'rate', value: 0.5 },
      { name: 'level', value: 100 },
      { name: 'many[south]', value: 20 },
      { name: 'factor', value: 2 },
    ]);
    expect(runOf(program)).toEqual({ level: [100, 150, 225], sum: [60, 60, 60], rate: [0.5, 0.5, 0.5] });
    expect(runOf(program, [1, 8, 5, 3])).toEqual({ level: [8, 16, 32], sum: [45, 45, 45], rate: [1, 1, 1] });
  });

  it('have no default where the model computes them', () => {
    const program = compiled({ dimensions, variables }, { inputs: ['change', 'sum'], outputs: ['level', 'sum'] });
    expect(program.inputs).toEqual([
      { name: 'change', value: Number.NaN },
      { name: 'sum', value: 60 },
    ]);
    expect(runOf(program, [7, 1]).level).toEqual([100, 107, 114]);
  });

  it('are all elements of an array', () => {
    const program = compiled({ dimensions, variables }, { inputs: ['many'], outputs: ['sum'] });
    expect(program.inputs.map(({ name }) => name)).toEqual(['many[north]', 'many[south]']);
  });

  it('must exist, and be given once', () => {
    const inputs = ['nothing', 'rate', 'Rate'];
    expect(findings({ dimensions, variables }, { inputs })).toEqual(['selection.unknown', 'selection.twice']);
  });

  it('that are flows are not held back, while the stock stays at 0 or above', () => {
    const tank = stock('s', '3', '<outflow>out</outflow><non_negative/>') + flow('out', '1');
    const program = compiled({ variables: tank }, { inputs: ['out'] });
    expect(runOf(program, [2])).toEqual({ s: [3, 1, 0], out: [2, 2, 2] });
  });
});

describe('traced programs', () => {
  it('have every variable as a node of its own, and the same values', () => {
    const plain = run({ dimensions, variables });
    const traced = compiled({ dimensions, variables }, { traced: true });
    expect(traced.variables.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'stock level',
      'flow change',
      'aux rate',
      'aux other',
      'aux many[north]',
      'aux many[south]',
      'aux sum',
      'aux factor',
    ]);
    traced.variables.forEach(({ node }, variable) => {
      expect(traced.nodes[node]).toMatchObject({ op: 'variable', variable });
    });
    expect(traced.nodes.some(({ op }) => op === 'add')).toBe(true);
    expect(runOf(traced)).toEqual(plain);
    expect(compiled({ dimensions, variables }).variables).toEqual([]);
  });

  it('cover variables that no output needs', () => {
    const traced = compiled({ dimensions, variables }, { traced: true, outputs: ['factor'] });
    expect(traced.variables.length).toBe(8);
    expect(traced.outputs.length).toBe(1);
  });
});

describe('draws', () => {
  const random = aux('a', 'RANDOM(0, 1)') + aux('b', 'RANDOM(0, 1) - RANDOM(0, 1)');

  it('keep their keys when the model changes elsewhere', () => {
    const keys = compiled({ variables: random }).draws.map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    const more = compiled({ variables: aux('z', 'RANDOM(0, 1)') + random }).draws.map(({ key }) => key);
    expect(more.slice(1)).toEqual(keys);
  });
});
