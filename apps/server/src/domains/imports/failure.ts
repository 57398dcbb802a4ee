import { sqlState } from '#adapters/postgres.ts';
import { Refusal, refuse } from '#errors.ts';
import { TabularError } from '#lib/tabular/reasons.ts';
import type { ImportRecord, Progress } from './store.ts';

/** Thrown when another process has moved the same import on: this one lets go of it. */
export class TakenOver extends Error {
  constructor() {
    super('another process works on this import');
    this.name = 'TakenOver';
  }
}

/** Whether an error says that a store is away or overloaded, so that the same work may succeed later. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && /^(08|40|53|55P03|57P0|58)/.test(state)) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/.test(code)) return true;
  return /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
    error.message,
  );
}

/** An error of reading a file as a refusal that names the file; any other error as it is. */
export function fileRefusal(error: unknown, file: string): unknown {
  const said = sentencesOf(error);
  return said === undefined ? error : refuse('import.file_unreadable', { file, detail: said.en, detailZh: said.zh });
}

function sentencesOf(error: unknown): { en: string; zh: string } | undefined {
  if (error instanceof TabularError) return { en: error.message, zh: error.say('zh') };
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    const code = `${String(error.code)} (${String(error.syscall)}).`;
    return { en: code, zh: code };
  }
  return undefined;
}

/** What a failed import says of itself: why, and what of it stays. */
export function failureOf(
  error: unknown,
  record: ImportRecord,
  progress: Progress,
): { code: string; en: string; zh: string } {
  const file = record.files[progress.position]?.name ?? '';
  const known = error instanceof Refusal ? error : fileRefusal(error, file);
  if (known instanceof Refusal && (progress.read === 0 || error instanceof Refusal)) return said(known);
  const message = error instanceof Error ? error.message : String(error);
  const { en, zh } = sentencesOf(error) ?? { en: `${message}.`, zh: `${message}。` };
  const { line, read } = progress;
  return said(refuse('import.interrupted', { line, file, read, detail: en, detailZh: zh }));
}

function said(refusal: Refusal): { code: string; en: string; zh: string } {
  return { code: refusal.code, en: refusal.message, zh: refusal.messageZh };
}
