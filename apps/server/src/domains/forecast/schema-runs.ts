import { type Static, Type } from 'typebox';
import { both, day, id, optionalText, plan, storable, strict, versionNumber } from './schema-parts.ts';
import type {
  BacktestResult,
  ExplainResult,
  FitResult,
  ForecastResult,
  Horizon,
  Limits,
  ModelInput,
  Objective,
  OptimiseResult,
  ScenarioPlan,
  Snapshot,
} from './task.ts';

const seed = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });

export const RunKind = Type.Union([
  Type.Literal('fit'),
  Type.Literal('forecast'),
  Type.Literal('backtest'),
  Type.Literal('explain'),
  Type.Literal('optimise'),
]);
export type RunKind = Static<typeof RunKind>;
export const RunState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
]);
export type RunState = Static<typeof RunState>;

/** A fit, forecast, backtest, explanation or optimisation as lists show it. */
export const Run = Type.Object({
  id: Type.String({ description: 'fit_… for fits, fct_… for the others' }),
  kind: RunKind,
  state: RunState,
  /**
   * Pressing cancel sets this; the state follows within two seconds. While a run that is cancelled still has it, what was
   * found until then is on its way.
   */
  cancelling: Type.Boolean(),
  /** Share done, 0 to 1. */
  progress: Type.Number(),
  stage: Type.Union([both, Type.Null()]),
  model: Type.Object({
    id: Type.String(),
    name: Type.String(),
    nameZh: Type.String(),
    version: Type.Integer(),
    hash: Type.String(),
  }),
  /** The fit that a forecast, explanation or optimisation starts from. */
  fitId: optionalText,
  /** The backtest whose winners a forecast uses. */
  backtestId: optionalText,
  snapshot: Type.Object({ from: Type.String(), to: Type.String(), hash: Type.String() }),
  seed: Type.Integer(),
  /** SHA-256 of the task; equal for runs that must give the same bits. */
  taskHash: Type.String(),
  /** SHA-256 of the result. */
  resultHash: optionalText,
  /** Set on a repetition: which run it repeats, and whether the bits are equal (null until it is done). */
  reproduces: Type.Union([
    Type.Object({ of: Type.String(), equal: Type.Union([Type.Boolean(), Type.Null()]) }),
    Type.Null(),
  ]),
  error: Type.Union([
    Type.Object({ code: Type.String(), message: Type.String(), messageZh: Type.String() }),
    Type.Null(),
  ]),
  actor: Type.String(),
  scheduled: Type.Boolean(),
  createdAt: Type.String(),
  startedAt: optionalText,
  endedAt: optionalText,
  seconds: Type.Union([Type.Number(), Type.Null()]),
  appVersion: Type.String(),
});
export type Run = Static<typeof Run>;
/** `GET /fits`, `GET /forecasts`, newest first. */
export const RunList = Type.Object({ runs: Type.Array(Run) });
export type RunList = Static<typeof RunList>;
export const RunsQuery = Type.Object(
  {
    kind: Type.Optional(RunKind),
    model: Type.Optional(id),
    fit: Type.Optional(id),
    state: Type.Optional(RunState),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
);
export type RunsQuery = Static<typeof RunsQuery>;

/** `GET /fits/:id`: all that a browser needs to run the fitted model itself. */
export const Fit = Type.Object({
  ...Run.properties,
  input: Type.Unsafe<{ model: ModelInput; snapshot: Snapshot; draws: number; parameters: readonly string[] | null }>(
    Type.Unknown({ description: 'model (xmile, setup), snapshot, draws, parameters' }),
  ),
  result: Type.Unsafe<FitResult | null>(
    Type.Unknown({ description: 'parameters with intervals, series, draws; null until done' }),
  ),
});
export type Fit = Static<typeof Fit>;

/** What a forecast, backtest, explanation or optimisation was asked, without model, snapshot and fit. */
export type ForecastOptions =
  | { kind: 'forecast'; scenarios: ScenarioPlan[]; horizonDays: number; draws: number }
  | { kind: 'backtest'; origins: number; horizons: Horizon[] }
  | { kind: 'explain'; samples: number }
  | {
      kind: 'optimise';
      months: number;
      levers: string[];
      objective: Objective;
      limits: Limits;
      draws: number;
      force: boolean;
    };

/** `GET /forecasts/:id` */
export const Forecast = Type.Object({
  ...Run.properties,
  options: Type.Unsafe<ForecastOptions>(Type.Unknown({ description: 'what was asked' })),
  result: Type.Unsafe<ForecastResult | BacktestResult | ExplainResult | OptimiseResult | null>(
    Type.Unknown({ description: 'by kind; null until done' }),
  ),
});
export type Forecast = Static<typeof Forecast>;

/** `POST /fits` */
export const NewFit = Type.Object(
  {
    modelId: id,
    /** The latest without. */
    version: Type.Optional(versionNumber),
    from: Type.Optional(day),
    to: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}$',
        description: 'not included; the last complete day is the latest',
      }),
    ),
    seed: Type.Optional(seed),
    draws: Type.Optional(Type.Integer({ minimum: 50, maximum: 20_000, description: 'of the posterior; default 2000' })),
    parameters: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100, description: 'fit these alone' }),
    ),
  },
  strict,
);
export type NewFit = Static<typeof NewFit>;

