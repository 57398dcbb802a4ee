import type { Outcome } from '../diagnostic.ts';
import { drawsOf, shuffle } from './chance.ts';
import { seedFaults, settingFaults, sizeFaults } from './settings.ts';
import { dimensionsMax } from './uniform.ts';

/** Candidates and distances between points that a maximin choice may cost: some seconds. */
const candidatesMax = 10_000;
const distanceWorkMax = 2 ** 32;

export interface HypercubeSettings {
  /** Where in its cell a point lies: anywhere (`jittered`, the default) or in the middle (`centred`). */
  placement?: 'jittered' | 'centred';
  /** Of so many hypercubes the one whose two nearest points are farthest apart is taken; 1 by default. */
  candidates?: number;
}

/**
 * A Latin hypercube of `count` points in [0, 1)^dimensions, one after the other: in every dimension each of the `count`
 * equal parts of [0, 1) holds exactly one point.
 *
 * M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979) 239-245; the choice among candidates after the
 * maximin criterion of M. D. Morris, T. J. Mitchell, J. Stat. Plan. Inference 43 (1995) 381-402.
 */
export function latinHypercube(
  count: number,
  dimensions: number,
  seed: number,
  settings: HypercubeSettings = {},
): Outcome<Float64Array> {
  const candidates = settings.candidates ?? 1;
  const errors = [
    ...sizeFaults(count, dimensions, dimensionsMax),
    ...seedFaults(seed),
    ...settingFaults('candidates', candidates, 'whole', 1, mostCandidates(count, dimensions)),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  let best = hypercube(count, dimensions, seed, 0, settings.placement ?? 'jittered');
  if (candidates === 1) return { ok: true, value: best, warnings: [] };
  let widest = nearestDistance(best, count, dimensions);
  for (let candidate = 1; candidate < candidates; candidate += 1) {
    const points = hypercube(count, dimensions, seed, candidate, settings.placement ?? 'jittered');
    const distance = nearestDistance(points, count, dimensions);
    if (distance > widest) {
      widest = distance;
      best = points;
    }
  }
  return { ok: true, value: best, warnings: [] };
}

function mostCandidates(count: number, dimensions: number): number {
  const distances = Math.max(1, (count * count * dimensions) / 2);
  return Math.max(1, Math.min(candidatesMax, Math.floor(distanceWorkMax / distances)));
}

function hypercube(
  count: number,
  dimensions: number,
  seed: number,
  candidate: number,
  placement: 'jittered' | 'centred',
): Float64Array {
  const points = new Float64Array(count * dimensions);
  const cells = new Uint32Array(count);
  for (let d = 0; d < dimensions; d += 1) {
    const next = drawsOf(seed, 'hypercube', candidate * dimensionsMax + d);
    for (let i = 0; i < count; i += 1) cells[i] = i;
    shuffle(cells, next);
    for (let i = 0; i < count; i += 1) {
      const cell = cells[i]!;
      const value = (cell + (placement === 'centred' ? 0.5 : next())) / count;
      // The sum may round up to the next cell, which has a point of its own.
      points[i * dimensions + d] = value * count < cell + 1 ? value : (cell + 0.5) / count;
    }
  }
  return points;
}

/** The square of the distance between the two nearest points. */
function nearestDistance(points: Float64Array, count: number, dimensions: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      let square = 0;
      for (let d = 0; d < dimensions && square < nearest; d += 1) {
        const step = points[i * dimensions + d]! - points[j * dimensions + d]!;
        square += step * step;
      }
      if (square < nearest) nearest = square;
    }
  }
  return nearest;
}
