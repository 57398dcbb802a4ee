import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TabularError } from './reasons.ts';

/** Where a table comes from. A stream is first spooled to a temporary file, because a workbook is read from its end. */
export type TableSource = { readonly path: string } | { readonly stream: Readable; readonly name: string };

/** Bounds on what a file may take. */
export interface ByteLimits {
  /** Size of the file as given. */
  readonly maxBytes: number;
  /** Size after unpacking (.gz, .xlsx). */
  readonly maxInflatedBytes: number;
}

export const BYTE_LIMITS: ByteLimits = { maxBytes: 2 * 1024 ** 3, maxInflatedBytes: 8 * 1024 ** 3 };

/** What deflate reaches on real tables stays far below this; it is looked at only beyond `RATIO_FREE_BYTES`. */
const MAX_RATIO = 400;
const RATIO_FREE_BYTES = 64 * 1024 ** 2;
const CHUNK_BYTES = 256 * 1024;

/** A size for people. */
export function sizeText(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`;
  if (bytes >= 1024 ** 2) return `${Math.round((bytes / 1024 ** 2) * 10) / 10} MiB`;
  return `${Math.ceil(bytes / 1024)} KiB`;
}

/** Counts unpacked bytes and refuses when they pass the bound or the ratio of a zip bomb. */
export function inflationGuard(packedBytes: number, limits: ByteLimits): (bytes: number) => void {
  let inflated = 0;
  return (bytes) => {
    inflated += bytes;
    const tooMuch = inflated > limits.maxInflatedBytes;
    const bomb = inflated > RATIO_FREE_BYTES && inflated > packedBytes * MAX_RATIO;
    if (tooMuch || bomb) throw new TabularError('inflates_too_much', { limit: sizeText(inflated) });
  };
}

/** The bytes of a file, unpacked when it is gzip. A cut-off gzip gives what it has and then refuses. */
export async function* fileBytes(
  path: string,
  gzip: boolean,
  sizeBytes: number,
  limits: ByteLimits,
  onProgress?: (fraction: number) => void,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const progress = () => onProgress?.(Math.min(1, file.bytesRead / sizeBytes));
  if (!gzip) {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      progress();
      yield chunk;
    }
    return;
  }
  const guard = inflationGuard(sizeBytes, limits);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      guard(chunk.length);
      progress();
      yield chunk;
    }
  } catch (error) {
    if (error instanceof TabularError) throw error;
    throw new TabularError('gzip_damaged', {}, { cause: error });
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/** The first bytes of a file and its size. */
export async function fileHead(path: string, bytes: number): Promise<{ head: Buffer; sizeBytes: number }> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new TabularError('file_not_found', { name: basename(path), detail: error.code ?? error.message });
  });
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0).catch((error: NodeJS.ErrnoException) => {
      throw new TabularError('file_not_found', { name: basename(path), detail: error.code ?? error.message });
    });
    return { head: buffer.subarray(0, bytesRead), sizeBytes: size };
  } finally {
    await handle.close();
  }
}

/** A source as a file on disk; `release` removes what was made for it. */
export async function spool(
  source: TableSource,
  limits: ByteLimits,
): Promise<{ path: string; release: () => Promise<void> }> {
  if ('path' in source) return { path: source.path, release: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'tandem-table-'));
  const release = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'source');
  try {
    let bytes = 0;
    await pipeline(
      source.stream,
      async function* bounded(chunks: AsyncIterable<Buffer | string>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > limits.maxBytes) throw new TabularError('file_too_large', { limit: sizeText(limits.maxBytes) });
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600 }),
    );
    return { path, release };
  } catch (error) {
    await release();
    throw error;
  }
}
