import type { ExplainResult } from '@tandem/server/schema/forecast';
import type { ShareSeries } from '../../charts/share-option.ts';

export interface GrowthMonths {
  /** What grows. */
  key: string;
  label: { en: string; zh: string } | null;
  months: { month: string; shares: (ShareSeries['shares'][number] & { part: string })[] }[];
  /** Words of the parts, where the result brings them. */
  parts: Map<string, { en: string; zh: string }>;
}

/** The id of what no part accounts for. */
const restId = 'rest';

/** Growth of every outcome by part; of joins alone where the result tells no more. */
export function growthOf(result: Pick<ExplainResult, 'growth' | 'outcomes'>): GrowthMonths[] {
  const told = result.outcomes.map(({ variable, label, direct }) => {
    const past = direct.filter(({ isForecast }) => !isForecast);
    const terms = past.flatMap((month) => month.terms);
    return {
      key: variable,
      label,
      months: past.map(({ month, terms: own }) => ({
        month,
        shares: own.map(({ part, share, low, high }) => ({ part: part ?? restId, share, low, high })),
      })),
      parts: new Map(terms.map((term) => [term.part ?? restId, term.label])),
    };
  });
  const shown = told.filter(({ months }) => months.length > 0);
  return shown.length > 0 ? shown : [{ key: 'growth', label: null, months: result.growth, parts: new Map() }];
}

const absent = { share: 0, low: 0, high: 0 };

/** Shares by part, each with one entry for every month. */
export function growthSeries(growth: GrowthMonths['months'], nameOf: (part: string) => string): ShareSeries[] {
  const parts = [...new Set(growth.flatMap(({ shares }) => shares.map(({ part }) => part)))];
  return parts.map((part) => ({
    id: part,
    name: nameOf(part),
    shares: growth.map(({ shares }) => shares.find((one) => one.part === part) ?? absent),
  }));
}

/** Couplings as a square: rows act on columns. */
export interface CouplingCell {
  from: string;
  to: string;
  variable: string;
  elasticity: number;
  low: number;
  high: number;
  whenCut: number;
}

/** The couplings of one output that are more than chance, the strongest first: the first binds now. */
export function bindingFirst(couplings: ExplainResult['couplings'], output: string): ExplainResult['couplings'] {
  return couplings.filter((one) => one.output === output).sort((a, b) => b.elasticity - a.elasticity);
}

/** Whether the interval leaves out zero: the effect has a sign that can be told. */
export const isSure = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0;
