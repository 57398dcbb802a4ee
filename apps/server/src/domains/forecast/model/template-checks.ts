import {
  compileModel,
  createEnsemble,
  createEvaluator,
  describeModel,
  type Equilibrium,
  expectValue,
  fieldOf,
  followEquilibria,
  type Method,
  priorValue,
  scalePoints,
  settledStates,
  sobolPoints,
  uniformPoints,
} from '@tandem/dynamics';
import { priorOf } from '../fit/parameters.ts';
import type { LeverPath } from '../task.ts';
import { driveModel } from './driven.ts';
import type { LoadedModel } from './model.ts';

/** How many runs a check makes, and for how long. */
export interface CheckSize {
  draws: number;
  seed: number;
  days: number;
}

/** Draws of the fitted parameters from their priors, run after run; quasi-random, so that few cover much. */
export function priorDraws({ setup }: LoadedModel, { draws, seed }: Pick<CheckSize, 'draws' | 'seed'>): Float64Array {
  const values = setup.parameters.map(({ variable, prior }) => priorValue(priorOf(variable, prior)));
  const shares = expectValue(sobolPoints(draws, values.length, { seed }));
  const scores = scalePoints(
    shares,
    values.map((_, i) => ({ name: `${i}`, distribution: 'normal', mean: 0, deviation: 1 })),
  );
  return scores.map((score, i) => values[i % values.length]!(score));
}

export interface StockCheck {
  runs: number;
  /** Runs with a number that is not finite. */
  faults: number;
  /** Largest change of the sum that must not change, of that sum. */
  conservationError: number;
  /** The least value that each stock ever has, in all runs. */
  least: { variable: string; value: number }[];
}

/**
 * Runs the model over its priors and, where `levers` says so, with each lever held anywhere between its bounds: whether
 * a sum of stocks stays what it is, and how low each stock gets.
 */
export async function checkStocks(
  model: LoadedModel,
  conserved: string,
  { levers, ...size }: CheckSize & { levers: boolean },
): Promise<StockCheck> {
  const parameters = model.setup.parameters.map(({ variable }) => variable);
  const moved = levers ? model.setup.levers : [];
  const stocks = describeModel(model.file)
    .filter(({ kind }) => kind === 'stock')
    .map(({ name }) => name);
  const inputs = [...parameters, ...moved.map(({ variable }) => variable)];
  const { program } = driveModel(model, { stop: size.days, paths: [], inputs, outputs: [conserved, ...stocks] });
  const ensemble = createEnsemble(program, {
    columns: [
      { output: conserved, reduce: { kind: 'initial' } },
      { output: conserved, reduce: { kind: 'min' } },
      { output: conserved, reduce: { kind: 'max' } },
      ...stocks.map((output) => ({ output, reduce: { kind: 'min' } as const })),
    ],
  });
  const drawn = priorDraws(model, size);
  const places = expectValue(uniformPoints(size.draws, Math.max(1, moved.length), size.seed + 1));
  const points = new Float64Array(size.draws * inputs.length);
  for (let run = 0; run < size.draws; run++) {
    points.set(drawn.subarray(run * parameters.length, (run + 1) * parameters.length), run * inputs.length);
    for (const [i, { low, high }] of moved.entries()) {
      points[run * inputs.length + parameters.length + i] = low + (high - low) * places[run * moved.length + i]!;
    }
  }
  const { values, faults } = await ensemble.run(points);
  ensemble.close();
  const width = 3 + stocks.length;
  const least = stocks.map((variable) => ({ variable, value: Number.POSITIVE_INFINITY }));
  let conservationError = 0;
  for (let at = 0; at < values.length; at += width) {
    const start = values[at]!;
    conservationError = Math.max(
      conservationError,
      (start - values[at + 1]!) / start,
      (values[at + 2]! - start) / start,
    );
    for (const [i, one] of least.entries()) one.value = Math.min(one.value, values[at + 3 + i]!);
  }
  return { runs: size.draws, faults: faults.length, conservationError, least };
}

export interface StepCheck {
  kpi: string;
  /** Relative change of the KPI by halving the step, with the constants as the file has them. */
  template: number;
  /** The change that 95 % of the draws from the priors stay below, and the largest. */
  usual: number;
  /** Runs that come to rest near an unstable equilibrium for a while magnify any difference: this may be large. */
  largest: number;
}

/**
 * By how much halving the step changes each KPI over the whole span, relative to it: totals by their sum, levels and
 * means by their end.
 */
