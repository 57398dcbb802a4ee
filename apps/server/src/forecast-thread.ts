import { Worker } from 'node:worker_threads';
import { type Diagnostic, DynamicsError } from '@tandem/dynamics';
import type { RunHooks, RunThread, SharedRuns, Task, TaskResult } from '#domains/forecast/index.ts';

/** What the thread of a run is started with. */
export interface RunOrder {
  task: Task;
  threads: number;
  /** Whether there are other workers to share big ensembles with. */
  shares: boolean;
}

/** What the thread is told while it works. */
export type ToRun =
  | { type: 'cancel' }
  | { type: 'shared'; request: number; values: Float64Array | undefined; failure: string | undefined };

/** What the thread tells. */
export type FromRun =
  | { type: 'progress'; share: number; stage: { en: string; zh: string } }
  | { type: 'share'; request: number; runs: SharedRuns; points: Float64Array }
  | { type: 'done'; result: TaskResult }
  | { type: 'failed'; error: unknown }
  | { type: 'refused'; diagnostics: readonly Diagnostic[] };

/** Young objects of a fit are many; what is left over is small. */
const resourceLimits = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 2_048 };

/** Performs a task in a thread of its own, in which it may take all the time it needs. */
export function startRunThread(task: Task, { onProgress, share }: RunHooks, threads: number): RunThread {
  const order: RunOrder = { task, threads, shares: share !== undefined };
  const worker = new Worker(new URL('./forecast-worker.ts', import.meta.url), { workerData: order, resourceLimits });
  const tell = (message: ToRun) => worker.postMessage(message);
  const answer = async ({ request, runs, points }: Extract<FromRun, { type: 'share' }>) => {
    try {
      tell({ type: 'shared', request, values: await share?.(runs, points), failure: undefined });
    } catch (error) {
      tell({ type: 'shared', request, values: undefined, failure: String(error) });
    }
  };
  const result = new Promise<TaskResult>((resolve, reject) => {
    worker.on('message', (message: FromRun) => {
      if (message.type === 'progress') onProgress(message.share, message.stage);
      else if (message.type === 'share') void answer(message);
      else if (message.type === 'done') resolve(message.result);
      else reject(failureOf(message));
    });
    worker.on('error', reject);
    worker.on('messageerror', reject);
    worker.on('exit', (code) => reject(new Error(`the thread of the computation ended with ${code}`)));
  });
  // Who stops a run does not wait for its result.
  result.catch(() => undefined);
  return {
    result,
    cancel: () => tell({ type: 'cancel' }),
    async stop() {
      await worker.terminate();
    },
  };
}

/** Errors of the engine lose their findings on the way between threads, so these are sent apart. */
function failureOf(message: Extract<FromRun, { type: 'failed' | 'refused' }>): unknown {
  return message.type === 'refused' ? new DynamicsError(message.diagnostics) : message.error;
}
