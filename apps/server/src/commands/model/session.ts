import { readFile } from 'node:fs/promises';
import {
  type Diagnostic,
  type DynamicsError,
  describe,
  expectValue,
  type Outcome,
  readXmile,
  type SourceFile,
  type Watch,
} from '@tandem/dynamics';
import { UsageError } from '../usage.ts';

/** The bytes of a model file. */
export async function readModel(path: string | undefined): Promise<Uint8Array> {
  if (path === undefined) throw new UsageError('A model file is needed.');
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const reasons: Record<string, string> = { ENOENT: 'it is not there', EISDIR: 'it is a folder' };
    throw new UsageError(`${path} could not be read: ${reasons[error.code ?? ''] ?? error.message}.`);
  });
}

/** Reads a model; refuses with every finding when it cannot be read. Warnings go to standard error. */
export async function openModel(path: string | undefined): Promise<SourceFile> {
  return told(readXmile(await readModel(path)));
}

/** The value of an outcome, its warnings told on standard error. */
export function told<T>(outcome: Outcome<T>): T {
  for (const warning of outcome.warnings) process.stderr.write(`warning: ${describe(warning)}\n`);
  return expectValue(outcome);
}

/** Writes one JSON document. Numbers that JSON does not know (NaN, infinities) become null, typed arrays arrays. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, plain)}\n`);
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}

/** Runs a long command with progress once a second on standard error; Ctrl-C ends it with what is known so far. */
export async function watched<T>(
  task: (watch: Required<Watch>) => Promise<T>,
): Promise<{ value: T; stopped: boolean }> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('stopping: what is known so far follows; press Ctrl-C again to leave at once\n');
    controller.abort();
  };
  let shownMs = performance.now();
  const onProgress = (done: number, total: number) => {
    const nowMs = performance.now();
    if (nowMs - shownMs < 1000) return;
    shownMs = nowMs;
    process.stderr.write(`${done} of ${total} (${Math.floor((100 * done) / total)} %)\n`);
  };
  process.on('SIGINT', stop);
  try {
    return { value: await task({ signal: controller.signal, onProgress }), stopped: controller.signal.aborted };
  } finally {
    process.off('SIGINT', stop);
  }
}

/** Exit code of a command that was stopped by Ctrl-C, as shells have it. */
export const stoppedCode = 130;

/** What a refusal of the engine looks like to people, and to programs. */
export function tellRefusal(error: DynamicsError, asJson: boolean): void {
  const [first] = error.diagnostics;
  if (asJson) printJson({ code: first?.code, message: error.message, diagnostics: error.diagnostics });
  for (const found of error.diagnostics) process.stderr.write(`error: ${describe(found)}\n`);
}

export function findingLine(path: string, found: Diagnostic): string {
  const place = found.place === undefined ? '' : `:${found.place.line}:${found.place.column}`;
  const variable = found.variable === undefined ? '' : `${found.variable}: `;
  return `${path}${place}: ${found.severity}: ${variable}${found.message} (${found.code})`;
}