export async function checkStep(
  model: LoadedModel,
  size: CheckSize & { dt?: number; method?: Method; paths?: readonly LeverPath[] },
): Promise<StepCheck[]> {
  const { run, observations, parameters } = model.setup;
  const dt = size.dt ?? run?.dt ?? model.file.timeSpecs.dt;
  const method = size.method ?? run?.method;
  const outputs = observations.map(({ variable }) => variable);
  const inputs = parameters.map(({ variable }) => variable);
  const constants = new Map(
    describeModel(model.file).flatMap(({ elements }) => elements.map(({ name, value }) => [name, value])),
  );
  const points = Float64Array.from([...inputs.map((name) => constants.get(name)!), ...priorDraws(model, size)]);
  const at = async (step: number) => {
    const { program } = driveModel(model, {
      stop: size.days,
      paths: size.paths ?? [],
      inputs,
      outputs,
      dt: step,
      saveStep: size.days,
      ...(method && { method }),
    });
    const ensemble = createEnsemble(program, {
      columns: outputs.map((output) => ({ output, reduce: { kind: 'final' } })),
    });
    const { values } = await ensemble.run(points);
    ensemble.close();
    return values;
  };
  const whole = await at(dt);
  const half = await at(dt / 2);
  return observations.map(({ kpi }, k) => {
    const changes = Array.from({ length: size.draws + 1 }, (_, run) => {
      const place = run * outputs.length + k;
      return Math.abs(whole[place]! / half[place]! - 1);
    });
    const drawn = changes.slice(1).sort((a, b) => a - b);
    const usual = drawn[Math.ceil(0.95 * drawn.length) - 1]!;
    return { kpi, template: changes[0]!, usual, largest: drawn.at(-1)! };
  });
}

/** A coupon for everyone for some hours. */
export interface Drop {
  /** Model days from which and until when the pulse runs. */
  from: number;
  to: number;
  /** Levers during the pulse. */
  levers: { variable: string; value: number; before: number }[];
}

export interface Surge {
  /** What is counted during the drop, of what is counted in the same hours without one. */
  ratio: number;
  activityBefore: number;
  activityAfter: number;
  theta: number;
}

/**
 * What a drop multiplies a count by, against the same hours of an ordinary day: two runs of the same model that differ in
 * the drop alone. `set` changes constants, for a community elsewhere or a link that is cut.
 */
export async function surgeOf(
  model: LoadedModel,
  counted: string,
  drop: Drop,
  set: Readonly<Record<string, number>> = {},
  dt = 1 / 64,
): Promise<Surge> {
  const { activity, theta } = model.setup.threshold!;
  const at = async (isOn: boolean) => {
    const paths = drop.levers.map(({ variable, value, before }) => ({
      variable,
      steps: [
        { day: 0, value: before },
        { day: drop.from, value: isOn ? value : before },
        { day: drop.to, value: before },
      ],
    }));
    const { program } = driveModel(model, {
      stop: Math.ceil(drop.to),
      paths,
      inputs: Object.keys(set),
      outputs: [counted, activity, theta],
      dt,
      method: 'rk4',
      saveStep: dt,
    });
    const times = [drop.from, drop.to];
    const ensemble = createEnsemble(program, {
      columns: [counted, activity, theta].map((output) => ({ output, reduce: { kind: 'samples', times } })),
    });
    const { values } = await ensemble.run(Float64Array.from(Object.values(set)), { runs: 1 });
    ensemble.close();
    return values;
  };
  const withDrop = await at(true);
  const without = await at(false);
  return {
    ratio: (withDrop[1]! - withDrop[0]!) / (without[1]! - without[0]!),
    activityBefore: withDrop[2]!,
    activityAfter: withDrop[3]!,
    theta: withDrop[4]!,
  };
}

/** The bifurcation diagram of the activity along the control of the threshold. */
export interface ThresholdCurve {
  /** Points of each branch in order. */
  branches: { control: number; activity: number; stable: boolean }[][];
  folds: { control: number; activity: number }[];
  complete: boolean;
}

/** Follows the equilibria that runs settle in, for the control from `low` to `high`. */
export async function thresholdCurve(
  model: LoadedModel,
  { low, high, settleDays = 3000 }: { low: number; high: number; settleDays?: number },
): Promise<ThresholdCurve> {
  const { activity, control } = model.setup.threshold!;
  const program = expectValue(
    compileModel(model.file, {
      inputs: [control],
      outputs: [activity],
      time: { stop: settleDays, dt: 1, method: 'rk2', saveStep: settleDays },
    }),
  );
  const starts = settledStates(program, [low, (low + high) / 2, high]);
  const field = expectValue(fieldOf(program));
  const report = expectValue(await followEquilibria(field, { name: control, low, high }, { starts, searches: 0 }));
  const evaluator = createEvaluator(program);
  evaluator.begin();
  const placed = ({ parameter, state }: Equilibrium) => {
    evaluator.inputs[0] = parameter;
    evaluator.stocks.set(state);
    evaluator.refresh();
    return { control: parameter, activity: evaluator.values[program.outputs[0]!.node]! };
  };
  return {
    branches: report.branches.map(({ points }) => points.map((point) => ({ ...placed(point), stable: point.stable }))),
    folds: report.bifurcations.filter(({ kind }) => kind === 'fold').map(placed),
    complete: report.complete,
  };
}
