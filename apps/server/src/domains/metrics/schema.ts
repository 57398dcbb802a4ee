import { type Static, Type } from 'typebox';

export { ownActs } from './acts.ts';

const strict = { additionalProperties: false };

export const Grain = Type.Union([
  Type.Literal('day'),
  Type.Literal('week'),
  Type.Literal('month'),
  Type.Literal('quarter'),
  Type.Literal('total'),
]);
export type Grain = Static<typeof Grain>;

/** What a KPI can be split or filtered by. `koc` is the partner; `customer` is known or unknown. */
export const Split = Type.Union([
  Type.Literal('room'),
  Type.Literal('session'),
  Type.Literal('community'),
  Type.Literal('group'),
  Type.Literal('koc'),
  Type.Literal('channel'),
  Type.Literal('product'),
  Type.Literal('customer'),
  Type.Literal('strand'),
]);
export type Split = Static<typeof Split>;

/** One entry of the KPI catalogue, `GET /api/v1/kpis`. */
export const Kpi = Type.Object({
  id: Type.String(),
  dimension: Type.Union([
    Type.Literal('business'),
    Type.Literal('user'),
    Type.Literal('live'),
    Type.Literal('content'),
    Type.Literal('brand'),
    Type.Literal('linkage'),
  ]),
  nameEn: Type.String(),
  nameZh: Type.String(),
  definitionEn: Type.String(),
  definitionZh: Type.String(),
  formula: Type.String(),
  unit: Type.Union([
    Type.Literal('money'),
    Type.Literal('count'),
    Type.Literal('ratio'),
    Type.Literal('seconds'),
    Type.Literal('number'),
    Type.Literal('days'),
  ]),
  basis: Type.Object({
    time: Type.String({ description: 'event time | paid time | session start' }),
    refund: Type.String({ description: 'gross of refunds | refunds on their own date | not applicable' }),
  }),
  direction: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('neutral')]),
  additive: Type.Boolean({ description: 'values of parts add up to the whole' }),
  splits: Type.Array(Split),
  grains: Type.Array(Grain),
});
export type Kpi = Static<typeof Kpi>;

/** `GET /api/v1/kpis/{id}?from&to&grain&by&filter`: `from` included, `to` not, days in the brand's zone; `filter` is `split:value`, repeatable. */
export const KpiQuery = Type.Object(
  {
    from: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    to: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    grain: Type.Optional(Grain),
    by: Type.Optional(Split),
    filter: Type.Optional(
      Type.Union([Type.String({ maxLength: 200 }), Type.Array(Type.String({ maxLength: 200 }), { maxItems: 8 })]),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'keys of a split, largest first; the rest is "other"' }),
    ),
  },
  strict,
);
export type KpiQuery = Static<typeof KpiQuery>;

export const KpiPoint = Type.Object({
  t: Type.String({ description: 'first day of the bucket' }),
  key: Type.Union([Type.String(), Type.Null()]),
  label: Type.Optional(Type.String({ description: 'name of the key, where it has one' })),
  value: Type.Union([Type.Number(), Type.Null()]),
  exactMinor: Type.Optional(Type.String()),
  numerator: Type.Optional(Type.Number()),
  denominator: Type.Optional(Type.Number()),
  low: Type.Optional(Type.Number({ description: '95 % interval, for estimates' })),
  high: Type.Optional(Type.Number()),
});
export type KpiPoint = Static<typeof KpiPoint>;

/** What a figure leaves out, or what stands behind it that a reader must know. */
export const Omission = Type.Object({
  code: Type.String({ description: 'for example orders_without_customer' }),
  count: Type.Integer(),
  amount: Type.Optional(Type.Number()),
  exactMinor: Type.Optional(Type.String()),
  text: Type.String(),
  textZh: Type.String(),
});
export type Omission = Static<typeof Omission>;

