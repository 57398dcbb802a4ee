import type { Day } from '#lib/time.ts';
import type { Words } from '../setup.ts';
import type { Quantiles } from '../task.ts';

/** A share with the ends of its 80 % interval over the draws of the fit, widened where that would not hold the mean. */
export interface UncertainShare {
  /** Mean over the draws, so that shares of a whole add up to 1. */
  share: number;
  low: number;
  high: number;
}

/** What one part added to an outcome in a month. */
export interface GrowthTerm extends UncertainShare {
  /** Id of the part; null for what no part of the setup accounts for. */
  part: string | null;
  label: Words;
  /** Variables whose flows were summed up. */
  variables: string[];
  /** In units of the model's variable; what takes away is negative, and has no share. */
  amount: Quantiles;
}

export interface GrowthMonth {
  month: Day;
  /** First day and the day after the last; the first and last month may be cut. */
  from: Day;
  to: Day;
  /** After the data: as the model goes on with the levers of today. */
  isForecast: boolean;
  amount: Quantiles;
  terms: GrowthTerm[];
}

/** Where one outcome (members joined, GMV ...) comes from. */
export interface OutcomeGrowth {
  variable: string;
  /** KPI that sees the variable; null where none does. */
  kpi: string | null;
  label: Words;
  unit: Words;
  /** By the parts that act on the outcome directly. */
  direct: GrowthMonth[];
  /** By the parts that act on those, where their flows are sums of others' (impulse and habitual orders of sales); else empty. */
  source: GrowthMonth[];
}

/** A feedback loop and how much of the model's movement it makes. */
export interface ExplainedLoop {
  /** R for reinforcing, B for balancing, U for both, numbered by strength. */
  name: string;
  polarity: string;
  parts: string[];
  sectors: string[];
  variables: string[];
  /** Mean score of the month; negative when balancing. Interval over draws. */
  byMonth: { month: Day; score: number; low: number; high: number }[];
  /** Mean of |score| over all months. */
  share: number;
  low: number;
  high: number;
}

/** Shares of movement that loops through each part make; a loop through several counts for each in equal parts. */
export interface LoopMonth {
  month: Day;
  parts: ({ part: string | null } & UncertainShare)[];
  sectors: ({ sector: string | null } & UncertainShare)[];
}

/** The smallest change of one lever that carries the community across its threshold. */
export interface Crossing {
  lever: string;
  label: Words;
  from: number;
  /** Value with which more than half of the draws cross; null where none within the bounds does. */
  to: number | null;
  /** Share of draws that cross with `to`; where there is none, the most that any value within the bounds reaches. */
  share: number | null;
  /** Value with which 80 % of the draws cross. */
  sureTo: number | null;
  sureShare: number | null;
  unit: string;
  unitWords: Words;
  /** `up`: to rise above the threshold; `down`: the change with which a community above it would fall below. */
  direction: 'up' | 'down';
  /** Days that the lever is held, and within which the community must cross. */
  heldDays: number;
  watchedDays: number;
  /** Why there is no value. */
  reason: { code: 'not_within_bounds' | 'no_effect'; en: string; zh: string } | null;
}

/** A short offer of a preset, tried on the brand as it is: whether it carries the community above its threshold. */
export interface DropCrossing {
  preset: string;
  label: Words;
  hours: number;
  /** What is done during the drop and before; the pulse comes first. */
  levers: { variable: string; label: Words; unit: Words; value: number; before: number }[];
  /** Share of draws above the threshold at the end of the drop or a day later, and still two weeks later. */
  share: number;
  shareStaying: number;
  /** Share of draws that are above it then without the drop. */
  shareWithout: number;
  /** Activity at the end of the drop, and how far above the threshold that is. */
  activity: Quantiles;
  distance: Quantiles;
  /** The same drop so many days after today. */
  byDay: { day: number; share: number; shareStaying: number; shareWithout: number }[];
  /** Value of the pulse with which more than half of the draws cross; null where none within its bounds does. */
  to: number | null;
  /** Largest share of draws that a value that was tried carries across. */
  most: number;
  draws: number;
}

