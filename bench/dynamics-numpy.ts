import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operandsOf } from '../packages/dynamics/src/program/operands.ts';
import type { Node, NodeId, Program } from '../packages/dynamics/src/program/program.ts';

const unary: Partial<Record<Node['op'], string>> = {
  neg: 'np.negative',
  abs: 'np.abs',
  sqrt: 'np.sqrt',
  exp: 'np.exp',
  ln: 'np.log',
  sin: 'np.sin',
  cos: 'np.cos',
  floor: 'np.floor',
};

const binary: Partial<Record<Node['op'], string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  pow: '**',
  mod: '%',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
};

/** A program as NumPy code that integrates all lanes at once by RK4, as a scientist would write it. */
function numpySource(program: Program): string {
  const { stocks, time } = program;
  const isNeeded = new Uint8Array(program.nodes.length);
  for (const { rate } of stocks) isNeeded[rate] = 1;
  for (let id = program.nodes.length - 1; id >= 0; id--) {
    if (isNeeded[id] === 1) for (const operand of operandsOf(program.nodes[id]!)) isNeeded[operand] = 1;
  }
  const isInvariant: boolean[] = [];
  for (const node of program.nodes) {
    const moves = node.op === 'stock' || node.op === 'time' || node.op === 'stepTime';
    isInvariant.push(!moves && operandsOf(node).every((id) => isInvariant[id]));
  }
  const lines = (invariant: boolean) =>
    program.nodes.flatMap((node, id) =>
      isNeeded[id] === 1 && isInvariant[id] === invariant && node.op !== 'constant'
        ? [`v${id} = ${text(program, node)}`]
        : [],
    );
  const initial = new Set(stocks.map((stock) => stock.initial));
  const starts = program.nodes.flatMap((node, id) =>
    initial.has(id) && isNeeded[id] === 0 && node.op !== 'constant' ? [`v${id} = ${text(program, node)}`] : [],
  );
  return `import sys, time
import numpy as np
np.seterr(all='ignore')
inputs = np.array(sys.stdin.read().split(), dtype=float).reshape(${program.inputs.length}, -1)
def run():
    ${[...lines(true), ...starts].join('\n    ')}
    def rates(t, y):
        ${lines(false).join('\n        ')}
        return np.stack([${stocks.map(({ rate }) => `np.broadcast_to(${named(program, rate)}, inputs.shape[1:])`).join(', ')}])
    y = np.stack([${stocks.map((stock) => `np.broadcast_to(${named(program, stock.initial)}, inputs.shape[1:])`).join(', ')}]).astype(float)
    for step in range(${time.steps}):
        t = ${time.start} + step * ${time.dt}
        k1 = rates(t, y)
        k2 = rates(t + ${time.dt / 2}, y + ${time.dt / 2} * k1)
        k3 = rates(t + ${time.dt / 2}, y + ${time.dt / 2} * k2)
        k4 = rates(t + ${time.dt}, y + ${time.dt} * k3)
        y = y + ${time.dt / 6} * (k1 + 2 * k2 + 2 * k3 + k4)
    return y
began = time.perf_counter()
y = run()
print(time.perf_counter() - began, *y[:, 0])
`;
}

function named(program: Program, id: NodeId): string {
  const node = program.nodes[id]!;
  return node.op === 'constant' ? `${node.value}` : `v${id}`;
}

function text(program: Program, node: Node): string {
  const value = (id: NodeId) => named(program, id);
  switch (node.op) {
    case 'input':
      return `inputs[${node.input}]`;
    case 'time':
    case 'stepTime':
      return 't';
    case 'stock':
      return `y[${node.stock}]`;
    case 'variable':
      return value(node.a);
    case 'select':
      return `np.where(${value(node.condition)}, ${value(node.then)}, ${value(node.otherwise)})`;
    case 'min':
      return `np.minimum(${value(node.a)}, ${value(node.b)})`;
    case 'max':
      return `np.maximum(${value(node.a)}, ${value(node.b)})`;
    default: {
      const operator = binary[node.op];
      if (operator !== undefined && 'b' in node) return `${value(node.a)} ${operator} ${value(node.b)}`;
      const name = unary[node.op];
      if (name === undefined || !('a' in node)) throw new Error(`the NumPy baseline does not know ${node.op}`);
      return `${name}(${value(node.a)})`;
    }
  }
}

/** Whether there is a python3 with NumPy. */
export function hasNumpy(): boolean {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface NumpyProgram {
  /** Seconds that the lanes took; `inputs` as a kernel has them. */
  run(inputs: Float64Array): number;
  remove(): void;
}

export function numpyProgram(program: Program): NumpyProgram {
  const dir = mkdtempSync(join(tmpdir(), 'dynamics-numpy-'));
  const path = join(dir, 'run.py');
  writeFileSync(path, numpySource(program));
  return {
    run: (inputs) => {
      const said = execFileSync('python3', [path], { input: inputs.join(' '), encoding: 'utf8' });
      return Number(said.split(' ')[0]);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
