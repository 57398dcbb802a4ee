import { basename } from 'node:path';
import { BYTE_LIMITS, type ByteLimits, fileBytes, fileHead, sizeText, spool, type TableSource } from './bytes.ts';
import type { SourceRow } from './cells.ts';
import { type DelimitedFormat, type Delimiter, delimitedRows, guessFormat } from './delimited.ts';
import { type Encoding, type EncodingGuess, guessEncoding, utf8Bytes } from './encoding.ts';
import { TabularError } from './reasons.ts';
import { rowsHint, sheetRows } from './sheet.ts';
import { openWorkbook, readSharedStrings } from './workbook.ts';

export interface ReadOptions {
  /** Rows per batch; 1000 unless given. */
  readonly batchRows?: number;
  /** Sheets to read by name; all visible ones unless given. */
  readonly sheets?: readonly string[];
  /** Overrides what would be found: a name that `TextDecoder` knows, such as `gbk`. */
  readonly encoding?: string;
  readonly delimiter?: Delimiter;
  readonly limits?: Partial<ByteLimits>;
  readonly signal?: AbortSignal;
  /** Told the fraction of the file's bytes that has been read, 0 to 1, as reading goes on. */
  readonly onProgress?: (fraction: number) => void;
}

export interface TextDescription {
  readonly format: 'csv' | 'tsv';
  readonly gzip: boolean;
  readonly sizeBytes: number;
  readonly encoding: Encoding;
  /** Characters that cannot be decoded; their rows carry the note `bad_encoding`. */
  readonly damagedCharacters: number;
  readonly delimiter: Delimiter;
}

export interface WorkbookDescription {
  readonly format: 'xlsx';
  readonly sizeBytes: number;
  /** `rowsHint` is what the sheet says of itself; null when it does not say. */
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly rowsHint: number | null }[];
}

export type SourceDescription = TextDescription | WorkbookDescription;

interface TextSource {
  readonly gzip: boolean;
  readonly sizeBytes: number;
  readonly guess: EncodingGuess;
  readonly format: DelimitedFormat;
  readonly bytes: () => AsyncIterable<Buffer>;
}

const HEAD_BYTES = 4096;
const SAMPLE_BYTES = 256 * 1024;

/**
 * Reads a CSV, TSV (either also as .gz) or XLSX file as batches of rows, with constant memory for text and for the rows
 * of a workbook (its shared texts are held, within a bound). What the file is, is told by its content, not by its name.
 *
 * @throws TabularError when the file as a whole cannot be read; single bad rows never throw.
 */
export async function* readTable(source: TableSource, options: ReadOptions = {}): AsyncGenerator<SourceRow[]> {
  const limits = { ...BYTE_LIMITS, ...options.limits };
  const batchRows = Math.max(1, options.batchRows ?? 1000);
  const { path, release } = await spool(source, limits);
  try {
    const kind = await kindOf(path, limits);
    const rows = kind.format === 'xlsx' ? workbookRows(path, options, limits) : textRows(path, kind, options, limits);
    yield* rebatched(rows, batchRows, options.signal);
  } finally {
    await release();
  }
}

/** What a file is and how it will be read. @throws TabularError when it is no table. */
export async function describeSource(path: string, options: ReadOptions = {}): Promise<SourceDescription> {
  const limits = { ...BYTE_LIMITS, ...options.limits };
  const kind = await kindOf(path, limits);
  if (kind.format === 'xlsx') {
    const workbook = await openWorkbook(path, limits);
    const sheets = [];
    for (const sheet of workbook.sheets) {
      sheets.push({ name: sheet.name, hidden: sheet.hidden, rowsHint: await rowsHint(workbook, sheet, limits) });
    }
    return { format: 'xlsx', sizeBytes: kind.sizeBytes, sheets };
  }
  const { guess, format, gzip, sizeBytes } = await openText(path, kind, options, limits);
  return {
    format: format.delimiter === '\t' ? 'tsv' : 'csv',
    gzip,
    sizeBytes,
    encoding: guess.encoding,
    damagedCharacters: guess.damagedCharacters,
    delimiter: format.delimiter,
  };
}

type Kind = { readonly format: 'xlsx' | 'text'; readonly gzip: boolean; readonly sizeBytes: number };

async function kindOf(path: string, limits: ByteLimits): Promise<Kind> {
  const { head, sizeBytes } = await fileHead(path, HEAD_BYTES);
  if (sizeBytes === 0) throw new TabularError('file_empty');
  if (sizeBytes > limits.maxBytes) throw new TabularError('file_too_large', { limit: sizeText(limits.maxBytes) });
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const start = gzip ? await inflatedHead(path, sizeBytes, limits) : head;
  refuseOthers(start, basename(path));
  const zip = start.toString('latin1', 0, 4) === 'PK\x03\x04';
  if (zip && gzip) throw new TabularError('zip_refused');
  return { format: zip ? 'xlsx' : 'text', gzip, sizeBytes };
}

