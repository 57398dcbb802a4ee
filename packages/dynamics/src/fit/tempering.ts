import { standardNormalQuantile } from '../numerics/normal.ts';
import { sobolSequence, sobolStretch } from '../sampling/sobol.ts';
import { type Draws, generationDraws, type PriorAccess, type ProposalPlan, propose, shapeOf } from './proposals.ts';

/** What is sampled: a prior on coordinates without ends, and a likelihood. */
export interface Target extends PriorAccess {
  n: number;
  /** Log likelihoods of `count` points, -Infinity where the data cannot be; undefined when there are no more. */
  ask: (points: Float64Array, count: number) => Promise<Float64Array | undefined>;
}

/** Points with their log likelihoods, one after the other. */
export interface Crowd {
  n: number;
  points: Float64Array;
  logPrior: Float64Array;
  logLikelihood: Float64Array;
}

export interface WarmUp {
  crowd: Crowd;
  temperatures: number;
  generations: number;
}

/** Share of its particles that a step of temperature may leave as an effective number. */
const effectiveShare = 0.5;
const temperaturesMax = 500;
/** Every particle shall have moved about so often before the next temperature. */
const movesWanted = 1.5;
const sweepsMax = 12;
const finalSweeps = 4;
/** Points of the prior are drawn again, so often at most, until some of them can give rise to the data. */
const priorRounds = 8;

/**
 * Leads particles from the prior to the posterior by raising the power of the likelihood from 0 to 1, resampling and
 * moving them at each power: P. Del Moral, A. Doucet, A. Jasra, "Sequential Monte Carlo samplers", J. R. Stat. Soc. B
 * 68 (2006) 411-436, with powers chosen by effective sample size. Undefined when there are no more answers,
 * `'impossible'` when no point of the prior can give rise to the data.
 */
export async function warmUp(
  target: Target,
  particles: number,
  seed: number,
): Promise<WarmUp | undefined | 'impossible'> {
  const start = await priorCrowd(target, particles, seed);
  if (start === undefined || start === 'impossible') return start;
  let crowd = start;
  let power = 0;
  let generations = 0;
  let temperatures = 0;
  while (power < 1) {
    const next = temperatures >= temperaturesMax ? 1 : nextPower(crowd.logLikelihood, power);
    const draws = generationDraws(seed, generations);
    crowd = pick(crowd, resample(crowd.logLikelihood, next - power, draws.uniform()));
    power = next;
    temperatures += 1;
    const sweeps = power === 1 ? sweepsMax + finalSweeps : sweepsMax;
    let moved = 0;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      generations += 1;
      const plan = { shape: shapeOf(crowd.points, target.n), archive: crowd.points.slice(), independentShare: 0.6 };
      const step = await moveCrowd(target, crowd, plan, power, generationDraws(seed, generations));
      if (step === undefined) return undefined;
      moved += step.accepted / particles;
      const wanted = power === 1 ? movesWanted * 2 : movesWanted;
      if (moved >= wanted) break;
    }
    generations += 1;
  }
  return { crowd, temperatures, generations };
}

async function priorCrowd(target: Target, particles: number, seed: number): Promise<Crowd | undefined | 'impossible'> {
  const { n } = target;
  const sequence = sobolSequence(n, seed);
  let tried = 0;
  let possible = 0;
  const crowd: Crowd = {
    n,
    points: new Float64Array(particles * n),
    logPrior: new Float64Array(particles),
    logLikelihood: new Float64Array(particles),
  };
  for (let round = 0; round < priorRounds && possible < particles; round += 1) {
    const scores = sobolStretch(sequence, tried, particles).map(standardNormalQuantile);
    const points = new Float64Array(particles * n);
    for (let k = 0; k < particles; k += 1) points.set(target.atScores(scores.subarray(k * n, (k + 1) * n)), k * n);
    const logLikelihood = await target.ask(points, particles);
    if (logLikelihood === undefined) return undefined;
    for (let k = 0; k < particles; k += 1) {
      if (possible === particles) break;
      tried += 1;
      if (logLikelihood[k] === Number.NEGATIVE_INFINITY) continue;
      const point = points.subarray(k * n, (k + 1) * n);
      crowd.points.set(point, possible * n);
      crowd.logPrior[possible] = target.logPrior(point);
      crowd.logLikelihood[possible] = logLikelihood[k]!;
      possible += 1;
    }
  }
  if (possible === 0) return 'impossible';
  // Where few points are possible they stand for all; moves at the next temperatures tell them apart.
  return pick(
    crowd,
    Array.from({ length: particles }, (_, k) => k % possible),
  );
}

