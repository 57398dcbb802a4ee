import { type Diagnostic, error } from '../diagnostic.ts';
import { drawsOf } from '../sampling/chance.ts';
import type { Chains } from './generation.ts';
import { densitiesOf, type Target } from './target.ts';

/** Draws from the priors for each chain, the best of which it starts from. */
const drawsPerChain = 16;
/** Rounds of such draws while chains have no start where the density is above 0. */
const roundsMax = 20;
const shareLeast = 2 ** -54;

export type Start =
  | { kind: 'known'; chains: Chains; evaluations: number; failed: number }
  | { kind: 'stopped'; evaluations: number }
  | { kind: 'fault'; fault: Diagnostic };

/**
 * Starts of the chains: each takes the best of its own draws from the priors, so that they lie apart from each other but
 * not in deserts. The first chains begin at `given` points instead, where those have a density above 0.
 */
export async function findStarts(
  target: Target,
  settings: { chains: number; seed: number; given: readonly (readonly number[])[]; evaluationsMax: number },
  signal: AbortSignal | undefined,
): Promise<Start> {
  const { chains: count, seed } = settings;
  const d = target.parameters.length;
  const chains: Chains = {
    count,
    states: new Float64Array(count * d),
    densities: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
    next: Array.from({ length: count }, (_, chain) => drawsOf(seed, 'chains', chain)),
  };
  let evaluations = 0;
  let failed = 0;
  const given = settings.given.slice(0, count);
  if (given.length > 0) {
    const points = Float64Array.from(given.flatMap((point) => point.map((x, j) => target.parameters[j]!.toFree(x))));
    const answer = await densitiesOf(target, points, given.length, signal);
    if (answer.kind === 'stopped') return { kind: 'stopped', evaluations };
    if (answer.kind === 'fault') return answer;
    evaluations += given.length;
    failed += answer.failed;
    keepBest(chains, points, answer.values, 1);
  }
  for (let round = 0; round < roundsMax && evaluations < settings.evaluationsMax; round += 1) {
    const open = chains.next.flatMap((_, chain) =>
      chains.densities[chain]! > Number.NEGATIVE_INFINITY ? [] : [chain],
    );
    // A chain without a start may be led by the others once half of them have one.
    if (open.length === 0 || (round > 0 && open.length < count / 2)) break;
    const points = priorPoints(target, count, chains.next);
    const answer = await densitiesOf(target, points, count * drawsPerChain, signal);
    if (answer.kind === 'stopped') return { kind: 'stopped', evaluations };
    if (answer.kind === 'fault') return answer;
    evaluations += count * drawsPerChain;
    failed += answer.failed;
    keepBest(chains, points, answer.values, drawsPerChain, open);
  }
  if (chains.densities.every((density) => density === Number.NEGATIVE_INFINITY)) {
    return { kind: 'fault', fault: error('experiment.no_start', { tries: evaluations }) };
  }
  fillOpen(chains, d);
  return { kind: 'known', chains, evaluations, failed };
}

function priorPoints({ parameters }: Target, count: number, next: readonly (() => number)[]): Float64Array {
  const d = parameters.length;
  const points = new Float64Array(count * drawsPerChain * d);
  for (let i = 0; i < points.length; i += 1) {
    const { prior, toFree } = parameters[i % d]!;
    points[i] = toFree(prior.quantile(next[Math.floor(i / (d * drawsPerChain))]!() + shareLeast));
  }
  return points;
}

function keepBest(chains: Chains, points: Float64Array, densities: Float64Array, each: number, only?: number[]): void {
  const d = chains.states.length / chains.count;
  for (let i = 0; i < densities.length; i += 1) {
    const chain = Math.floor(i / each);
    if (only !== undefined && !only.includes(chain)) continue;
    if (!(densities[i]! > chains.densities[chain]!)) continue;
    chains.densities[chain] = densities[i]!;
    chains.states.set(points.subarray(i * d, (i + 1) * d), chain * d);
  }
}

/** Chains that found no start begin where others do. */
function fillOpen(chains: Chains, d: number): void {
  const known = Array.from(chains.next.keys()).filter((chain) => chains.densities[chain]! > Number.NEGATIVE_INFINITY);
  for (const chain of chains.next.keys()) {
    if (chains.densities[chain]! > Number.NEGATIVE_INFINITY) continue;
    const model = known[chain % known.length]!;
    chains.states.copyWithin(chain * d, model * d, (model + 1) * d);
    chains.densities[chain] = chains.densities[model]!;
  }
}