async function inflatedHead(path: string, sizeBytes: number, limits: ByteLimits): Promise<Buffer> {
  for await (const chunk of fileBytes(path, true, sizeBytes, limits)) return chunk.subarray(0, HEAD_BYTES);
  throw new TabularError('file_empty');
}

function refuseOthers(head: Buffer, name: string): void {
  const magic = head.toString('latin1', 0, 8);
  if (magic === '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1') throw new TabularError('xls_refused');
  if (magic.startsWith('\x09\x08\x10\x00') || magic.startsWith('\x09\x04\x06\x00'))
    throw new TabularError('xls_refused');
  const found = [
    ['%PDF', 'PDF'],
    ['Rar!', 'RAR'],
    ['7z\xbc\xaf', '7z'],
    ['\x89PNG', 'PNG'],
    ['\xff\xd8\xff', 'JPEG'],
    ['PAR1', 'Parquet'],
    ['SQLite f', 'SQLite'],
  ].find(([mark]) => magic.startsWith(mark ?? ''));
  if (found !== undefined) throw new TabularError('binary_refused', { found: `${name} (${found[1]})` });
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype|<html|<\?xml|<table|<head|<meta|<style)/.test(text)) throw new TabularError('html_refused');
}

async function openText(path: string, kind: Kind, options: ReadOptions, limits: ByteLimits): Promise<TextSource> {
  const bytes = () => fileBytes(path, kind.gzip, kind.sizeBytes, limits);
  const guess = await guessEncoding(tolerant(bytes), options.encoding);
  const { sample, complete } = await sampleText(tolerant(bytes), guess);
  if (sample === '') throw new TabularError('file_empty');
  const guessed = guessFormat(sample, complete);
  const format = options.delimiter === undefined ? guessed : { ...guessed, delimiter: options.delimiter };
  return { gzip: kind.gzip, sizeBytes: kind.sizeBytes, guess, format, bytes };
}

/** While looking ahead, a cut-off end is no obstacle: it is told when the reading gets there. */
function tolerant(bytes: () => AsyncIterable<Buffer>): () => AsyncIterable<Buffer> {
  return async function* lookAhead() {
    try {
      yield* bytes();
    } catch (error) {
      if (!(error instanceof TabularError) || error.code !== 'gzip_damaged') throw error;
    }
  };
}

async function sampleText(
  bytes: () => AsyncIterable<Buffer>,
  guess: EncodingGuess,
): Promise<{ sample: string; complete: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of utf8Bytes(bytes(), guess)) {
    parts.push(chunk);
    length += chunk.length;
    if (length > SAMPLE_BYTES)
      return { sample: Buffer.concat(parts).toString('utf8', 0, SAMPLE_BYTES), complete: false };
  }
  return { sample: Buffer.concat(parts).toString('utf8'), complete: true };
}

async function* textRows(
  path: string,
  kind: Kind,
  options: ReadOptions,
  limits: ByteLimits,
): AsyncGenerator<SourceRow[]> {
  const text = await openText(path, kind, options, limits);
  const bytes = fileBytes(path, kind.gzip, kind.sizeBytes, limits, options.onProgress);
  yield* delimitedRows(utf8Bytes(bytes, text.guess), text.format);
}

async function* workbookRows(path: string, options: ReadOptions, limits: ByteLimits): AsyncGenerator<SourceRow[]> {
  const workbook = await openWorkbook(path, limits);
  const names = workbook.sheets.map((sheet) => sheet.name);
  const unknown = options.sheets?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TabularError('sheet_unknown', { name: unknown, found: names.join(', ') });
  const chosen = workbook.sheets.filter((sheet) => options.sheets?.includes(sheet.name) ?? !sheet.hidden);
  const strings = chosen.length > 0 ? await readSharedStrings(workbook, limits) : [];
  const total = chosen.reduce((sum, sheet) => sum + sheet.entry.packedBytes, 0);
  let before = 0;
  for (const sheet of chosen) {
    const packed = sheet.entry.packedBytes;
    const tell = (fraction: number) => options.onProgress?.((before + fraction * packed) / Math.max(1, total));
    yield* sheetRows(workbook, sheet, strings, limits, tell);
    before += packed;
  }
}

async function* rebatched(
  source: AsyncIterable<SourceRow[]>,
  size: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceRow[]> {
  let batch: SourceRow[] = [];
  try {
    for await (const rows of source) {
      signal?.throwIfAborted();
      for (const row of rows) {
        batch.push(row);
        if (batch.length < size) continue;
        yield batch;
        batch = [];
      }
    }
  } catch (error) {
    // What was read before the damage is still good.
    if (batch.length > 0 && error instanceof TabularError) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
