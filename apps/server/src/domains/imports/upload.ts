import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { refuse } from '#errors.ts';
import { isUuid, newUuid, type Uuid } from '#lib/id.ts';
import { sizeText } from '#lib/tabular/bytes.ts';
import { type ImportDeps, limitsOf } from './deps.ts';
import type { Upload } from './schema.ts';
import type { ImportFile } from './store.ts';
import { deleteStaleUploads, insertUpload, listUploadIds, releaseUploads, sumUploadBytes } from './upload-store.ts';

type UploadDeps = Pick<ImportDeps, 'db' | 'now' | 'dataDir' | 'limits'>;

/** A file being received is not in the table yet: one that nobody knows goes when nothing was added to it for so long. */
const strayAfterMs = 600_000;

/**
 * Keeps a file that is sent ahead of an import for an hour after its last use.
 * @throws Refusal request.too_large, import.uploads_full, disk.full; nothing is kept then
 */
export async function keepUpload(deps: UploadDeps, brandId: Uuid, name: string, body: Readable): Promise<Upload> {
  const limits = limitsOf(deps);
  const kept = await deps.db.brand(brandId, (tx) => sumUploadBytes(tx, brandId));
  if (kept >= limits.brandUploadBytes) {
    throw refuse('import.uploads_full', { limit: sizeText(limits.brandUploadBytes) });
  }
  const id = newUuid();
  const folder = join(deps.dataDir, 'uploads');
  const path = join(folder, id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const sizeBytes = await writeBounded(body, path, limits.uploadBytes);
    const upload = { id, name: shownName(name), path, sizeBytes };
    await deps.db.brand(brandId, (tx) => insertUpload(tx, brandId, upload, deps.now() + limits.uploadKeptMs));
    return { fileId: id, name: upload.name, sizeBytes };
  } catch (error) {
    await rm(path, { force: true });
    // What is left of the request is read and dropped, or the sender would see a broken connection and not the refusal.
    body.resume();
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw refuse('disk.full');
    throw error;
  }
}

async function writeBounded(body: Readable, path: string, maxBytes: number): Promise<number> {
  let sizeBytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw refuse('request.too_large', { limit: sizeText(maxBytes) });
      await file.appendFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return sizeBytes;
}

/** Removes uploads whose hour is over and that no waiting or running import needs, and files nobody knows. */
export async function cleanUploads(deps: UploadDeps): Promise<void> {
  const known = await deps.db.system(async (tx) => {
    await deleteStaleUploads(tx, deps.now());
    return listUploadIds(tx);
  });
  const folder = join(deps.dataDir, 'uploads');
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isUuid(name) || known.has(name)) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      (file) => deps.now() - file.mtimeMs,
      () => 0,
    );
    if (age > strayAfterMs) await rm(path, { force: true });
  }
}

/** Lets the uploads of an ended import go, unless another import that has not ended needs them. */
export async function dropUploads(deps: UploadDeps, brandId: Uuid, files: readonly ImportFile[]): Promise<void> {
  const ids = files.map((file) => file.uploadId).filter((id) => id !== null);
  if (ids.length === 0) return;
  const left = await deps.db.system(async (tx) => {
    await releaseUploads(tx, brandId, ids, deps.now());
    await deleteStaleUploads(tx, deps.now());
    return listUploadIds(tx);
  });
  for (const file of files) {
    if (file.uploadId !== null && !left.has(file.uploadId)) await rm(file.path, { force: true });
  }
}

/** The name that a person gave the file, without folders and control characters. */
function shownName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replace(/\p{Cc}/gu, '')
    .trim();
  return plain.slice(0, 200) || 'file';
}
