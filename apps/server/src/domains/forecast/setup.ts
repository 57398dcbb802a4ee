import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false };
/** PostgreSQL keeps no text with the character of code 0. */
const pattern = '^[^\\u0000]*$';
const name = Type.String({ minLength: 1, maxLength: 200, pattern });
const text = Type.String({ maxLength: 2_000, pattern });
const words = { en: text, zh: text };
const number = Type.Number();

/** A text in both languages of the console. */
export const Words = Type.Object(words, strict);
export type Words = Static<typeof Words>;

/** What is believed of a parameter before the data; the meanings are those of `Prior` in `@tandem/dynamics`. */
export const SetupPrior = Type.Union([
  Type.Object(
    {
      distribution: Type.Literal('normal'),
      mean: number,
      deviation: number,
      low: Type.Optional(number),
      high: Type.Optional(number),
    },
    strict,
  ),
  Type.Object({ distribution: Type.Literal('lognormal'), median: number, logDeviation: number }, strict),
  Type.Object(
    {
      distribution: Type.Literal('beta'),
      a: number,
      b: number,
      low: Type.Optional(number),
      high: Type.Optional(number),
    },
    strict,
  ),
  Type.Object(
    {
      distribution: Type.Literal('uniform'),
      low: number,
      high: number,
      scale: Type.Optional(Type.Union([Type.Literal('linear'), Type.Literal('log')])),
    },
    strict,
  ),
]);
export type SetupPrior = Static<typeof SetupPrior>;

/** A constant of the model that data may teach. */
export const SetupParameter = Type.Object(
  {
    variable: name,
    label: Words,
    unit: Words,
    prior: SetupPrior,
    /** Where the prior comes from: a source, or the reasoning. */
    source: Words,
    /** The KPI whose first value sets the parameter, instead of the prior, where the brand has it (sizes at the start). */
    startKpi: Type.Optional(name),
  },
  strict,
);
export type SetupParameter = Static<typeof SetupParameter>;

/** How a KPI series sees the model. */
export const SetupObservation = Type.Object(
  {
    kpi: name,
    variable: name,
    /** `total`: the variable counts up and the KPI of a bucket is its increase; `level`: the value at the end of a bucket; `mean`: the mean over it. */
    measure: Type.Union([Type.Literal('total'), Type.Literal('level'), Type.Literal('mean')]),
    /** `free`: the KPI counts something proportional to the variable, and the proportion is estimated too (log-normal around 1). */
    scale: Type.Union([Type.Literal('one'), Type.Literal('free')]),
    scaleDeviation: Type.Optional(number),
    label: Words,
    unit: Words,
  },
  strict,
);
export type SetupObservation = Static<typeof SetupObservation>;

/** What the brand decides. */
export const SetupLever = Type.Object(
  {
    variable: name,
    label: Words,
    unit: Words,
    /** Bounds that make sense at all, for sliders and for the optimiser. */
    low: number,
    high: number,
    step: number,
    /** Held where the brand's history does not say. */
    usual: number,
    /** `level` holds until changed; `pulse` is zero but for its windows; `share` belongs to a split that adds up to 1. */
    kind: Type.Union([Type.Literal('level'), Type.Literal('pulse'), Type.Literal('share')]),
    /** The KPI, summed by day (or the promotion calendar), that tells what was done. */
    history: Type.Optional(
      Type.Object(
        {
          kpi: name,
          measure: Type.Union([Type.Literal('daily'), Type.Literal('increase')]),
          /** Multiplies the KPI; money comes in units of the currency. */
          factor: Type.Optional(number),
        },
        strict,
      ),
    ),
    /** Takes its path from the promotion calendar: the depth on promotion days, 0 on others. */
    promotions: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type SetupLever = Static<typeof SetupLever>;

/** One of the parts that the model consists of, for explanations. */
export const SetupPart = Type.Object(
  {
    id: name,
    sector: Type.String({ maxLength: 40 }),
    label: Words,
    /** Variables whose feedback loops and flows are this part's doing. */
    variables: Type.Array(name, { maxItems: 40 }),
  },
  strict,
);
export type SetupPart = Static<typeof SetupPart>;

/**
 * What a model file does not say: which constants may be fitted and from what belief, which KPI sees which variable,
 * what the levers are. Stored with each version of a model; the file stays plain XMILE.
 */
export const ModelSetup = Type.Object(
  {
    /** What the model is called. */
    name: Type.Optional(Words),
    /** Time step and method of fits and long forecasts, in days; the file's own without. */
    run: Type.Optional(
      Type.Object(
        { dt: number, method: Type.Union([Type.Literal('euler'), Type.Literal('rk2'), Type.Literal('rk4')]) },
        strict,
      ),
    ),
    parameters: Type.Array(SetupParameter, { maxItems: 100 }),
    observations: Type.Array(SetupObservation, { maxItems: 60 }),
    levers: Type.Array(SetupLever, { maxItems: 40 }),
    /** Strengths that are 1 as fitted and 0 when cut. */
    couplings: Type.Array(
      Type.Object(
        { variable: name, from: Type.String({ maxLength: 40 }), to: Type.String({ maxLength: 40 }), label: Words },
        strict,
      ),
      { maxItems: 64 },
    ),
    sectors: Type.Array(Type.Object({ id: name, label: Words }, strict), { maxItems: 20 }),
    parts: Type.Array(SetupPart, { maxItems: 60 }),
    /** The critical threshold: `activity` is compared with `theta`; `control` is the constant along which equilibria are followed. */
    threshold: Type.Optional(Type.Object({ activity: name, theta: name, control: name }, strict)),
    /** Further variables worth showing, with their words. */
    shown: Type.Array(Type.Object({ variable: name, label: Words, unit: Words }, strict), { maxItems: 100 }),
    /** Plans to start from; days count from the first day that is forecast. */
    presets: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ pattern: '^[a-z0-9_]{1,40}$' }),
            label: Words,
            note: Words,
            levers: Type.Array(
              Type.Object(
                {
                  variable: name,
                  steps: Type.Array(Type.Object({ day: number, value: number }, strict), { maxItems: 2_000 }),
                },
                strict,
              ),
              { maxItems: 40 },
            ),
            couplings: Type.Array(Type.Object({ variable: name, value: number }, strict), { maxItems: 64 }),
          },
          strict,
        ),
        { maxItems: 20 },
      ),
    ),
    /** Words of further variables, for sentences and traces. */
    names: Type.Optional(Type.Array(Type.Object({ variable: name, label: Words }, strict), { maxItems: 1000 })),
    /** Costs and limits that the optimiser knows. */
    optimise: Type.Optional(
      Type.Object(
        { spend: name, margin: name, members: name, fatigue: Type.Optional(name), capacity: Type.Optional(name) },
        strict,
      ),
    ),
  },
  strict,
);
export type ModelSetup = Static<typeof ModelSetup>;
