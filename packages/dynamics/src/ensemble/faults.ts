import { createEvaluator, type Evaluator } from '../backend/interpreter.ts';
import { type Diagnostic, warning } from '../diagnostic.ts';
import type { Program } from '../program/program.ts';
import { Pause } from './pause.ts';

/** A run that did not stay finite. */
export interface RunFault {
  /** Number of its row, from 0. */
  run: number;
  kind: 'not_finite' | 'steps_too_small';
  /** The first step at which it was seen, or the first saved point when the run was not looked into. */
  time: number | undefined;
  /** The first stock or output that was not finite, in the order in which they depend on one another. */
  name: string | undefined;
}

/** What is said about a fault. */
export function faultWarning({ kind, name, time, run }: RunFault): Diagnostic {
  const details = { run, name: name ?? `#${run}`, time: time ?? '?' };
  return warning(`run.${kind}`, details, { variable: name });
}

/** How a run that is made again begins. */
export interface Rerun {
  inputs: ArrayLike<number>;
  seed: number;
  run: number;
}

/** Steps that the interpreter makes before it lets others have the thread: nodes times stages of at most this many. */
const evaluationsAtOnce = 200_000;

/** Makes a run again, slowly, to see where it first goes wrong. Undefined when it does not, or `signal` ended it. */
export async function firstFault(
  program: Program,
  { inputs, seed, run }: Rerun,
  signal: AbortSignal | undefined,
): Promise<Pick<RunFault, 'time' | 'name'> | undefined> {
  const evaluator = createEvaluator(program);
  const watched = watchedOf(program);
  const pause = new Pause();
  try {
    let evaluations = 0;
    evaluator.begin(inputs, { seed, run });
    do {
      const found = watched.find(({ read }) => !Number.isFinite(read(evaluator)));
      if (found !== undefined) return { time: evaluator.time, name: found.name };
      evaluations += 4 * program.nodes.length;
      if (evaluations > evaluationsAtOnce) {
        evaluations = 0;
        await pause.take();
      }
    } while (signal?.aborted !== true && evaluator.advance());
    return undefined;
  } finally {
    pause.close();
  }
}

/** Stocks and outputs, each after what it depends on within a step. */
function watchedOf({ stocks, outputs }: Program) {
  const levels = stocks.map(({ name }, stock) => ({
    name,
    order: -1,
    read: (evaluator: Evaluator) => evaluator.stocks[stock]!,
  }));
  const values = outputs.map(({ name, node }) => ({
    name,
    order: node,
    read: (evaluator: Evaluator) => evaluator.values[node]!,
  }));
  return [...levels, ...values].sort((a, b) => a.order - b.order);
}
