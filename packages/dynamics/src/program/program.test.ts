import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph } from './graph.ts';
import { binaryOperations, unaryOperations } from './operations.ts';
import type { Program } from './program.ts';
import { pruned } from './prune.ts';
import { rateOf, rates } from './rate.ts';
import { validateProgram } from './validate.ts';

const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
);

describe('the graph', () => {
  it('folds constants to what the operations give', () => {
    const graph = new Graph();
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        const [a, b] = [graph.constant(left), graph.constant(right)];
        for (const [name, operation] of Object.entries(binaryOperations)) {
          const value = graph.constantOf(graph.binary(name as keyof typeof binaryOperations, a, b));
          expect(value).toBe(operation(left, right));
        }
        for (const [name, operation] of Object.entries(unaryOperations)) {
          expect(graph.constantOf(graph.unary(name as keyof typeof unaryOperations, a))).toBe(operation(left));
        }
      }),
    );
  });

  it('leaves out only what changes no value', () => {
    const graph = new Graph();
    const x = graph.node({ op: 'time' });
    fc.assert(
      fc.property(anyNumber, anyNumber, fc.boolean(), (constant, value, onLeft) => {
        for (const [name, operation] of Object.entries(binaryOperations)) {
          const c = graph.constant(constant);
          const [a, b] = onLeft ? [c, x] : [x, c];
          if (graph.binary(name as keyof typeof binaryOperations, a, b) !== x) continue;
          expect(onLeft ? operation(constant, value) : operation(value, constant)).toBe(value);
        }
      }),
    );
  });

  it('makes equal nodes once', () => {
    const graph = new Graph();
    const time = graph.node({ op: 'time' });
    const one = graph.binary('add', time, graph.constant(2));
    expect(graph.binary('add', time, graph.constant(2))).toBe(one);
    expect(graph.binary('sub', time, graph.constant(2))).not.toBe(one);
    expect(graph.unary('neg', time)).not.toBe(graph.unary('abs', time));
    const choices = [time, one];
    expect(graph.pick(time, choices)).toBe(graph.pick(time, choices));
    expect(graph.pick(graph.constant(2.7), choices)).toBe(one);
    expect(graph.constantOf(graph.pick(graph.constant(3), choices))).toBe(0);
  });

  it('knows values that it does not fold', () => {
    const graph = new Graph({ folding: false });
    const sum = graph.binary('add', graph.constant(1), graph.constant(2));
    const named = graph.node({ op: 'variable', variable: 0, a: sum });
    expect(graph.constantOf(sum)).toBeUndefined();
    expect(graph.knownValue(named)).toBe(3);
    expect(graph.knownValue(graph.select(named, named, graph.node({ op: 'time' })))).toBe(3);
    expect(graph.knownValue(graph.node({ op: 'time' }))).toBeUndefined();
  });
});

const program: Program = {
  time: { start: 0, dt: 1, stepsPerUnit: 1, steps: 1, method: 'euler', saveEvery: 1 },
  nodes: [
    { op: 'constant', value: 2 },
    { op: 'input', input: 0 },
    { op: 'stepTime' },
    { op: 'time' },
    { op: 'stock', stock: 1 },
    { op: 'mul', a: 0, b: 1 },
    { op: 'add', a: 2, b: 5 },
    { op: 'add', a: 6, b: 4 },
    { op: 'history', history: 0, lag: 4 },
    { op: 'stock', stock: 0 },
  ],
  inputs: [{ name: 'i', value: 1 }],
  stocks: [
    { name: 'unused', initial: 0, rate: 9 },
    { name: 's', initial: 5, rate: 8 },
  ],
  memories: [{ initial: 0, next: 3 }],
  histories: [{ initial: 0, input: 3, maxLag: undefined }],
  draws: [],
  tables: [],
  outputs: [{ name: 'o', node: 7 }],
  variables: [],
};

describe('rates', () => {
  it('are those of the operand that changes most; a history is held', () => {
    const { constant, run, step, stage } = rates;
    expect([...rateOf(program)]).toEqual([constant, run, step, stage, stage, run, step, stage, step, stage]);
  });
});

describe('pruning', () => {
  it('keeps what outputs need, in order, and all inputs', () => {
    const less = pruned(program);
    validateProgram(less);
    expect(less.stocks).toEqual([{ name: 's', initial: 5, rate: 8 }]);
    expect(less.memories).toEqual([]);
    expect(less.histories.length).toBe(1);
    expect(less.nodes.length).toBe(9);
    expect(pruned({ ...program, outputs: [] }).nodes).toEqual([]);
    expect(pruned({ ...program, outputs: [] }).inputs.length).toBe(1);
  });
});

describe('validation', () => {
  it.each<[string, Partial<Program>]>([
    ['an operand after its user', { nodes: [{ op: 'neg', a: 1 }, ...program.nodes.slice(1)] }],
    ['an index out of range', { inputs: [] }],
    ['an output without a node', { outputs: [{ name: 'o', node: 99 }] }],
    ['an initial value that changes', { stocks: program.stocks.map((stock) => ({ ...stock, initial: 4 })) }],
  ])('finds %s', (_, broken) => {
    expect(() => validateProgram({ ...program, ...broken })).toThrow(/broken/);
    expect(() => validateProgram(program)).not.toThrow();
  });
});
