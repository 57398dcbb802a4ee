import { type Diagnostic, error } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';

/** Answers that an experiment may keep: 1 GiB of doubles. */
export const answersMax = 2 ** 27;

/** Runs asked for at once: enough to keep several workers busy, few enough to show progress and to stop soon. */
const chunkLeast = 1024;
const chunkMost = 16_384;
const chunkShare = 1 / 64;
/** Numbers, of points and of answers, that one chunk may hold. */
const chunkValuesMax = 2 ** 22;

/** The runs of an experiment, which are made chunk by chunk. */
export interface Batch {
  /** All runs; a multiple of `unit`. */
  count: number;
  /** Runs that belong together: a chunk holds whole units. */
  unit: number;
  dimensions: number;
  /** Numbers that a run answers with. */
  width: number;
  /** The points of the units `start` to `start + count - 1`, one after the other. */
  points: (start: number, count: number) => Float64Array;
}

export interface Answers {
  /** `width` numbers for each of the first `done` runs. */
  values: Float64Array;
  done: number;
  complete: boolean;
  /** Why the experiment cannot go on: the answer of `evaluate` has another size than was asked for. */
  fault: Diagnostic | undefined;
}

/**
 * Runs a batch in chunks. Stops before the next chunk once the signal is aborted; a chunk during which it was aborted is
 * left out, since its runs may have been stopped too. What `evaluate` throws otherwise goes to the caller.
 */
export async function evaluateBatch(evaluate: Evaluate, batch: Batch, watch: Watch): Promise<Answers> {
  const { count, unit, width } = batch;
  const values = new Float64Array(count * width);
  const units = count / unit;
  const chunk = unitsOfChunk(batch);
  let done = 0;
  for (let start = 0; start < units; start += chunk) {
    if (watch.signal?.aborted === true) return { values, done, complete: false, fault: undefined };
    const taken = Math.min(chunk, units - start);
    const answer = await answerTo(evaluate, batch.points(start, taken), taken * unit, watch.signal);
    if (answer === undefined) return { values, done, complete: false, fault: undefined };
    if (answer.length !== taken * unit * width) {
      const details = { expected: taken * unit * width, given: answer.length };
      return { values, done, complete: false, fault: error('experiment.wrong_answer', details) };
    }
    values.set(answer, done * width);
    done += taken * unit;
    watch.onProgress?.(done, count);
  }
  return { values, done, complete: true, fault: undefined };
}

async function answerTo(
  evaluate: Evaluate,
  points: Float64Array,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  try {
    const answer = await evaluate(points, count);
    return signal?.aborted === true ? undefined : answer;
  } catch (thrown) {
    if (signal?.aborted === true) return undefined;
    throw thrown;
  }
}

function unitsOfChunk({ count, unit, width, dimensions }: Batch): number {
  const wanted = Math.min(chunkMost, Math.max(chunkLeast, Math.ceil(count * chunkShare)));
  const allowed = chunkValuesMax / Math.max(width, dimensions);
  return Math.max(1, Math.floor(Math.min(wanted, allowed) / unit));
}
