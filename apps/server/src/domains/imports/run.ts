import { setTimeout as sleep } from 'node:timers/promises';
import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { publicId, type Uuid } from '#lib/id.ts';
import { type Chunk, type ChunkResult, writeChunk } from './chunk.ts';
import { type ImportDeps, type ImportLimits, limitsOf } from './deps.ts';
import { failureOf, isTransient, TakenOver } from './failure.ts';
import { fileSha256 } from './fingerprint.ts';
import type { Preset, WriteContext } from './preset.ts';
import type { ImportProblem } from './problem.ts';
import { openFile } from './read.ts';
import {
  findImport,
  type ImportEnd,
  type ImportFile,
  type ImportRecord,
  insertProblems,
  markEnded,
  markRunning,
  moveProgress,
  type Progress,
  resetProgress,
  setFileHash,
  stateOf,
} from './store.ts';
import { dropUploads } from './upload.ts';

/** One import at work: what does not change, and how far it has come. */
interface Run {
  deps: ImportDeps;
  limits: ImportLimits;
  record: ImportRecord;
  preset: Preset;
  context: WriteContext;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Works an import to its end, from where it was left. Ends early, without a trace, when `signal` says that the process
 * stops: the import is then taken up again by whoever is told next.
 * @throws the error of a store that is away; the import is left as it is
 */
export async function runImport(deps: ImportDeps, brandId: Uuid, id: Uuid, signal: AbortSignal): Promise<void> {
  const state = await deps.db.brand(brandId, (tx) => markRunning(tx, brandId, id, deps.now()));
  if (state === undefined) return;
  const record = await deps.db.brand(brandId, (tx) => findImport(tx, brandId, id));
  if (record === undefined) return;
  let end: ImportEnd;
  let run: Run | undefined;
  try {
    run = await prepare(deps, record, signal);
    end = { state: state === 'cancelling' ? 'cancelled' : await readFiles(run) };
  } catch (error) {
    if (signal.aborted || error instanceof TakenOver) return;
    if (isTransient(error)) throw error;
    deps.log.error({ err: error, import: publicId('imp', id) }, 'import failed');
    end = { state: 'failed', error: failureOf(error, record, run?.progress ?? record.progress) };
  }
  await finish(deps, record, end);
}

async function prepare(deps: ImportDeps, record: ImportRecord, signal: AbortSignal): Promise<Run> {
  const preset = deps.presets.find((one) => one.id === record.preset);
  if (preset === undefined) {
    throw refuse('import.preset_unknown', {
      preset: record.preset,
      known: deps.presets.map((one) => one.id).join(', '),
    });
  }
  if (record.dryRun && record.progress.read > 0) {
    await deps.db.brand(record.brandId, (tx) => resetProgress(tx, record.brandId, record.id));
  }
  const brand = { id: record.brandId, currency: record.currency, zone: record.zone };
  const fresh = { position: 0, rowsDone: 0, line: 0, fraction: 0, read: 0, accepted: 0, duplicate: 0, rejected: 0 };
  return {
    deps,
    limits: limitsOf(deps),
    record,
    preset,
    context: { brand, source: preset.id, nowMs: record.createdAt.getTime() },
    progress: record.dryRun ? { ...fresh, problems: 0, warnings: 0, notes: {} } : record.progress,
    signal,
  };
}

async function readFiles(run: Run): Promise<'done' | 'cancelled'> {
  for (const file of run.record.files) {
    if (file.position < run.progress.position) continue;
    await checkHash(run, file);
    const chunks = oneAhead(await chunksOf(run, file));
    try {
      if ((run.record.dryRun ? await rehearse(run, chunks) : await write(run, chunks)) === 'cancelled')
        return 'cancelled';
    } finally {
      await chunks.return(undefined);
    }
  }
  return 'done';
}

async function chunksOf(run: Run, file: ImportFile): Promise<AsyncGenerator<Chunk>> {
  const files = run.record.files;
  const total = Math.max(
    1,
    files.reduce((sum, one) => sum + one.sizeBytes, 0),
  );
  const before = files.filter((one) => one.position < file.position).reduce((sum, one) => sum + one.sizeBytes, 0);
  const opened = await openFile(run.preset, run.context.brand, file, run.record.mapping ?? {}, run.signal);
  return opened.chunks({
    chunkRows: run.limits.chunkRows,
    skipRows: run.progress.position === file.position ? run.progress.rowsDone : 0,
    fraction: (ofFile) => Math.min(0.999, (before + ofFile * file.sizeBytes) / total),
  });
}

/** A resumed import goes on in the very file that it began with, or not at all. */
async function checkHash(run: Run, file: ImportFile): Promise<void> {
  const { brandId, id } = run.record;
  const sha256 = await fileSha256(file.path);
  if (file.sha256 === null) {
    await run.deps.db.brand(brandId, (tx) => setFileHash(tx, brandId, id, file.position, sha256));
  } else if (file.sha256 !== sha256) {
    throw refuse('import.file_changed', { file: file.name });
  }
}

/** Rows, facts, progress and report of a chunk are one transaction each. */
async function write(run: Run, chunks: AsyncGenerator<Chunk>): Promise<'done' | 'cancelled'> {
  const { brandId } = run.record;
  for await (const chunk of chunks) {
    await roomInPipeline(run);
    const cancelled = await run.deps.db.brand(brandId, async (tx) => {
      const result = await writeChunk(tx, run.preset, run.context, chunk);
      return keepProgress(run, tx, chunk, result);
    });
    if (cancelled) return 'cancelled';
    run.signal.throwIfAborted();
  }
  return 'done';
}

/** Writes in transactions that are taken back, so that a dry run finds what the real one would. */
async function rehearse(run: Run, chunks: AsyncGenerator<Chunk>): Promise<'done' | 'cancelled'> {
  const { db } = run.deps;
  const { brandId } = run.record;
  const takenBack = new Error('dry run');
  let ended: 'done' | 'cancelled' | undefined;
  for (let part = 0; ended === undefined; part++) {
    const rehearsal = db.brand(brandId, async (tx) => {
      for (let rows = 0; rows < run.limits.dryRunRows && ended === undefined; ) {
        run.signal.throwIfAborted();
        const { value: chunk, done } = await chunks.next();
        if (done === true) {
          ended = 'done';
          break;
        }
        rows += chunk.rows.length;
        const result = await writeChunk(tx, run.preset, run.context, chunk);
        const noted = part > 0 && rows === chunk.rows.length ? withNote(chunk, 'dry_run_parts') : chunk;
        if (await db.brand(brandId, (own) => keepProgress(run, own, noted, result))) ended = 'cancelled';
      }
      throw takenBack;
    });
    await rehearsal.catch((error: unknown) => {
      if (error !== takenBack) throw error;
    });
  }
  return ended;
}

function withNote(chunk: Chunk, code: string): Chunk {
  return { ...chunk, notes: { ...chunk.notes, [code]: (chunk.notes[code] ?? 0) + 1 } };
}

/** Adds a chunk to the counts in its transaction; true when the import shall stop. */
async function keepProgress(run: Run, tx: Tx, chunk: Chunk, result: ChunkResult): Promise<boolean> {
  const { brandId, id } = run.record;
  const from = run.progress;
  const { kept, cut } = withinReport(from, result.problems, run.limits);
  const notes = { ...from.notes };
  const warnings = result.problems.filter((problem) => problem.warning).length;
  const more = {
    ...chunk.notes,
    ...(warnings > 0 && { value_left_out: warnings }),
    ...(cut > 0 && { report_cut: cut }),
  };
  for (const [code, count] of Object.entries(more)) notes[code] = (notes[code] ?? 0) + count;
  const to: Progress = {
    position: chunk.position,
    rowsDone: chunk.rowsDone,
    line: chunk.line,
    fraction: Math.max(from.fraction, chunk.fraction),
    read: from.read + result.read,
    accepted: from.accepted + result.accepted,
    duplicate: from.duplicate + result.duplicate,
    rejected: from.rejected + result.rejected,
    problems: from.problems + kept.length,
    warnings: from.warnings + kept.filter((problem) => problem.warning).length,
    notes,
  };
  if (!(await moveProgress(tx, brandId, id, from, to))) throw new TakenOver();
  await insertProblems(tx, brandId, id, from.problems, kept);
  const state = await stateOf(tx, brandId, id);
  run.progress = to;
  return state === 'cancelling';
}

/** Values left out get a quarter of the report at most, so that they never crowd out rejected rows. */
function withinReport(
  from: Progress,
  problems: readonly ImportProblem[],
  limits: ImportLimits,
): { kept: ImportProblem[]; cut: number } {
  let warnings = limits.reportRows / 4 - from.warnings;
  let rejects = limits.reportRows - (from.problems - from.warnings);
  const kept = problems.filter((problem) => (problem.warning ? warnings-- > 0 : rejects-- > 0));
  return { kept, cut: problems.length - kept.length };
}

async function roomInPipeline(run: Run): Promise<void> {
  while ((await run.deps.pendingEvents()) > run.limits.pendingEvents) {
    await sleep(200, undefined, { signal: run.signal });
  }
}

async function finish(deps: ImportDeps, record: ImportRecord, end: ImportEnd): Promise<void> {
  const { brandId, id } = record;
  await deps.db.brand(brandId, async (tx) => {
    if (!(await markEnded(tx, brandId, id, end, deps.now()))) return;
    const progress = (await findImport(tx, brandId, id))?.progress;
    await deps.audit(tx, brandId, {
      actor: record.actor,
      action: `import.${end.state}`,
      subject: publicId('imp', id),
      detail: {
        preset: record.preset,
        dryRun: record.dryRun,
        read: progress?.read,
        accepted: progress?.accepted,
        duplicate: progress?.duplicate,
        rejected: progress?.rejected,
        ...(end.error && { error: end.error.code }),
      },
    });
  });
  if (end.state === 'done' && !record.dryRun) await dropUploads(deps, brandId, record.files);
}

/** Reads the next item while the one in hand is being used. */
async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  const ask = () => {
    const asked = source.next();
    // Its failure is met when it is awaited, which may be later than it happens.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  try {
    for (let item = await next; item.done !== true; item = await next) {
      next = ask();
      yield item.value;
    }
  } finally {
    await source.return(undefined);
  }
}
