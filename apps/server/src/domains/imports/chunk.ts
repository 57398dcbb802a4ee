import { sql } from 'kysely';
import { sqlState, type Tx } from '#adapters/postgres.ts';
import { assert } from '#errors.ts';
import type { Preset, RowProblem, WriteContext, WriteOutcome } from './preset.ts';
import { type ImportProblem, shownValue } from './problem.ts';
import type { ImportCounts } from './store.ts';

/** A row of a file after the preset's reader: records to write, or what is wrong with it. */
export interface ReadRow {
  line: number;
  sheet: string | undefined;
  /** Empty for a rejected row. */
  records: readonly unknown[];
  rejected: boolean;
  problems: readonly ImportProblem[];
  /** Makes a line of the report about this row. */
  problem: (problem: RowProblem) => ImportProblem;
}

/** Rows of one file that are written in one transaction. */
export interface Chunk {
  position: number;
  /** Rows under the header of the file up to the end of this chunk. */
  rowsDone: number;
  line: number;
  /** Of the whole import, 0..1. */
  fraction: number;
  rows: readonly ReadRow[];
  notes: Readonly<Record<string, number>>;
}

export interface ChunkResult extends ImportCounts {
  problems: ImportProblem[];
}

/** A chunk in which more writes than this are refused is no matter of single rows. */
const maxRefusedWrites = 500;

/**
 * Writes the records of a chunk and says what became of each row: accepted when one of its records was, duplicate when
 * all were known, else rejected. A record that the store refuses is found by halving and rejected alone.
 */
export async function writeChunk(tx: Tx, preset: Preset, context: WriteContext, chunk: Chunk): Promise<ChunkResult> {
  const records: unknown[] = [];
  for (const row of chunk.rows) if (!row.rejected) records.push(...row.records);
  const writer = new ChunkWriter(tx, preset, context);
  const outcomes = records.length > 0 ? await writer.write(records) : [];
  const result: ChunkResult = { read: chunk.rows.length, accepted: 0, duplicate: 0, rejected: 0, problems: [] };
  let next = 0;
  for (const row of chunk.rows) {
    for (const problem of row.problems) result.problems.push(problem);
    if (row.rejected) {
      result.rejected++;
      continue;
    }
    const own = outcomes.slice(next, next + row.records.length);
    next += row.records.length;
    result[rowResult(own)]++;
    for (const outcome of own) {
      if (typeof outcome === 'string') continue;
      const warning = rowResult(own) !== 'rejected';
      result.problems.push({ ...row.problem(outcome.rejected), warning });
    }
  }
  assert(next === outcomes.length, `${preset.id} answered for ${outcomes.length} of ${next} records`);
  return result;
}

function rowResult(outcomes: readonly WriteOutcome[]): 'accepted' | 'duplicate' | 'rejected' {
  if (outcomes.includes('accepted')) return 'accepted';
  return outcomes.some((outcome) => outcome !== 'duplicate') ? 'rejected' : 'duplicate';
}

class ChunkWriter {
  readonly #tx: Tx;
  readonly #preset: Preset;
  readonly #context: WriteContext;
  #refused = 0;

  constructor(tx: Tx, preset: Preset, context: WriteContext) {
    this.#tx = tx;
    this.#preset = preset;
    this.#context = context;
  }

  async write(records: readonly unknown[]): Promise<WriteOutcome[]> {
    await sql`savepoint import_part`.execute(this.#tx);
    let error: unknown;
    try {
      const outcomes = await this.#preset.write(this.#tx, this.#context, records);
      assert(
        outcomes.length === records.length,
        `${this.#preset.id} answered for ${outcomes.length} of ${records.length}`,
      );
      await sql`release savepoint import_part`.execute(this.#tx);
      return outcomes;
    } catch (caught) {
      if (!isAboutData(caught) || ++this.#refused > maxRefusedWrites) throw caught;
      error = caught;
    }
    await sql`rollback to savepoint import_part`.execute(this.#tx);
    await sql`release savepoint import_part`.execute(this.#tx);
    if (records.length > 1) {
      const half = records.length >> 1;
      const first = await this.write(records.slice(0, half));
      return [...first, ...(await this.write(records.slice(half)))];
    }
    const detail = { detail: shownValue(error instanceof Error ? error.message : String(error)) };
    return [{ rejected: { field: '', code: 'write_refused', detail } }];
  }
}

/** Data exceptions, broken constraints and oversize rows (SQLSTATE classes 22, 23, 54) are about what was written. */
function isAboutData(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && /^(22|23|54)/.test(state);
}