export const KpiSeries = Type.Object({
  id: Type.String(),
  unit: Type.String(),
  currency: Type.Optional(Type.String()),
  zone: Type.String(),
  basis: Type.Object({ time: Type.String(), refund: Type.String() }),
  grain: Grain,
  from: Type.String(),
  to: Type.String(),
  points: Type.Array(KpiPoint),
  omitted: Type.Array(Omission),
  asOf: Type.String(),
});
export type KpiSeries = Static<typeof KpiSeries>;

/** `GET /api/v1/kpis/{id}/explain` (same query): the SQL that was run, with its values bound in place. */
export const KpiExplanation = Type.Object({
  kpi: Kpi,
  sql: Type.Array(Type.Object({ name: Type.String(), sql: Type.String() })),
});
export type KpiExplanation = Static<typeof KpiExplanation>;
/** `GET /api/v1/kpis/{id}/rows` (same query plus `cursor`): the rows behind the number. */
export const KpiRowsQuery = Type.Object(
  { ...KpiQuery.properties, cursor: Type.Optional(Type.String({ maxLength: 300 })) },
  strict,
);
export const KpiRows = Type.Object({
  columns: Type.Array(
    Type.Object({ id: Type.String(), nameEn: Type.String(), nameZh: Type.String(), kind: Type.String() }),
  ),
  rows: Type.Array(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()]))),
  next: Type.Union([Type.String(), Type.Null()]),
});
export type KpiRows = Static<typeof KpiRows>;

const range = {
  from: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  to: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
};
export const RangeQuery = Type.Object(range, strict);

/** `GET /api/v1/cockpit?from&to`: the whole first screen in one answer. */
export const Cockpit = Type.Object({
  from: Type.String(),
  to: Type.String(),
  compareFrom: Type.String(),
  compareTo: Type.String(),
  zone: Type.String(),
  currency: Type.String(),
  firstDay: Type.Union([Type.String(), Type.Null()]),
  lastDay: Type.Union([Type.String(), Type.Null()]),
  cards: Type.Array(
    Type.Object({
      id: Type.String(),
      value: Type.Union([Type.Number(), Type.Null()]),
      exactMinor: Type.Optional(Type.String()),
      previous: Type.Union([Type.Number(), Type.Null()]),
      target: Type.Union([Type.Number(), Type.Null()], {
        description: 'goal for this period: for sums the share of the quarter that the period has, by days',
      }),
      quarterTarget: Type.Optional(
        Type.Union([Type.Number(), Type.Null()], { description: 'goal of the whole quarter' }),
      ),
      targetQuarter: Type.Union([Type.String(), Type.Null()]),
      spark: Type.Array(Type.Object({ t: Type.String(), value: Type.Union([Type.Number(), Type.Null()]) })),
      omitted: Type.Array(Omission),
    }),
  ),
  funnel: Type.Array(
    Type.Object({ step: Type.String(), value: Type.Number(), rate: Type.Union([Type.Number(), Type.Null()]) }),
  ),
  retention: Type.Object({
    grain: Type.Union([Type.Literal('week'), Type.Literal('month')]),
    cohorts: Type.Array(
      Type.Object({
        start: Type.String(),
        size: Type.Integer(),
        rates: Type.Array(Type.Union([Type.Number(), Type.Null()])),
      }),
    ),
  }),
});
export type Cockpit = Static<typeof Cockpit>;

/** `GET /api/v1/retention?from&to&grain=week|month`: cohorts by first order or first activity. */
export const RetentionQuery = Type.Object(
  {
    ...range,
    grain: Type.Optional(Type.Union([Type.Literal('week'), Type.Literal('month')])),
    basis: Type.Optional(Type.Union([Type.Literal('order'), Type.Literal('activity')])),
  },
  strict,
);
export const Retention = Cockpit.properties.retention;

