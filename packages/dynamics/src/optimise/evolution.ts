import { foldShare, normalDraws, unfoldShare } from '../fit/cma-es.ts';
import { populationDefault, samplePopulation, startStrategy, updateStrategy } from '../fit/strategy.ts';
import { type Candidate, isBetter, type Measure, scaledRow } from './merit.ts';
import type { AskWorths, Worth } from './problem.ts';

export type EvolutionEnd = 'step' | 'stagnation' | 'generations' | 'no_answers';

export interface EvolutionSettings {
  seed: number;
  population: number | undefined;
  generationsMax: number;
}

/** The population has found its place when it is narrower than this share of the ranges; polishing does the rest. */
const stepTolerance = 1e-5;
const spread = 0.25;
/** Parameters of section 4 of the paper. */
const updateDamping = 5;
const meanShare = 3;
const missShare = 5;

interface Multipliers {
  factors: Float64Array;
  penalties: Float64Array;
}

/**
 * A search all over the ranges by an evolution strategy on an augmented Lagrangian whose factors and penalties adapt:
 * A. Atamna, A. Auger, N. Hansen, "Linearly convergent evolution strategies via augmented Lagrangian constraint
 * handling", FOGA 2017, 149-161. A generation, and the mean of it, is one call. `best` is kept up to date.
 */
export async function evolve(
  ask: AskWorths,
  best: Candidate,
  measure: Measure,
  settings: EvolutionSettings,
): Promise<EvolutionEnd> {
  const n = best.point.length;
  const population = settings.population ?? Math.max(12, populationDefault(n));
  const strategy = startStrategy(best.point.map(unfoldShare), spread, population);
  const normal = normalDraws(settings.seed, 0);
  const count = measure.misses.length;
  const multipliers: Multipliers = { factors: new Float64Array(count), penalties: new Float64Array(count).fill(1) };
  let meanRow: Float64Array | undefined;
  let improvedAt = 0;
  const patience = 60 + Math.ceil((60 * n) / population);
  while (strategy.generation < settings.generationsMax) {
    const points = samplePopulation(strategy, normal);
    const shares = new Float64Array((population + 1) * n);
    shares.set(points.map(foldShare));
    shares.set(strategy.mean.map(foldShare), population * n);
    const worths = await ask(shares, population + 1);
    if (worths === undefined) return 'no_answers';
    if (keepBest(best, shares, worths, measure)) improvedAt = strategy.generation;
    const rows = worths.map((worth) => scaledRow(worth, measure));
    const row = rows[population]!;
    if (meanRow !== undefined) adapt(multipliers, meanRow, row, measure, n);
    meanRow = row;
    const values = rows.slice(0, population).map((one) => lagrangian(one, multipliers, measure));
    const order = values.map((_, k) => k).sort((a, b) => difference(values[a]!, values[b]!) || a - b);
    updateStrategy(strategy, points, order);
    const { sigma, covariance } = strategy;
    let widest = 0;
    for (let d = 0; d < n; d += 1) widest = Math.max(widest, sigma * Math.sqrt(covariance[d * n + d]!));
    if (widest < stepTolerance) return 'step';
    if (strategy.generation - improvedAt > patience) return 'stagnation';
  }
  return 'generations';
}

function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Takes over the best of some points; true when it is better by more than rounding. */
export function keepBest(best: Candidate, shares: Float64Array, worths: readonly Worth[], measure: Measure): boolean {
  const n = best.point.length;
  const before = best.worth;
  for (const [k, worth] of worths.entries()) {
    if (!isBetter(worth, best.worth, measure)) continue;
    best.worth = worth;
    best.point = shares.slice(k * n, (k + 1) * n);
  }
  if (best.worth === before) return false;
  return !(Math.abs(best.worth.goal - before.goal) <= 1e-9 * measure.goal);
}

function lagrangian(row: Float64Array, { factors, penalties }: Multipliers, measure: Measure): number {
  let sum = row[0]!;
  for (let i = 0; i < factors.length; i += 1) {
    const miss = row[i + 1]!;
    const [factor, penalty] = [factors[i]!, penalties[i]!];
    if (measure.isEquality[i]! || factor + penalty * miss >= 0) sum += factor * miss + (penalty / 2) * miss * miss;
    else sum -= (factor * factor) / (2 * penalty);
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

/** Moves factors along the misses of the mean, and penalties up where the goal outweighs them. */
function adapt(multipliers: Multipliers, before: Float64Array, row: Float64Array, measure: Measure, n: number): void {
  const { factors, penalties } = multipliers;
  if (!row.every(Number.isFinite) || !before.every(Number.isFinite)) return;
  const change = Math.abs(lagrangian(row, multipliers, measure) - lagrangian(before, multipliers, measure));
  const growth = 2 ** (1 / n);
  for (let i = 0; i < factors.length; i += 1) {
    const [miss, old] = [row[i + 1]!, before[i + 1]!];
    const moved = factors[i]! + (penalties[i]! * miss) / updateDamping;
    factors[i] = measure.isEquality[i]! ? moved : Math.max(0, moved);
    const isWeak =
      penalties[i]! * miss * miss < (meanShare * change) / n || missShare * Math.abs(miss - old) < Math.abs(old);
    const factor = isWeak ? growth ** (1 / 4) : 1 / growth;
    penalties[i] = Math.min(1e12, Math.max(1e-6, penalties[i]! * factor));
  }
}
