import { type Static, Type } from 'typebox';
import {
  both,
  couplingStrength,
  id,
  leverPath,
  modelName,
  noteText,
  optionalText,
  plan,
  strict,
} from './schema-parts.ts';
import type { LeverPath } from './task.ts';

/** A named plan: levers as paths over days from the first day that is forecast, and strengths of couplings. */
export const Scenario = Type.Object({
  id: Type.String({ description: 'scn_…; preset:… for those that come with every model' }),
  preset: Type.Boolean(),
  name: Type.String(),
  nameZh: Type.String(),
  note: Type.String(),
  noteZh: Type.String(),
  modelId: Type.String(),
  levers: Type.Array(Type.Unsafe<LeverPath>(leverPath)),
  couplings: Type.Array(couplingStrength),
  actor: Type.String(),
  createdAt: optionalText,
  updatedAt: optionalText,
});
export type Scenario = Static<typeof Scenario>;
export const ScenarioList = Type.Object({ scenarios: Type.Array(Scenario) });
export type ScenarioList = Static<typeof ScenarioList>;
export const ScenariosQuery = Type.Object({ model: id }, strict);

/** `POST /scenarios`, `PUT /scenarios/:id` */
export const NewScenario = Type.Object(
  { name: modelName, note: Type.Optional(noteText), modelId: id, ...plan },
  strict,
);
export type NewScenario = Static<typeof NewScenario>;

/** `POST /scenarios/:id/adopt`: sends a scenario of a finished forecast to the plan. With `dryRun` nothing is changed. */
export const AdoptRequest = Type.Object(
  {
    forecastId: id,
    kpis: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 20 }),
    dryRun: Type.Boolean(),
  },
  strict,
);
export type AdoptRequest = Static<typeof AdoptRequest>;

export const AdoptedTarget = Type.Object({
  kpi: Type.String(),
  quarter: Type.String({ description: '2026Q1' }),
  /** The target as it stands, and whose it is. */
  before: Type.Union([Type.Number(), Type.Null()]),
  beforeOrigin: Type.Union([Type.Literal('brand'), Type.Literal('template'), Type.Null()]),
  /** Median of the forecast (plus what the quarter has had already), in units of the currency for money. */
  after: Type.Number(),
  low: Type.Number({ description: 'P10' }),
  high: Type.Number({ description: 'P90' }),
  /** Days of the quarter that had passed before the forecast begins and are counted as they were. */
  daysKnown: Type.Integer(),
  /** Days of the quarter that the forecast covers. */
  daysForecast: Type.Integer(),
  rule: Type.Union([Type.Literal('sum'), Type.Literal('end')]),
});
export type AdoptedTarget = Static<typeof AdoptedTarget>;

/** What was taken as the plan: the levers and the targets, with the run they come from. */
export const ForecastPlan = Type.Object({
  id: Type.String(),
  scenario: Type.Object({
    id: Type.String(),
    name: Type.String(),
    levers: Type.Array(Type.Unsafe<LeverPath>(leverPath)),
    couplings: Type.Array(couplingStrength),
  }),
  forecastId: Type.String(),
  fitId: optionalText,
  modelId: Type.String(),
  /** Day 0 of the lever paths. */
  start: Type.String(),
  horizonDays: Type.Integer(),
  targets: Type.Array(AdoptedTarget),
  actor: Type.String(),
  adoptedAt: Type.String(),
});
export type ForecastPlan = Static<typeof ForecastPlan>;

/** `POST /scenarios/:id/adopt`: what is (or with `dryRun` would be) changed; `left` says what could not be a target. */
export const Adoption = Type.Object({
  dryRun: Type.Boolean(),
  targets: Type.Array(AdoptedTarget),
  left: Type.Array(Type.Object({ kpi: Type.String(), quarter: optionalText, code: Type.String(), text: both })),
  plan: Type.Union([ForecastPlan, Type.Null()]),
});
export type Adoption = Static<typeof Adoption>;

/** `GET /forecast-plan`: the plan of record, null before the first. */
export const PlanOfRecord = Type.Object({
  plan: Type.Union([ForecastPlan, Type.Null()]),
  earlier: Type.Array(ForecastPlan),
});
export type PlanOfRecord = Static<typeof PlanOfRecord>;
