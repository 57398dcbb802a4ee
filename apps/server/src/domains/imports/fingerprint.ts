import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { BYTE_LIMITS, fileBytes } from '#lib/tabular/bytes.ts';
import type { SourceDescription } from '#lib/tabular/table.ts';

const newline = 10;

/** SHA-256 of a file as it lies on disk, in hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

/** About how many lines a file has, for the progress: line breaks of a text, or what the sheets say of themselves. */
export async function estimateLines(path: string, description: SourceDescription): Promise<number> {
  if (description.format === 'xlsx') return description.sheets.reduce((sum, sheet) => sum + (sheet.rowsHint ?? 0), 0);
  let lines = 1;
  try {
    for await (const chunk of fileBytes(path, description.gzip, description.sizeBytes, BYTE_LIMITS)) {
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++;
    }
  } catch {
    // A damaged end is told when the reading gets there; the estimate may be short.
  }
  return lines;
}
