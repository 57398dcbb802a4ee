import { describe, expect, it } from 'vitest';
import { aux, dimension, findings, flow, over, run, stock } from './run.fixture.ts';

function model(name: string, variables: string): string {
  return `<model name="${name}"><variables>${variables}</variables></model>`;
}

function module(name: string, connections: Record<string, string> = {}, of?: string): string {
  const inside = Object.entries(connections).map(([to, from]) => `<connect to="${to}" from="${from}"/>`);
  return `<module name="${name}"${of === undefined ? '' : ` simlin:model_name="${of}"`}>${inside.join('')}</module>`;
}

const tank = model(
  'tank',
  stock('level', 'start', '<inflow>fill</inflow>') +
    flow('fill', 'rate') +
    aux('rate', '{from outside}', '') +
    aux('start', '100'),
);

describe('modules', () => {
  it('give their variables a path and take values from outside', () => {
    const variables = aux('supply', '5') + module('tank', { rate: '.supply' }) + aux('x', 'tank.level * 2');
    const all = run({ variables, models: tank });
    expect(all['tank.level']).toEqual([100, 105, 110]);
    expect(all['tank.rate']).toEqual([5, 5, 5]);
    expect(all.x).toEqual([200, 210, 220]);
  });

  it('stand for one model as often as they like', () => {
    const variables =
      aux('one', '1') +
      aux('two', '2') +
      module('a', { rate: 'one' }, 'tank') +
      module('b', { rate: 'two', start: 'a.level' }, 'tank');
    const all = run({ variables, models: tank });
    expect(all['a.level']).toEqual([100, 101, 102]);
    expect(all['b.level']).toEqual([100, 102, 104]);
  });

  it('hold modules', () => {
    const plant = model('plant', aux('pump', '3') + module('tank', { rate: 'pump' }) + aux('seen', 'tank.level'));
    const all = run({ variables: module('plant') + aux('x', 'plant.tank.level + .plant.seen'), models: plant + tank });
    expect(all['plant.tank.level']).toEqual([100, 103, 106]);
    expect(all.x).toEqual([200, 206, 212]);
  });

  it.each([
    ['both sides from the holding model', { 'tank.rate': 'supply' }],
    ['the source from the whole', { rate: '.supply' }],
    ['other spellings', { RATE: '.Supply' }],
  ])('are connected as written: %s', (_, connections) => {
    const variables = aux('supply', '5') + module('tank', connections);
    expect(run({ variables, models: tank })['tank.level']).toEqual([100, 105, 110]);
  });

  it('may give an output to a variable outside', () => {
    const variables =
      aux('shown', '{tank}') + aux('supply', '5') + module('tank', { rate: 'supply', '.shown': 'level' });
    expect(run({ variables, models: tank }).shown).toEqual([100, 105, 110]);
  });

  it('connect arrays and ghosts of stocks', () => {
    const user = model('user', `${stock('given', '{ghost}', over('d'))}${aux('sum', 'SUM(given)')}`);
    const variables =
      stock('s', 'd', `${over('d')}<inflow>f</inflow>`) + flow('f', '1', over('d')) + module('user', { given: 's' });
    const all = run({ dimensions: dimension('d', 'a', 'b'), variables, models: user });
    expect(all['user.sum']).toEqual([3, 5, 7]);
    expect(all['user.given[b]']).toEqual([2, 3, 4]);
  });

  it('see nothing of the model around them without a path', () => {
    const inner = model('inner', aux('y', 'outside') + aux('z', '.outside'));
    expect(findings({ variables: aux('outside', '1') + module('inner'), models: inner })).toEqual([
      'inner.y: model.unknown_name',
    ]);
  });
});

describe('what is wrong with modules', () => {
  it('is told: an input without a source', () => {
    expect(findings({ variables: module('tank'), models: tank })).toEqual(['tank.rate: model.no_equation']);
  });

  it('is told: names in connections that are not there', () => {
    const variables = aux('supply', '5') + module('tank', { rate: 'supply', lid: 'supply', start: 'nothing' });
    expect(findings({ variables, models: tank })).toEqual(['module.connection_unknown', 'module.connection_unknown']);
  });

  it('is told: a model that holds itself', () => {
    const a = model('a', module('b'));
    const b = model('b', module('again', {}, 'a'));
    expect(findings({ variables: module('a'), models: a + b })).toEqual(['a.b.again: module.recursive']);
  });

  it('is told: connections in a circle', () => {
    const io = model('io', aux('in', '{x}') + aux('out', '{y}'));
    const variables =
      module('p', { in: 'q.in' }, 'io') + module('q', { in: 'p.in', out: 'p.out' }, 'io') + aux('x', '1');
    const codes = findings({ variables, models: io });
    expect(codes).toContain('p.in: module.connection_cycle');
  });

  it('is told: arrays of other shapes', () => {
    const inner = model('inner', aux('y', '{y}'));
    const variables = aux('x', '1', over('d')) + module('inner', { y: 'x' });
    expect(findings({ dimensions: dimension('d', 'a', 'b'), variables, models: inner })).toContain(
      'inner.y: module.connection_shape',
    );
  });

  it('is told: a loop through connections', () => {
    const inner = model('inner', aux('in', '{x}') + aux('out', 'in + 1'));
    const variables = aux('x', 'inner.out') + module('inner', { in: 'x' });
    expect(findings({ variables, models: inner })).toEqual(['x: model.cycle']);
  });

  it('is told: too many of them', () => {
    let models = model('m0', aux('x', '1'));
    for (let depth = 1; depth <= 6; depth++) {
      const parts = Array.from({ length: 10 }, (_, at) => module(`p${at}`, {}, `m${depth - 1}`));
      models += model(`m${depth}`, parts.join(''));
    }
    expect(findings({ variables: module('m6'), models })).toContain('model.too_large');
  });
});
