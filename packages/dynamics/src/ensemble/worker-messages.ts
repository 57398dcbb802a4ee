import type { Backend } from '../backend/kernel.ts';
import { type Diagnostic, DynamicsError } from '../diagnostic.ts';
import { type Chunk, type ChunkResult, ChunkRunner } from './chunk.ts';
import type { Plan } from './plan.ts';

export type ToWorker = { type: 'plan'; plan: Plan } | { type: 'chunk'; chunk: Chunk };

/** What a crew member runs with, once it has compiled the program. */
export interface Readiness {
  backend: Backend;
  lanes: number;
  /** Why faster back ends were not chosen, when the choice was left open. */
  passedOver: readonly Diagnostic[];
}

export type FromWorker =
  | ({ type: 'ready' } & Readiness)
  | { type: 'refused'; diagnostics: readonly Diagnostic[] }
  | ({ type: 'result' } & ChunkResult)
  | { type: 'broken'; reason: string };

/** The end of a worker that its maker holds: a worker thread of Node, or a worker of a browser. */
export interface WorkerLike {
  /** Called once, before the first message. `onDeath` is told when no message will come any more. */
  listen(onMessage: (message: FromWorker) => void, onDeath: (reason: string) => void): void;
  post(message: ToWorker, transfer: ArrayBuffer[]): void;
  stop(): void;
  /** Whether somebody waits for this worker; one that nobody waits for need not keep the process alive. */
  hold?(waited: boolean): void;
}

/** Answers the messages that come to a worker. One chunk is answered before the next is asked for. */
export function workerAnswers(
  send: (message: FromWorker, transfer: ArrayBuffer[]) => void,
): (message: ToWorker) => void {
  let runner: ChunkRunner | undefined;
  return (message) => {
    try {
      if (message.type === 'plan') {
        runner = new ChunkRunner(message.plan);
        const { backend, lanes, passedOver } = runner;
        send({ type: 'ready', backend, lanes, passedOver }, []);
      } else if (runner !== undefined) {
        const { values, faults } = runner.run(message.chunk);
        send({ type: 'result', values, faults }, [values.buffer, faults.buffer]);
      }
    } catch (cause) {
      if (cause instanceof DynamicsError) send({ type: 'refused', diagnostics: cause.diagnostics }, []);
      else send({ type: 'broken', reason: String(cause) }, []);
    }
  };
}
