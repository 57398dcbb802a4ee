import { operandsOf, readsHistory } from '../program/operands.ts';
import type { Node, NodeId, Program } from '../program/program.ts';
import { rateOf, rates } from '../program/rate.ts';

/** Which nodes are evaluated when; each list in the order of the program. A node of no list is not needed. */
export interface Phases {
  /** As `rateOf` gives them. */
  rates: Uint8Array;
  /** Before the first step. */
  run: readonly NodeId[];
  /** At the beginning of a step, for the rates of the stocks and for what is carried to the next step. */
  step: readonly NodeId[];
  /** At the beginning of a saved step, for outputs alone. */
  save: readonly NodeId[];
  /** Again at the later stages of a step. */
  stage: readonly NodeId[];
  /** Memories and histories that an output depends on. */
  memories: readonly number[];
  histories: readonly number[];
}

/** Sorts the nodes that are needed by how often they must be evaluated. */
export function phasesOf(program: Program): Phases {
  const rate = rateOf(program);
  const everything = new Set<NodeId>();
  const memories = new Set<number>();
  const histories = new Set<number>();
  const roots = [...program.outputs.map(({ node }) => node), ...program.stocks.flatMap((s) => [s.initial, s.rate])];
  reach(program, roots, everything, (node) => {
    if (node.op === 'memory' && !memories.has(node.memory)) {
      memories.add(node.memory);
      const { initial, next } = program.memories[node.memory]!;
      return [initial, next];
    }
    if (readsHistory(node) && !histories.has(node.history)) {
      histories.add(node.history);
      const { initial, input } = program.histories[node.history]!;
      return [initial, input];
    }
    return [];
  });
  const carried = [
    ...[...memories].map((memory) => program.memories[memory]!.next),
    ...[...histories].map((history) => program.histories[history]!.input),
  ];
  const flows = program.stocks.map(({ rate }) => rate);
  const step = reach(program, [...flows, ...carried], new Set(), undefined, (id) => rate[id]! > rates.run);
  const stage = reach(program, flows, new Set(), undefined, (id) => rate[id] === rates.stage);
  const inOrder = (wanted: (id: NodeId) => boolean) => [...everything].filter(wanted).sort((a, b) => a - b);
  return {
    rates: rate,
    run: inOrder((id) => rate[id]! <= rates.run),
    step: inOrder((id) => step.has(id)),
    save: inOrder((id) => rate[id]! > rates.run && !step.has(id)),
    stage: inOrder((id) => stage.has(id)),
    memories: [...memories].sort((a, b) => a - b),
    histories: [...histories].sort((a, b) => a - b),
  };
}

/** The nodes whose values a node reads. Conditions that are written in place count with their own operands. */
function operands(program: Program, id: NodeId): readonly NodeId[] {
  const node = program.nodes[id]!;
  if (node.op !== 'select') return operandsOf(node);
  return [...conditionOperands(program, node.condition), node.then, node.otherwise];
}

const comparisons = { lt: '<', le: '<=', gt: '>', ge: '>=', eq: '===', ne: '!==' } as const;
const conjunctions = { and: '&&', or: '||' } as const;
/** Nested logic is written in place this deep; more is read from its value. */
const deepestCondition = 8;

/** What a select asks, as an expression over `value`, instead of the 1 or 0 that it would be as a number. */
export function conditionText(program: Program, id: NodeId, value: (id: NodeId) => string, depth = 0): string {
  const node = program.nodes[id]!;
  if (isComparison(node)) return `${value(node.a)} ${comparisons[node.op]} ${value(node.b)}`;
  const inner = (part: NodeId) => `(${conditionText(program, part, value, depth + 1)})`;
  if (depth < deepestCondition) {
    if (node.op === 'and' || node.op === 'or') return `${inner(node.a)} ${conjunctions[node.op]} ${inner(node.b)}`;
    if (node.op === 'not') return `!${inner(node.a)}`;
  }
  return `${value(id)} !== 0`;
}

function conditionOperands(program: Program, condition: NodeId): NodeId[] {
  const found: NodeId[] = [];
  conditionText(program, condition, (id) => {
    found.push(id);
    return '';
  });
  return found;
}

function isComparison(node: Node): node is Node & { op: keyof typeof comparisons; a: NodeId; b: NodeId } {
  return node.op in comparisons;
}

/** Adds to `found` every wanted node that the roots depend on; `further` gives what a node stands for besides. */
function reach(
  program: Program,
  roots: readonly NodeId[],
  found: Set<NodeId>,
  further: (node: Node) => readonly NodeId[] = () => [],
  wanted: (id: NodeId) => boolean = () => true,
): Set<NodeId> {
  const waiting = roots.filter(wanted);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...operands(program, id).filter(wanted), ...further(program.nodes[id]!).filter(wanted));
  }
  return found;
}
