import type { FromWorker, WorkerLike } from './worker-messages.ts';

/** What is used of a web worker, in words that need no types of a browser. */
export interface WebWorker {
  addEventListener(type: 'message' | 'error' | 'messageerror', listener: (event: WorkerEvent) => void): void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

interface WorkerEvent {
  data?: unknown;
  message?: string;
}

/**
 * A worker of a browser, for `spawn` of `createEnsemble`. The page makes it, so that its bundler sees where the code is:
 *
 * ```ts
 * spawn: () => browserThread(new Worker(new URL('@tandem/dynamics/browser-worker.js', import.meta.url), { type: 'module' }))
 * ```
 */
export function browserThread(worker: WebWorker): WorkerLike {
  return {
    listen(onMessage, onDeath) {
      worker.addEventListener('message', (event) => onMessage(event.data as FromWorker));
      worker.addEventListener('error', (event) => onDeath(event.message || 'the worker could not be started'));
      worker.addEventListener('messageerror', () => onDeath('a message could not be read'));
    },
    post: (message, transfer) => worker.postMessage(message, transfer),
    stop: () => worker.terminate(),
  };
}
