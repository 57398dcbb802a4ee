import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportBrand, Preset } from '#domains/imports/index.ts';
import { openFile } from '#domains/imports/read.ts';

/** What reading a file with a preset came to, before anything is written. */
export interface FileRead<Record> {
  records: Record[];
  rejected: { line: number; code: string; column: string; value: string }[];
  /** Values that were left out of rows that were kept. */
  warnings: { line: number; code: string; column: string }[];
  notes: { [code: string]: number };
}

/** A Chinese brand, in which the platforms' files are read. */
export const cnyBrand: ImportBrand = {
  id: '01900000-0000-7000-8000-000000000001',
  currency: 'CNY',
  zone: 'Asia/Shanghai',
};

/** Reads a file (its text or bytes) with a preset, as an import does. */
export async function readWith<Record>(
  preset: Preset<Record>,
  content: string | Uint8Array,
  options: { brand?: ImportBrand; name?: string; mapping?: { [field: string]: string | { constant: string } } } = {},
): Promise<FileRead<Record>> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-preset-'));
  try {
    const name = options.name ?? 'export.csv';
    const path = join(folder, 'file');
    await writeFile(path, content);
    const opened = await openFile(
      preset as Preset,
      options.brand ?? cnyBrand,
      { name, path, position: 0 },
      options.mapping ?? {},
    );
    const read: FileRead<Record> = { records: [], rejected: [], warnings: [], notes: {} };
    const chunks = await opened.chunks({ chunkRows: 1000, skipRows: 0, fraction: (ofFile) => ofFile });
    for await (const chunk of chunks) {
      for (const [code, count] of Object.entries(chunk.notes)) read.notes[code] = (read.notes[code] ?? 0) + count;
      for (const row of chunk.rows) {
        if (!row.rejected) read.records.push(...(row.records as Record[]));
        for (const { warning, line, code, column, value } of row.problems) {
          if (warning) read.warnings.push({ line, code, column });
          else read.rejected.push({ line, code, column, value });
        }
      }
    }
    return read;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