/** A plan given in place of the id of a scenario. */
export const InlinePlan = Type.Object(
  { id, name: Type.String({ maxLength: 120, pattern: storable }), ...plan },
  strict,
);
export type InlinePlan = Static<typeof InlinePlan>;

const horizon = Type.Object(
  { from: Type.Integer({ minimum: 1, maximum: 104 }), to: Type.Integer({ minimum: 1, maximum: 104 }) },
  strict,
);
const gate = Type.Object({ kpi: Type.String({ maxLength: 64 }), day, value: Type.Number() }, strict);
const objective = Type.Object(
  {
    goal: Type.Union([Type.Literal('margin'), Type.Literal('members'), Type.Literal('gates')]),
    gates: Type.Optional(Type.Array(gate, { maxItems: 40 })),
    risk: Type.Object(
      {
        kind: Type.Union([Type.Literal('mean'), Type.Literal('cvar')]),
        alpha: Type.Optional(
          Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'of cvar: the worst share of draws' }),
        ),
      },
      strict,
    ),
  },
  strict,
);
const bound = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);
const limits = Type.Object({ budget: bound, fatigueMost: bound, sessionsPerDayMost: bound }, strict);

/**
 * `POST /forecasts`. Which fields a kind takes: `forecast` fitId, scenarios, horizonDays, draws, backtestId; `backtest`
 * modelId, version, from, to, origins, horizons; `explain` fitId, samples; `optimise` fitId, months, levers, objective,
 * limits, draws, force. Others are refused.
 */
export const NewForecast = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('forecast'),
      Type.Literal('backtest'),
      Type.Literal('explain'),
      Type.Literal('optimise'),
    ]),
    seed: Type.Optional(seed),
    fitId: Type.Optional(id),
    backtestId: Type.Optional(
      Type.Union([id, Type.Null()], {
        description: 'default: the newest backtest that is done of the same model; null for none',
      }),
    ),
    scenarios: Type.Optional(
      Type.Array(Type.Union([id, InlinePlan]), {
        minItems: 1,
        maxItems: 8,
        description: 'ids (scn_…, preset:…) or plans',
      }),
    ),
    horizonDays: Type.Optional(Type.Integer({ minimum: 7, maximum: 1_100, description: 'default 365' })),
    draws: Type.Optional(Type.Integer({ minimum: 20, maximum: 20_000 })),
    modelId: Type.Optional(id),
    version: Type.Optional(versionNumber),
    from: Type.Optional(day),
    to: Type.Optional(day),
    origins: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
    horizons: Type.Optional(Type.Array(horizon, { minItems: 1, maxItems: 12 })),
    samples: Type.Optional(Type.Integer({ minimum: 16, maximum: 65_536 })),
    months: Type.Optional(Type.Integer({ minimum: 1, maximum: 36 })),
    levers: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 40 })),
    objective: Type.Optional(objective),
    limits: Type.Optional(limits),
    force: Type.Optional(Type.Boolean({ description: 'also outside what the data have seen' })),
  },
  strict,
);
export type NewForecast = Static<typeof NewForecast>;

/** `GET /fits/drift?model`: medians and intervals of the parameters over the fits of a model, oldest first. */
export const DriftQuery = Type.Object({ model: id }, strict);
export const Drift = Type.Object({
  modelId: Type.String(),
  fits: Type.Array(
    Type.Object({ id: Type.String(), createdAt: Type.String(), to: Type.String(), version: Type.Integer() }),
  ),
  parameters: Type.Array(
    Type.Object({
      variable: Type.String(),
      label: Type.Union([both, Type.Null()]),
      /** One for each fit; null where the fit did not have it. The interval holds 90 %. */
      values: Type.Array(
        Type.Union([Type.Object({ median: Type.Number(), low: Type.Number(), high: Type.Number() }), Type.Null()]),
      ),
      /** The intervals of two fits do not overlap. */
      drifted: Type.Boolean(),
      /** The first such pair of fits. */
      between: Type.Union([Type.Object({ from: Type.String(), to: Type.String() }), Type.Null()]),
    }),
  ),
});
export type Drift = Static<typeof Drift>;

/** `GET`, `PUT /fits/schedule`: models that are fitted again by themselves. */
export const FitSchedule = Type.Object(
  { modelId: id, every: Type.Union([Type.Literal('week'), Type.Literal('off')]) },
  strict,
);
export const FitSchedules = Type.Object({
  schedules: Type.Array(Type.Object({ ...FitSchedule.properties, nextAt: optionalText })),
});
export type FitSchedules = Static<typeof FitSchedules>;
export const FitScheduleChange = FitSchedule;
export type FitScheduleChange = Static<typeof FitScheduleChange>;
