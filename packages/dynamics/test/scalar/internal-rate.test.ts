import { describe, expect, it } from 'vitest';
import { interpreterKernel } from '../../src/backend/interpreter.ts';
import { javascriptKernel } from '../../src/backend/javascript.ts';
import { wasmKernel } from '../../src/backend/wasm/index.ts';
import { compileModel } from '../../src/compile/compile.ts';
import { aux, flow, stock, xmile } from '../../src/compile/run.fixture.ts';
import { expectValue } from '../../src/diagnostic.ts';
import type { Method, Program } from '../../src/program/program.ts';
import { readXmile } from '../../src/xmile/reader.ts';

const saved = 7;

/** A project that costs 100 and pays more and more; what its rate of return does to a stock makes it part of a loop. */
function project(method: Method, beside = 0): Program {
  const names = Array.from({ length: beside }, (_, i) => `v${i}`);
  const variables =
    aux('payment', '30') +
    aux('rate', 'IRR(IF TIME = 2000 THEN -100 ELSE payment + 0 * s, -9)') +
    stock('s', '1', '<inflow>f</inflow>') +
    flow('f', 'MAX(rate, 0) * s') +
    names.map((name, i) => aux(name, `s * ${i} + rate`)).join('');
  const specs = '<start>2000</start><stop>2003</stop><dt>0.5</dt>';
  const file = expectValue(readXmile(xmile({ variables, specs })));
  return expectValue(compileModel(file, { inputs: ['payment'], outputs: ['rate', 's', ...names], time: { method } }));
}

/** By halving, for one payment at the start and equal ones each half year. */
function rateAfter(payments: number, payment: number): number {
  let [low, high] = [-0.999999, 1e6];
  for (let halving = 0; halving < 200; halving++) {
    const rate = (low + high) / 2;
    let worth = -100;
    for (let k = 1; k <= payments; k++) worth += payment / (1 + rate) ** (k / 2);
    if (worth > 0) low = rate;
    else high = rate;
  }
  return low;
}

describe('IRR', () => {
  const programs: [what: string, program: Program][] = [
    ['Euler', project('euler')],
    ['RK2', project('rk2')],
    ['RK4', project('rk4')],
    ['RK45', project('rk45')],
  ];

  it.each(programs)(
    'is the rate at which all payments so far are worth nothing, in each run by itself: %s',
    (_, program) => {
      for (const factory of [interpreterKernel, javascriptKernel, wasmKernel]) {
        const kernel = factory(program, 8);
        for (let lane = 0; lane < kernel.lanes; lane++) kernel.inputs[lane] = 10 + 7 * lane;
        // Twice, as the second run must not see the payments of the first.
        kernel.run(0, 0);
        kernel.run(0, 0);
        for (let lane = 0; lane < kernel.lanes; lane++) {
          const rates = Array.from({ length: saved }, (_, point) => kernel.results[point * 2 * kernel.lanes + lane]!);
          expect(rates[0]).toBe(-9);
          rates.slice(1).forEach((rate, at) => {
            expect(rate).toBeCloseTo(rateAfter(at + 1, 10 + 7 * lane), 9);
          });
        }
      }
    },
  );

  it('is the same in programs of many functions', () => {
    const [small, large] = [0, 700].map((beside) => {
      const program = project('rk4', beside);
      const kernel = wasmKernel(program, 4);
      kernel.run(0, 0);
      const stride = program.outputs.length * kernel.lanes;
      return Array.from({ length: saved }, (_, point) => kernel.results[point * stride + 3]!);
    });
    expect(large).toEqual(small);
  });
});
