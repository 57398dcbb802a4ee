import { type Convergence, convergenceOf } from './convergence.ts';
import { generationDraws, type ProposalPlan, shapeOf } from './proposals.ts';
import { type Crowd, moveCrowd, pick, type Target, warmUp } from './tempering.ts';

export interface SamplerSettings {
  chains: number;
  particles: number;
  seed: number;
  generationsMin: number;
  generationsMax: number;
  rhatMost: number;
  effectiveLeast: number;
  tailLeast: number;
}

/** Logarithm of the probability of the data under the prior, with its standard error. */
export interface Evidence {
  log: number;
  error: number;
}

/** Points drawn, generation after generation, of all chains in each. */
export interface Sample {
  temperatures: number;
  evidence: Evidence;
  generations: Float64Array[];
  logLikelihoods: Float64Array[];
  acceptance: number;
  convergence: Convergence[];
  isConverged: boolean;
}

const pilotSweeps = 5;
const pilotRounds = 4;
/** Rounds go on while the rate grows by this factor. */
const pilotGain = 1.1;
/** Generations between two looks at convergence grow by this factor. */
const lookFactor = 1.4;
/** Independent proposals lead so far that they are made oftener than they are taken. */
const shareOfRate = 2;
/** Warm-up, pilot and chains have numbers of their own. */
const pilotKey = 2 ** 24;
const chainKey = 2 ** 25;

/**
 * Chains that start where the warm-up has led, each moving by proposals that stay as they are, until they agree and
 * are worth as many independent draws as are wanted. Every generation is one call. Ends early where there are no more
 * answers; `'impossible'` when no point of the prior can give rise to the data, undefined when there was no draw yet.
 */
export async function sampleChains(
  target: Target,
  settings: SamplerSettings,
): Promise<Sample | undefined | 'impossible'> {
  const { chains, particles, seed } = settings;
  const { n } = target;
  const warm = await warmUp(target, particles, seed);
  if (warm === undefined || warm === 'impossible') return warm;
  const plan = await pilot(target, warm.crowd, seed);
  if (plan === undefined) return undefined;
  const sample: Sample = {
    temperatures: warm.temperatures,
    evidence: { log: Number.NaN, error: Number.NaN },
    generations: [],
    logLikelihoods: [],
    acceptance: 0,
    convergence: [],
    isConverged: false,
  };
  const crowd = pick(warm.crowd, spread(particles, chains));
  const logWeights: number[] = [];
  let accepted = 0;
  let nextLook = settings.generationsMin;
  let worst = 0;
  let isDone = false;
  while (sample.generations.length < settings.generationsMax) {
    const generation = sample.generations.length;
    const moves = await moveCrowd(target, crowd, plan, 1, generationDraws(seed, chainKey + generation));
    if (moves === undefined) break;
    accepted += moves.accepted;
    for (const weight of moves.logWeights) logWeights.push(weight);
    sample.generations.push(crowd.points.slice());
    sample.logLikelihoods.push(crowd.logLikelihood.slice());
    if (generation + 1 < nextLook) continue;
    nextLook = Math.ceil(nextLook * lookFactor);
    // The one that was worst decides most looks alone.
    if (!isSettled(convergenceAt(sample, worst, n, chains), settings)) continue;
    sample.convergence = Array.from({ length: n }, (_, d) => convergenceAt(sample, d, n, chains));
    worst = worstOf(sample.convergence, settings);
    isDone = sample.convergence.every((one) => isSettled(one, settings));
    if (isDone) break;
  }
  const made = sample.generations.length;
  if (made === 0) return undefined;
  sample.evidence = evidenceOf(logWeights);
  sample.acceptance = accepted / (made * chains);
  if (!isDone) sample.convergence = Array.from({ length: n }, (_, d) => convergenceAt(sample, d, n, chains));
  sample.isConverged = sample.convergence.every((one) => isSettled(one, settings));
  return sample;
}

/**
 * The mean of posterior over proposal density is the evidence (importance sampling; R. E. Kass, A. E. Raftery, "Bayes
 * factors", JASA 90 (1995) 773-795, section 4.2), since independent proposals are draws of a known density.
 */
function evidenceOf(logWeights: readonly number[]): Evidence {
  const largest = logWeights.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(largest)) return { log: Number.NaN, error: Number.NaN };
  const count = logWeights.length;
  let [sum, square] = [0, 0];
  for (const value of logWeights) {
    const weight = Math.exp(value - largest);
    sum += weight;
    square += weight * weight;
  }
  const mean = sum / count;
  const variance = Math.max(0, square / count - mean * mean);
  return { log: Math.log(mean) + largest, error: Math.sqrt(variance / count) / mean };
}

/** Chains start from particles that lie apart in the order of resampling, which leaves copies beside each other. */
function spread(particles: number, chains: number): number[] {
  return Array.from({ length: chains }, (_, k) => Math.floor((k * particles) / chains));
}

/**
 * Moves all particles on at full power, learns from where they have been what to propose, and settles for it once that
 * no longer makes independent proposals more welcome.
 */
async function pilot(target: Target, crowd: Crowd, seed: number): Promise<ProposalPlan | undefined> {
  const { n } = crowd;
  const size = crowd.points.length;
  let plan: ProposalPlan = { shape: shapeOf(crowd.points, n), archive: crowd.points.slice(), independentShare: 0.5 };
  let before = 0;
  // All that was seen counts: in many dimensions it takes many points to tell a covariance.
  const seen = new Float64Array(pilotRounds * pilotSweeps * size);
  let sweeps = 0;
  for (let round = 0; round < pilotRounds; round += 1) {
    let [accepted, tried] = [0, 0];
    for (let sweep = 0; sweep < pilotSweeps; sweep += 1) {
      const moves = await moveCrowd(target, crowd, plan, 1, generationDraws(seed, pilotKey + sweeps));
      if (moves === undefined) return undefined;
      accepted += moves.independentAccepted;
      tried += moves.independentTried;
      seen.set(crowd.points, sweeps * size);
      sweeps += 1;
    }
    const rate = tried > 0 ? accepted / tried : 0;
    const independentShare = Math.min(0.4, Math.max(0.1, shareOfRate * rate));
    const archive = seen.slice(0, sweeps * size);
    plan = { shape: shapeOf(archive, n), archive, independentShare };
    if (round > 0 && rate < before * pilotGain) break;
    before = rate;
  }
  return plan;
}

function convergenceAt({ generations }: Sample, d: number, n: number, chains: number): Convergence {
  return convergenceOf(
    Array.from({ length: chains }, (_, c) => Float64Array.from(generations, (points) => points[c * n + d]!)),
  );
}

function isSettled(
  { rhat, essBulk, essTail }: Convergence,
  { rhatMost, effectiveLeast, tailLeast }: SamplerSettings,
): boolean {
  return rhat < rhatMost && essBulk >= effectiveLeast && essTail >= tailLeast;
}

/** The parameter that is furthest from what is wanted. */
function worstOf(all: readonly Convergence[], { rhatMost, effectiveLeast, tailLeast }: SamplerSettings): number {
  const share = ({ rhat, essBulk, essTail }: Convergence) =>
    Math.min(essBulk / effectiveLeast, essTail / tailLeast, (rhatMost - 1) / Math.max(1e-9, rhat - 1));
  return all.reduce((worst, one, d) => (share(one) < share(all[worst]!) ? d : worst), 0);
}
