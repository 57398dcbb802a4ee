/** Elementary cycles of a graph, each as its vertices in order, starting at the smallest. */
export interface Cycles {
  cycles: number[][];
  /** False when there are more than asked for. */
  complete: boolean;
}

/** The strongly connected component of each vertex (Tarjan 1972, without recursion); numbers are arbitrary. */
export function components(successors: readonly (readonly number[])[]): Int32Array {
  const count = successors.length;
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const component = new Int32Array(count).fill(-1);
  const open: number[] = [];
  let reached = 0;
  let found = 0;
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const path = [{ vertex: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1)!;
      const { vertex } = top;
      if (top.next === 0) {
        index[vertex] = low[vertex] = reached++;
        open.push(vertex);
      }
      const successor = successors[vertex]![top.next++];
      if (successor !== undefined) {
        if (index[successor] === -1) path.push({ vertex: successor, next: 0 });
        else if (component[successor] === -1) low[vertex] = Math.min(low[vertex]!, index[successor]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent.vertex] = Math.min(low[parent.vertex]!, low[vertex]!);
      if (low[vertex] !== index[vertex]) continue;
      for (let member = open.pop()!; ; member = open.pop()!) {
        component[member] = found;
        if (member === vertex) break;
      }
      found++;
    }
  }
  return component;
}

/**
 * All elementary cycles, by Johnson's algorithm (1975), until there are `cyclesMax` or `workMax` moves were made (a
 * dense graph has more cycles than could ever be listed).
 */
export function elementaryCycles(
  successors: readonly (readonly number[])[],
  cyclesMax: number,
  workMax = 5_000_000,
): Cycles {
  const cycles: number[][] = [];
  const component = components(successors);
  let work = 0;
  for (let start = 0; start < successors.length; start++) {
    const inside = restricted(successors, component, start);
    const blocked = new Set<number>();
    const waiting = new Map<number, Set<number>>();
    const path = [start];
    const branches = [{ next: 0, closed: false }];
    blocked.add(start);
    while (path.length > 0) {
      if (++work > workMax) return { cycles, complete: false };
      const vertex = path.at(-1)!;
      const branch = branches.at(-1)!;
      const successor = inside(vertex)[branch.next++];
      if (successor === start) {
        if (cycles.length >= cyclesMax) return { cycles, complete: false };
        cycles.push([...path]);
        branch.closed = true;
      } else if (successor !== undefined) {
        if (blocked.has(successor)) continue;
        path.push(successor);
        branches.push({ next: 0, closed: false });
        blocked.add(successor);
      } else {
        if (branch.closed) unblock(vertex, blocked, waiting);
        else
          for (const after of inside(vertex))
            (waiting.get(after) ?? waiting.set(after, new Set()).get(after)!).add(vertex);
        path.pop();
        branches.pop();
        if (branch.closed && branches.length > 0) branches.at(-1)!.closed = true;
      }
    }
  }
  return { cycles, complete: true };
}

/** Successors in the strongly connected part of `start` among the vertices not yet done. */
function restricted(successors: readonly (readonly number[])[], component: Int32Array, start: number) {
  const known = new Map<number, number[]>();
  return (vertex: number): number[] => {
    const listed = known.get(vertex);
    if (listed !== undefined) return listed;
    const list = successors[vertex]!.filter((to) => to >= start && component[to] === component[start]);
    known.set(vertex, list);
    return list;
  };
}

function unblock(vertex: number, blocked: Set<number>, waiting: Map<number, Set<number>>): void {
  const freed = [vertex];
  for (let next = freed.pop(); next !== undefined; next = freed.pop()) {
    if (!blocked.delete(next)) continue;
    freed.push(...(waiting.get(next) ?? []));
    waiting.delete(next);
  }
}
