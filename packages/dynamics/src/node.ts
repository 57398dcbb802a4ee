import { Worker } from 'node:worker_threads';
import type { FromWorker, WorkerLike } from './ensemble/worker-messages.ts';

/** Starts a worker thread of Node, for `spawn` of `createEnsemble`. */
export function nodeThread(): WorkerLike {
  const worker = new Worker(new URL('./node-worker.ts', import.meta.url));
  // A worker that nobody waits for does not keep the process alive.
  worker.unref();
  return {
    listen(onMessage, onDeath) {
      worker.on('message', (message: FromWorker) => onMessage(message));
      worker.on('error', (cause) => onDeath(String(cause)));
      worker.on('messageerror', (cause) => onDeath(String(cause)));
      worker.on('exit', (code) => onDeath(`exit code ${code}`));
    },
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => void worker.terminate(),
    hold: (waited) => (waited ? worker.ref() : worker.unref()),
  };
}
