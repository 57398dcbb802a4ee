import type { FunctionName } from '../../numerics/functions.ts';
import { operandsOf, readsHistory } from '../../program/operands.ts';
import type { Node, NodeId, Program } from '../../program/program.ts';
import { rateOf, rates } from '../../program/rate.ts';

/** Functions without jumps: a last bit more or less in an argument is one in the result. */
const smooth: ReadonlySet<FunctionName> = new Set(['asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'log10']);

const jumping: ReadonlySet<Node['op']> = new Set([
  ...(['floor', 'mod', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not'] as const),
]);

/** How far back the way from a quotient to a jump is followed: within one evaluation, or through the state as well. */
export type Reach = 'evaluation' | 'state';

/**
 * Nodes whose last bit can decide something, because they lead to a comparison, a rounding or another jump. There a
 * quotient has to be the correctly rounded one: `a * (1 / b)` would turn the 49 / 49 of a model into 0.9999999999999999
 * and its integer part into 0.
 */
export function exactNodes(program: Program, reach: Reach): Uint8Array {
  const { nodes, stocks, memories, histories } = program;
  const exact = new Uint8Array(nodes.length);
  const open: NodeId[] = [];
  const mark = (id: NodeId) => {
    if (exact[id] === 0) {
      exact[id] = 1;
      open.push(id);
    }
  };
  for (const node of nodes) for (const id of jumpOperands(node, program)) mark(id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes[id]!;
    for (const operand of operandsOf(node)) mark(operand);
    if (reach === 'evaluation') continue;
    if (node.op === 'stock') {
      mark(stocks[node.stock]!.initial);
      mark(stocks[node.stock]!.rate);
    } else if (node.op === 'memory') {
      mark(memories[node.memory]!.initial);
      mark(memories[node.memory]!.next);
    } else if (readsHistory(node)) {
      mark(histories[node.history]!.initial);
      mark(histories[node.history]!.input);
    }
  }
  return exact;
}

/** The operands in which a node jumps. */
export function jumpOperands(node: Node, { tables }: Program): readonly NodeId[] {
  switch (node.op) {
    case 'select':
      return [node.condition];
    case 'pick':
      return [node.index];
    case 'history':
      return [node.lag];
    case 'internalRate':
      return operandsOf(node);
    case 'call':
      return smooth.has(node.name) ? [] : node.args;
    case 'lookup': {
      // A repeated x is a jump as well.
      const { kind, x } = tables[node.table]!;
      return kind === 'discrete' || x.some((value, i) => value === x[i + 1]) ? [node.x] : [];
    }
    default:
      return jumping.has(node.op) ? operandsOf(node) : [];
  }
}

/**
 * Quotients that may be products with a reciprocal: their divisor does not change during a run, so that its reciprocal is
 * made once, and no jump hears of their last bit.
 */
export function freeQuotients(program: Program, reach: Reach): Uint8Array {
  const { nodes } = program;
  const free = new Uint8Array(nodes.length);
  // The choice of a sub-step hears of everything.
  if (program.time.method === 'rk45') return free;
  const exact = exactNodes(program, reach);
  const rate = rateOf(program);
  for (const [id, node] of nodes.entries()) {
    if (node.op !== 'div' || exact[id] === 1) continue;
    const divisor = nodes[node.b]!;
    // Such a quotient is an exact product anyway.
    if (divisor.op === 'constant' && isPowerOfTwo(divisor.value)) continue;
    if (rate[node.b]! <= rates.run && rate[node.a]! > rates.run) free[id] = 1;
  }
  return free;
}

/** Whether dividing by it is multiplying by its reciprocal, to the last bit and far from the ends of the range. */
export function isPowerOfTwo(value: number): boolean {
  const size = Math.abs(value);
  return Number.isInteger(Math.log2(size)) && size < 2 ** 1000 && size > 2 ** -1000;
}
