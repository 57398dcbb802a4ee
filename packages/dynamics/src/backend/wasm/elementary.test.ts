import { describe, expect, it } from 'vitest';
import { Graph } from '../../program/graph.ts';
import type { NodeId, Program } from '../../program/program.ts';
import { wasmKernel } from './index.ts';
import { needsRoutines } from './routines.ts';

type Build = (g: Graph, x: NodeId, y: NodeId) => NodeId;

/** What a formula gives for pairs of arguments; `copies` of it make a program that has more places than fit in line. */
function evaluate(build: Build, pairs: readonly (readonly [number, number])[], copies = 1): number[] {
  const g = new Graph();
  const [x, y] = [g.node({ op: 'input', input: 0 }), g.node({ op: 'input', input: 1 })];
  const outputs = [{ name: 'f', node: build(g, x, y) }];
  for (let copy = 1; copy < copies; copy++) {
    outputs.push({ name: `f${copy}`, node: build(g, g.binary('add', x, g.constant(copy)), y) });
  }
  const program: Program = {
    time: { start: 0, dt: 1, stepsPerUnit: 1, steps: 0, method: 'euler', saveEvery: 1 },
    nodes: g.nodes,
    inputs: [
      { name: 'x', value: 0 },
      { name: 'y', value: 0 },
    ],
    ...{ stocks: [], memories: [], histories: [], draws: [], tables: [], variables: [], outputs },
  };
  expect(needsRoutines(program)).toBe(copies > 40);
  const kernel = wasmKernel(program, 8);
  const values: number[] = [];
  for (let first = 0; first < pairs.length; first += kernel.lanes) {
    for (let lane = 0; lane < kernel.lanes; lane++) {
      const [a, b] = pairs[Math.min(first + lane, pairs.length - 1)]!;
      kernel.inputs[lane] = a;
      kernel.inputs[kernel.lanes + lane] = b;
    }
    kernel.run(0, 0);
    for (let lane = 0; lane < kernel.lanes && first + lane < pairs.length; lane++) values.push(kernel.results[lane]!);
  }
  return values;
}

const edges = [
  ...[0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 0.1, 10, 709, 709.79, -708, -740, -745.2, -746, 1e-20, -1e-20],
  ...[5e-324, 2e-310, 2.2250738585072014e-308, 1e-300, 1e300, -1e300, Number.MAX_VALUE, 1e5, -1e5, 1.5e5, 3e9],
  ...[Math.SQRT2, Math.SQRT1_2, 1 + 2 ** -30, 1 - 2 ** -30, Math.PI, Math.PI / 2, 1e22],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
];

const golden = 0.6180339887498949;

/** Spread over [low, high] without pattern, the same each time. */
function spread(count: number, low: number, high: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) => low + (high - low) * ((from + (i + 1) * golden) % 1));
}

/** Distance in units in the last place of the expected value. */
function ulps(found: number, expected: number): number {
  if (Object.is(found, expected) || found === expected || (Number.isNaN(found) && Number.isNaN(expected))) return 0;
  const spacing = Math.max(2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52), 5e-324);
  return Math.abs(found - expected) / spacing;
}

function worst(found: readonly number[], expected: readonly number[]): number {
  return expected.reduce((sum, value, i) => Math.max(sum, ulps(found[i]!, value)), 0);
}

const unary = {
  exp: { of: Math.exp, points: spread(4000, -720, 720).concat(spread(4000, -2, 2)) },
  ln: {
    of: Math.log,
    points: spread(4000, -700, 700)
      .map(Math.exp)
      .concat(spread(4000, 0.4, 2.5)),
  },
  sin: { of: Math.sin, points: spread(4000, -10, 10).concat(spread(2000, -99_000, 99_000)) },
  cos: { of: Math.cos, points: spread(4000, -10, 10).concat(spread(2000, -99_000, 99_000)) },
} as const;

