import type { Static } from 'typebox';
import { refuse } from '#errors.ts';
import { cellText, type SourceRow } from '#lib/tabular/cells.ts';
import { findHeader } from '#lib/tabular/header.ts';
import type { Mapping as ColumnMapping } from '#lib/tabular/mapping.ts';
import { describeSource, type SourceDescription } from '#lib/tabular/table.ts';
import { timeOptions } from '#lib/tabular/timestamps.ts';
import { type BoundSheet, bindSheet, likelyHeader, noMapping, rowText } from './bind.ts';
import type { ImportDeps } from './deps.ts';
import { fileRefusal } from './failure.ts';
import { checkedMapping, mappingRefusal } from './mapping.ts';
import type { ImportBrand, Preset } from './preset.ts';
import { explain, shownValue } from './problem.ts';
import { FileReading, readOptions, sheetHeads } from './read.ts';
import type { Preview, PreviewRequest } from './schema.ts';
import { type FileSource, locate, presetOf } from './start.ts';

const sampleRows = 10;
const shownProblems = 20;
/** Sheets of a workbook that are looked at. */
const shownSheets = 30;
/** A guess below this is no guess. */
const guessFrom = 0.5;

type PreviewDeps = Pick<ImportDeps, 'db' | 'now' | 'presets' | 'limits'>;

/**
 * Reads the head of a file and says what it seems to be; nothing is written. Columns that are missing are no error here.
 * @throws Refusal import.upload_not_found, import.file_unreadable, import.preset_unknown, import.mapping_invalid
 */
export async function previewFile(
  deps: PreviewDeps,
  brand: ImportBrand,
  request: Static<typeof PreviewRequest>,
): Promise<Preview> {
  const wanted = request.preset === undefined ? undefined : presetOf(deps, request.preset);
  const [file] = await locate(deps, brand.id, [sourceOf(request)]);
  const mapping = wanted ? checkedMapping(request.mapping, wanted.columns) : noMapping;
  try {
    const options = readOptions(mapping);
    const description = await describeSource(file!.path, options);
    const heads: SourceRow[][] = [];
    for await (const head of sheetHeads(file!.path, options)) if (heads.push(head) >= shownSheets) break;
    const scores = presetScores(deps.presets, brand, heads);
    const best = scores[0];
    const guessed = best && best.score >= guessFrom ? deps.presets.find((one) => one.id === best.preset) : undefined;
    return { ...shown(brand, file!.name, description, heads, wanted ?? guessed, mapping), presetScores: scores };
  } catch (error) {
    throw fileRefusal(mappingRefusal(error), file!.name);
  }
}

function sourceOf(request: Static<typeof PreviewRequest>): FileSource {
  const { fileId, path } = request;
  if (fileId !== undefined && path === undefined) return { fileId };
  if (path !== undefined && fileId === undefined) return { path };
  throw refuse('request.invalid', { detail: 'Give either fileId or path, not both.' });
}

/**
 * How well each preset fits, best first: the share of its required columns that are there, weighed with the share of the
 * file's columns that it knows, so that of two presets that could read a file the one made for it wins.
 */
function presetScores(
  presets: readonly Preset[],
  brand: ImportBrand,
  heads: readonly SourceRow[][],
): { preset: string; score: number }[] {
  const time = timeOptions(brand.zone);
  const score = (preset: Preset) =>
    Math.max(
      0,
      ...heads.map((head) => {
        const header = findHeader(head.slice(0, 80), preset.columns, time);
        if (header === null) return 0;
        const named = header.cells.filter((cell) => cellText(cell).trim() !== '').length;
        const known = Math.min(1, header.matched.length / Math.max(1, named));
        return header.score ** 2 * (0.5 + 0.5 * known);
      }),
    );
  return presets
    .map((preset) => ({ preset: preset.id, score: Math.round(score(preset) * 1000) / 1000 }))
    .sort((a, b) => b.score - a.score);
}

