import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 8 * 1024 * 1024;

/** A log that a child appends to by itself and that never takes more than about twice `maxBytes` on disk. */
export interface LogFile {
  readonly path: string;
  /** Give this to the child as its output. */
  readonly fd: number;
  /** Moves the content to `<path>.1` when it has grown over the limit. Call it now and then. */
  trim(): void;
  /** The last lines, for a sentence that says why something failed. */
  tail(lines: number): string;
  close(): void;
}

/** Opens (or creates, mode 0600) a bounded log file. */
export function openLogFile(path: string, maxBytes: number = MAX_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Append mode: after a truncation the child goes on at the new end, so no hole appears in the file.
  const fd = openSync(path, 'a+', 0o600);
  return {
    path,
    fd,
    trim() {
      if (fstatSync(fd).size <= maxBytes) return;
      copyFileSync(path, `${path}.1`);
      ftruncateSync(fd, 0);
    },
    tail(lines) {
      const size = fstatSync(fd).size;
      const buffer = Buffer.alloc(Math.min(size, 8192));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join(' | ');
    },
    close: () => closeSync(fd),
  };
}
