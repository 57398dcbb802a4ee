import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { type ByteLimits, inflationGuard } from './bytes.ts';
import { TabularError } from './reasons.ts';

/** One file inside an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly method: number;
  readonly crc: number;
  readonly headerOffset: number;
}

export interface ZipArchive {
  readonly path: string;
  /** By name: forward slashes, no leading slash, lower case (some writers mix them). */
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 64 * 1024 ** 2;
const UNSET_16 = 0xffff;
const UNSET_32 = 0xffff_ffff;

/**
 * Reads the directory at the end of an archive (ZIP64 too). The directory is used instead of the headers along the way
 * because programs that write as a stream leave sizes out of those. An encrypted or cut-off archive is refused.
 */
export async function openZip(path: string): Promise<ZipArchive> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const { offset, bytes } = await directoryPlace(handle, size);
    if (bytes > MAX_DIRECTORY_BYTES || offset + bytes > size) throw damaged('its directory is cut off');
    return { path, entries: parseDirectory(await readAt(handle, offset, bytes)) };
  } finally {
    await handle.close();
  }
}

export function entryKey(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

/** The unpacked bytes of one entry, checked against its size and checksum at the end. */
export async function* entryBytes(
  archive: ZipArchive,
  entry: ZipEntry,
  limits: ByteLimits,
  onProgress?: (fraction: number) => void,
): AsyncGenerator<Buffer> {
  const start = await dataOffset(archive.path, entry);
  if (entry.packedBytes === 0) return;
  const file = createReadStream(archive.path, { start, end: start + entry.packedBytes - 1, highWaterMark: 256 * 1024 });
  const guard = inflationGuard(entry.packedBytes, limits);
  let crc = 0;
  let length = 0;
  const inflate = entry.method === 0 ? null : createInflateRaw({ chunkSize: 256 * 1024 });
  if (inflate !== null) {
    file.on('error', (error) => inflate.destroy(error));
    file.pipe(inflate);
  }
  try {
    for await (const chunk of (inflate ?? file) as AsyncIterable<Buffer>) {
      guard(chunk.length);
      crc = crc32(chunk, crc);
      length += chunk.length;
      onProgress?.(Math.min(1, file.bytesRead / entry.packedBytes));
      yield chunk;
    }
  } catch (error) {
    if (error instanceof TabularError) throw error;
    throw new TabularError('xlsx_damaged', { detail: `${entry.name} cannot be unpacked` }, { cause: error });
  } finally {
    file.destroy();
    inflate?.destroy();
  }
  if (length !== entry.sizeBytes || crc !== entry.crc)
    throw damaged(`${entry.name} does not have the content it should`);
}

function damaged(detail: string): TabularError {
  return new TabularError('xlsx_damaged', { detail });
}

async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, position);
  if (bytesRead < bytes) throw damaged('it is cut off');
  return buffer;
}

async function directoryPlace(handle: FileHandle, size: number): Promise<{ offset: number; bytes: number }> {
  const tailBytes = Math.min(size, END_RECORD_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(handle, size - tailBytes, tailBytes);
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (at < 0 || at + END_RECORD_BYTES > tail.length) throw damaged('it has no directory');
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (bytes !== UNSET_32 && offset !== UNSET_32 && tail.readUInt16LE(at + 10) !== UNSET_16) return { offset, bytes };
  const locator = tail.lastIndexOf(Buffer.from('PK\x06\x07', 'latin1'), at);
  if (locator < 0) return { offset, bytes };
  const record = await readAt(handle, Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (record.toString('latin1', 0, 4) !== 'PK\x06\x06') throw damaged('its directory is unreadable');
  return { bytes: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

function parseDirectory(directory: Buffer): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw damaged('its directory is cut off');
    if ((directory.readUInt16LE(at + 8) & 1) === 1) throw new TabularError('xls_refused');
    const name = directory.toString('utf8', at + 46, at + 46 + nameBytes);
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8) throw damaged(`${name} is packed with the unusual method ${method}`);
    const extra = directory.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
    entries.set(entryKey(name), { name, method, crc: directory.readUInt32LE(at + 16), ...sizes(directory, at, extra) });
    at = next;
  }
  return entries;
}

/** Sizes and offset; each that does not fit 32 bits is in the ZIP64 extra field, in this order. */
function sizes(
  directory: Buffer,
  at: number,
  extra: Buffer,
): Pick<ZipEntry, 'packedBytes' | 'sizeBytes' | 'headerOffset'> {
  let wide: Buffer = Buffer.alloc(0);
  for (let i = 0; i + 4 <= extra.length; i += 4 + extra.readUInt16LE(i + 2)) {
    if (extra.readUInt16LE(i) === 1) wide = extra.subarray(i + 4, i + 4 + extra.readUInt16LE(i + 2));
  }
  let used = 0;
  const value = (narrow: number): number => {
    if (narrow !== UNSET_32 || used + 8 > wide.length) return narrow;
    used += 8;
    return Number(wide.readBigUInt64LE(used - 8));
  };
  const sizeBytes = value(directory.readUInt32LE(at + 24));
  const packedBytes = value(directory.readUInt32LE(at + 20));
  return { sizeBytes, packedBytes, headerOffset: value(directory.readUInt32LE(at + 42)) };
}

async function dataOffset(path: string, entry: ZipEntry): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const header = await readAt(handle, entry.headerOffset, 30);
    if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(`${entry.name} is not where it should be`);
    return entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await handle.close();
  }
}
