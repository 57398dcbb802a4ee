import type { Trajectories } from '../sampling/morris.ts';
import { constancy, type Refusal } from './outputs.ts';

/** Trajectories of which more than this share failed tell of other inputs than were asked about. */
export const trajectoryFailuresMost = 0.1;

/**
 * The elementary effects of one output, a row of one number for each group and trajectory that did not fail: the
 * difference made by the group's step, for a step through the whole range, and for a single factor in the direction of
 * growth.
 */
export function effectsOf(
  design: Trajectories,
  answers: { values: Float64Array; trajectories: number; width: number },
  output: number,
): { effects: Float64Array; failed: number } | { refusal: Refusal; failed: number } {
  const { groups, step } = design;
  const { values, trajectories, width } = answers;
  const effects = new Float64Array(trajectories * groups);
  const signs = signsOf(design);
  const run = new Float64Array(groups + 1);
  let kept = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < trajectories; t += 1) {
    for (let move = 0; move <= groups; move += 1) run[move] = values[(t * (groups + 1) + move) * width + output]!;
    const row = effects.subarray(kept * groups, (kept + 1) * groups);
    for (let move = 0; move < groups; move += 1) {
      const group = design.moves[t * groups + move]!;
      row[group] = (signs[t * groups + group]! * (run[move + 1]! - run[move]!)) / step;
    }
    if (!run.every(Number.isFinite) || !row.every(Number.isFinite)) continue;
    kept += 1;
    for (const value of run) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const failed = trajectories - kept;
  if (failed > trajectoryFailuresMost * trajectories) return { refusal: 'failed_runs', failed };
  const refusal = constancy(least, most);
  return refusal === undefined ? { effects: effects.slice(0, kept * groups), failed } : { refusal, failed };
}

/** The direction of each group in each trajectory: that of its last factor, which for a single factor is its own. */
function signsOf(design: Trajectories): Int8Array {
  const { count, dimensions, groups, groupOf, directions } = design;
  const signs = new Int8Array(count * groups);
  for (let t = 0; t < count; t += 1) {
    for (let d = 0; d < dimensions; d += 1) signs[t * groups + groupOf[d]!] = directions[t * dimensions + d]!;
  }
  return signs;
}
