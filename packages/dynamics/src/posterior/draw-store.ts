/** Numbers that the draws of one stage may take: 16 MiB of doubles. With more, every second generation is let go. */
export const storedValuesMax = 2 ** 21;

/** States of all chains, one generation after the other. */
export interface DrawStore {
  chains: number;
  dimensions: number;
  /** Generations between two that are kept; a power of two. */
  every: number;
  /** Generations seen. */
  seen: number;
  /** Generations kept. */
  kept: number;
  /** kept x chains x dimensions, in free coordinates; may be longer. */
  states: Float64Array;
  /** kept x chains; may be longer. */
  densities: Float64Array;
}

export function createDrawStore(chains: number, dimensions: number): DrawStore {
  const first = Math.min(64, generationsMax(chains, dimensions));
  return {
    chains,
    dimensions,
    every: 1,
    seen: 0,
    kept: 0,
    states: new Float64Array(first * chains * dimensions),
    densities: new Float64Array(first * chains),
  };
}

/** Even, so that halving keeps the distance between generations. */
function generationsMax(chains: number, dimensions: number): number {
  return Math.max(16, 2 * Math.floor(storedValuesMax / (2 * chains * dimensions)));
}

/** Adds the states of all chains, unless they fall between two that are kept. */
export function keepGeneration(store: DrawStore, states: Float64Array, densities: Float64Array): void {
  const wanted = store.seen % store.every === 0;
  store.seen += 1;
  if (!wanted) return;
  const { chains, dimensions } = store;
  const capacity = store.densities.length / chains;
  if (store.kept === capacity) {
    const most = generationsMax(chains, dimensions);
    if (capacity < most) grow(store, Math.min(2 * capacity, most));
    else halve(store);
    // After halving, the generation at hand may itself fall between.
    if ((store.seen - 1) % store.every !== 0) return;
  }
  store.states.set(states, store.kept * chains * dimensions);
  store.densities.set(densities, store.kept * chains);
  store.kept += 1;
}

function grow(store: DrawStore, capacity: number): void {
  const states = new Float64Array(capacity * store.chains * store.dimensions);
  states.set(store.states);
  const densities = new Float64Array(capacity * store.chains);
  densities.set(store.densities);
  Object.assign(store, { states, densities });
}

function halve(store: DrawStore): void {
  const row = store.chains * store.dimensions;
  const half = Math.ceil(store.kept / 2);
  for (let i = 1; i < half; i += 1) {
    store.states.copyWithin(i * row, 2 * i * row, (2 * i + 1) * row);
    store.densities.copyWithin(i * store.chains, 2 * i * store.chains, (2 * i + 1) * store.chains);
  }
  store.kept = half;
  store.every *= 2;
}

/** One coordinate of each chain from generation `from` of those kept on. */
export function chainsOf(store: DrawStore, coordinate: number, from = 0): Float64Array[] {
  const { chains, dimensions, states, kept } = store;
  const length = kept - from;
  return Array.from({ length: chains }, (_, chain) => {
    const column = new Float64Array(length);
    for (let i = 0; i < length; i += 1) {
      column[i] = states[((from + i) * chains + chain) * dimensions + coordinate]!;
    }
    return column;
  });
}

/** The logarithms of the density of each chain from generation `from` of those kept on. */
export function densityChainsOf({ chains, densities, kept }: DrawStore, from = 0): Float64Array[] {
  return Array.from({ length: chains }, (_, chain) =>
    Float64Array.from({ length: kept - from }, (__, i) => densities[(from + i) * chains + chain]!),
  );
}

/** About `rows` states from generation `from` on, evenly spread over generations and chains. */
export function thinnedStates({ chains, dimensions, states, kept }: DrawStore, from: number, rows: number) {
  const all = (kept - from) * chains;
  const taken = Math.min(rows, all);
  const thinned = new Float64Array(taken * dimensions);
  for (let i = 0; i < taken; i += 1) {
    const row = from * chains + Math.floor((i * all) / taken);
    thinned.set(states.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  }
  return thinned;
}
