import { createEnsemble, type Evaluate, type WorkerLike } from '@tandem/dynamics';
import type { SharedRuns, Workplace } from './task.ts';

/** Values that a kernel works out in about a second; less than a few of these are not worth sending elsewhere. */
export const evaluationsPerSecond = 1e9;
const sharedSecondsMin = 4;

/** What came of many runs. */
export interface RunsMade {
  /** Row-major, runs x columns. Rows of runs that were not made are NaN. */
  values: Float64Array;
  complete: boolean;
  /** How many did not stay finite. */
  faultCount: number;
}

/** A program as a function of its inputs, with the workers that make its runs. */
export interface RunsPlace {
  /** `signal` ends these runs alone, besides that of the workplace. */
  run(points: Float64Array, count: number, signal?: AbortSignal): Promise<RunsMade>;
  evaluate: Evaluate;
  close(): void;
}

/**
 * The outputs of a program at many points, made in this process or, where there are many and other workers, by all
 * workers of the deployment; the bits are the same. `spawn` starts a thread of this process.
 */
export function runsOf(workplace: Workplace, runs: SharedRuns, spawn?: () => WorkerLike): RunsPlace {
  const { program, columns, inputs, seed = 0 } = runs;
  const { share, signal, threads } = workplace;
  const ensemble = createEnsemble(program, {
    columns,
    ...(inputs && { inputs }),
    ...(spawn && { spawn, threads }),
  });
  const run: RunsPlace['run'] = async (points, count, own = signal) => {
    // Parts are cut by their points: runs that vary no input have none.
    const isShared = share !== undefined && points.length > 0 && secondsOf(runs, count) >= sharedSecondsMin;
    if (!isShared) return ensemble.run(points, { seed, runs: count, ...(own && { signal: own }) });
    const values = await share(runs, points);
    return { values, complete: true, faultCount: rowsNotFinite(values, count) };
  };
  return {
    run,
    evaluate: async (points, count) => (await run(points, count)).values,
    close: () => ensemble.close(),
  };
}

function rowsNotFinite(values: Float64Array, count: number): number {
  const width = values.length / count;
  let rows = 0;
  for (let k = 0; k < count; k++) {
    if (!values.subarray(k * width, (k + 1) * width).every(Number.isFinite)) rows++;
  }
  return rows;
}

/** About how long one thread would be at it. */
export function secondsOf({ program }: SharedRuns, count: number): number {
  const perStep = { euler: 1, rk2: 2, rk4: 4, rk45: 7 }[program.time.method];
  return (count * program.time.steps * perStep * program.nodes.length) / evaluationsPerSecond;
}
