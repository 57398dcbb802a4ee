import type { Diagnostic } from '../diagnostic.ts';
import type { Watch } from '../experiment/evaluate.ts';
import { acceptanceOf, adapt, isClimbing, moveChains, searchProposals, strayChains } from './adaptation.ts';
import { type ChainDiagnostics, diagnose } from './diagnostics.ts';
import { chainsOf, createDrawStore, type DrawStore, thinnedStates } from './draw-store.ts';
import { advance, type Chains, emptyTally, type Tally } from './generation.ts';
import type { Proposals } from './moves.ts';
import type { Target } from './target.ts';

/** What ends the sampling. */
export interface Aims {
  rHat: number;
  effectiveSize: number;
  evaluationsMax: number;
}

export interface Exploration {
  reason: 'converged' | 'evaluations' | 'stopped';
  /** Draws of the last stage, in which proposals were fixed unless `phase` is `search`. */
  store: DrawStore;
  tally: Tally;
  phase: 'search' | 'warm-up' | 'sampling';
  /** Runs of all stages, and of those before the last one. */
  evaluations: number;
  warmUpEvaluations: number;
  /** Chains moved out of places with a density far below that of the others. */
  movedChains: number;
  /** Those among them that may have been in a second fit of some weight. */
  doubtfulMoves: number;
  /** Of each parameter, over all draws of the store; undefined unless the aims were reached. */
  diagnostics: readonly ChainDiagnostics[] | undefined;
}

/** What happens between the start and the end. */
interface Voyage {
  target: Target;
  chains: Chains;
  aims: Aims;
  watch: Watch;
  evaluations: number;
  movedChains: number;
  doubtfulMoves: number;
  /** The parameter that missed its aims last. */
  suspect: number;
  /** What the last look at each parameter found. */
  diagnostics: ChainDiagnostics[];
}

interface Stage {
  store: DrawStore;
  tally: Tally;
  proposals: Proposals;
  /** Runs before it. */
  before: number;
}

type StageEnd = 'made' | 'evaluations' | 'stopped' | { kind: 'fault'; fault: Diagnostic };

const searchGenerations = 48;
const searchRefresh = 4;
const searchMemory = 16;
const searchRowsMax = 1024;
/** Searches take this share of all runs at most. */
const searchShareMost = 0.3;
/** With a density lower by this many powers of e a place would have to be larger by as many to matter. */
const hopelessGap = 30;
const leapAcceptanceGood = 0.3;
const refitShareLeast = 3;
const firstStageGenerations = 64;
/** A stage that has not reached this at its end only serves to fit the proposals of the next. */
const stageAims = { rHat: 1.1, effectiveSize: 1 };
/** Bounds of the factor by which a stage goes on before the next look at its draws. */
const growthLeast = 1.15;
const growthMost = 2;

/**
 * Samples until the aims are reached. First the chains search, led by where the others have been lately. Then come stages
 * of doubling length; the proposals of each are fixed and fitted to the stage before, so that each by itself is a Markov
 * chain with the posterior as its stationary distribution. The first stage at whose end the chains agree is kept and goes
 * on to the end; the others are warm-up.
 */
export async function explore(
  target: Target,
  chains: Chains,
  aims: Aims,
  evaluations: number,
  watch: Watch,
): Promise<Exploration | { reason: 'fault'; fault: Diagnostic }> {
  const voyage: Voyage = {
    target,
    chains,
    aims,
    watch,
    evaluations,
    movedChains: 0,
    doubtfulMoves: 0,
    suspect: 0,
    diagnostics: [],
  };
  const searched = await search(voyage);
  if (searched.end !== 'made') return ended(voyage, searched.end, searched.stage, 'search');
  let stage = searched.stage;
  let generations = firstStageGenerations;
  for (let number = 0; ; number += 1) {
    stage = openStage(voyage, adapt(stage.store, stage.tally, stage.proposals, number));
    const end = await run(voyage, stage, generations);
    if (end !== 'made') return ended(voyage, end, stage, 'warm-up');
    if (number > 0 && missing(voyage, stage.store, stageAims) === undefined && !isWorthRefitting(voyage, stage)) break;
    move(voyage, stage.store, 0);
    generations *= 2;
  }
  return sample(voyage, stage);
}

/**
 * Whether better proposals would save more runs than the draws of this stage are worth: few leaps are accepted, which a
 * longer stage to fit them to will change, and most of the way is still ahead.
 */
function isWorthRefitting(voyage: Voyage, { store, tally, before }: Stage): boolean {
  const { aims, evaluations } = voyage;
  if (acceptanceOf(tally, 'leap') > leapAcceptanceGood) return false;
  if (aims.evaluationsMax - evaluations < refitShareLeast * (evaluations - before)) return false;
  const miss = missing(voyage, store, aims);
  return miss !== undefined && !(growthNeeded(miss, aims) < refitShareLeast);
}

