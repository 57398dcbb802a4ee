import { Worker } from 'node:worker_threads';
import type { Deps } from '#deps.ts';
import { waitingEvents } from '#domains/events/index.ts';

/** Where the stores are, for a thread that opens its own connections. */
export interface DrainerPlace {
  postgresUrl: string;
  clickhouseUrl: string;
}

/** What the thread is told. */
export type DrainerOrder = 'wake' | 'stop';

/** What the thread says for the log. */
export interface DrainerWord {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  reason: string;
}

/** The drainer in a thread of its own. */
export interface DrainerThread {
  wake(): void;
  /** Resolves once everything committed to the spool before the call can be queried. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the drainer's thread; one that dies is started again, since what it had not finished is sealed in Postgres. */
export function startDrainerThread(place: DrainerPlace, deps: Pick<Deps, 'db' | 'log'>): DrainerThread {
  const script = new URL('./drainer-worker.ts', import.meta.url);
  let stopping = false;
  let worker: Worker;
  let ended: Promise<void>;
  const start = () => {
    const { postgresUrl, clickhouseUrl } = place;
    worker = new Worker(script, {
      workerData: { postgresUrl, clickhouseUrl } satisfies DrainerPlace,
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    worker.on('message', ({ level, message, reason }: DrainerWord) => deps.log[level]({ reason }, message));
    worker.on('error', (error) => deps.log.error({ err: error }, 'the thread of the drainer failed'));
    ended = new Promise((done) => worker.once('exit', () => done()));
    void ended.then(() => {
      if (!stopping) setTimeout(start, 500).unref();
    });
  };
  start();
  const order = (word: DrainerOrder) => worker.postMessage(word);
  return {
    wake: () => order('wake'),
    async drained() {
      while (!stopping && (await waitingEvents(deps.db)) > 0) {
        order('wake');
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    async stop() {
      stopping = true;
      order('stop');
      await ended;
    },
  };
}
