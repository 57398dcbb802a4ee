import { publicId } from '#lib/id.ts';
import { importLimits } from './deps.ts';
import type { Preset } from './preset.ts';
import { explain } from './problem.ts';
import type { Import, PresetInfo } from './schema.ts';
import type { ImportRecord } from './store.ts';

/** An import as the API shows it. */
export function shownImport(record: ImportRecord): Import {
  const { progress } = record;
  const id = publicId('imp', record.id);
  return {
    id,
    preset: record.preset,
    files: record.files.map((file) => file.name),
    dryRun: record.dryRun,
    state: record.state,
    progress: progress.fraction,
    read: progress.read,
    accepted: progress.accepted,
    duplicate: progress.duplicate,
    rejected: progress.rejected,
    notes: notesOf(record),
    report: progress.problems > 0 ? `/api/v1/imports/${id}/report` : null,
    error: errorOf(record),
    createdAt: record.createdAt.toISOString(),
    startedAt: record.startedAt?.toISOString() ?? null,
    endedAt: record.endedAt?.toISOString() ?? null,
    actor: record.actor,
  };
}

function notesOf(record: ImportRecord): Import['notes'] {
  const { progress } = record;
  const notes = { ...progress.notes };
  if (record.state === 'cancelled' && !record.dryRun && progress.read > 0) notes.cancelled_after = progress.read;
  return Object.entries(notes).map(([code, count]) => {
    const { en, zh } = explain(code, { count, limit: importLimits.dryRunRows });
    return { code, count, text: en, textZh: zh };
  });
}

function errorOf(record: ImportRecord): Import['error'] {
  if (record.errorCode === null) return null;
  return { code: record.errorCode, message: record.errorEn ?? '', messageZh: record.errorZh ?? '' };
}

/** A preset as the API shows it. */
export function shownPreset(preset: Preset): PresetInfo {
  return {
    id: preset.id,
    nameEn: preset.nameEn,
    nameZh: preset.nameZh,
    columns: preset.columns.map((column) => ({
      field: column.field,
      names: [...column.names],
      required: column.required === true,
      kind: column.kind,
      labelEn: column.labelEn,
      labelZh: column.labelZh,
    })),
  };
}
