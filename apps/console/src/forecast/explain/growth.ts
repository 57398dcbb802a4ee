import type { ExplainResult } from '@tandem/server/schema/forecast';
import type { ShareSeries } from '../../charts/share-option.ts';

const absent = { share: 0, low: 0, high: 0 };

/** Shares by part, each with one entry for every month. */
export function growthSeries(growth: ExplainResult['growth'], nameOf: (part: string) => string): ShareSeries[] {
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
