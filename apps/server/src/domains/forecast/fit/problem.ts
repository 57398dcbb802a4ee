import { createEnsemble, type Ensemble } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import {
  daysOf,
  driveModel,
  type LoadedModel,
  leverPaths,
  loadModel,
  type ObservedLayout,
  observedLayout,
  weekBoundaries,
} from '../model/index.ts';
import { firstWeekday, promotionDays } from '../predict/days.ts';
import type { SetupObservation } from '../setup.ts';
import type { FitResult, Snapshot, Task, Workplace } from '../task.ts';
import { isKnown, weeklyBlocks } from './blocks.ts';
import { type Sought, soughtOf } from './parameters.ts';

export type FitTask = Extract<Task, { kind: 'fit' }>;

/** A series that is fitted: how the model sees it and what was seen. */
export interface ObservedSeries {
  observation: SetupObservation;
  values: (number | null)[];
  /** Place of its proportion among what is sought; undefined where it is one. */
  scale: number | undefined;
}

/** Everything that stays the same while a fit is looked for. */
export interface Problem {
  loaded: LoadedModel;
  snapshot: Snapshot;
  days: number;
  boundaries: number[];
  weekday0: number;
  promotions: Uint8Array;
  series: ObservedSeries[];
  missing: FitResult['missing'];
  sought: Sought[];
  /** How many of `sought` are inputs of the model. */
  modelCount: number;
}

/** Weeks of data that a fit needs. */
export const weeksLeast = 6;

/** Sorts out what of a task can be fitted. Throws a DynamicsError for a model that does not compile. */
export function problemOf(task: Pick<FitTask, 'model' | 'snapshot' | 'parameters'>): Problem {
  const { snapshot } = task;
  const loaded = loadModel(task.model);
  const { setup } = loaded;
  const days = daysOf(snapshot);
  const boundaries = weekBoundaries(snapshot);
  const missing: FitResult['missing'] = [];
  const usable: { observation: SetupObservation; values: (number | null)[] }[] = [];
  for (const observation of setup.observations) {
    const values = snapshot.series.find(({ kpi }) => kpi === observation.kpi)?.values.slice(0, days);
    const code = values === undefined ? 'no_data' : unusable(values, boundaries, observation);
    if (values === undefined || code !== undefined) missing.push({ kpi: observation.kpi, code: code ?? 'no_data' });
    else usable.push({ observation, values });
  }
  for (const { kpi } of snapshot.series) {
    if (!isMapped(setup, kpi)) missing.push({ kpi, code: 'not_mapped' });
  }
  const parameters = setup.parameters.filter(({ variable }) => task.parameters?.includes(variable) ?? true);
  const observations = usable.map(({ observation }) => observation);
  const sought = soughtOf(parameters, observations, snapshot.series);
  return {
    loaded,
    snapshot,
    days,
    boundaries,
    weekday0: firstWeekday(snapshot),
    promotions: promotionDays(snapshot, days),
    series: usable.map(({ observation, values }) => {
      const at = sought.findIndex(({ scaleOf }) => scaleOf === observation.kpi);
      return { observation, values, scale: at < 0 ? undefined : at };
    }),
    missing,
    sought,
    modelCount: parameters.length,
  };
}

function isMapped(setup: LoadedModel['setup'], kpi: string): boolean {
  return (
    setup.observations.some((one) => one.kpi === kpi) ||
    setup.levers.some(({ history }) => history?.kpi === kpi) ||
    setup.parameters.some(({ startKpi }) => startKpi === kpi)
  );
}

/** Why a series cannot be fitted; undefined where it can. */
function unusable(
  values: readonly (number | null)[],
  boundaries: readonly number[],
  { measure }: SetupObservation,
): 'no_data' | 'too_short' | 'constant' | undefined {
  const known = values.filter(isKnown);
  if (known.length === 0) return 'no_data';
  const blocks = weeklyBlocks(values, boundaries, measure, []);
  const weeks = blocks.values.filter((value) => !Number.isNaN(value));
  // Levels may rightly stand still; a flow or a mean that never changes is a default, not data.
  if (known.length >= 14 && measure !== 'level' && known.every((value) => value === known[0])) return 'constant';
  return weeks.length < weeksLeast ? 'too_short' : undefined;
}

/** The model as a function of points: rows of KPI by span. */
export interface ModelRuns {
  layout: ObservedLayout;
  /** Rows of `layout.count` numbers for points of `modelCount` numbers each; NaN where a run failed. */
  ask: (points: Float64Array, count: number) => Promise<Float64Array>;
  close: () => void;
}

/** With fewer runs in a call it takes longer to hand them to other threads than to make them. */
const threadsFrom = 96;

/**
 * Compiles the model under the levers of the past and asks it for KPI between boundaries. Throws a DynamicsError for what
 * cannot be compiled.
 */
export function modelRuns(
  problem: Problem,
  boundaries: readonly number[],
  workplace: Pick<Workplace, 'threads' | 'signal'>,
): ModelRuns {
  const { loaded, snapshot, series, sought, modelCount } = problem;
  const observations = series.map(({ observation }) => observation);
  const layout = observedLayout(observations, boundaries);
  const inputs = sought.slice(0, modelCount).map(({ name }) => name);
  const { program } = driveModel(loaded, {
    stop: boundaries.at(-1)!,
    paths: leverPaths(loaded.setup, snapshot),
    inputs,
    outputs: [...new Set(observations.map(({ variable }) => variable))],
  });
  const threads = Math.max(1, workplace.threads);
  const near: Ensemble = createEnsemble(program, { columns: layout.columns, inputs });
  const far =
    threads > 1 ? createEnsemble(program, { columns: layout.columns, inputs, spawn: nodeThread, threads }) : near;
  return {
    layout,
    ask: async (points, count) => {
      const { values } = await (count < threadsFrom ? near : far).run(points, {
        ...(inputs.length === 0 ? { runs: count } : {}),
        ...(workplace.signal === undefined ? {} : { signal: workplace.signal }),
      });
      const rows = new Float64Array(count * layout.count);
      for (let k = 0; k < count; k += 1) layout.read(values, k * layout.width, rows, k * layout.count);
      return rows;
    },
    close: () => {
      near.close();
      if (far !== near) far.close();
    },
  };
}
