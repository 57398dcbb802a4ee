import { createEnsemble, type Evaluate, type WorkerLike } from '@tandem/dynamics';
import type { SharedRuns, Workplace } from './task.ts';

/** Values that a kernel works out in about a second; less than a few of these are not worth sending elsewhere. */
export const evaluationsPerSecond = 1e9;
const sharedSecondsMin = 4;

/** A program as a function of its inputs, with the workers that make its runs. */
export interface RunsPlace {
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
  return {
    evaluate: async (points, count) => {
      // Parts are cut by their points: runs that vary no input have none.
      const isShared = share !== undefined && points.length > 0 && secondsOf(runs, count) >= sharedSecondsMin;
      if (isShared) return share(runs, points);
      const { values } = await ensemble.run(points, { seed, runs: count, ...(signal && { signal }) });
      return values;
    },
    close: () => ensemble.close(),
  };
}

/** About how long one thread would be at it. */
export function secondsOf({ program }: SharedRuns, count: number): number {
  const perStep = { euler: 1, rk2: 2, rk4: 4, rk45: 7 }[program.time.method];
  return (count * program.time.steps * perStep * program.nodes.length) / evaluationsPerSecond;
}
