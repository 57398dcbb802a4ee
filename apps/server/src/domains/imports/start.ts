import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { isUuid, newUuid, publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { type ImportDeps, limitsOf } from './deps.ts';
import { fileRefusal } from './failure.ts';
import type { ImportBrand, Preset } from './preset.ts';
import { openFile } from './read.ts';
import { reportCsv } from './report.ts';
import type { Mapping } from './schema.ts';
import {
  countOpen,
  findImport,
  type ImportFile,
  type ImportRecord,
  insertImport,
  listImports,
  lockStarts,
  markCancelling,
  type NewImportRecord,
} from './store.ts';
import { takeUploads } from './upload-store.ts';
import { wakeImports } from './work.ts';

/** A file of an import: an upload, or a file that lies on this machine. */
export type FileSource = { fileId: string } | { path: string };

export interface WantedImport {
  preset: string;
  files: readonly FileSource[];
  mapping?: Mapping;
  dryRun?: boolean;
  actor: string;
}

/**
 * Starts an import after a look at the head of each file; the work itself is done by a worker.
 * @throws Refusal import.preset_unknown, import.upload_not_found, import.file_unreadable, import.columns_missing,
 *   import.mapping_invalid, import.busy; nothing has been started then
 */
export async function startImport(deps: ImportDeps, brand: ImportBrand, wanted: WantedImport): Promise<ImportRecord> {
  const preset = presetOf(deps, wanted.preset);
  const files = await locate(deps, brand.id, wanted.files);
  const mapping = wanted.mapping ?? null;
  for (const file of files) await openFile(preset, brand, file, mapping ?? {});
  const { currency, zone } = brand;
  const record: NewImportRecord = {
    id: newUuid(),
    preset: preset.id,
    dryRun: wanted.dryRun === true,
    mapping,
    actor: wanted.actor,
    currency,
    zone,
    createdAtMs: deps.now(),
    files,
  };
  const started = await deps.db.brand(brand.id, (tx) => enter(deps, tx, brand.id, record));
  await wakeImports(deps);
  return started;
}

async function enter(deps: ImportDeps, tx: Tx, brandId: Uuid, record: NewImportRecord): Promise<ImportRecord> {
  await lockStarts(tx, brandId);
  const running = await countOpen(tx, brandId);
  if (running >= limitsOf(deps).openPerBrand) throw refuse('import.busy', { running });
  await insertImport(tx, brandId, record);
  await deps.audit(tx, brandId, {
    actor: record.actor,
    action: 'import.started',
    subject: publicId('imp', record.id),
    detail: { preset: record.preset, dryRun: record.dryRun, files: record.files.map((file) => file.name) },
  });
  return found(await findImport(tx, brandId, record.id));
}

/** The preset with that id. @throws Refusal import.preset_unknown */
export function presetOf(deps: Pick<ImportDeps, 'presets'>, id: string): Preset {
  const preset = deps.presets.find((one) => one.id === id);
  if (preset) return preset;
  throw refuse('import.preset_unknown', { preset: id, known: deps.presets.map((one) => one.id).join(', ') });
}

/** Where the files lie. @throws Refusal import.upload_not_found, import.file_unreadable */
export async function locate(
  deps: Pick<ImportDeps, 'db' | 'now' | 'limits'>,
  brandId: Uuid,
  sources: readonly FileSource[],
): Promise<Omit<ImportFile, 'sha256'>[]> {
  const ids = sources.flatMap((source) => ('fileId' in source ? [source.fileId] : [])).filter(isUuid);
  const untilMs = deps.now() + limitsOf(deps).uploadKeptMs;
  const uploads =
    ids.length > 0 ? await deps.db.brand(brandId, (tx) => takeUploads(tx, brandId, ids, untilMs)) : new Map();
  const files = [];
  for (const [position, source] of sources.entries()) {
    if ('fileId' in source) {
      const upload = uploads.get(source.fileId);
      if (upload === undefined) throw refuse('import.upload_not_found', { fileId: source.fileId });
      const { id, name, path, sizeBytes } = upload;
      files.push({ position, name, path, sizeBytes, uploadId: id });
    } else {
      const path = resolve(source.path);
      const name = basename(path);
      const { size } = await stat(path).catch((error: unknown) => {
        throw fileRefusal(error, name);
      });
      files.push({ position, name, path, sizeBytes: size, uploadId: null });
    }
  }
  return files;
}

/** An import of the brand by its public id. @throws Refusal import.not_found */
export async function importOf(deps: Pick<ImportDeps, 'db'>, brandId: Uuid, id: string): Promise<ImportRecord> {
  const uuid = uuidOf('imp', id);
  if (uuid === undefined) throw refuse('import.not_found');
  return found(await deps.db.brand(brandId, (tx) => findImport(tx, brandId, uuid)));
}

/** Imports of the brand, newest first. */
export function importsOf(deps: Pick<ImportDeps, 'db'>, brandId: Uuid, limit: number): Promise<ImportRecord[]> {
  return deps.db.brand(brandId, (tx) => listImports(tx, brandId, limit));
}

/**
 * Asks an import to stop: one that waits ends at once, one that runs after the rows in hand. What it has written stays.
 * @throws Refusal import.not_found, import.not_cancellable
 */
export async function cancelImport(
  deps: Pick<ImportDeps, 'db' | 'now' | 'audit'>,
  brandId: Uuid,
  id: string,
  actor: string,
): Promise<ImportRecord> {
  const known = await importOf(deps, brandId, id);
  return deps.db.brand(brandId, async (tx) => {
    const state = await markCancelling(tx, brandId, known.id, deps.now());
    if (state === undefined) throw refuse('import.not_cancellable');
    await deps.audit(tx, brandId, { actor, action: 'import.cancel_asked', subject: id, detail: { state } });
    return found(await findImport(tx, brandId, known.id));
  });
}

/** Writes the report of an import to a file on this machine; false, and no file, when there is nothing to report. */
export async function writeReport(
  deps: Pick<ImportDeps, 'db'>,
  brandId: Uuid,
  id: string,
  path: string,
): Promise<boolean> {
  const record = await importOf(deps, brandId, id);
  if (record.progress.problems === 0) return false;
  await pipeline(reportCsv(deps.db, record), createWriteStream(path, { mode: 0o600 }));
  return true;
}

function found(record: ImportRecord | undefined): ImportRecord {
  if (record === undefined) throw refuse('import.not_found');
  return record;
}
