import { type Static, Type } from 'typebox';
import { both, day, modelName, noteText, strict, versionNumber } from './schema-parts.ts';
import { ModelSetup } from './setup.ts';

/** Characters of an XMILE text at most. */
export const xmileCharactersMax = 2_000_000;
const xmileText = Type.String({ minLength: 1, maxLength: xmileCharactersMax });

/** Something found in a model: an error that stands in its way, or a warning. */
export const Finding = Type.Object({
  code: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  text: both,
  variable: Type.Union([Type.String(), Type.Null()]),
  place: Type.Union([Type.Object({ line: Type.Integer(), column: Type.Integer() }), Type.Null()]),
});
export type Finding = Static<typeof Finding>;

/** One version of a model: the file and what the file does not say. Versions never change. */
export const ModelVersion = Type.Object({
  number: Type.Integer(),
  /** SHA-256 of file and setup. */
  hash: Type.String(),
  /** SHA-256 of the file alone. */
  xmileHash: Type.String(),
  note: Type.String(),
  actor: Type.String(),
  createdAt: Type.String(),
});
export type ModelVersion = Static<typeof ModelVersion>;

/** A model as lists show it. */
export const ModelSummary = Type.Object({
  id: Type.String({ description: 'mdl_…' }),
  name: Type.String(),
  nameZh: Type.String(),
  origin: Type.Union([Type.Literal('template'), Type.Literal('upload')]),
  latest: ModelVersion,
});
export type ModelSummary = Static<typeof ModelSummary>;

/** `GET /models` */
export const ModelList = Type.Object({ models: Type.Array(ModelSummary) });
export type ModelList = Static<typeof ModelList>;

/** A variable of a model in words. */
export const ModelVariable = Type.Object({
  /** With the path of its module. */
  name: Type.String(),
  kind: Type.String({ description: 'stock | flow | aux | …' }),
  units: Type.Union([Type.String(), Type.Null()]),
  doc: Type.String(),
  /** Names of flows, for stocks; their equation is the value at the start. */
  inflows: Type.Array(Type.String()),
  outflows: Type.Array(Type.String()),
  elements: Type.Array(
    Type.Object({
      name: Type.String(),
      equation: Type.String(),
      value: Type.Union([Type.Number(), Type.Null()], { description: 'of a constant' }),
    }),
  ),
});
export type ModelVariable = Static<typeof ModelVariable>;

/** `GET /models/:id?version` */
export const Model = Type.Object({
  ...ModelSummary.properties,
  version: ModelVersion,
  versions: Type.Array(ModelVersion),
  setup: ModelSetup,
  variables: Type.Array(ModelVariable),
  findings: Type.Array(Finding),
});
export type Model = Static<typeof Model>;

export const VersionQuery = Type.Object({ version: Type.Optional(versionNumber) }, strict);

/** `POST /models` */
export const NewModel = Type.Object(
  { name: modelName, xmile: xmileText, note: Type.Optional(noteText), setup: Type.Optional(ModelSetup) },
  strict,
);
export type NewModel = Static<typeof NewModel>;

/** `POST /models/:id/versions`; without `setup` that of the latest version goes on. */
export const NewModelVersion = Type.Object(
  { xmile: xmileText, note: Type.Optional(noteText), setup: Type.Optional(ModelSetup) },
  strict,
);
export type NewModelVersion = Static<typeof NewModelVersion>;

/** `PUT /models/:id/setup`: a new version with the same file. */
export const SetupChange = Type.Object({ setup: ModelSetup, note: Type.Optional(noteText) }, strict);
export type SetupChange = Static<typeof SetupChange>;

/** `POST /models/check`: what would be found, and nothing is kept. */
export const ModelCheck = Type.Object({ runs: Type.Boolean(), findings: Type.Array(Finding) });
export type ModelCheck = Static<typeof ModelCheck>;
export const ModelCheckRequest = Type.Object({ xmile: xmileText, setup: Type.Optional(ModelSetup) }, strict);
export type ModelCheckRequest = Static<typeof ModelCheckRequest>;

/** `GET /models/:id/diff?from&to` */
export const DiffQuery = Type.Object({ from: versionNumber, to: versionNumber }, strict);
export const ModelDiff = Type.Object({
  from: ModelVersion,
  to: ModelVersion,
  added: Type.Array(Type.String()),
  removed: Type.Array(Type.String()),
  changed: Type.Array(
    Type.Object({
      variable: Type.String(),
      what: Type.Union([Type.Literal('equation'), Type.Literal('units'), Type.Literal('doc'), Type.Literal('kind')]),
      before: Type.String(),
      after: Type.String(),
    }),
  ),
  setup: Type.Array(
    Type.Object({
      /** For example `parameters.user_behaviour.theta`. */
      path: Type.String(),
      before: Type.Union([Type.String(), Type.Null()]),
      after: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type ModelDiff = Static<typeof ModelDiff>;

/** Why a KPI cannot be used; null where it can. */
export const MappingProblem = Type.Union([
  Type.Literal('not_mapped'),
  Type.Literal('unknown_kpi'),
  Type.Literal('no_data'),
  Type.Literal('too_short'),
  Type.Literal('constant'),
]);
export type MappingProblem = Static<typeof MappingProblem>;

/** What the brand has of one KPI of the setup. */
export const MappedSeries = Type.Object({
  role: Type.Union([Type.Literal('observation'), Type.Literal('lever'), Type.Literal('start')]),
  variable: Type.String(),
  kpi: Type.Union([Type.String(), Type.Null()], { description: 'null for levers without a history' }),
  label: both,
  unit: both,
  firstDay: Type.Union([Type.String(), Type.Null()]),
  lastDay: Type.Union([Type.String(), Type.Null()]),
  /** Days with data from the first to the last. */
  days: Type.Integer(),
  /** Stretches of days without data between the first and the last, longest first; 20 at most. */
  gaps: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), days: Type.Integer() })),
  gapDays: Type.Integer(),
  constant: Type.Boolean(),
  usable: Type.Boolean(),
  problem: Type.Union([MappingProblem, Type.Null()]),
  text: Type.Union([both, Type.Null()], { description: 'the problem in words' }),
});
export type MappedSeries = Static<typeof MappedSeries>;

/** `GET /models/:id/mapping?version` */
export const ModelMapping = Type.Object({
  modelId: Type.String(),
  version: Type.Integer(),
  /** What a fit would use: days from the first to the last complete day with data. */
  from: Type.Union([Type.String(), Type.Null()]),
  to: Type.Union([Type.String(), Type.Null()]),
  series: Type.Array(MappedSeries),
});
export type ModelMapping = Static<typeof ModelMapping>;

/** `GET`, `PUT /promotions`: the brand's promotion calendar, past and planned; PUT replaces it. */
export const PromotionEntry = Type.Object(
  {
    name: modelName,
    from: day,
    to: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'the day after the last' }),
    depth: Type.Number({ minimum: 0, maximum: 1, description: 'share of the price given away' }),
  },
  strict,
);
export type PromotionEntry = Static<typeof PromotionEntry>;
export const Promotions = Type.Object({ promotions: Type.Array(PromotionEntry, { maxItems: 1_000 }) }, strict);
export type Promotions = Static<typeof Promotions>;
