import { describe, expect, it } from 'vitest';
import { harmonicOscillator, timeGrid } from '../../test/small-programs.ts';
import { Graph } from '../program/graph.ts';
import type { Method, Program } from '../program/program.ts';
import { historySlot, stepTime } from './integration.ts';
import { interpreterKernel } from './interpreter.ts';
import { javascriptKernel } from './javascript.ts';

const kernels = { interpreter: interpreterKernel, JavaScript: javascriptKernel };

function finalError(kernel: (typeof kernels)[keyof typeof kernels], method: Method, stepsPerUnit: number): number {
  const made = kernel(harmonicOscillator(timeGrid(10 * stepsPerUnit, stepsPerUnit, method)), 1);
  made.run(0, 0);
  return Math.abs(made.results.at(-1)! - Math.cos(10));
}

describe.each(Object.entries(kernels))('%s, harmonic oscillator', (_, kernel) => {
  it.each([
    ['euler', 2, 0.2, 256],
    ['rk2', 4, 0.25, 32],
    ['rk4', 16, 1, 16],
  ] as const)('%s: halving dt divides the error by %d', (method, factor, tolerance, stepsPerUnit) => {
    for (const finer of [1, 2, 4]) {
      const ratio =
        finalError(kernel, method, finer * stepsPerUnit) / finalError(kernel, method, 2 * finer * stepsPerUnit);
      expect(Math.abs(ratio - factor), `${ratio}`).toBeLessThan(tolerance);
    }
  });

  it('rk45 keeps to its tolerance whatever the dt', () => {
    for (const stepsPerUnit of [0.2, 0.5, 1, 4, 16]) {
      expect(finalError(kernel, 'rk45', stepsPerUnit)).toBeLessThan(1e-6);
    }
  });
});

/** x' = f(x) of one stock, an input k at hand. */
function scalar(method: Method, steps: number, rate: (graph: Graph, x: number, t: number) => number): Program {
  const graph = new Graph();
  const x = graph.node({ op: 'stock', stock: 0 });
  const time = graph.node({ op: 'time' });
  return {
    ...harmonicOscillator(timeGrid(steps, 1, method)),
    nodes: graph.nodes,
    stocks: [{ name: 'x', initial: graph.constant(1), rate: rate(graph, x, time) }],
    outputs: [{ name: 'x', node: x }],
  };
}

describe.each(Object.entries(kernels))('%s, RK45', (_, kernel) => {
  it('takes small sub-steps where a level changes fast, and large ones after it', () => {
    // x' = -1000 (x - cos t) falls to the cosine within a thousandth of the first dt.
    const program = scalar('rk45', 5, (graph, x, t) =>
      graph.binary('mul', graph.constant(-1000), graph.binary('sub', x, graph.unary('cos', t))),
    );
    const made = kernel(program, 1);
    made.run(0, 0);
    expect(made.faults[0]).toBe(-1);
    // The slow solution is cos t + sin t / 1000 to the order of 1e-6.
    expect(made.results[5]).toBeCloseTo(Math.cos(5) + Math.sin(5) / 1000, 5);
  });

  it('says when no sub-step is small enough, and leaves NaN from there on', () => {
    // x' = x² from 1 is 1 / (1 - t): there is no value at 1.
    const made = kernel(
      scalar('rk45', 3, (graph, x) => graph.binary('mul', x, x)),
      1,
    );
    made.run(0, 0);
    expect(made.faults[0]).toBe(-2);
    expect([...made.results]).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('ends a run that switches back and forth within a step', { timeout: 30_000 }, () => {
    // x is driven to 0.5 from both sides: every step across is rejected.
    const program = scalar('rk45', 50, (graph, x) =>
      graph.select(graph.binary('lt', x, graph.constant(0.5)), graph.constant(1e4), graph.constant(-1e4)),
    );
    const made = kernel(program, 1);
    made.run(0, 0);
    expect(made.faults[0]).toBe(-2);
  });
});

describe('JavaScript, RK45', () => {
  it('ends a run that would take a million sub-steps at each step', { timeout: 30_000 }, () => {
    // Small enough a jump that the smallest sub-steps pass, so that the run would crawl along x = 0.5.
    const program = scalar('rk45', 1000, (graph, x) =>
      graph.select(graph.binary('lt', x, graph.constant(0.5)), graph.constant(1), graph.constant(-1)),
    );
    const made = javascriptKernel(program, 1);
    made.run(0, 0);
    expect(made.faults[0]).toBe(-2);
    expect(made.results.findIndex(Number.isNaN)).toBeGreaterThan(2);
  });
});

describe('time and histories', () => {
  it('has steps at the numbers of the file where 1 / dt is whole', () => {
    expect(stepTime(timeGrid(100, 10, 'euler'), 3)).toBe(0.3);
    expect(stepTime({ ...timeGrid(100, 10, 'euler'), start: 1, dt: 0.3, stepsPerUnit: undefined }, 2)).toBe(1.6);
  });

  it('finds the place of a lag, rounded half up and at least 1', () => {
    expect(historySlot(7, 3, 5)).toBe(4);
    expect(historySlot(7, 2.5, 5)).toBe(4);
    expect(historySlot(7, 0, 5)).toBe(1);
    expect(historySlot(7, -4, 5)).toBe(1);
    expect(historySlot(7, 8, 10)).toBe(-1);
    expect(historySlot(7, Number.POSITIVE_INFINITY, 10)).toBe(-1);
    expect(historySlot(7, 6, 5)).toBe(-2);
    expect(historySlot(7, Number.NaN, 5)).toBe(-2);
  });
});
