import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Range, Watch } from '../experiment/evaluate.ts';
import { morrisTrajectories, type Trajectories } from '../sampling/morris.ts';
import { factorFaults, scalePoints } from '../sampling/scale.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { answersMax, evaluateBatch } from './batch.ts';
import { bootstrapIntervals, type Interval, resamplesDefault, resamplesMax, resamplesMin } from './bootstrap.ts';
import { effectsOf, trajectoryFailuresMost } from './elementary-effects.ts';
import { outputFaults, refusalOf } from './outputs.ts';

const factorsMax = 4096;
/** With fewer trajectories an interval says nothing. */
const trajectoriesMin = 4;
const trajectoriesDefault = 32;
/** Parts that the bootstrap draws from, and sums it may make: a second or two. */
const partsMin = 50;
const partsMax = 1000;
const resamplingWorkMax = 2 ** 29;

export interface MorrisOptions extends Watch {
  /** Runs that may be made: as many whole trajectories as they are enough for. */
  runs?: number;
  /** Trajectories r, from 4; instead of `runs`. 32 where neither is given. */
  trajectories?: number;
  /** Levels of the grid, even; 4 by default. */
  levels?: number;
  /** Groups of factors that move together, each by the names of its factors; the others stay on their own. */
  groups?: readonly { name: string; factors: readonly string[] }[];
  /** Takes those trajectories that lie far apart from so many; none are thrown away by default. */
  candidates?: number;
  /** 1 by default. */
  seed?: number;
  /** What share of intervals shall hold the true value; 0.95 by default. */
  confidence?: number;
  /** Resamples of the bootstrap; 2,000 by default. */
  resamples?: number;
}

export interface MorrisFactor {
  /** Of the factor, or of the group. */
  name: string;
  /** The mean size of the effect of going through the whole range, in the unit of the output, and its interval. */
  muStar: Interval & { value: number };
  /** The mean effect; of single factors only, because those of a group go up and down against each other. */
  mu?: number;
  /** Standard deviation of the effect, which tells of curvature and interaction; of single factors only. */
  sigma?: number;
}

export interface MorrisOutput {
  name: string;
  factors: MorrisFactor[];
  /** Names by mu*, the largest first. */
  ranking: string[];
  /** Trajectories left out because a run of theirs had no finite answer. */
  droppedTrajectories: number;
}

/** Plain data, ready to be written as JSON. */
export interface MorrisReport {
  method: 'morris';
  /** False where the experiment was stopped; everything then rests on the runs made until then. */
  complete: boolean;
  seed: number;
  confidence: number;
  resamples: number;
  levels: number;
  trajectories: number;
  runsPerTrajectory: number;
  runs: number;
  runsPlanned: number;
  outputs: MorrisOutput[];
  /** Outputs that have no effects, and why. */
  refused: { name: string; reason: Diagnostic }[];
}

/**
 * Screening by elementary effects: which factors matter (mu*), which act alike everywhere (sigma near 0) and which bend
 * or interact, for about r (d + 1) runs. Effects are for the whole range of a factor, on its own scale. `evaluate`
 * answers with one number for each of `outputs`.
 *
 * M. D. Morris (1991), with mu* of F. Campolongo, J. Cariboni, A. Saltelli (2007). A trajectory with a failed run is left
 * out for that output, which a warning counts; where more than a tenth fail, or the output is the same in every run, it
 * is refused; where all are, so is the experiment. A stopped experiment answers with what 4 or more trajectories tell.
 */
export async function morrisSensitivity(
  evaluate: Evaluate,
  ranges: readonly Range[],
  outputs: readonly string[],
  options: MorrisOptions = {},
): Promise<Outcome<MorrisReport>> {
  const plan = planOf(ranges, outputs, options);
  if (!plan.ok) return plan;
  const { design, warnings } = { ...plan.value, warnings: plan.warnings };
  const runs = design.groups + 1;
  const size = runs * ranges.length;
  const answers = await evaluateBatch(
    evaluate,
    {
      count: design.count * runs,
      unit: runs,
      dimensions: ranges.length,
      width: outputs.length,
      points: (start, count) => scalePoints(design.points.subarray(start * size, (start + count) * size), ranges),
    },
    options,
  );
  if (answers.fault !== undefined) return { ok: false, errors: [answers.fault], warnings };
  return reportOf(answers, outputs, plan.value);
}

