import type { History, TimeGrid } from '../program/program.ts';

/**
 * What every back end does alike, so that they give the same numbers. The order of one step k:
 *
 * 1. All nodes are evaluated at the step time with the stocks, memories, histories and draws of step k (stage 1). When
 *    the step is a saved one the outputs are stored, and after step `steps` the run ends here.
 * 2. `next` of the memories and `input` of the histories are set aside.
 * 3. The stocks go one dt on. At the later stages the nodes are evaluated again, but `memory`, `history` (its lag too),
 *    `uniform` and `stepTime` keep the values of stage 1.
 * 4. What was set aside becomes visible.
 *
 * Sums over stage derivatives are made from left to right, in the order of the stages, leaving out zero coefficients:
 *
 * - Euler: `y + dt * k1`.
 * - RK2 (Heun): stage 2 at `t + dt` of `y + dt * k1`; `y + (dt / 2) * (k1 + k2)`.
 * - RK4: stages 2 and 3 at `t + dt / 2` of `y + (dt / 2) * k`, stage 4 at `t + dt` of `y + dt * k3`;
 *   `y + (dt / 6) * (((k1 + 2 * k2) + 2 * k3) + k4)`.
 * - RK45: stage i at `stageTime45`, of `y + h * (a1 * k1 + a2 * k2 + ...)`; see `dormandPrince` and `stepControl`.
 */
export function stepTime({ start, dt, stepsPerUnit }: TimeGrid, step: number): number {
  return stepsPerUnit === undefined ? start + step * dt : start + step / stepsPerUnit;
}

/**
 * Coefficients of Dormand and Prince's embedded pair of order 5(4) (J. Comput. Appl. Math. 6, 1980, table 2). Row i of
 * `a` makes stage i + 2; its last row is the result of order 5, so that stage 7 is stage 1 of the following sub-step.
 * `error` is the difference between the two results. Zeros are left out of sums.
 */
export const dormandPrince = {
  c: [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  a: [
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ],
  error: [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
} as const;

/**
 * How RK45 chooses its sub-steps: each is `dt * 2^-j`, and the position inside the dt is a whole number of units, so that
 * it is exact. j starts at 0 and is carried from step to step.
 *
 * A sub-step is accepted when `|h * error| <= tolerance` holds for every stock, where the tolerance is
 * `absolute + relative * max(|y|, |ynew|)`, or when any stock was not finite before it. After acceptance j falls by one
 * when `|h * error| < easy * tolerance` for every stock, j > 0 and the position is a multiple of the doubled sub-step.
 * After rejection j rises by one; above `deepest` the run's stocks become NaN, its fault is -2 and the step ends.
 * At the beginning of a dt with a stock that is not finite j becomes 0: nothing is left to be exact about.
 * A run that has tried more than `attemptsMax` sub-steps ends in the same way as one whose j rose above `deepest`.
 */
export const stepControl = {
  absolute: 1e-9,
  relative: 1e-7,
  easy: 2 ** -7,
  deepest: 20,
  unitsPerStep: 2 ** 20,
} as const;

/**
 * Sub-steps that RK45 may try in a run, rejected ones included: flows that switch back and forth within a step would else
 * take a million of them at each dt. A smooth run takes a few for each dt, a stiff one some hundreds.
 */
export function attemptsMax({ steps }: TimeGrid): number {
  return 2 ** 19 + 64 * steps;
}

/** Time of a stage of RK45: `position` and `subStep` are in units of `dt / unitsPerStep`, `c` is the stage's node. */
export function stageTime45(time: number, dt: number, position: number, subStep: number, c: number): number {
  return time + dt * ((position + c * subStep) / stepControl.unitsPerStep);
}

/** How many steps a history keeps: enough for the largest lag, and never more than the run has. */
export function historyCapacity({ maxLag }: History, { steps }: TimeGrid): number {
  const longest = maxLag === undefined ? steps : Math.min(steps, wholeLag(maxLag));
  return Math.max(1, longest);
}

/** A lag as whole steps: rounded half up, at least 1; NaN stays NaN. */
export function wholeLag(lag: number): number {
  return Math.max(1, Math.floor(lag + 0.5));
}

/**
 * Where in a ring of `capacity` the value of `lag` steps before `step` is; -1 when that is before the start (`initial`
 * is meant) and -2 when there is no such value (a lag that is NaN or was promised to be smaller): NaN is meant.
 * The input of step k is written to `k % capacity` after the step has been evaluated.
 */
export function historySlot(step: number, lag: number, capacity: number): number {
  const back = wholeLag(lag);
  if (back > step) return -1;
  return back <= capacity ? (step - back) % capacity : -2;
}
