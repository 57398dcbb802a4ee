import { dayOf, type LoadedModel, observedLayout } from '../model/index.ts';
import type { FitResult, LeverPath, OptimiseResult, Snapshot, Workplace } from '../task.ts';
import { quantilesOf, shareOf } from './aggregate.ts';
import { createBoard } from './board.ts';
import { type Gate, seenBy } from './measures.ts';
import { discrepancyOf, noisePath } from './noise.ts';
import { spanOf } from './time.ts';

export interface KpiAsk {
  loaded: LoadedModel;
  snapshot: Snapshot;
  fit: FitResult;
  months: number;
  seed: number;
  variables: readonly string[];
  held: readonly LeverPath[];
  plan: Float64Array;
  numbers: readonly number[];
  gates: readonly Gate[];
}

/**
 * What KPI come to under a plan, with the scatter that the past shows around the model: at the gates, and over the
 * whole horizon (sums of totals, end values of levels, means of means).
 */
export async function kpiTotals(ask: KpiAsk, workplace: Workplace): Promise<OptimiseResult['kpis']> {
  const { loaded, snapshot, fit, months, gates, numbers, seed } = ask;
  const { start, stop } = spanOf(snapshot, months);
  const extra = [...new Set(gates.map(({ kpi }) => kpi))].filter(
    (kpi) => !loaded.setup.observations.some((one) => one.kpi === kpi),
  );
  const seen = [...loaded.setup.observations.map(({ kpi }) => kpi), ...extra].map((kpi) => ({
    kpi,
    ...seenBy(loaded.setup, kpi),
  }));
  const bounds = new Set([start, stop, ...gates.map(({ day }) => day)]);
  for (let day = start; day < stop; day += 7) bounds.add(day);
  const days = [...bounds].sort((a, b) => a - b);
  const plain = { scale: 'one' as const, label: { en: '', zh: '' }, unit: { en: '', zh: '' } };
  const layout = observedLayout(
    seen.map((one) => ({ ...one, ...plain })),
    days,
  );
  const readings = layout.columns.map(({ output, reduce }) => ({
    variable: output,
    days: reduce.kind === 'samples' ? reduce.times : [],
  }));
  const board = createBoard({ ...ask, variables: ask.variables, readings }, workplace);
  try {
    const draws = await board.draws(numbers);
    const places = numbers.map((_, i) => i);
    const rows = (await board.run(ask.plan, draws, places))!;
    const table = new Float64Array(layout.count);
    const spans = days.length - 1;
    const values = seen.map(() => new Float64Array(spans * numbers.length));
    for (const [s, number] of numbers.entries()) {
      layout.read(rows, s * layout.width, table, 0);
      for (const [k, { kpi }] of seen.entries()) {
        const discrepancy = discrepancyOf(fit, kpi);
        const weeks = Math.ceil((stop - start) / 7);
        const factors = noisePath(discrepancy, weeks, { seed, number, key: k });
        const scale = draws.scaleOf(kpi, s);
        for (let w = 0; w < spans; w += 1) {
          const week = Math.min(weeks - 1, Math.floor((days[w]! - start) / 7));
          values[k]![s * spans + w] = table[k * spans + w]! * scale * factors[week]!;
        }
      }
    }
    const over = (k: number, until: number, days0: readonly number[]) =>
      totalsOf(values[k]!, seen[k]!.measure, days0, numbers.length, until);
    const atGates = gates.map((gate) => {
      const k = seen.findIndex(({ kpi }) => kpi === gate.kpi);
      const found = over(k, days.indexOf(gate.day), days);
      const probability = shareOf(found, (value) => value >= gate.value);
      return {
        kpi: gate.kpi,
        total: quantilesOf(found),
        target: gate.value,
        probability,
        day: dayOf(snapshot, gate.day),
      };
    });
    const whole = seen.map(({ kpi }, k) => ({
      kpi,
      total: quantilesOf(over(k, spans, days)),
      target: null,
      probability: null,
    }));
    return [...atGates, ...whole];
  } finally {
    board.close();
  }
}

/** Days before a gate over which a mean is taken. */
const meanDays = 28;

function totalsOf(
  values: Float64Array,
  measure: 'total' | 'level' | 'mean',
  days: readonly number[],
  draws: number,
  until: number,
): Float64Array {
  const spans = days.length - 1;
  const isWhole = until === spans;
  return Float64Array.from({ length: draws }, (_, s) => {
    if (measure === 'level') return values[s * spans + until - 1]!;
    let [sum, length] = [0, 0];
    for (let w = 0; w < until; w += 1) {
      if (measure === 'mean' && !isWhole && days[w]! < days[until]! - meanDays) continue;
      const size = measure === 'mean' ? days[w + 1]! - days[w]! : 1;
      sum += size * values[s * spans + w]!;
      length += size;
    }
    return measure === 'mean' ? sum / length : sum;
  });
}