interface Plan {
  design: Trajectories;
  /** The name of each group and whether it is a single factor. */
  groups: readonly { name: string; isSingle: boolean }[];
  levels: number;
  seed: number;
  confidence: number;
  resamples: number;
}

function planOf(ranges: readonly Range[], outputs: readonly string[], options: MorrisOptions): Outcome<Plan> {
  const seed = options.seed ?? 1;
  const levels = options.levels ?? 4;
  const confidence = options.confidence ?? 0.95;
  const resamples = options.resamples ?? resamplesDefault;
  const errors = [
    ...factorFaults(ranges, factorsMax),
    ...outputFaults(outputs),
    ...seedFaults(seed),
    ...settingFaults('confidence', confidence, 'number', 0.5, 0.999),
    ...settingFaults('resamples', resamples, 'whole', resamplesMin, resamplesMax),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const grouping = groupingOf(ranges, options.groups ?? []);
  if (!grouping.ok) return grouping;
  const { groupOf, groups } = grouping.value;
  const count = options.trajectories ?? trajectoriesFor(options.runs, groups.length + 1);
  const most = Math.floor(answersMax / ((groups.length + 1) * outputs.length));
  const faults =
    options.trajectories === undefined && options.runs !== undefined
      ? settingFaults('runs', options.runs, 'whole', trajectoriesMin * (groups.length + 1), most * (groups.length + 1))
      : settingFaults('trajectories', count, 'whole', trajectoriesMin, most);
  if (faults.length > 0) return { ok: false, errors: faults, warnings: [] };
  const candidates = options.candidates ?? count;
  const design = morrisTrajectories(count, ranges.length, seed, { levels, groups: groupOf, candidates });
  if (!design.ok) return design;
  const value: Plan = { design: design.value, groups, levels, seed, confidence, resamples };
  return { ok: true, value, warnings: design.warnings };
}

function trajectoriesFor(runs: number | undefined, runsPerTrajectory: number): number {
  return runs === undefined ? trajectoriesDefault : Math.floor(runs / runsPerTrajectory);
}

/** The number of each factor's group; groups come first, in their order, then the factors on their own. */
function groupingOf(
  ranges: readonly Range[],
  given: readonly { name: string; factors: readonly string[] }[],
): Outcome<{ groupOf: number[]; groups: Plan['groups'] }> {
  const numbers = new Map<string, number>();
  const names = new Set(ranges.map((range) => range.name));
  const errors: Diagnostic[] = [];
  for (const [number, { name, factors }] of given.entries()) {
    if (factors.length === 0) errors.push(error('experiment.empty_group', { group: name }));
    for (const factor of factors) {
      if (!names.has(factor)) errors.push(error('experiment.unknown_factor', { name: factor, group: name }));
      if (numbers.has(factor)) errors.push(error('experiment.same_name', { name: factor }));
      numbers.set(factor, number);
    }
  }
  const alone = ranges.filter((range) => !numbers.has(range.name));
  const groups = [
    ...given.map(({ name, factors }) => ({ name, isSingle: factors.length === 1 })),
    ...alone.map(({ name }) => ({ name, isSingle: true })),
  ];
  for (const [k, { name }] of alone.entries()) numbers.set(name, given.length + k);
  errors.push(...outputFaults(groups.map(({ name }) => name)));
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  return { ok: true, value: { groupOf: ranges.map((range) => numbers.get(range.name)!), groups }, warnings: [] };
}

function reportOf(
  answers: { values: Float64Array; done: number; complete: boolean },
  names: readonly string[],
  plan: Plan,
): Outcome<MorrisReport> {
  const { design, groups, levels, seed, confidence, resamples } = plan;
  const runs = design.groups + 1;
  const trajectories = Math.floor(answers.done / runs);
  const planned = design.count * runs;
  if (trajectories < trajectoriesMin) {
    const details = { done: answers.done, planned, least: trajectoriesMin * runs };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
  }
  const warnings: Diagnostic[] = [];
  if (!answers.complete) warnings.push(warning('experiment.stopped', { done: answers.done, planned }));
  const outputs: MorrisOutput[] = [];
  const refused: MorrisReport['refused'] = [];
  for (const [index, name] of names.entries()) {
    const read = effectsOf(design, { values: answers.values, trajectories, width: names.length }, index);
    const counts = { failed: read.failed, all: trajectories, most: trajectoryFailuresMost * 100 };
    if ('refusal' in read) {
      refused.push({ name, reason: refusalOf(read.refusal, name, counts) });
      continue;
    }
    if (read.failed > 0) {
      warnings.push(warning('experiment.dropped_groups', { output: name, failed: read.failed, all: trajectories }));
    }
    const factors = factorsOf(read.effects, groups, plan);
    const ranking = factors.toSorted((a, b) => b.muStar.value - a.muStar.value).map((factor) => factor.name);
    outputs.push({ name, factors, ranking, droppedTrajectories: read.failed });
  }
  if (outputs.length === 0) return { ok: false, errors: refused.map(({ reason }) => reason), warnings };
  warnings.push(...refused.map(({ reason }) => ({ ...reason, severity: 'warning' as const })));
  const value: MorrisReport = {
    method: 'morris',
    complete: answers.complete,
    seed,
    confidence,
    resamples,
    levels,
    trajectories,
    runsPerTrajectory: runs,
    runs: answers.done,
    runsPlanned: planned,
    outputs,
    refused,
  };
  return { ok: true, value, warnings };
}

/** mu*, its interval, mu and sigma of each group; `effects` has a row of signed effects for each trajectory. */
function factorsOf(effects: Float64Array, groups: Plan['groups'], plan: Plan): MorrisFactor[] {
  const width = groups.length;
  const rows = effects.length / width;
  const parts = partsOf(effects, width, plan.resamples);
  const meanSizes = (weights: Float64Array): Float64Array => {
    const sums = new Float64Array(width);
    let count = 0;
    for (const [part, { size, sizes }] of parts.entries()) {
      const weight = weights[part]!;
      if (weight === 0) continue;
      count += weight * size;
      for (let k = 0; k < width; k += 1) sums[k]! += weight * sizes[k]!;
    }
    return sums.map((sum) => sum / count);
  };
  const sizes = meanSizes(new Float64Array(parts.length).fill(1));
  const intervals = bootstrapIntervals(parts.length, meanSizes, plan);
  return groups.map(({ name, isSingle }, k) => {
    const muStar = { value: sizes[k]!, ...intervals[k]! };
    if (!isSingle) return { name, muStar };
    let mu = 0;
    for (let row = 0; row < rows; row += 1) mu += effects[row * width + k]! / rows;
    let squares = 0;
    for (let row = 0; row < rows; row += 1) squares += (effects[row * width + k]! - mu) ** 2;
    return { name, muStar, mu, sigma: Math.sqrt(squares / (rows - 1)) };
  });
}

/**
 * The sizes of effects, summed over each of the parts that the bootstrap draws: single trajectories, or, where there are
 * so many that resampling them would take long, bunches of them, which are just as independent.
 */
function partsOf(effects: Float64Array, width: number, resamples: number): { size: number; sizes: Float64Array }[] {
  const rows = effects.length / width;
  const affordable = Math.floor(resamplingWorkMax / (resamples * width));
  const count = Math.min(rows, Math.max(partsMin, Math.min(partsMax, affordable)));
  const parts = Array.from({ length: count }, () => ({ size: 0, sizes: new Float64Array(width) }));
  for (let row = 0; row < rows; row += 1) {
    const part = parts[row % count]!;
    part.size += 1;
    for (let k = 0; k < width; k += 1) part.sizes[k]! += Math.abs(effects[row * width + k]!);
  }
  return parts;
}
