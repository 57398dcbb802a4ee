import type { Grain, Kpi, Split } from './schema.ts';

/** A sum over one or more types of events. */
export interface SumMeasure {
  kind: 'sum';
  of: 'events' | 'quantity' | 'amount';
  types: readonly string[];
  /** Types that are subtracted. */
  minus?: readonly string[];
  /** Kinds within the types, as `kpi_day` names them under `variant`. */
  variants?: readonly string[];
  flag?: 'not_final';
  customer?: 'known' | 'unknown';
}

/** How many different things events name. */
export interface DistinctMeasure {
  kind: 'distinct';
  of: 'order' | 'person' | 'koc';
  types: readonly string[];
  customer?: 'known' | 'unknown';
}

export type Measure = SumMeasure | DistinctMeasure;

/** A weighted sum of measures: `[['gmv', 1], ['refunds', -1]]`. */
export type Terms = readonly (readonly [measure: string, factor: 1 | -1])[];

/** Figures of a live session; see live-figures.ts for how each is reported or observed. */
export type LiveFigure =
  | 'sessions'
  | 'exposures'
  | 'views'
  | 'viewers'
  | 'peak_concurrent'
  | 'concurrent_seconds'
  | 'duration_seconds'
  | 'watch_seconds'
  | 'interaction_users'
  | 'product_impressions'
  | 'product_clicks'
  | 'orders'
  | 'buyers'
  | 'gmv_minor';

/** Queries that are more than sums and counts; see the file of each in `queries.ts`. */
export type QueryName =
  | 'repurchase'
  | 'retention_d1'
  | 'retention_d7'
  | 'retention_d30'
  | 'community_retention'
  | 'churn'
  | 'win_back'
  | 'k_factor_seed'
  | 'k_factor_member'
  | 'gross_margin'
  | 'content_share'
  | 'nps'
  | 'share_of_voice'
  | 'community_to_live'
  | 'live_to_community'
  | 'seeding'
  | 'linkage_days'
  | 'both_strands';

/** How a KPI is computed. */
export type Compute =
  | { kind: 'measures'; measures: Readonly<Record<string, Measure>>; over: Terms; per?: Terms; scale?: number }
  | { kind: 'live'; over: LiveFigure; per?: LiveFigure; merge?: 'max'; scale?: number }
  | { kind: 'stock'; of: 'person' | 'koc'; joined: string; left: string }
  | { kind: 'query'; query: QueryName; scale?: number; money?: boolean }
  | { kind: 'quotient'; over: string; per: string }
  | { kind: 'geometric_mean'; of: readonly [string, string] };

/** What a figure leaves out: how it is counted and how it is said. `{count}` is filled in. */
export interface OmissionRule {
  code: string;
  count: Measure;
  amount?: SumMeasure;
  textEn: string;
  textZh: string;
}

/** One entry of the catalogue with how it is computed. */
export interface KpiDefinition extends Omit<Kpi, 'splits' | 'grains'> {
  splits: readonly Split[];
  grains: readonly Grain[];
  compute: Compute;
  omissions: readonly string[];
  /** Event types whose rows stand behind the number; live KPIs show sessions instead. */
  rowTypes: readonly string[];
}

/** A question that has been checked: what a KPI is asked for. */
export interface Ask {
  from: string;
  to: string;
  grain: Grain;
  by: Split | undefined;
  filters: readonly { split: Split; values: readonly string[] }[];
  /** Keys that keep their own line; all others become `otherKey`. */
  keep: readonly string[] | undefined;
  /** Today in the brand's zone: nothing on or after it is complete. */
  today: string;
}

/** One row of an answer of ClickHouse; 64-bit integers are texts. */
export interface Figure {
  t: string;
  k: string;
  n: string | number | null;
  d?: string | number | null;
  /** What was left out of both, where the query itself finds it. */
  left?: string | number;
  /** Sum of squares over the units that `d` counts, for an interval. */
  squares?: string | number;
}

/** Key of everything outside the largest keys of a split. */
export const otherKey = 'other';
