import { type EnsembleOptions, expectValue, scalePoints, uniformPoints } from '@tandem/dynamics';
import {
  daysOf,
  driveModel,
  type LoadedModel,
  leverPaths,
  loadModel,
  observedLayout,
  stocksOf,
  weekBoundaries,
} from '../model/index.ts';
import type { SetupObservation } from '../setup.ts';
import { runsOf } from '../shared-runs.ts';
import type { FitResult, FittedSeries, ModelInput, Snapshot, Workplace } from '../task.ts';
import { firstWeekday, type Pattern, promotionDays, promotionLift } from './days.ts';
import { type Draws, decodeDraws, modelPoints, scaleName } from './draws.ts';
import { countVariance, type NoiseShape, noiseFilter, outlierVariance, whiten } from './noise-filter.ts';

/** What every forecast of a fit has in common, whatever is planned. */
export interface ForecastBasis {
  model: ModelInput;
  snapshot: Snapshot;
  fit: FitResult;
  horizonDays: number;
  /** Draws of the fit that are run, spread evenly over all of them. */
  draws: number;
  seed: number;
  /** Starts a worker, `nodeThread` or `browserThread`; runs are made in the own thread without. */
  spawn?: EnsembleOptions['spawn'];
  threads: number;
  /** Makes big ensembles with other workers. */
  share?: NonNullable<Workplace['share']>;
  signal?: AbortSignal;
}

/** A KPI that is forecast. */
export interface ForecastKpi {
  observation: SetupObservation;
  fitted: FittedSeries | undefined;
  pattern: Pattern;
  /** By draw: the logarithm of the proportion between KPI and variable. */
  logScale: Float64Array;
  /** By draw and week ahead, draw after draw: the logarithm of what keeps data and model apart. */
  discrepancy: Float64Array;
}

/** Draws of the parameters with the state in which each leaves the past. */
export interface Past {
  loaded: LoadedModel;
  days: number;
  count: number;
  draws: Draws;
  inputs: string[];
  points: Float64Array;
  /** Stocks on the first forecast day; undefined where the model can not be entered in the middle. */
  stocks: { names: string[]; values: Float64Array } | undefined;
  kpis: ForecastKpi[];
  /** Model days of the weeks ahead, the first forecast day first. */
  boundaries: number[];
  weekday0: number;
}

/** Reckoned with where there is no fit to tell: levels fade over two months, weeks are off by a sixth. */
const usualShape: NoiseShape = { phi: 0.88, push: 0.1, noise: 0.15 };

/**
 * Runs the past under each draw: where its stocks stand on the first forecast day, and how far the data were from it in
 * the end. A draw that lies below the data goes on above itself, and the other way round. Throws a DynamicsError where the
 * model does not compile.
 */
export async function runPast(basis: ForecastBasis): Promise<Past> {
  const { snapshot, fit } = basis;
  const loaded = loadModel(basis.model);
  const days = daysOf(snapshot);
  const draws = decodeDraws(fit.draws);
  const { points, chosen } = modelPoints(draws, basis.draws);
  const count = chosen.length;
  const observations = loaded.setup.observations.filter(
    ({ kpi }) => fit.basis === 'prior' || fit.series.some((one) => one.kpi === kpi),
  );
  const inputs = draws.names.slice(0, draws.modelNames);
  const weeks = Math.ceil(basis.horizonDays / 7);
  const boundaries = Array.from({ length: weeks + 1 }, (_, week) => days + Math.min(basis.horizonDays, 7 * week));
  const { rows, layout, stocks } = await pastRuns(basis, loaded, observations, inputs, points, count);
  const weekday0 = firstWeekday(snapshot);
  const kpis = observations.map((observation, k): ForecastKpi => {
    const fitted = fit.series.find(({ kpi }) => kpi === observation.kpi);
    const pattern: Pattern = { weekday: fitted?.weekday ?? null, promotion: fitted?.promotion ?? null };
    const place = draws.names.indexOf(scaleName(observation.kpi));
    const logScale = Float64Array.from(chosen, (at) =>
      place < 0 ? 0 : Math.log(draws.values[at * draws.names.length + place]!),
    );
    const ends =
      fitted === undefined
        ? untold(count)
        : lastLevels(
            { fitted, snapshot, observation, logScale, weekday0, pattern },
            rows,
            k * layout.weeks,
            layout.count,
          );
    const discrepancy = discrepancyPaths(ends, weeks, basis.seed + 7919 * (k + 1));
    return { observation, fitted, pattern, logScale, discrepancy };
  });
  return { loaded, days, count, draws, inputs, points, stocks, kpis, boundaries, weekday0 };
}

