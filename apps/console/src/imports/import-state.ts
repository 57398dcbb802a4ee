import type { Import, Mapping, PresetInfo, Preview } from '@tandem/server/schema/imports';
import type { Tone } from '../shell/tone-tag.tsx';

type State = Import['state'];

/** Whether an import has come to its end, whichever it is. */
export function isOver(state: State): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

/** The tone of each state. */
export const stateTones: Record<State, Tone> = {
  waiting: 'plain',
  running: 'busy',
  cancelling: 'watch',
  done: 'ok',
  cancelled: 'plain',
  failed: 'act',
};

/** The sentence that says where an import stands. */
export function stateSentence(one: Pick<Import, 'state' | 'dryRun'>) {
  if (one.state === 'running' && one.dryRun) return 'progress.runningDry';
  if (one.state === 'done' && one.dryRun) return 'progress.doneDry';
  return `progress.${one.state}` as const;
}

/** Columns chosen for fields: null leaves a field out. */
export type Columns = Record<string, string | null>;

/** A field and the column guessed for it. */
type Guess = Pick<Preview['mapping'][number], 'field' | 'column' | 'required'>;

/** What the server guessed, with what a person changed on top. */
export function columnsOf(preview: { mapping: readonly Guess[] }, changes: Columns): Columns {
  const guessed = Object.fromEntries(preview.mapping.map((one) => [one.field, one.column]));
  return { ...guessed, ...changes };
}

/** What a person says about a whole file where its values prove nothing. */
export interface Reading {
  dateOrder?: 'dmy' | 'mdy';
  decimal?: '.' | ',';
}

/**
 * The mapping to send. Only what a person changed is sent, so that each of several files is otherwise guessed by itself; a
 * reading needs fields beside it, and takes the guessed ones.
 */
export function mappingOf(changes: Columns, reading: Reading = {}, guessed: Columns = {}): Mapping | undefined {
  const hasReading = Object.keys(reading).length > 0;
  const known = hasReading
    ? Object.entries(guessed).filter(([field, column]) => column !== null || field in changes)
    : [];
  const columns: Columns = { ...Object.fromEntries(known), ...changes };
  // A field without a column would be guessed again; a dash in every row reads as empty and leaves it out.
  const fields = Object.fromEntries(
    Object.entries(columns).map(([field, column]) => [field, column ?? { constant: '-' }]),
  );
  if (Object.keys(fields).length === 0) return undefined;
  return hasReading ? { fields, ...reading } : fields;
}

/** Required fields that have no column yet. */
export function missingFields(preview: { mapping: readonly Guess[] }, columns: Columns): string[] {
  return preview.mapping.filter((one) => one.required && !columns[one.field]).map((one) => one.field);
}

/** Columns of the file that no field uses. */
export function unusedColumns(all: readonly string[], columns: Columns): string[] {
  const used = new Set(Object.values(columns));
  return all.filter((column) => column !== '' && !used.has(column));
}

/** The words for a field of a preset. */
export function fieldLabel(preset: PresetInfo | undefined, field: string, language: string): string {
  const column = preset?.columns.find((one) => one.field === field);
  if (!column) return field;
  return language === 'en' ? column.labelEn : column.labelZh;
}

/** Presets, those that fit the file best first. */
export function rankedPresets(presets: readonly PresetInfo[], scores: Preview['presetScores']) {
  const score = new Map(scores.map((one) => [one.preset, one.score]));
  return presets.map((preset) => ({ preset, score: score.get(preset.id) ?? 0 })).sort((a, b) => b.score - a.score);
}

/** A size in bytes in words. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