/** The power at which the weights still leave half of the particles effective, by bisection. */
function nextPower(logLikelihood: Float64Array, power: number): number {
  const wanted = effectiveShare * logLikelihood.length;
  if (effectiveNumber(logLikelihood, 1 - power) >= wanted) return 1;
  let [low, high] = [0, 1 - power];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (effectiveNumber(logLikelihood, middle) >= wanted) low = middle;
    else high = middle;
  }
  return Math.min(1, power + Math.max(high, 1e-12));
}

function effectiveNumber(logLikelihood: Float64Array, step: number): number {
  const largest = largestOf(logLikelihood);
  let [sum, square] = [0, 0];
  for (const value of logLikelihood) {
    const weight = Math.exp(step * (value - largest));
    sum += weight;
    square += weight * weight;
  }
  return (sum * sum) / square;
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** Systematic resampling by weights exp(step * logLikelihood). */
function resample(logLikelihood: Float64Array, step: number, offset: number): number[] {
  const largest = largestOf(logLikelihood);
  const weights = logLikelihood.map((value) => Math.exp(step * (value - largest)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const count = weights.length;
  const chosen: number[] = [];
  let reached = 0;
  for (let k = 0; k < count; k += 1) {
    reached += (weights[k]! / total) * count;
    while (chosen.length < count && chosen.length + offset < reached) chosen.push(k);
  }
  while (chosen.length < count) chosen.push(count - 1);
  return chosen;
}

/** Some points of a crowd, the same one more than once where it is chosen so. */
export function pick({ n, points, logPrior, logLikelihood }: Crowd, chosen: readonly number[]): Crowd {
  const picked = new Float64Array(chosen.length * n);
  for (const [k, from] of chosen.entries()) picked.set(points.subarray(from * n, (from + 1) * n), k * n);
  return {
    n,
    points: picked,
    logPrior: Float64Array.from(chosen, (from) => logPrior[from]!),
    logLikelihood: Float64Array.from(chosen, (from) => logLikelihood[from]!),
  };
}

export interface Moves {
  accepted: number;
  /** Of independent proposals, and how many there were. */
  independentAccepted: number;
  independentTried: number;
  /** Logarithms of posterior over proposal density of the independent proposals. */
  logWeights: number[];
}

/**
 * Proposes a move for every point and takes it or not (Metropolis and Hastings), in place, at a power of the
 * likelihood.
 */
export async function moveCrowd(
  target: Target,
  crowd: Crowd,
  plan: ProposalPlan,
  power: number,
  draws: Draws,
): Promise<Moves | undefined> {
  const { n, points, logPrior, logLikelihood } = crowd;
  const count = logLikelihood.length;
  const proposed = new Float64Array(count * n);
  const proposals = Array.from({ length: count }, (_, k) => {
    const proposal = propose(plan, target, points.subarray(k * n, (k + 1) * n), draws);
    proposed.set(proposal.point, k * n);
    return proposal;
  });
  const answers = await target.ask(proposed, count);
  if (answers === undefined) return undefined;
  const moves: Moves = { accepted: 0, independentAccepted: 0, independentTried: 0, logWeights: [] };
  for (const [k, { kind, point, logBack, logProposed }] of proposals.entries()) {
    const prior = target.logPrior(point);
    const gain = power * (answers[k]! - logLikelihood[k]!) + (prior - logPrior[k]!) + logBack;
    // A point beyond what doubles hold has no density, which is no number here.
    const isTaken = Math.log(draws.uniform()) < gain;
    if (kind === 'independent') {
      moves.independentTried += 1;
      moves.logWeights.push(answers[k]! + prior - logProposed);
      if (isTaken) moves.independentAccepted += 1;
    }
    if (!isTaken) continue;
    moves.accepted += 1;
    points.set(point, k * n);
    logPrior[k] = prior;
    logLikelihood[k] = answers[k]!;
  }
  return moves;
}
