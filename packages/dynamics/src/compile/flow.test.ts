import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aux, findings, flow, run, stock } from './run.fixture.ts';

const flows = (inflows: string[], outflows: string[], more = '') =>
  [
    ...inflows.map((name) => `<inflow>${name}</inflow>`),
    ...outflows.map((name) => `<outflow>${name}</outflow>`),
    more,
  ].join('');
const kept = '<non_negative/>';

describe('non-negative flows', () => {
  it('are 0 where their equation is below', () => {
    const variables = flow('f', 'TIME - 1', kept) + flow('g', 'TIME - 1');
    const all = run({ variables });
    expect(all.f).toEqual([0, 0, 1]);
    expect(all.g).toEqual([-1, 0, 1]);
  });

  it('follow the file where they have no mark of their own', () => {
    const variables = flow('f', '-1') + flow('g', '-1', '<non_negative>false</non_negative>');
    const all = run({ variables, behavior: '<flow><non_negative/></flow>' });
    expect([all.f![0], all.g![0]]).toEqual([0, -1]);
  });
});

describe('non-negative stocks', () => {
  it('hold their outflows back, in the order of the file', () => {
    const variables =
      stock('s', '10', flows([], ['first', 'second'], kept)) +
      flow('first', '6') +
      flow('second', '6') +
      stock('t', '0', flows(['second'], []));
    const all = run({ variables });
    expect(all.first).toEqual([6, 0, 0]);
    expect(all.second).toEqual([4, 0, 0]);
    expect(all.s).toEqual([10, 0, 0]);
    expect(all.t).toEqual([0, 4, 4]);
  });

  it('let out what flows in', () => {
    const variables = stock('s', '1', flows(['in'], ['out'], kept)) + flow('in', '2') + flow('out', '5');
    expect(run({ variables }).out).toEqual([3, 2, 2]);
  });

  it('stop at 0 where a flow drains several stocks, and leave it as it is', () => {
    const variables =
      stock('s', '3', flows([], ['out'], kept)) + stock('t', '3', flows([], ['out'])) + flow('out', '2');
    const all = run({ variables });
    expect(all.out).toEqual([2, 2, 2]);
    expect(all.s).toEqual([3, 1, 0]);
    expect(all.t).toEqual([3, 1, -1]);
  });

  it('stop at 0 where an inflow is negative', () => {
    const variables = stock('s', '3', flows(['in'], [], kept)) + flow('in', '-2');
    expect(run({ variables }).s).toEqual([3, 1, 0]);
  });

  it('start at 0 at least, with a warning', () => {
    const variables = stock('s', '-3', kept);
    expect(run({ variables }).s).toEqual([0, 0, 0]);
    expect(findings({ variables })).toEqual(['s: model.negative_start']);
  });

  it('may lie on a circle', () => {
    const variables =
      stock('s', '1', flows(['back'], ['out'], kept)) +
      stock('t', '0', flows(['out'], ['back'], kept)) +
      flow('out', '5') +
      flow('back', '5');
    const all = run({ variables });
    expect(all.s).toEqual([1, 0, 1]);
    expect(all.t).toEqual([0, 1, 0]);
    const oneOutput = run({ variables }, { outputs: ['back', 'out', 't', 's'] });
    expect(oneOutput).toEqual({ s: all.s, t: all.t, out: all.out, back: all.back });
  });

  it('may have outflows that their inflows depend on', () => {
    const variables = stock('s', '4', flows(['born'], ['dead'], kept)) + flow('born', 'dead * 2') + flow('dead', '10');
    expect(run({ variables }).dead).toEqual([4, 8, 10]);
  });

  it('may begin with a value that depends on what drains them', () => {
    const variables = stock('s', 'out * 3', flows([], ['out'], kept)) + flow('out', '2');
    expect(run({ variables }).s).toEqual([6, 4, 2]);
  });

  it('never fall below 0 and lose nothing, whatever flows between them', () => {
    const rate = fc.double({ min: 0, max: 8, noNaN: true });
    const flowsOfRing = fc.array(fc.tuple(rate, rate), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(flowsOfRing, fc.constantFrom('euler', 'rk2', 'rk4'), (rates, method) => {
        const count = rates.length;
        const variables = rates.map(([first, second], at) => {
          const before = (at + count - 1) % count;
          const inOut = flows([`a${before}`, `b${(at + 1) % count}`], [`a${at}`, `b${at}`], kept);
          return (
            stock(`s${at}`, '1', inOut) + flow(`a${at}`, String(first), kept) + flow(`b${at}`, `${second} * TIME`, kept)
          );
        });
        const specs = `<start>0</start><stop>5</stop><dt>0.25</dt>`;
        const all = run({ variables: variables.join(''), specs }, { time: { method } });
        for (let point = 0; point <= 20; point++) {
          const levels = rates.map((_, at) => all[`s${at}`]![point]!);
          expect(Math.min(...levels)).toBeGreaterThanOrEqual(-1e-12);
          expect(levels.reduce((sum, level) => sum + level, 0)).toBeCloseTo(count, 9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is wrong with stocks', () => {
  it('is told', () => {
    expect(findings({ variables: stock('s', '1', flows(['nothing'], [])) })).toEqual(['s: model.flow_unknown']);
    const both = stock('s', '1', flows(['t'], [])) + stock('t', '1');
    expect(findings({ variables: both })).toEqual(['s: model.not_flow']);
    expect(findings({ variables: '<stock name="s"></stock>' })).toEqual(['s: model.no_equation']);
  });

  it('is told where they are no ordinary ones', () => {
    const conveyor = '<stock name="s"><eqn>1</eqn><outflow>f</outflow><conveyor><len>2</len></conveyor></stock>';
    const codes = findings({ variables: `${conveyor}${flow('f', '1')}` });
    expect(codes).toContain('s: model.special');
  });

  it('may be filled by an auxiliary', () => {
    expect(run({ variables: stock('s', '1', flows(['a'], [])) + aux('a', '2') }).s).toEqual([1, 3, 5]);
  });
});
