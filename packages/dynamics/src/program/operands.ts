import type { Node, NodeId } from './program.ts';

/** The nodes whose values a node reads at the same moment. A `history` reads its lag; its input is of an earlier step. */
export function operandsOf(node: Node): readonly NodeId[] {
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
    case 'internalRate':
      return [node.present, node.missing];
    case 'select':
      return [node.condition, node.then, node.otherwise];
    case 'lookup':
      return [node.x];
    case 'pick':
      return [node.index, ...node.choices];
    case 'call':
      return node.args;
    default:
      return 'b' in node ? [node.a, node.b] : [node.a];
  }
}

/** The same node with every operand replaced by what `to` gives for it. */
export function withOperands(node: Node, to: (operand: NodeId) => NodeId): Node {
  switch (node.op) {
    case 'constant':
    case 'input':
    case 'time':
    case 'stepTime':
    case 'stock':
    case 'memory':
    case 'uniform':
    case 'initialUniform':
      return node;
    case 'history':
      return { ...node, lag: to(node.lag) };
    case 'internalRate':
      return { ...node, present: to(node.present), missing: to(node.missing) };
    case 'select':
      return withArms(node, to);
    case 'lookup':
      return { ...node, x: to(node.x) };
    case 'pick':
      return { ...node, index: to(node.index), choices: node.choices.map(to) };
    case 'call':
      return { ...node, args: node.args.map(to) };
    default:
      return 'b' in node ? { ...node, a: to(node.a), b: to(node.b) } : { ...node, a: to(node.a) };
  }
}

function withArms(node: Extract<Node, { op: 'select' }>, to: (operand: NodeId) => NodeId): Node {
  const condition = to(node.condition);
  const then = to(node.then);
  const otherwise = to(node.otherwise);
  return { op: 'select', condition, then, otherwise };
}

/** Whether a node reads the past of an input. */
export function readsHistory(node: Node): node is Node & { op: 'history' | 'internalRate' } {
  return node.op === 'history' || node.op === 'internalRate';
}
