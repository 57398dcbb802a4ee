import { describe, expect, it } from 'vitest';
import { describeModel } from './describe.ts';
import { aux, dimension, flow, over, source, stock } from './run.fixture.ts';

describe('the description of a model', () => {
  it('has every variable with its kind, elements, and the values that are constant', () => {
    const variables =
      stock('level', '10 * rate', '<inflow>change</inflow><units>kg</units><doc>What is there.</doc>') +
      flow('change', 'level * rate') +
      aux('rate', '1 / 4', '<range min="0" max="1"/>') +
      aux('many', 'd', over('d')) +
      '<gf name="g"><xscale min="0" max="1"/><ypts>0,8</ypts></gf>' +
      '<module name="part"><connect to="given" from="rate"/></module>';
    const models = `<model name="part"><variables>${aux('given', '{rate}')}${aux('own', 'given')}</variables></model>`;
    const all = describeModel(source({ dimensions: dimension('d', 'a', 'b'), variables, models }));
    expect(all.map(({ name, kind, constant }) => [name, kind, constant])).toEqual([
      ['level', 'stock', false],
      ['change', 'flow', false],
      ['rate', 'aux', true],
      ['many', 'aux', true],
      ['g', 'gf', false],
      ['part.given', 'input', true],
      ['part.own', 'aux', true],
    ]);
    expect(all[0]).toMatchObject({
      units: 'kg',
      documentation: 'What is there.',
      elements: [{ name: 'level', value: 2.5 }],
    });
    expect(all[2]!.range).toEqual({ min: 0, max: 1 });
    expect(all[3]).toMatchObject({
      dimensions: ['d'],
      elements: [
        { name: 'many[a]', value: 1 },
        { name: 'many[b]', value: 2 },
      ],
    });
  });

  it('says what it can of a broken one', () => {
    const all = describeModel(source({ variables: aux('x', 'nothing') + aux('y', '2') }));
    expect(all.map(({ elements }) => elements[0]!.value)).toEqual([undefined, 2]);
  });
});
