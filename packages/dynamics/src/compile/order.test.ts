import { describe, expect, it } from 'vitest';
import { aux, compiled, findings, flow, run, runOf, stock } from './run.fixture.ts';

const count = 5000;
const numbers = Array.from({ length: count }, (_, at) => at);

describe('long chains', () => {
  it('of variables are put in order, in whatever order the file has them', () => {
    const chain = (at: number) => aux(`v${at}`, at === count - 1 ? 'TIME' : `v${at + 1} + 1`);
    const variables = numbers.map(chain).join('');
    expect(run({ variables }, { outputs: ['v0'] }).v0).toEqual([count - 1, count, count + 1]);
    const backwards = numbers.map(chain).reverse().join('');
    expect(run({ variables: backwards }, { outputs: ['v0'] }).v0![0]).toBe(count - 1);
  });

  it('of variables that close a loop are told', () => {
    const variables = numbers.map((at) => aux(`v${at}`, `v${(at + 1) % count} + 1`)).join('');
    expect(findings({ variables })).toEqual([expect.stringMatching(/^v\d+: model\.cycle$/)]);
  });

  it('of operations in one equation need no call stack', () => {
    const sum = numbers.map((at) => `a * ${at}`).join(' + ');
    expect(run({ variables: aux('a', '2') + aux('x', sum) }).x![0]).toBe(count * (count - 1));
  });

  it('of stocks and delays go on and on', () => {
    const variables = numbers.slice(0, 1000).map((at) => {
      return (
        stock(`s${at}`, at === 0 ? '1' : `s${at - 1}`, `<inflow>f${at}</inflow>`) +
        flow(`f${at}`, at === 0 ? '1' : `DELAY1(s${at - 1}, 2)`)
      );
    });
    expect(run({ variables: variables.join('') }, { outputs: ['s999'] }).s999).toEqual([1, 2, 3]);
  });

  it('of nested calls stay within the call stack after a chain of variables', () => {
    const deep = `${'ABS('.repeat(480)}v1${')'.repeat(480)}`;
    const variables = numbers.map((at) => aux(`v${at}`, at === count - 1 ? 'TIME' : `ABS(MAX(v${at + 1}, 0))`));
    expect(run({ variables: aux('x', deep) + variables.join('') }, { outputs: ['x'] }).x).toEqual([0, 1, 2]);
  });
});

describe('the same value', () => {
  it('is one node, wherever it is asked for', () => {
    const variables = aux('a', 'TIME * 3') + aux('b', 'TIME * 3') + aux('c', 'a + b');
    const program = compiled({ variables });
    expect(program.nodes.map(({ op }) => op)).toEqual(['time', 'constant', 'mul', 'add']);
    expect(runOf(program).c).toEqual([0, 6, 12]);
  });
});