async function pastRuns(
  basis: ForecastBasis,
  loaded: LoadedModel,
  observations: readonly SetupObservation[],
  inputs: string[],
  points: Float64Array,
  count: number,
) {
  const { snapshot } = basis;
  const days = daysOf(snapshot);
  const layout = observedLayout(observations, weekBoundaries(snapshot));
  const paths = leverPaths(loaded.setup, snapshot);
  const outputs = [...new Set(observations.map(({ variable }) => variable))];
  const bare = driveModel(loaded, { stop: days, paths, inputs, outputs }).program;
  const names = stocksIn(bare);
  const { program } =
    names === undefined
      ? { program: bare }
      : driveModel(loaded, { stop: days, paths, inputs, outputs: [...new Set([...outputs, ...names])] });
  const ends = (names ?? []).map((output) => ({ output, reduce: { kind: 'final' as const } }));
  const place = runsOf(basis, { program, columns: [...layout.columns, ...ends], inputs }, threadsOf(basis));
  try {
    const { values } = await place.run(points, count);
    const width = layout.width + ends.length;
    const rows = new Float64Array(count * layout.count);
    const stocks = new Float64Array(count * ends.length);
    for (let k = 0; k < count; k += 1) {
      layout.read(values, k * width, rows, k * layout.count);
      stocks.set(values.subarray(k * width + layout.width, (k + 1) * width), k * ends.length);
    }
    return { rows, layout, stocks: names === undefined ? undefined : { names, values: stocks } };
  } finally {
    place.close();
  }
}

/** What starts a worker, where more than one is wanted. */
export function threadsOf({ spawn, threads }: ForecastBasis): ForecastBasis['spawn'] {
  return threads < 2 ? undefined : spawn;
}

/** Stocks from which a run can go on, where all of them are named ones. */
function stocksIn(program: Parameters<typeof stocksOf>[0]): string[] | undefined {
  return program.memories.length > 0 || program.histories.length > 0 ? undefined : stocksOf(program);
}

/** The level of the discrepancy at the end of the data by draw, and how it moves on. */
interface Ends {
  levels: Float64Array;
  deviation: number;
  shape: NoiseShape;
}

function untold(count: number): Ends {
  const { phi, push } = usualShape;
  return { levels: new Float64Array(count), deviation: push / Math.sqrt(1 - phi * phi), shape: usualShape };
}

interface LastWeeks {
  fitted: FittedSeries;
  snapshot: Snapshot;
  observation: SetupObservation;
  logScale: Float64Array;
  weekday0: number;
  pattern: Pattern;
}

function lastLevels(what: LastWeeks, rows: Float64Array, from: number, stride: number): Ends {
  const { fitted, snapshot, observation, logScale, weekday0, pattern } = what;
  const { discrepancy: shape, weeks } = fitted;
  const boundaries = weekBoundaries(snapshot);
  const lift = promotionLift(pattern, weekday0, promotionDays(snapshot, daysOf(snapshot)), boundaries);
  const logs = Float64Array.from(weeks, ({ observed }, week) =>
    observed === null ? Number.NaN : Math.log(observed / (lift[week] ?? 1)),
  );
  const values = snapshot.series.find(({ kpi }) => kpi === observation.kpi)?.values ?? [];
  const counting = countVariance(
    values,
    observation.measure,
    weeks.map(({ observed }) => observed),
  );
  const middle = logs.map((value, week) => value - Math.log(Math.max(1e-300, weeks[week]!.median / (lift[week] ?? 1))));
  const { extra } = outlierVariance(shape, middle, counting);
  const filter = noiseFilter(
    shape,
    Uint8Array.from(logs, (value) => (Number.isNaN(value) ? 0 : 1)),
    extra,
  );
  const white = new Float64Array(filter.count);
  const residuals = new Float64Array(logs.length);
  const levels = logScale.map((scale, k) => {
    for (let week = 0; week < logs.length; week += 1) {
      const model = rows[k * stride + from + week]!;
      residuals[week] = logs[week]! - Math.log(Math.max(1e-12, model)) - scale;
    }
    return whiten(filter, residuals, 0, white, 0);
  });
  return { levels, deviation: Math.sqrt(filter.lastVariance), shape };
}

/** Paths of the discrepancy ahead: an AR(1) level from where each draw ended, and noise of each week. */
function discrepancyPaths({ levels, deviation, shape }: Ends, weeks: number, seed: number): Float64Array {
  const width = 2 * weeks + 1;
  const count = levels.length;
  const paths = new Float64Array(count * weeks);
  if (weeks === 0 || count === 0) return paths;
  const factors = Array.from({ length: width }, (_, d) => ({
    name: String(d),
    distribution: 'normal' as const,
    mean: 0,
    deviation: 1,
  }));
  const normal = scalePoints(expectValue(uniformPoints(count, width, seed)), factors);
  for (let k = 0; k < count; k += 1) {
    let level = levels[k]! + deviation * normal[k * width]!;
    for (let week = 0; week < weeks; week += 1) {
      level = shape.phi * level + shape.push * normal[k * width + 1 + 2 * week]!;
      paths[k * weeks + week] = level + shape.noise * normal[k * width + 2 + 2 * week]!;
    }
  }
  return paths;
}
