import { simulatedSnapshot } from '../apps/server/src/commands/simulate/snapshot.ts';
import { backtestStudy } from '../apps/server/src/domains/forecast/score/index.ts';
import type { Snapshot } from '../apps/server/src/domains/forecast/task.ts';
import { templateModel } from './forecast.ts';
import type { BenchResult } from './machine.ts';

const brandsUsual = 10;
/** Brands that no choice of the method was made on. */
const firstSeed = 201;

/** How good the forecasts of the product would have been on simulated brands, against the baselines of the same folds. */
export async function run(brands = brandsUsual): Promise<BenchResult> {
  const result: BenchResult = { bench: 'backtest', figures: { brands, firstSeed }, bars: {} };
  const { figures, bars } = result;
  for (const levers of ['planned', 'held'] as const) {
    const study = await backtestStudy({
      model: templateModel(),
      brands: histories(brands),
      levers,
      workplace: { threads: 2 },
    });
    for (const one of study.horizons) {
      const name = `levers ${levers}, ${one.horizon.from} to ${one.horizon.to} weeks`;
      figures[`${name}: series`] = one.series;
      figures[`${name}: better than the best baseline in hindsight`] = rounded(one.betterThan.hindsight);
      figures[`${name}: better than the baseline chosen by earlier folds`] = rounded(one.betterThan.chosen);
      for (const [method, share] of Object.entries(one.betterThan.each)) {
        figures[`${name}: better than ${method}`] = rounded(share);
      }
      for (const [method, value] of Object.entries(one.relative)) {
        figures[`${name}: CRPS of ${method}, of the best baseline in hindsight`] = rounded(value);
      }
      for (const method of ['used', 'model', 'combination'] as const) {
        figures[`${name}: 80 % intervals of ${method} hold`] = rounded(one.coverage[method] ?? Number.NaN);
      }
      if (levers !== 'planned' || one.horizon.from !== 4 || one.horizon.to !== 13) continue;
      const coverage = one.coverage.used ?? Number.NaN;
      bars['better than the best baseline at 4 to 13 weeks'] = {
        bar: '>= 70 % of series',
        met: one.betterThan.hindsight >= 0.7,
      };
      bars['80 % intervals'] = { bar: '72 to 88 %', met: coverage >= 0.72 && coverage <= 0.88 };
    }
  }
  return result;
}

function* histories(brands: number): Iterable<Snapshot> {
  for (let k = 0; k < brands; k++) yield simulatedSnapshot({ seed: firstSeed + k, days: 548, members: 2000 }).snapshot;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
