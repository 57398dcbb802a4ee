import type { CausalGraph } from './causal-graph.ts';

/** Moves of one search at most: a bound, as a graph can have more paths than could ever be walked. */
const movesMax = 20_000;

/**
 * The strongest loop through each stock at one moment, as Eberlein and Schoenberg (2020, "Finding the loops that
 * matter") search them: paths are followed along the strongest links first, and given up where the vertex was already
 * reached by a stronger path.
 */
export function strongestLoops(
  graph: CausalGraph,
  successors: readonly (readonly number[])[],
  scores: readonly Float64Array[],
): number[][] {
  const strength = (cause: number, effect: number) =>
    Math.abs(scores[effect]![graph.vertices[effect]!.causes.indexOf(cause)]!);
  const links = successors.map((effects, cause) =>
    effects
      .map((effect) => ({ effect, score: strength(cause, effect) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score),
  );
  const loops: number[][] = [];
  for (const [start, vertex] of graph.vertices.entries()) {
    if (vertex.kind !== 'stock') continue;
    const best = new Float64Array(graph.vertices.length);
    const path = [{ vertex: start, next: 0, score: 1 }];
    const onPath = new Set([start]);
    for (let move = 0; move < movesMax && path.length > 0; move++) {
      const top = path.at(-1)!;
      const link = links[top.vertex]![top.next++];
      if (link === undefined) {
        onPath.delete(top.vertex);
        path.pop();
        continue;
      }
      const score = top.score * link.score;
      if (link.effect === start) loops.push(startingAtSmallest(path.map((step) => step.vertex)));
      else if (!onPath.has(link.effect) && score > best[link.effect]!) {
        best[link.effect] = score;
        onPath.add(link.effect);
        path.push({ vertex: link.effect, next: 0, score });
      }
    }
  }
  return loops;
}

function startingAtSmallest(cycle: number[]): number[] {
  const first = cycle.indexOf(Math.min(...cycle));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
