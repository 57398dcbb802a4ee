import { createEnsemble, expectValue, scalePoints, uniformPoints } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { quickFit, type QuickFit } from '../fit/index.ts';
import { dayOf, daysOf, driveModel, leverPaths, loadModel, observedLayout, weekBoundaries } from '../model/index.ts';
import { firstWeekday, promotionDays, promotionLift } from '../predict/days.ts';
import { decodeDraws, modelPoints, scaleName } from '../predict/draws.ts';
import { countVariance, noiseFilter, outlierVariance, whiten } from '../predict/noise-filter.ts';
import type { FitResult, FittedSeries, ModelInput, ScenarioPlan, Snapshot, Workplace } from '../task.ts';
import { type Grid, gridOfSample } from './grid.ts';

export interface StructuralTask {
  model: ModelInput;
  snapshot: Snapshot;
  fit: FitResult;
  plan: Pick<ScenarioPlan, 'levers'>;
  weeks: number;
  draws: number;
  seed: number;
}

export async function structuralPaths(task: StructuralTask, workplace: Workplace): Promise<StructuralPaths[]> {
  const { snapshot, fit, weeks } = task;
  const loaded = loadModel(task.model);
  const days = daysOf(snapshot);
  const past = weekBoundaries(snapshot);
  const boundaries = [...past, ...Array.from({ length: weeks }, (_, h) => days + 7 * (h + 1))];
  const fitted = fit.series;
  const observations = fitted.map(({ kpi }) => loaded.setup.observations.find((one) => one.kpi === kpi)!);
  const layout = observedLayout(observations, boundaries);
  const draws = decodeDraws(fit.draws);
  const inputs = draws.names.slice(0, draws.modelNames);
  const { program } = driveModel(loaded, {
    stop: boundaries.at(-1)!,
    paths: leverPaths(loaded.setup, snapshot, task.plan),
    inputs,
    outputs: [...new Set(observations.map(({ variable }) => variable))],
  });
  const threads = Math.max(1, workplace.threads);
  const ensemble = createEnsemble(program, {
    columns: layout.columns,
    inputs,
    ...(threads > 1 ? { spawn: nodeThread, threads } : {}),
  });
  const { points, chosen } = modelPoints(draws, task.draws);
  const { values } = await ensemble.run(points, {});
  ensemble.close();
  const rows = new Float64Array(layout.count);
  const logs = fitted.map(() => chosen.map(() => new Float64Array(layout.weeks)));
  for (const [k, at] of chosen.entries()) {
    layout.read(values, k * layout.width, rows, 0);
    for (const [s, { kpi }] of fitted.entries()) {
      const place = draws.names.indexOf(scaleName(kpi));
      const scale = place < 0 ? 1 : draws.values[at * draws.names.length + place]!;
      for (let w = 0; w < layout.weeks; w += 1) logs[s]![k]![w] = Math.log(Math.max(1e-9, rows[s * layout.weeks + w]! * scale));
    }
  }
  const weekday0 = firstWeekday(snapshot);
  const marked = promotionDays(snapshot, boundaries.at(-1)!);
  return fitted.map((series, s) => {
    const lift = promotionLift(series, weekday0, marked, boundaries);
    const observed = series.weeks.map((week) => week.observed);
    const daily = snapshot.series.find(({ kpi }) => kpi === series.kpi)!.values;
    return { series, logs: logs[s]!, lift, counting: countVariance(daily, observations[s]!.measure, observed) };
  });
}

export interface StructuralPaths {
  series: FittedSeries;
  /** log model by draw and week, past and to come. */
  logs: Float64Array[];
  lift: Float64Array;
  counting: Float64Array;
}

export async function structuralForecast(task: StructuralTask, workplace: Workplace): Promise<Map<string, Grid[]>> {
  const paths = await structuralPaths(task, workplace);
  return new Map(
    paths.map(({ series, logs, lift, counting }, s) => [
      series.kpi,
      ahead(series, logs, lift, counting, task.weeks, task.seed + s),
    ]),
  );
}

function ahead(series: FittedSeries, logs: Float64Array[], lift: Float64Array, counting: Float64Array, weeks: number, seed: number): Grid[] {
  const { discrepancy, weeks: past } = series;
  const seen = Float64Array.from(past, ({ observed }, w) => (observed === null ? Number.NaN : Math.log(observed / lift[w]!)));
  const flags = Uint8Array.from(seen, (v) => (Number.isNaN(v) ? 0 : 1));
  const medianResiduals = seen.map((v, w) => v - quantileMid(logs.map((log) => log[w]!)));
  const { extra } = outlierVariance(discrepancy, medianResiduals, counting);
  const filter = noiseFilter(discrepancy, flags, extra);
  const n = past.length;
  const normals = scalePoints(expectValue(uniformPoints(logs.length, 2 * weeks + 1, seed)), Array.from({ length: 2 * weeks + 1 }, (_, i) => ({ name: `${i}`, distribution: 'normal' as const, mean: 0, deviation: 1 })));
  const samples = Array.from({ length: weeks }, () => new Float64Array(logs.length));
  const into = new Float64Array(filter.count);
  for (const [k, log] of logs.entries()) {
    const residuals = seen.map((v, w) => v - log[w]!);
    let level = whiten(filter, residuals, 0, into, 0);
    const at = k * (2 * weeks + 1);
    level += Math.sqrt(filter.lastVariance) * normals[at]!;
    for (let h = 0; h < weeks; h += 1) {
      level = filter.phi * level + discrepancy.push * normals[at + 1 + 2 * h]!;
      samples[h]![k] = Math.exp(log[n + h]! + level + discrepancy.noise * normals[at + 2 + 2 * h]!) * lift[n + h]!;
    }
  }
  return samples.map(gridOfSample);
}

function quantileMid(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

export { quickFit, type QuickFit, dayOf };