describe('elementary functions in line', () => {
  for (const [name, { of, points }] of Object.entries(unary)) {
    it(`${name} is within 2 ulp of the host's, over the whole range and at its edges`, () => {
      const all = [...points, ...edges];
      const build: Build = (g, x) => g.unary(name as keyof typeof unary, x);
      const pairs = all.map((x) => [x, 0] as const);
      expect(worst(evaluate(build, pairs), all.map(of))).toBeLessThanOrEqual(2);
    });
  }

  it('exp and ln are exact where their values are', () => {
    const exp = evaluate(
      (g, x) => g.unary('exp', x),
      [
        [0, 0],
        [-0, 0],
      ],
    );
    const ln = evaluate(
      (g, x) => g.unary('ln', x),
      [
        [1, 0],
        [0, 0],
        [-1, 0],
      ],
    );
    expect([...exp, ...ln]).toEqual([1, 1, 0, Number.NEGATIVE_INFINITY, Number.NaN]);
  });

  it('powers are within 2 ulp of the host for any base and exponent', () => {
    const bases = spread(6000, -40, 40).map(Math.exp);
    const exponents = spread(6000, -15, 15, 0.3);
    const pairs = bases.map((x, i) => [x, exponents[i]!] as const);
    const found = evaluate((g, x, y) => g.binary('pow', x, y), pairs);
    expect(
      worst(
        found,
        pairs.map(([x, y]) => x ** y),
      ),
    ).toBeLessThanOrEqual(2);
  });

  it('powers at every pair of edges are what the host gives', () => {
    const pairs = edges.flatMap((x) => edges.map((y) => [x, y] as const));
    const found = evaluate((g, x, y) => g.binary('pow', x, y), pairs);
    for (const [i, [x, y]] of pairs.entries()) expect(ulps(found[i]!, x ** y), `${x} ** ${y}`).toBeLessThanOrEqual(2);
  });

  it('whole powers of whole numbers are exact', () => {
    const pairs = spread(400, 1, 60).flatMap((x) => [1, 2, 3, 4, 5, 6, 7].map((y) => [Math.floor(x), y] as const));
    const found = evaluate((g, x, y) => g.binary('pow', x, y), pairs);
    const expected = pairs.map(([x, y]) => Array.from({ length: y }, () => x).reduce((left, right) => left * right));
    expect(found).toEqual(expected);
  });

  it.each([2, 3, 4, 8, -1, -2, 0.5, 1.5, -0.5, 0, 1.7])('a constant exponent of %d gives what the host gives', (y) => {
    const points = [...edges, ...spread(500, 0, 30)];
    const found = evaluate(
      (g, x) => g.binary('pow', x, g.constant(y)),
      points.map((x) => [x, 0] as const),
    );
    for (const [i, x] of points.entries()) {
      // The reciprocal of a power has no subnormal results.
      if (Math.abs(x ** y) < 1e-307) expect(Math.abs(found[i]!)).toBeLessThan(1e-307);
      else expect(ulps(found[i]!, x ** y), `${x} ** ${y}`).toBeLessThanOrEqual(8);
    }
  });

  it('one lane that needs the host changes no bit of the others', () => {
    const usual = spread(7, 0.5, 20).map((x) => [x, 2.5] as const);
    const build: Build = (g, x, y) => g.binary('pow', x, g.unary('ln', y));
    const alone = evaluate(build, usual);
    for (const odd of [0, -1, Number.POSITIVE_INFINITY, Number.NaN, 5e-324]) {
      expect(evaluate(build, [...usual, [odd, 2.5]]).slice(0, 7)).toEqual(alone);
      expect(evaluate(build, [...usual, [2, odd]]).slice(0, 7)).toEqual(alone);
    }
  });
});

describe('elementary functions as routines', () => {
  it('give the bits of those in line', () => {
    const pairs = spread(64, 0.1, 30).map((x, i) => [x, i / 7 - 4] as const);
    const build: Build = (g, x, y) => {
      const product = g.binary('mul', g.unary('exp', g.unary('sin', x)), g.unary('cos', y));
      return g.binary('add', product, g.binary('pow', g.unary('ln', g.binary('add', x, g.constant(2))), y));
    };
    expect(evaluate(build, pairs, 9)).toEqual(evaluate(build, pairs));
  });
});
