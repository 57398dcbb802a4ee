import { error, type Outcome } from '../diagnostic.ts';
import { drawsOf, shuffle } from './chance.ts';
import { pointValuesMax, seedFaults, settingFaults } from './settings.ts';

/** Levels beyond which the grid is as good as the line. */
const levelsMax = 65536;
const groupsMax = 4096;
/** Coordinates compared when trajectories are chosen by their spread: some seconds. */
const spreadWorkMax = 2 ** 32;

export interface TrajectorySettings {
  /** Levels p of the grid {0, 1/(p-1), ..., 1}; even, 4 by default. */
  levels?: number;
  /** Which group each factor belongs to, from 0; a group moves as one. Every factor is its own group by default. */
  groups?: readonly number[];
  /** Chooses the trajectories that lie far apart among so many; none are thrown away by default. */
  candidates?: number;
}

/** Trajectories through the unit cube: `count` of them, each of `groups + 1` points of `dimensions` numbers. */
export interface Trajectories {
  count: number;
  dimensions: number;
  groups: number;
  points: Float64Array;
  /** The group of each factor. */
  groupOf: readonly number[];
  /** The group that moves at each step: `groups` numbers for each trajectory. */
  moves: Uint32Array;
  /** 1 where the factor goes up in its trajectory, -1 where it goes down: `dimensions` numbers for each trajectory. */
  directions: Int8Array;
  /** How far a factor moves: p / (2 (p - 1)). */
  step: number;
}

/**
 * Random trajectories in which every group of factors moves once, by p / (2 (p - 1)), so that all levels are met equally
 * often.
 *
 * M. D. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991) 161-174.
 * Groups and the choice by spread after F. Campolongo, J. Cariboni, A. Saltelli, Environ. Model. Softw. 22 (2007)
 * 1509-1518; the subset is grown one trajectory at a time after M. V. Ruano et al., Environ. Model. Softw. 37 (2012)
 * 103-109, since trying every subset is out of reach.
 */
export function morrisTrajectories(
  count: number,
  dimensions: number,
  seed: number,
  settings: TrajectorySettings = {},
): Outcome<Trajectories> {
  const levels = settings.levels ?? 4;
  const groupOf = settings.groups ?? Array.from({ length: dimensions }, (_, d) => d);
  const groups = groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
  const candidates = settings.candidates ?? count;
  const errors = [
    ...settingFaults('dimensions', dimensions, 'whole', 1, groupsMax),
    ...settingFaults('levels', levels, 'whole', 2, levelsMax),
    ...(levels % 2 === 0 ? [] : [error('experiment.odd_levels', { levels })]),
    ...seedFaults(seed),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  assertGroups(groupOf, groups, dimensions);
  const size = (groups + 1) * dimensions;
  const candidatesMax = candidates === count ? pointValuesMax / size : Math.sqrt(spreadWorkMax / (size * (groups + 1)));
  errors.push(...settingFaults('trajectories', count, 'whole', 1, Math.floor(pointValuesMax / size)));
  errors.push(...settingFaults('candidates', candidates, 'whole', count, Math.floor(candidatesMax)));
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const all = trajectories(candidates, groupOf, groups, levels, seed);
  return { ok: true, value: candidates === count ? all : spread(all, count), warnings: [] };
}

function assertGroups(groupOf: readonly number[], groups: number, dimensions: number): void {
  const isNumbered = groupOf.every((group) => Number.isInteger(group) && group >= 0) && groups <= dimensions;
  if (groupOf.length !== dimensions || !isNumbered || new Set(groupOf).size !== groups) {
    throw new Error(`groups have to be numbered 0 to ${groups - 1}, one number for each of ${dimensions} factors`);
  }
}

function trajectories(
  count: number,
  groupOf: readonly number[],
  groups: number,
  levels: number,
  seed: number,
): Trajectories {
  const dimensions = groupOf.length;
  const points = new Float64Array(count * (groups + 1) * dimensions);
  const moves = new Uint32Array(count * groups);
  const directions = new Int8Array(count * dimensions);
  const half = levels / 2;
  for (let t = 0; t < count; t += 1) {
    const next = drawsOf(seed, 'trajectories', t);
    const order = moves.subarray(t * groups, (t + 1) * groups);
    for (let g = 0; g < groups; g += 1) order[g] = g;
    shuffle(order, next);
    const stepOf = new Uint32Array(groups);
    for (let g = 0; g < groups; g += 1) stepOf[order[g]!] = g + 1;
    for (let d = 0; d < dimensions; d += 1) {
      const low = Math.floor(next() * half);
      const up = next() < 0.5;
      directions[t * dimensions + d] = up ? 1 : -1;
      const moved = stepOf[groupOf[d]!]!;
      for (let p = 0; p <= groups; p += 1) {
        const level = up === p >= moved ? low + half : low;
        points[(t * (groups + 1) + p) * dimensions + d] = level / (levels - 1);
      }
    }
  }
  return { count, dimensions, groups, groupOf, points, moves, directions, step: half / (levels - 1) };
}

/** The trajectories that lie farthest apart, grown from the two farthest. */
function spread(all: Trajectories, count: number): Trajectories {
  const distances = distancesBetween(all);
  const chosen: number[] = [];
  const sums = new Float64Array(all.count);
  let next = farthestPair(distances, all.count);
  while (chosen.length < count) {
    chosen.push(next);
    for (let t = 0; t < all.count; t += 1) {
      const distance = distances[next * all.count + t]!;
      sums[t]! += distance * distance;
    }
    sums[next] = Number.NEGATIVE_INFINITY;
    next = sums.reduce((best, sum, t) => (sum > sums[best]! ? t : best), 0);
  }
  return pick(
    all,
    chosen.sort((a, b) => a - b),
  );
}

function farthestPair(distances: Float64Array, count: number): number {
  const best = distances.reduce((at, distance, i) => (distance > distances[at]! ? i : at), 0);
  return Math.floor(best / count);
}

function pick(all: Trajectories, chosen: readonly number[]): Trajectories {
  const { dimensions, groups, groupOf, step } = all;
  const size = (groups + 1) * dimensions;
  const points = new Float64Array(chosen.length * size);
  const moves = new Uint32Array(chosen.length * groups);
  const directions = new Int8Array(chosen.length * dimensions);
  for (const [i, t] of chosen.entries()) {
    points.set(all.points.subarray(t * size, (t + 1) * size), i * size);
    moves.set(all.moves.subarray(t * groups, (t + 1) * groups), i * groups);
    directions.set(all.directions.subarray(t * dimensions, (t + 1) * dimensions), i * dimensions);
  }
  return { count: chosen.length, dimensions, groups, groupOf, points, moves, directions, step };
}

/** The sum of the distances of all pairs of points of two trajectories (Campolongo 2007, equation 10). */
function distancesBetween({ count, dimensions, groups, points }: Trajectories): Float64Array {
  const distances = new Float64Array(count * count);
  const length = groups + 1;
  for (let a = 1; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) {
      let sum = 0;
      for (let i = a * length; i < (a + 1) * length; i += 1) {
        for (let j = b * length; j < (b + 1) * length; j += 1) {
          let square = 0;
          for (let d = 0; d < dimensions; d += 1) {
            const gap = points[i * dimensions + d]! - points[j * dimensions + d]!;
            square += gap * gap;
          }
          sum += Math.sqrt(square);
        }
      }
      distances[a * count + b] = sum;
      distances[b * count + a] = sum;
    }
  }
  return distances;
}
