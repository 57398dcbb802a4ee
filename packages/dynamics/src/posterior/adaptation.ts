import { cholesky } from '../linear/cholesky.ts';
import { type DrawStore, densityChainsOf, thinnedStates } from './draw-store.ts';
import type { Chains, Tally } from './generation.ts';
import type { LeapLaw, MoveKind, Proposals } from './moves.ts';

/** States that differences are taken of; their pairs are far more than chains make moves. */
const archiveRowsMax = 2048;
/** Acceptance at which a random walk in many dimensions moves best (A. Gelman, W. R. Gilks, G. O. Roberts, 1997). */
const acceptanceAim = 0.25;
/** A rise of the mean density between halves of a stage by this part of its deviation is no chance any more. */
const climbLeast = 0.5;
/** ter Braak (2006), ter Braak and Vrugt (2008). */
const fullShare = 0.1;
const snookerShare = 0.1;
const leapShareMost = 0.8;
const leapShareFirst = 0.4;
const leapShareLeast = 0.05;
/** Leaps reach a little farther than the states they are fitted to, so that they lose no tail. */
const leapWidening = 1.3;

/**
 * Proposals for stage `number` from the second half of the one before. How well leaps do is known only once they were
 * fitted to a stage that was itself no search.
 */
export function adapt(store: DrawStore, tally: Tally, before: Proposals, number: number): Proposals {
  const from = Math.floor(store.kept / 2);
  const archive = thinnedStates(store, from, archiveRowsMax);
  const { dimensions } = store;
  const scale = before.scale * ((acceptanceOf(tally, 'difference') + 0.1) / (acceptanceAim + 0.1));
  const leapShareMin = number < 2 ? leapShareFirst : leapShareLeast;
  return {
    dimensions,
    archive,
    rows: archive.length / dimensions,
    scale: Math.min(2, Math.max(0.2, scale)),
    leap: leapLaw(archive, dimensions),
    fullShare,
    snookerShare,
    leapShare:
      number === 0 ? leapShareFirst : Math.min(leapShareMost, Math.max(leapShareMin, 2 * acceptanceOf(tally, 'leap'))),
  };
}

/** Share of the moves of a kind that were accepted; what is aimed at where none was tried. */
export function acceptanceOf({ tried, taken }: Tally, kind: MoveKind): number {
  return tried[kind] === 0 ? acceptanceAim : taken[kind] / tried[kind];
}

/**
 * Tails heavier than those of most posteriors; but the spread of radii grows with the dimension as well, and leaps to radii
 * where the posterior has nothing are lost.
 */
function leapFreedom(d: number): number {
  return 8 + 2 * Math.floor(d / 4);
}

/** Mean and covariance of states; undefined where they span no volume. */
function leapLaw(states: Float64Array, d: number): LeapLaw | undefined {
  const rows = states.length / d;
  if (rows <= 2 * d) return undefined;
  const center = new Float64Array(d);
  for (let i = 0; i < states.length; i += 1) center[i % d]! += states[i]! / rows;
  const covariance = new Float64Array(d * d);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < d; i += 1) {
      const offset = ((states[row * d + i]! - center[i]!) * leapWidening) / (rows - 1);
      for (let j = 0; j <= i; j += 1) covariance[i * d + j]! += offset * (states[row * d + j]! - center[j]!);
    }
  }
  const lower = cholesky(covariance, d);
  return lower === undefined ? undefined : { center, lower, freedom: leapFreedom(d) };
}

/** A chain that is stuck, and how far below the others the logarithm of its density is at best. */
export interface StrayChain {
  chain: number;
  gap: number;
}

/**
 * Chains that are stuck: in the second half of a stage they never came near the density that chains have in the middle,
 * and no nearer than in the first half; a chain that still climbs may be on its way to a place as good as any. In a normal
 * posterior of d dimensions the logarithm of the density has the deviation sqrt(d / 2).
 */
export function strayChains(store: DrawStore): StrayChain[] {
  const half = Math.floor(store.kept / 2);
  const perChain = densityChainsOf(store).map((chain) => ({
    before: meanOf(chain.subarray(0, half)),
    after: meanOf(chain.subarray(half)),
    best: chain.subarray(half).reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY),
  }));
  const means = perChain.map(({ after }) => after).sort((a, b) => a - b);
  const middle = means[Math.floor(means.length / 2)]!;
  const swing = Math.sqrt(store.dimensions / 2);
  return perChain.flatMap(({ before, after, best }, chain) => {
    const gap = middle - best;
    return gap > 3 * swing + 4 && after - before < climbLeast * swing ? [{ chain, gap }] : [];
  });
}

/** Puts stuck chains to where others are. Only for warm-up: it breaks the balance of the moves. */
export function moveChains(chains: Chains, stray: readonly StrayChain[], dimensions: number): void {
  const isStray = new Set(stray.map(({ chain }) => chain));
  const sound = chains.next.map((_, chain) => chain).filter((chain) => !isStray.has(chain));
  for (const [i, { chain }] of stray.entries()) {
    const model = sound[i % sound.length];
    if (model === undefined) return;
    chains.states.copyWithin(chain * dimensions, model * dimensions, (model + 1) * dimensions);
    chains.densities[chain] = chains.densities[model]!;
  }
}

/** Whether the density of the chains rose from the first half of a stage to the second by more than it swings. */
export function isClimbing({ chains, kept, densities, dimensions }: DrawStore): boolean {
  const half = Math.floor(kept / 2) * chains;
  const rise = meanOf(densities.subarray(half, kept * chains)) - meanOf(densities.subarray(0, half));
  return !(rise < climbLeast * Math.sqrt(dimensions / 2));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x / values.length, 0);
}

/** Proposals of a search: differences between the states that chains were in during the last generations. */
export function searchProposals(dimensions: number, states: Float64Array): Proposals {
  return {
    dimensions,
    archive: states,
    rows: states.length / dimensions,
    scale: 1,
    leap: undefined,
    leapShare: 0,
    // Full differences and snooker moves would soon herd all chains into the mode that was found first.
    fullShare: 0,
    snookerShare: 0,
  };
}
