import type { Diagnostic } from '../diagnostic.ts';
import { type DrawStore, keepGeneration } from './draw-store.ts';
import { type Move, type MoveKind, type Proposals, propose } from './moves.ts';
import { densitiesOf, type Target } from './target.ts';

/** Where all chains are. */
export interface Chains {
  count: number;
  /** count x dimensions, in free coordinates. */
  states: Float64Array;
  densities: Float64Array;
  /** The draws of each chain. */
  next: (() => number)[];
}

/** How often moves were tried and taken, and runs without a finite answer. */
export interface Tally {
  tried: Record<MoveKind, number>;
  taken: Record<MoveKind, number>;
  failed: number;
}

export function emptyTally(): Tally {
  return {
    tried: { difference: 0, snooker: 0, leap: 0 },
    taken: { difference: 0, snooker: 0, leap: 0 },
    failed: 0,
  };
}

export type Advance = { kind: 'made' } | { kind: 'stopped' } | { kind: 'fault'; fault: Diagnostic };

/** Moves every chain once, with one call of the model (Metropolis and Hastings), and keeps where they are then. */
export async function advance(
  target: Target,
  chains: Chains,
  proposals: Proposals,
  store: DrawStore,
  tally: Tally,
  signal: AbortSignal | undefined,
): Promise<Advance> {
  const { count, states, densities, next } = chains;
  const d = proposals.dimensions;
  const proposed = new Float64Array(count * d);
  const moves: Move[] = next.map((draws, chain) => propose(proposals, states, chain * d, draws, proposed));
  const answer = await densitiesOf(target, proposed, count, signal);
  if (answer.kind !== 'known') return answer;
  tally.failed += answer.failed;
  for (let chain = 0; chain < count; chain += 1) {
    const { kind, correction } = moves[chain]!;
    tally.tried[kind] += 1;
    const height = Math.log(next[chain]!());
    const density = answer.values[chain]!;
    if (density === Number.NEGATIVE_INFINITY || !(height < density - densities[chain]! + correction)) continue;
    tally.taken[kind] += 1;
    densities[chain] = density;
    states.set(proposed.subarray(chain * d, (chain + 1) * d), chain * d);
  }
  keepGeneration(store, states, densities);
  return { kind: 'made' };
}