/** `GET /api/v1/funnel?from&to&session?`: live funnel from views to buyers, people and times. */
export const FunnelQuery = Type.Object({ ...range, session: Type.Optional(Type.String({ maxLength: 100 })) }, strict);
export const Funnel = Type.Object({ steps: Cockpit.properties.funnel, omitted: Type.Array(Omission) });

/**
 * `GET /api/v1/gmv-factors?from&to&compareFrom&compareTo&session?`: GMV = views x click rate x click-to-order rate x
 * order value, exactly; `contributionMinor` of the four factors add up to the change to the last minor unit.
 */
export const GmvFactorsQuery = Type.Object(
  {
    ...range,
    compareFrom: Type.Optional(range.from),
    compareTo: Type.Optional(range.to),
    session: Type.Optional(Type.String({ maxLength: 100 })),
    compareSession: Type.Optional(Type.String({ maxLength: 100 })),
  },
  strict,
);
export type GmvFactorsQuery = Static<typeof GmvFactorsQuery>;
const side = Type.Object({
  views: Type.Integer(),
  clicks: Type.Integer(),
  orders: Type.Integer(),
  gmvMinor: Type.String(),
  clickRate: Type.Union([Type.Number(), Type.Null()]),
  clickToOrderRate: Type.Union([Type.Number(), Type.Null()]),
  orderValue: Type.Union([Type.Number(), Type.Null()]),
});
export const GmvFactors = Type.Object({
  current: side,
  previous: Type.Union([side, Type.Null()]),
  factors: Type.Array(
    Type.Object({
      factor: Type.String({ description: 'views | click_rate | click_to_order_rate | order_value' }),
      contributionMinor: Type.String(),
    }),
  ),
  changeMinor: Type.Union([Type.String(), Type.Null()]),
  omitted: Type.Array(Omission),
});
export type GmvFactors = Static<typeof GmvFactors>;

/** `GET /api/v1/targets?year`, `PUT /api/v1/targets`: per KPI and quarter; the template's goals until changed. */
export const Target = Type.Object({
  kpi: Type.String(),
  quarter: Type.String({ description: '2026Q1', pattern: '^\\d{4}Q[1-4]$' }),
  value: Type.Number(),
  origin: Type.Union([Type.Literal('template'), Type.Literal('brand')]),
});
export type Target = Static<typeof Target>;
export const TargetList = Type.Object({
  targets: Type.Array(Target),
  gates: Type.Array(Type.Object({ quarter: Type.String(), nameEn: Type.String(), nameZh: Type.String() })),
});
export type TargetList = Static<typeof TargetList>;
export const TargetChange = Type.Object(
  {
    kpi: Type.String(),
    quarter: Type.String({ pattern: '^\\d{4}Q[1-4]$' }),
    value: Type.Union([Type.Number(), Type.Null()]),
  },
  strict,
);
export type TargetChange = Static<typeof TargetChange>;
export const TargetsQuery = Type.Object({ year: Type.Integer({ minimum: 1970, maximum: 9999 }) }, strict);

/** `GET /api/v1/dimension-values?split&q`: keys with names, for filters. */
export const DimensionValuesQuery = Type.Object(
  { split: Split, q: Type.Optional(Type.String({ maxLength: 100 })) },
  strict,
);
export const DimensionValues = Type.Object({
  values: Type.Array(Type.Object({ key: Type.String(), label: Type.String() })),
});

/** `GET /api/v1/quality?from&to`: what is missing or doubtful in the data, and the reconciliation of the two stores. */
export const Quality = Type.Object({
  checks: Type.Array(
    Type.Object({
      code: Type.String(),
      severity: Type.Union([Type.Literal('ok'), Type.Literal('watch'), Type.Literal('act')]),
      count: Type.Integer(),
      of: Type.Integer(),
      text: Type.String(),
      textZh: Type.String(),
      kpis: Type.Array(Type.String(), { description: 'KPIs that this touches' }),
    }),
  ),
});
export type Quality = Static<typeof Quality>;
