import type { FunctionName } from '../../numerics/functions.ts';
import type { Node, NodeId, Program } from '../../program/program.ts';

/** Functions without jumps: a last bit more or less in an argument is one in the result. */
const smooth: ReadonlySet<FunctionName> = new Set(['asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'log10']);

const jumping: ReadonlySet<Node['op']> = new Set([
  'floor', 'mod', 'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not',
]);

/**
 * Nodes whose last bit can decide something: they lead, through stocks, memories and histories too, to a comparison, a
 * rounding or another jump. There a quotient has to be the correctly rounded one, for `a * (1 / b)` would turn the
 * 6 / 3 of a model into 1.9999999999999998 and its integer part into 1.
 */
export function exactNodes(program: Program): Uint8Array {
  const { nodes, stocks, memories, histories } = program;
  const exact = new Uint8Array(nodes.length);
  const open: NodeId[] = [];
  const mark = (id: NodeId) => {
    if (exact[id] === 0) {
      exact[id] = 1;
      open.push(id);
    }
  };
  for (const node of nodes) for (const id of jumpsOn(node, program)) mark(id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes[id]!;
    for (const operand of operands(node)) mark(operand);
    if (node.op === 'stock') {
      mark(stocks[node.stock]!.initial);
      mark(stocks[node.stock]!.rate);
    } else if (node.op === 'memory') {
      mark(memories[node.memory]!.initial);
      mark(memories[node.memory]!.next);
    } else if (node.op === 'history') {
      mark(histories[node.history]!.initial);
      mark(histories[node.history]!.input);
    }
  }
  return exact;
}

/** The operands in which a node jumps. */
function jumpsOn(node: Node, { tables }: Program): readonly NodeId[] {
  switch (node.op) {
    case 'select':
      return [node.condition];
    case 'pick':
      return [node.index];
    case 'history':
      return [node.lag];
    case 'call':
      return smooth.has(node.name) ? [] : node.args;
    case 'lookup': {
      // A repeated x is a jump as well.
      const { kind, x } = tables[node.table]!;
      return kind === 'discrete' || x.some((value, i) => value === x[i + 1]) ? [node.x] : [];
    }
    default:
      return jumping.has(node.op) ? operands(node) : [];
  }
}

/** The nodes that a node is made of. */
export function operands(node: Node): readonly NodeId[] {
  switch (node.op) {
    case 'constant':
    case 'input':
    case 'time':
    case 'stepTime':
    case 'stock':
    case 'memory':
    case 'uniform':
    case 'initialUniform':
      return [];
    case 'history':
      return [node.lag];
    case 'select':
      return [node.condition, node.then, node.otherwise];
    case 'lookup':
      return [node.x];
    case 'pick':
      return [node.index, ...node.choices];
    case 'call':
      return node.args;
    case 'variable':
      return [node.a];
    default:
      return 'b' in node ? [node.a, node.b] : [node.a];
  }
}
