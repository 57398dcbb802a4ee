import { parentPort, workerData } from 'node:worker_threads';
import { DynamicsError } from '@tandem/dynamics';
import { perform, type SharedRuns } from '#domains/forecast/index.ts';
import type { FromRun, RunOrder, ToRun } from './forecast-thread.ts';

/** The thread in which one task is performed: a fit takes a minute, in which no request would be answered. */
const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');
const { task, threads, shares } = workerData as RunOrder;
const tell = (message: FromRun) => port.postMessage(message);
const cancelled = new AbortController();
const waiting = new Map<number, { resolve(values: Float64Array): void; reject(cause: Error): void }>();
/** Progress is told this often at most. */
const tellMs = 200;

port.on('message', (message: ToRun) => {
  if (message.type === 'cancel') {
    cancelled.abort();
    return;
  }
  const { request, values, failure } = message;
  if (values) waiting.get(request)?.resolve(values);
  else waiting.get(request)?.reject(new Error(failure));
  waiting.delete(request);
});

function share(runs: SharedRuns, points: Float64Array): Promise<Float64Array> {
  const request = waiting.size + 1 + Math.max(0, ...waiting.keys());
  return new Promise((resolve, reject) => {
    waiting.set(request, { resolve, reject });
    tell({ type: 'share', request, runs, points });
  });
}

let toldMs = 0;
try {
  const result = await perform(task, {
    threads,
    signal: cancelled.signal,
    onProgress: (done, stage) => {
      if (performance.now() - toldMs < tellMs) return;
      toldMs = performance.now();
      tell({ type: 'progress', share: Math.min(1, Math.max(0, done)), stage });
    },
    ...(shares && { share }),
  });
  tell({ type: 'done', result });
} catch (error) {
  if (error instanceof DynamicsError) tell({ type: 'refused', diagnostics: error.diagnostics });
  else tell({ type: 'failed', error });
}
port.close();
