import type { Tx } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';
import type { Uuid } from '#lib/id.ts';
import type { Preset } from './preset.ts';

export interface AuditNote {
  actor: string;
  action: string;
  subject: string;
  detail: unknown;
}

/** What imports are given by the composition root. */
export interface ImportDeps extends Pick<Deps, 'db' | 'now' | 'log' | 'dataDir'> {
  presets: readonly Preset[];
  /** Facts that were accepted and cannot be queried yet; imports pause while there are too many. */
  pendingEvents: () => Promise<number>;
  audit: (tx: Tx, brandId: Uuid, note: AuditNote) => Promise<void>;
  limits?: Partial<ImportLimits>;
}

/** Bounds of what imports may take. */
export interface ImportLimits {
  uploadBytes: number;
  /** Of all uploads of one brand that are kept at the same time. */
  brandUploadBytes: number;
  uploadKeptMs: number;
  /** Imports of one brand that wait or run. */
  openPerBrand: number;
  /** Imports that run at the same time, in the whole installation. */
  running: number;
  /** Rows written in one transaction. */
  chunkRows: number;
  /** Rows that a dry run writes before it takes them back. */
  dryRunRows: number;
  /** Lines about rejected rows, and as many a quarter about values left out, kept for the report. */
  reportRows: number;
  reportKeptMs: number;
  /** An import waits while this many facts cannot be queried yet. */
  pendingEvents: number;
}

export const importLimits: ImportLimits = {
  uploadBytes: 1024 ** 3,
  brandUploadBytes: 4 * 1024 ** 3,
  uploadKeptMs: 3_600_000,
  openPerBrand: 20,
  running: 2,
  chunkRows: 4_000,
  dryRunRows: 100_000,
  reportRows: 200_000,
  reportKeptMs: 90 * 86_400_000,
  pendingEvents: 200_000,
};

export function limitsOf(deps: Pick<ImportDeps, 'limits'>): ImportLimits {
  return { ...importLimits, ...deps.limits };
}