function shown(
  brand: ImportBrand,
  name: string,
  description: SourceDescription,
  heads: readonly SourceRow[][],
  preset: Preset | undefined,
  mapping: ColumnMapping,
): Omit<Preview, 'presetScores'> {
  const { head, bound } = bestSheet(brand, heads, preset, mapping);
  const index = bound ? head.findIndex((row) => row.line === bound.header.line) : likelyHeader(head);
  const header = head[index];
  const columns = (header?.cells ?? []).map((cell) => cellText(cell).trim());
  const data = head.slice(bound?.header.dataIndex ?? index + 1);
  return {
    format: description.format === 'xlsx' || !description.gzip ? description.format : `${description.format}.gz`,
    encoding: description.format === 'xlsx' ? 'utf-8' : description.encoding,
    headerLine: header?.line ?? 0,
    preamble: bound?.header.preamble.slice() ?? head.slice(0, index).map(rowText),
    preset: preset?.id ?? null,
    columns: columns.filter((column) => column !== ''),
    mapping: preset ? guessedMapping(preset, bound) : [],
    missing:
      preset?.columns.filter((spec) => spec.required && !bound?.columns.has(spec.field)).map((spec) => spec.field) ??
      [],
    unusedColumns: bound?.map.unknown.map(({ column }) => column) ?? columns.filter((column) => column !== ''),
    sample: data.slice(0, sampleRows).map((row) => sampleOf(row, columns)),
    problems: preset && bound?.missing.length === 0 ? firstProblems(preset, brand, name, bound, data) : [],
  };
}

/** The sheet that fits the preset best, else the first. */
function bestSheet(
  brand: ImportBrand,
  heads: readonly SourceRow[][],
  preset: Preset | undefined,
  mapping: ColumnMapping,
): { head: SourceRow[]; bound: BoundSheet | undefined } {
  let best: { head: SourceRow[]; bound: BoundSheet | undefined } = { head: heads[0] ?? [], bound: undefined };
  if (preset === undefined) return best;
  let wrong: unknown;
  for (const head of heads) {
    try {
      const bound = bindSheet(preset.columns, brand, head, mapping);
      if (bound && (best.bound === undefined || bound.missing.length < best.bound.missing.length))
        best = { head, bound };
    } catch (error) {
      wrong ??= error;
    }
  }
  if (best.bound === undefined && wrong !== undefined) throw wrong;
  return best;
}

function guessedMapping(preset: Preset, bound: BoundSheet | undefined): Preview['mapping'] {
  return preset.columns.map(({ field, required }) => {
    const match = bound?.map.matches.get(field);
    const column = bound?.columns.get(field);
    const near =
      bound?.map.suggestions.get(field) ?? bound?.map.missing.find((one) => one.field === field)?.suggestions ?? [];
    return {
      field,
      column: match?.column ?? null,
      confidence: match?.confidence ?? (column ? 1 : 0),
      required: required === true,
      suggestions: near.map((one) => ({ column: one.column, similarity: one.similarity })),
      doubts: [...(column?.profile.doubts ?? [])],
    };
  });
}

function sampleOf(row: SourceRow, columns: readonly string[]): Preview['sample'][number] {
  const sample: Preview['sample'][number] = {};
  for (const [i, column] of columns.entries()) {
    if (column === '' || sample[column]) continue;
    const text = cellText(row.cells[i]);
    sample[column] = text === '' ? null : shownValue(text);
  }
  return sample;
}

function firstProblems(
  preset: Preset,
  brand: ImportBrand,
  name: string,
  bound: BoundSheet,
  data: readonly SourceRow[],
): Preview['problems'] {
  const reading = new FileReading(preset, brand, { name, path: '', position: 0 }, bound, noMapping);
  const problems: Preview['problems'] = [];
  for (const row of reading.readRows(bound, data)) {
    for (const { line, column, value, code, detail } of row.problems) {
      const { en, zh } = explain(code, detail);
      if (problems.push({ line, column, value, reason: en, reasonZh: zh }) >= shownProblems) return problems;
    }
  }
  return problems;
}
