import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false };

/** `GET /api/v1/imports/presets` */
export const PresetInfo = Type.Object({
  id: Type.String(),
  nameEn: Type.String(),
  nameZh: Type.String(),
  columns: Type.Array(
    Type.Object({
      field: Type.String(),
      names: Type.Array(Type.String()),
      required: Type.Boolean(),
      kind: Type.String(),
      labelEn: Type.String(),
      labelZh: Type.String(),
    }),
  ),
});
export type PresetInfo = Static<typeof PresetInfo>;

/**
 * `POST /api/v1/imports/files?name=orders.csv` (body: the file, application/octet-stream) keeps an upload for an hour
 * and answers its id; a local command gives a path instead.
 */
export const Upload = Type.Object({ fileId: Type.String(), name: Type.String(), sizeBytes: Type.Integer() });
export type Upload = Static<typeof Upload>;

/** Where a field comes from and how it is read: the name of a column, or more than that. */
export interface FieldMapping {
  /** Name of a column of the file; either this or `constant`. */
  column?: string;
  /** The same value in every row. */
  constant?: string;
  decimal?: '.' | ',';
  dateOrder?: 'dmy' | 'mdy';
  /** What a plain number in a column of shares means. */
  plain?: 'percent' | 'ratio';
  /** Unit of a plain number in a column of durations. */
  unit?: 'ms' | 's' | 'min' | 'h' | 'd';
  clock?: 'mm:ss' | 'hh:mm';
  /** ISO 4217, when not the brand's. */
  currency?: string;
  /** IANA zone of the times, when not the brand's. */
  zone?: string;
  /** The unit of the numbers as a power of ten: 4 for 万, -2 for fen. */
  shift?: number;
}

/** What holds for the whole file, beside its fields. */
export interface FileMapping {
  fields: Record<string, string | FieldMapping>;
  decimal?: '.' | ',';
  dateOrder?: 'dmy' | 'mdy';
  currency?: string;
  zone?: string;
  /** Name of the sheet to read; all visible ones otherwise. */
  sheet?: string;
  /** 1-based line of the header, when it is not to be searched. */
  headerLine?: number;
  encoding?: string;
  delimiter?: ',' | ';' | '\t' | '|';
}

/**
 * Fields to columns, or a mapping file with `fields` and what holds for the whole file. It is checked by the importer, whose
 * refusal (`import.mapping_invalid`) names the field and what is expected there.
 */
export type Mapping = Record<string, string | FieldMapping> | FileMapping;
export const Mapping = Type.Unsafe<Mapping>(
  Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
    maxProperties: 500,
    description:
      'field to column name, or to { column | constant, decimal, dateOrder, plain, unit, clock, currency, zone, shift }; or ' +
      '{ fields: {...}, decimal, dateOrder, currency, zone, sheet, headerLine, encoding, delimiter }',
  }),
);

/** `POST /api/v1/imports/preview`: reads the head of a file and guesses; nothing is written. */
export const PreviewRequest = Type.Object(
  {
    fileId: Type.Optional(Type.String({ maxLength: 64 })),
    path: Type.Optional(Type.String({ maxLength: 4096, description: 'instead of fileId, with the local token only' })),
    preset: Type.Optional(Type.String({ description: 'guessed from the columns when left out' })),
    mapping: Type.Optional(Mapping),
  },
  strict,
);
export const Preview = Type.Object({
  format: Type.String(),
  encoding: Type.String(),
  headerLine: Type.Integer(),
  preamble: Type.Array(Type.String()),
  preset: Type.Union([Type.String(), Type.Null()]),
  presetScores: Type.Array(Type.Object({ preset: Type.String(), score: Type.Number() })),
  columns: Type.Array(Type.String()),
  mapping: Type.Array(
    Type.Object({
      field: Type.String(),
      column: Type.Union([Type.String(), Type.Null()]),
      confidence: Type.Number({ description: '1 given or the same name, 0.95 and 0.9 nearly; 0 not found' }),
      required: Type.Boolean(),
      suggestions: Type.Array(Type.Object({ column: Type.String(), similarity: Type.Number() }), {
        description: 'columns with a similar name; never used unless the mapping says so',
      }),
      doubts: Type.Array(Type.String(), {
        description: 'decimal | date_order | percent_unit: read by habit, not by proof; look at the sample',
      }),
    }),
  ),
  missing: Type.Array(Type.String()),
  unusedColumns: Type.Array(Type.String()),
  sample: Type.Array(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), { description: 'first rows by column name' }),
  ),
  problems: Type.Array(
    Type.Object({
      line: Type.Integer(),
      column: Type.String(),
      value: Type.String(),
      reason: Type.String(),
      reasonZh: Type.String(),
    }),
  ),
});
export type Preview = Static<typeof Preview>;

/** `POST /api/v1/imports`: starts one; `files` are upload ids (or `paths`, with the local token only). */
export const NewImport = Type.Object(
  {
    preset: Type.String(),
    fileIds: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 50 })),
    paths: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 50 })),
    mapping: Type.Optional(Mapping),
    dryRun: Type.Optional(Type.Boolean()),
  },
  strict,
);

export const ImportState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('cancelling'),
  Type.Literal('done'),
  Type.Literal('cancelled'),
  Type.Literal('failed'),
]);
/** `GET /api/v1/imports/{id}`; `POST /api/v1/imports/{id}/cancel`; `GET /api/v1/imports/{id}/report` (CSV of rejected rows). */
export const Import = Type.Object({
  id: Type.String({ description: 'imp_…' }),
  preset: Type.String(),
  files: Type.Array(Type.String()),
  dryRun: Type.Boolean(),
  state: ImportState,
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  read: Type.Integer(),
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  rejected: Type.Integer(),
  notes: Type.Array(
    Type.Object({ code: Type.String(), count: Type.Integer(), text: Type.String(), textZh: Type.String() }),
  ),
  report: Type.Union([Type.String(), Type.Null()], { description: 'address of the report of rejected rows' }),
  error: Type.Union([
    Type.Object({ code: Type.String(), message: Type.String(), messageZh: Type.String() }),
    Type.Null(),
  ]),
  createdAt: Type.String(),
  startedAt: Type.Union([Type.String(), Type.Null()]),
  endedAt: Type.Union([Type.String(), Type.Null()]),
  actor: Type.String(),
});
export type Import = Static<typeof Import>;
