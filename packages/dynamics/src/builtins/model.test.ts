import { describe, expect, it } from 'vitest';
import { interpreterKernel } from '../backend/interpreter.ts';
import { javascriptKernel } from '../backend/javascript.ts';
import type { KernelFactory } from '../backend/kernel.ts';
import { wasmKernel } from '../backend/wasm/index.ts';
import { compileModel } from '../compile/compile.ts';
import { expectValue } from '../diagnostic.ts';
import { readXmile } from '../xmile/reader.ts';

/** Every kind of state and of call, as models use them. */
const equations = {
  time_part: 'TIME + DT + STARTTIME + STOPTIME',
  input: '10 + STEP(5, 2) + RAMP(1, 4, 7) + SINWAVE(2, 5)',
  tau: '3 + 0.2 * COUNTER(0, 4)',
  pulse: 'PULSE(4, 1, 3)',
  train: 'PULSE_TRAIN(1, 1, 3, 8)',
  fixed: 'DELAY(input, 1.5, -1)',
  fixed_by_variable: 'DELAY(input, tau)',
  first: 'DELAY1(input, tau)',
  third: 'DELAY3(input, tau, 7)',
  nth: 'DELAYN(input, tau, 4)',
  smooth: 'SMTH1(input, tau) + SMTH3(input, 2, 0) + SMTHN(input, tau, 2)',
  trend: 'TREND(input, 4, 0.1)',
  forecast: 'FORCST(input, 4, 2)',
  previous: 'PREVIOUS(SELF, 1) + input',
  initial: 'INIT(input) + INIT(third)',
  sampled: 'SAMPLE_IF_TRUE(pulse > 0, input, 1)',
  past: 'HISTORY(input, TIME - 1)',
  slope: 'DERIVN(input, 1)',
  worth: 'NPV(input, 0.05, 0)',
  worth_with_factor: 'NPV(input, 0.05, 0, 1)',
  loan: 'PMT(0.01, 12, input, 0)',
  chance: 'RANDOM(0, 1) + NORMAL(0, 1) + EXPRND(2) + POISSON(3) + NORMAL(0, 1, 5, -1, 1)',
  chance_held: 'RANDOM(0, 1, 3, NAN, NAN, 2)',
  heavy: 'GAMMA(2, 1) + BETA(2, 3) + BINOMIAL(9, 0.3) + RANDOM_NORMAL(0, 9, 3, 2, 4)',
  table: 'curve(TIME) + LOOKUP(curve, input) + LOOKUPINV(curve, 30)',
  total: 'SUM(stock) + MAX(stock) + MIN(stock[*], 2) + MEAN(stock) + SIZE(stock) + STDDEV(stock) + PROD(stock)',
  ranked: 'stock[RANK(stock, 2)] + RANK(stock, 1)',
  divided: 'SAFEDIV(1, pulse, 9) + ZIDZ(1, pulse) + ROOTN(-8, 3) + INTEGER(-input / 4) + MODULO(input, 3)',
} as const;

function model(method: string): string {
  const variables = Object.entries(equations).map(([name, eqn]) => {
    const text = eqn.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `<aux name="${name}"><eqn>${text}</eqn></aux>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <header><vendor>v</vendor><product version="1">p</product></header>
  <sim_specs method="${method}"><start>0</start><stop>10</stop><dt>0.25</dt></sim_specs>
  <dimensions><dim name="Region"><elem name="north"/><elem name="south"/><elem name="west"/></dim></dimensions>
  <model><variables>
    <gf name="curve"><xscale min="0" max="20"/><ypts>0,10,40,50,60</ypts></gf>
    <stock name="stock"><dimensions><dim name="Region"/></dimensions>
      <element subscript="north"><eqn>5</eqn></element>
      <element subscript="south"><eqn>3</eqn></element>
      <element subscript="west"><eqn>4</eqn></element>
      <inflow>growth</inflow></stock>
    <flow name="growth"><dimensions><dim name="Region"/></dimensions><eqn>MAX(0, stock) * 0.1 - MIN(stock, 1) + SMTH1(stock, 2) / 10</eqn></flow>
    ${variables.join('\n    ')}
  </variables></model>
</xmile>`;
}

function run(method: string, factory: KernelFactory): number[][] {
  const program = expectValue(compileModel(expectValue(readXmile(model(method)))));
  const kernel = factory(program, 2);
  kernel.run(11, 3);
  const outputs = program.outputs.length;
  const points = kernel.results.length / outputs / kernel.lanes;
  return program.outputs.map((_, output) =>
    Array.from({ length: 2 * points }, (__, at) => {
      return kernel.results[(Math.floor(at / 2) * outputs + output) * kernel.lanes + (at % 2)]!;
    }),
  );
}

function names(): string[] {
  return expectValue(compileModel(expectValue(readXmile(model('euler'))))).outputs.map(({ name }) => name);
}

describe('builtins in a model', () => {
  it.each(['euler', 'rk2', 'rk4', 'rk45'])('give the same in every back end with %s', (method) => {
    const all = names();
    const oracle = run(method, interpreterKernel);
    for (const factory of [javascriptKernel, wasmKernel]) {
      for (const [output, values] of run(method, factory).entries()) {
        for (const [at, value] of values.entries()) {
          const expected = oracle[output]![at]!;
          const isSame = Math.abs(value - expected) <= 1e-10 * Math.max(1, Math.abs(expected));
          if (!isSame) expect([factory.name, all[output], at, value]).toEqual(['', '', 0, expected]);
        }
      }
    }
  });

  it('are finite, and let arrays spread where the equation has their dimension', () => {
    const results = run('euler', interpreterKernel);
    const series = new Map(names().map((name, output) => [name, results[output]!]));
    for (const [name, values] of series) expect([name, values.every(Number.isFinite)]).toEqual([name, true]);
    // MAX(0, stock) is that of each element: the first growth of north is 0.5 - 1 + 0.5.
    expect(series.get('growth[north]')![0]).toBeCloseTo(0, 12);
    expect(series.get('growth[south]')![0]).toBeCloseTo(0.3 - 1 + 0.3, 12);
    expect(series.get('ranked')![0]).toBeCloseTo(4 + 2, 12);
    expect(series.get('total')![0]).toBeCloseTo(12 + 5 + 2 + 4 + 3 + Math.sqrt(2 / 3) + 60, 12);
  });
});