/** Equilibria of activity, the slow stocks held as they are today. */
export interface EquilibriumPicture {
  control: string;
  controlLabel: Words;
  controlUnit: string;
  controlNow: number;
  controlLow: number;
  controlHigh: number;
  branches: { points: { control: number; activity: number; stable: boolean }[] }[];
  /** With the band (P10, P90) of the same fold over draws, and the share of draws that have it. */
  folds: { control: number; activity: number; kind: string; low: number | null; high: number | null; share: number }[];
  /** Stocks that move, stocks that are held at today's level, stocks of which only the mix moves. */
  moving: string[];
  held: { variable: string; value: number }[];
  mixed: string[];
  /** What was done, in words. */
  method: Words;
  complete: boolean;
}

export interface ExplainedThreshold extends Omit<EquilibriumPicture, 'method'> {
  /** Activity now, the threshold, and the distance between, with intervals. */
  activity: Quantiles;
  theta: Quantiles;
  distance: Quantiles;
  /** Probability that the community is above its threshold. */
  probabilityAbove: number;
  activityOverTime: { t: Day; low: number; median: number; high: number }[];
  thetaOverTime: { t: Day; low: number; median: number; high: number }[];
  crossings: Crossing[];
  /** Null where the community is above already, or no preset of the setup is a drop of hours. */
  drop: DropCrossing | null;
  method: Words | null;
  /** Why there is no picture of equilibria; null where there is one. */
  pictureMissing: { code: string; en: string; zh: string } | null;
}

export interface SobolFactorShare {
  variable: string;
  first: number;
  firstLow: number;
  firstHigh: number;
  total: number;
  totalLow: number;
  totalHigh: number;
}

export interface ExplainedSobol {
  output: string;
  /** Runs of the model behind the indices. */
  count: number;
  mean: number;
  deviation: number;
  factors: SobolFactorShare[];
  /** Widest 95 % interval of a total index is narrower than 0.2, and half of the runs say the same within 0.05. */
  converged: boolean;
  halfWidthMost: number;
}

/** One variable that another is worked out from. */
export interface Cause {
  variable: string;
  /** Share of the movement of the last four weeks that came from here, -1 to 1, signed as cause and effect go together. */
  influence: number;
  /** Per cent by which the variable moves today for one per cent more of the cause; null where that cannot be told. */
  elasticity: number | null;
}

export interface TracedVariable {
  variable: string;
  kind: 'stock' | 'flow' | 'aux';
  label: string;
  labelZh: string;
  unit: string;
  equation: string;
  documentation: string | null;
  part: string | null;
  /** In the fitted median, today. */
  value: number;
  causes: Cause[];
  effects: string[];
}

/** Where growth comes from, what limits it, and what would change it. */
export interface ExplainResult {
  kind: 'explain';
  basis: 'data' | 'prior';
  /** First day without data. */
  today: Day;
  /** Days ahead that sensitivity and couplings look at. */
  horizonDays: number;
  /** Draws of the fit that intervals rest on. */
  draws: number;
  /** Whether the look ahead begins at today's state; else, in models that remember otherwise, at the first day of data. */
  ahead: 'from_today' | 'from_start';
  /** Sentences for the reader, the most important first. */
  findings: { code: string; en: string; zh: string }[];
  warnings: { code: string; en: string; zh: string }[];
  /** Joins by part and month: shares with uncertainty, adding up to 1; `outcomes` tells the same of every outcome. */
  growth: { month: Day; shares: ({ part: string } & UncertainShare)[] }[];
  outcomes: OutcomeGrowth[];
  /** The strongest first. */
  loops: ExplainedLoop[];
  loopMonths: LoopMonth[];
  /** False where only the strongest loops were looked for. */
  loopsComplete: boolean;
  /** Of what the loops found in the fitted median move, the share of those that are scored: shares are of these. */
  loopsCovered: number;
  threshold: ExplainedThreshold | null;
  /** Effect on each output of moving a parameter from its 10 % to its 90 % value. */
  tornado: { output: string; base: number; bars: { variable: string; low: number; high: number }[] }[];
  sobol: ExplainedSobol[];
  sensitivityRefused: { output: string; code: string; en: string; zh: string }[];
  /** Where there are more parameters than Sobol' indices are worked out for: mean effect of each, of the output's spread. */
  screened: { variable: string; effect: number; kept: boolean }[];
  /** What the output gains from one per cent more of each coupling; the largest binds now. */
  couplings: {
    variable: string;
    output: string;
    elasticity: number;
    low: number;
    high: number;
    /** Change of the output when cut, as a share of it: -1 is all. */
    whenCut: number;
    whenCutLow: number;
    whenCutHigh: number;
  }[];
  /** For each variable what it depends on, and what depends on it. */
  causes: TracedVariable[];
}
