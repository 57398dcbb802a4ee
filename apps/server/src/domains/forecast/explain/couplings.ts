import { type Quarter, quarterOf } from './quarter.ts';
import type { ExplainResult } from './result.ts';
import { besides, columnOf, drawnPoints, plainName, quantilesOf, type Subject, type Today } from './subject.ts';

/** A coupling is moved by so much either way. */
const nudge = 0.01;

export interface ExplainedCouplings {
  couplings: ExplainResult['couplings'];
  /** Outputs in the order in which they were asked for, with their words. */
  outputs: Quarter['outputs'];
}

/**
 * What each output of the days ahead gains by each coupling, draw by draw: the elasticity by central differences around 1,
 * and what is left when it is cut from today on.
 */
export async function explainCouplings(
  subject: Subject,
  today: Today | null,
  { horizonDays, drawsMost }: { horizonDays: number; drawsMost: number },
): Promise<ExplainedCouplings> {
  // A link that is itself fitted is not 1 as fitted, and has its place among the parameters.
  const fitted = new Set(subject.names.map(plainName));
  const variables = subject.setup.couplings
    .map(({ variable }) => variable)
    .filter((name) => !fitted.has(plainName(name)));
  if (variables.length === 0) return { couplings: [], outputs: [] };
  const quarter = quarterOf(subject, today, { horizonDays, couplings: variables });
  if (quarter.outputs.length === 0) return { couplings: [], outputs: [] };
  const { points, count } = drawnPoints(subject, drawsMost);
  const rows = await quarter.ahead.rows(points, count);
  const ones = new Float64Array(variables.length).fill(1);
  const settings = [
    ones,
    ...variables.flatMap((_, i) => [1 + nudge, 1 - nudge, 0].map((value) => ones.with(i, value))),
  ];
  const width = quarter.outputs.length;
  const results: Float64Array[] = [];
  for (const setting of settings) {
    const strengths = new Float64Array(count * variables.length);
    for (let k = 0; k < count; k += 1) strengths.set(setting, k * variables.length);
    results.push(await quarter.run(besides(rows, strengths, count), count));
  }
  const couplings = variables.flatMap((variable, i) =>
    quarter.outputs.map(({ id }, o) => {
      const [base, more, less, cut] = [0, 1 + 3 * i, 2 + 3 * i, 3 + 3 * i].map((at) =>
        columnOf(results[at]!, width, o),
      );
      const elasticity = quantilesOf(
        base!.map((value, k) => (value === 0 ? 0 : (more![k]! - less![k]!) / (2 * nudge * value))),
      );
      const whenCut = quantilesOf(base!.map((value, k) => (value === 0 ? 0 : cut![k]! / value - 1)));
      return {
        variable,
        output: id,
        elasticity: elasticity.p50,
        low: elasticity.p10,
        high: elasticity.p90,
        whenCut: whenCut.p50,
        whenCutLow: whenCut.p10,
        whenCutHigh: whenCut.p90,
      };
    }),
  );
  return { couplings, outputs: quarter.outputs };
}
