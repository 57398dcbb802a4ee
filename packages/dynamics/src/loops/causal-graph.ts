import { operandsOf, readsHistory } from '../program/operands.ts';
import type { NodeId, Program } from '../program/program.ts';

/** A variable, or a level inside a builtin (of a delay, say), with the expression that decides it. */
export interface Vertex {
  name: string;
  kind: 'stock' | 'flow' | 'aux';
  /** Node whose value it has. */
  value: NodeId;
  /** Node of its equation; for a stock that of its net flow. */
  equation: NodeId;
  /** Vertices that the equation names. */
  causes: number[];
  /** Inner nodes of the equation, operands first; they end where other vertices begin. */
  inner: NodeId[];
}

/** Who depends on whom, at the level of what people name. */
export interface CausalGraph {
  vertices: Vertex[];
  /** Variables that act on their effects only a step later (PREVIOUS, DELAY): loops through them are not scored. */
  cut: string[];
}

/** Reads the causal graph off a traced program. */
export function causalGraph(program: Program): CausalGraph {
  const { nodes } = program;
  const stockNodes = new Map<number, NodeId>();
  for (const [id, node] of nodes.entries()) if (node.op === 'stock') stockNodes.set(node.stock, id);
  const owner = new Map<NodeId, number>();
  const vertices: Vertex[] = [];
  const named = new Set<number>();
  for (const { name, node: value } of program.variables) {
    const marked = nodes[value]!;
    if (marked.op !== 'variable' || owner.has(value)) continue;
    const held = nodes[marked.a]!;
    const stock = held.op === 'stock' ? held.stock : undefined;
    if (stock !== undefined && !named.has(stock)) {
      named.add(stock);
      owner.set(marked.a, vertices.length);
      vertices.push({ name, kind: 'stock', value, equation: program.stocks[stock]!.rate, causes: [], inner: [] });
    } else {
      vertices.push({ name, kind: 'aux', value, equation: marked.a, causes: [], inner: [] });
    }
    owner.set(value, vertices.length - 1);
  }
  for (const [stock, { name, rate }] of program.stocks.entries()) {
    const value = stockNodes.get(stock);
    if (named.has(stock) || value === undefined) continue;
    owner.set(value, vertices.length);
    vertices.push({ name, kind: 'stock', value, equation: rate, causes: [], inner: [] });
  }
  for (const vertex of vertices) readEquation(program, vertex, owner);
  return { vertices, cut: cutVariables(program) };
}

/** Collects the inner nodes and the causes of an equation, depth first without recursion. */
function readEquation(program: Program, vertex: Vertex, owner: ReadonlyMap<NodeId, number>): void {
  const inner = new Set<NodeId>();
  const causes = new Set<number>();
  const waiting = [vertex.equation];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const cause = owner.get(id);
    if (cause !== undefined) {
      causes.add(cause);
      continue;
    }
    if (inner.has(id)) continue;
    inner.add(id);
    waiting.push(...operandsOf(program.nodes[id]!));
  }
  vertex.causes = [...causes].sort((a, b) => a - b);
  vertex.inner = [...inner].sort((a, b) => a - b);
}

function cutVariables(program: Program): string[] {
  return program.variables
    .filter(({ node }) => {
      const marked = program.nodes[node]!;
      if (marked.op !== 'variable') return false;
      const seen = new Set<NodeId>();
      const waiting = [marked.a];
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const inside = program.nodes[id]!;
        if (inside.op === 'memory' || readsHistory(inside)) return true;
        if (inside.op === 'variable' || seen.has(id)) continue;
        seen.add(id);
        waiting.push(...operandsOf(inside));
      }
      return false;
    })
    .map(({ name }) => name);
}
