import { browserThread } from '@tandem/dynamics';

type Thread = ReturnType<typeof browserThread>;
type OnMessage = Parameters<Thread['listen']>[0];

/** A worker that outlives the ensembles that use it: starting one costs more than a thousand runs. */
interface Kept {
  thread: Thread;
  /** Who hears it now; nobody where it waits for work. */
  onMessage: OnMessage | null;
  onDeath: ((reason: string) => void) | null;
  /** Messages that were posted and not yet answered. */
  open: number;
  dead: boolean;
}

/** Workers that ensembles borrow and give back. */
export interface ThreadPool {
  threads: number;
  spawn: () => Thread;
  close: () => void;
}

/**
 * Makes a pool. A worker that is given back while it computes is ended, since its late answers would reach the next
 * borrower.
 */
export function createThreadPool(threads: number, start: () => Worker): ThreadPool {
  let idle: Kept[] = [];
  let closed = false;
  const make = (): Kept => {
    const kept: Kept = { thread: browserThread(start()), onMessage: null, onDeath: null, open: 0, dead: false };
    kept.thread.listen(
      (message) => {
        kept.open--;
        kept.onMessage?.(message);
      },
      (reason) => {
        kept.dead = true;
        idle = idle.filter((one) => one !== kept);
        kept.onDeath?.(reason);
      },
    );
    return kept;
  };
  const giveBack = (kept: Kept) => {
    kept.onMessage = null;
    kept.onDeath = null;
    if (closed || kept.dead || kept.open > 0 || idle.length >= threads) kept.thread.stop();
    else idle.push(kept);
  };
  return {
    threads,
    spawn() {
      const kept = idle.pop() ?? make();
      let given = false;
      return {
        listen(onMessage, onDeath) {
          kept.onMessage = onMessage;
          kept.onDeath = onDeath;
        },
        post(message, transfer) {
          kept.open++;
          kept.thread.post(message, transfer);
        },
        stop() {
          if (given) return;
          given = true;
          giveBack(kept);
        },
      };
    },
    close() {
      closed = true;
      for (const kept of idle) kept.thread.stop();
      idle = [];
    },
  };
}
