import type { Deps } from '#deps.ts';
import type { MetricsBrand, MetricsDeps } from '#domains/metrics/index.ts';
import type { Uuid } from '#lib/id.ts';
import type { SharedRuns, Task, TaskResult } from './task.ts';
import type { ModelTemplate } from './templates.ts';

/** What forecasts need to know of a brand. */
export type ForecastBrand = MetricsBrand;

/** A computation in a thread of its own. */
export interface RunThread {
  /** Resolves with the result, or rejects with what went wrong; `stopped` when the thread was ended from outside. */
  result: Promise<TaskResult>;
  /** Asks the computation to end with what it has. */
  cancel(): void;
  /** Ends the thread at once. */
  stop(): Promise<void>;
}

/** What a computation tells while it runs, and asks for. */
export interface RunHooks {
  onProgress(share: number, stage: { en: string; zh: string }): void;
  /** Makes a big ensemble with the other workers; absent where there are none. */
  share?: ((runs: SharedRuns, points: Float64Array) => Promise<Float64Array>) | undefined;
}

/** What forecasts are given by the composition root. */
export interface ForecastDeps extends Omit<MetricsDeps, 'db'>, Pick<Deps, 'db' | 'log'> {
  /** Models that come with Tandem. */
  templates: readonly ModelTemplate[];
  /** Of Tandem; kept with every run. */
  appVersion: string;
  /** Starts a thread that performs a task. */
  startRun: (task: Task, hooks: RunHooks) => RunThread;
  /** A brand by its id, for work that nobody asked for just now. */
  brandOf: (brandId: Uuid) => Promise<ForecastBrand | undefined>;
  /** Names of the processes that work on jobs now, this one included if it does. */
  workers: () => Promise<string[]>;
  /** Names this process among them. */
  processName: string;
  /** Threads that a computation may start. */
  threads: number;
  limits?: Partial<ForecastLimits>;
}

/** Bounds of what forecasts may take. */
export interface ForecastLimits {
  models: number;
  /** Of one model. */
  versions: number;
  scenarios: number;
  /** Runs that are kept of a brand; beyond it the oldest ones that nothing builds on are deleted. */
  runs: number;
  /** The same bound in bytes of what was asked and answered, as it is stored. */
  keptBytes: number;
  /** Of the result of one run. */
  resultBytes: number;
  /** Runs of one brand that wait or run. */
  openPerBrand: number;
  /** Runs that one process works on at the same time, and all processes together. */
  runningHere: number;
  running: number;
  /** A run that was begun this often and never ended is given up. */
  attempts: number;
  /** Runs of an ensemble in one part, in seconds of one thread. */
  partSeconds: number;
  /** Days of data that a snapshot holds. */
  snapshotDays: number;
  /** A run that is cancelled counts as ended after this time; its computation then has `handOverMs` to give what it has. */
  cancelMs: number;
  handOverMs: number;
  plans: number;
}

export const forecastLimits: ForecastLimits = {
  models: 50,
  versions: 100,
  scenarios: 200,
  runs: 500,
  keptBytes: 4e9,
  resultBytes: 1e8,
  openPerBrand: 10,
  runningHere: 2,
  running: 32,
  attempts: 3,
  partSeconds: 2,
  snapshotDays: 1_830,
  cancelMs: 1_200,
  handOverMs: 15_000,
  plans: 100,
};

export function limitsOf(deps: Pick<ForecastDeps, 'limits'>): ForecastLimits {
  return { ...forecastLimits, ...deps.limits };
}