/** Factor by which a stage has to grow, if its draws go on like that: R-hat - 1 falls as draws become more. */
function growthNeeded({ rHat, ess }: { rHat: number; ess: number }, aims: Aims): number {
  return 1.1 * Math.max(aims.effectiveSize / ess, (rHat - 1) / (aims.rHat - 1));
}

async function search(voyage: Voyage): Promise<{ stage: Stage; end: StageEnd }> {
  const { target, chains, aims } = voyage;
  const d = target.parameters.length;
  let stage = openStage(voyage, searchProposals(d, chains.states.slice()));
  for (;;) {
    for (let made = 0; made < searchGenerations; made += searchRefresh) {
      const end = await run(voyage, stage, searchRefresh);
      if (end !== 'made') return { stage, end };
      const from = Math.max(0, stage.store.kept - searchMemory);
      stage.proposals = searchProposals(d, thinnedStates(stage.store, from, searchRowsMax));
    }
    const isOver = !isClimbing(stage.store) || voyage.evaluations > searchShareMost * aims.evaluationsMax;
    move(voyage, stage.store, hopelessGap);
    if (isOver) return { stage, end: 'made' };
    stage = openStage(voyage, stage.proposals);
  }
}

/** Goes on with a stage until the aims are reached; looks at them where they may be, going by the last look. */
async function sample(voyage: Voyage, stage: Stage): Promise<Exploration | { reason: 'fault'; fault: Diagnostic }> {
  const { aims } = voyage;
  for (;;) {
    const miss = missing(voyage, stage.store, aims);
    if (miss === undefined) return ended(voyage, 'converged', stage, 'sampling');
    const needed = growthNeeded(miss, aims);
    const growth = Math.min(growthMost, Math.max(growthLeast, Number.isNaN(needed) ? growthMost : needed));
    const end = await run(voyage, stage, Math.ceil((growth - 1) * stage.store.seen));
    if (end !== 'made') return ended(voyage, end, stage, 'sampling');
  }
}

function openStage({ chains, evaluations }: Voyage, proposals: Proposals): Stage {
  const store = createDrawStore(chains.count, proposals.dimensions);
  return { store, tally: emptyTally(), proposals, before: evaluations };
}

async function run(voyage: Voyage, stage: Stage, generations: number): Promise<StageEnd> {
  const { target, chains, aims, watch } = voyage;
  for (let made = 0; made < generations; made += 1) {
    if (voyage.evaluations + chains.count > aims.evaluationsMax) return 'evaluations';
    const step = await advance(target, chains, stage.proposals, stage.store, stage.tally, watch.signal);
    if (step.kind === 'stopped') return 'stopped';
    if (step.kind === 'fault') return step;
    voyage.evaluations += chains.count;
    watch.onProgress?.(voyage.evaluations, aims.evaluationsMax);
  }
  return 'made';
}

/** A search only moves chains out of places that cannot matter; the others may still be on their way. */
function move(voyage: Voyage, store: DrawStore, gapLeast: number): void {
  const stray = strayChains(store).filter(({ gap }) => gap > gapLeast);
  voyage.movedChains += stray.length;
  voyage.doubtfulMoves += stray.filter(({ gap }) => gap < hopelessGap).length;
  moveChains(voyage.chains, stray, store.dimensions);
}

/**
 * The first parameter found to miss what is asked for, beginning with the one that missed it last; undefined when all
 * have reached it. Looking at all of them each time would take longer than many a model.
 */
function missing(
  voyage: Voyage,
  store: DrawStore,
  aims: Pick<Aims, 'rHat' | 'effectiveSize'>,
): { rHat: number; ess: number } | undefined {
  const { parameters } = voyage.target;
  for (let i = 0; i < parameters.length; i += 1) {
    const j = (voyage.suspect + i) % parameters.length;
    const { toValue } = parameters[j]!;
    const found = diagnose(chainsOf(store, j).map((chain) => chain.map(toValue)));
    voyage.diagnostics[j] = found;
    const { rHat } = found;
    const ess = Math.min(found.essBulk, found.essTail);
    // Also where they are NaN: a parameter that never moved has converged to nothing.
    if (rHat < aims.rHat && ess >= aims.effectiveSize) continue;
    voyage.suspect = j;
    return { rHat, ess };
  }
  return undefined;
}

function ended(
  voyage: Voyage,
  end: Exclude<StageEnd, 'made'> | 'converged',
  { store, tally, before }: Stage,
  phase: Exploration['phase'],
): Exploration | { reason: 'fault'; fault: Diagnostic } {
  if (typeof end !== 'string') return { reason: 'fault', fault: end.fault };
  const { evaluations, movedChains, doubtfulMoves } = voyage;
  const diagnostics = end === 'converged' ? voyage.diagnostics : undefined;
  return {
    reason: end,
    store,
    tally,
    phase,
    evaluations,
    warmUpEvaluations: before,
    movedChains,
    doubtfulMoves,
    diagnostics,
  };
}
