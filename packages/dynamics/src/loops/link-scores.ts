import type { Evaluator } from '../backend/interpreter.ts';
import { operandsOf, readsHistory } from '../program/operands.ts';
import type { NodeId } from '../program/program.ts';
import type { CausalGraph, Vertex } from './causal-graph.ts';

/**
 * The score of every link at one moment: for effect z and cause x, |Δx z / Δz| with the sign of Δx z / Δx, where Δx z is
 * what z would lack had x alone not moved since the step before; 0 where x or z stood still. Into a stock the change is that
 * of its net flow, so that an inflow has a positive and an outflow a negative score (Schoenberg et al. 2020, eq. 1-3).
 *
 * @param before all node values of the step before
 * @param after all node values of this step
 * @returns for each vertex the scores of its causes, in their order
 */
export function linkScores(
  graph: CausalGraph,
  evaluator: Evaluator,
  before: Float64Array,
  after: Float64Array,
): Float64Array[] {
  const values = after.slice();
  return graph.vertices.map((vertex) => {
    const change = after[vertex.equation]! - before[vertex.equation]!;
    return Float64Array.from(vertex.causes, (cause) => {
      const { value } = graph.vertices[cause]!;
      const moved = after[value]! - before[value]!;
      if (moved === 0 || change === 0) return 0;
      values[value] = before[value]!;
      const partial = after[vertex.equation]! - evaluateInner(vertex, evaluator, values);
      values[value] = after[value]!;
      for (const id of vertex.inner) values[id] = after[id]!;
      const score = Math.abs(partial / change) * Math.sign(partial / moved);
      return Number.isFinite(score) ? score : 0;
    });
  });
}

/** The equation with one of its causes put back in `values`; what comes from no cause (time, chance) stays. */
function evaluateInner(vertex: Vertex, evaluator: Evaluator, values: Float64Array): number {
  for (const id of vertex.inner) if (!isLeaf(evaluator, id)) values[id] = evaluator.evaluateNode(id, values);
  return values[vertex.equation]!;
}

function isLeaf(evaluator: Evaluator, id: NodeId): boolean {
  const node = evaluator.program.nodes[id]!;
  return readsHistory(node) || operandsOf(node).length === 0;
}
