import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';

/** A value or row that was not taken. */
export interface Rejection {
  readonly file?: string;
  readonly sheet?: string;
  readonly line: number;
  readonly column: string;
  readonly value: string;
  readonly code: string;
  readonly reasonEn: string;
  readonly reasonZh: string;
}

export interface RejectReport {
  /** Writes one rejection; waits when the disk is slow. Beyond the bound it is only counted. */
  add(rejection: Rejection): Promise<void>;
  /** Finishes the file. */
  close(): Promise<{ path: string; written: number; dropped: number }>;
  /** Throws the file away. */
  discard(): Promise<void>;
}

const MAX_ROWS = 200_000;
const MAX_VALUE_CHARACTERS = 500;

/**
 * Opens a report of what was rejected: CSV in UTF-8 with a mark, so that Excel opens it; cells that a spreadsheet would run
 * as a formula are led by an apostrophe. The file has its name only once it is complete.
 */
export function openRejectReport(path: string, options: { readonly maxRows?: number } = {}): RejectReport {
  const maxRows = options.maxRows ?? MAX_ROWS;
  const part = `${path}.part`;
  const file = createWriteStream(part, { mode: 0o600 });
  const rows = stringify({
    bom: true,
    header: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    columns: ['file', 'sheet', 'line', 'column', 'value', 'code', 'reason', '原因'],
  });
  rows.pipe(file);
  const done = finished(file);
  // A failure is told by the next `add` or by `close`; before that nobody listens.
  done.catch(() => {});
  rows.on('error', (error) => file.destroy(error));
  let written = 0;
  let dropped = 0;
  return {
    async add(rejection) {
      if (written >= maxRows) {
        dropped++;
        return;
      }
      if (file.errored !== null) throw file.errored;
      written++;
      const value = rejection.value.slice(0, MAX_VALUE_CHARACTERS);
      const more = rows.write([
        rejection.file ?? '',
        rejection.sheet ?? '',
        rejection.line,
        rejection.column,
        value,
        rejection.code,
        rejection.reasonEn,
        rejection.reasonZh,
      ]);
      if (!more) await Promise.race([new Promise<void>((resolve) => rows.once('drain', () => resolve())), done]);
    },
    async close() {
      if (dropped > 0) {
        const en = `${dropped} more were rejected; the report holds the first ${maxRows}.`;
        rows.write(['', '', '', '', '', 'report_full', en, `另有 ${dropped} 条被拒绝；本报告只含前 ${maxRows} 条。`]);
      }
      rows.end();
      await done;
      await rename(part, path);
      return { path, written, dropped };
    },
    async discard() {
      rows.destroy();
      file.destroy();
      await done.catch(() => {});
      await rm(part, { force: true });
    },
  };
}
