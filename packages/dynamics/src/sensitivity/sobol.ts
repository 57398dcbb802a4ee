import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Watch } from '../experiment/evaluate.ts';
import { sobolDimensionsMax } from '../sampling/directions.ts';
import { type Factor, factorFaults } from '../sampling/scale.ts';
import { seedFaults, settingFaults } from '../sampling/settings.ts';
import { type Answers, answersMax, evaluateBatch } from './batch.ts';
import { resamplesDefault, resamplesMax, resamplesMin } from './bootstrap.ts';
import { outputFaults, refusalOf } from './outputs.ts';
import { runsOfGroup, saltelliPoints, scramblings } from './saltelli-design.ts';
import { type Estimate, estimateIndices, failedShareMost, type Indices, rowsOf } from './sobol-estimates.ts';

/** Eight points of each scrambling: with fewer an interval says nothing. */
const baseSamplesMin = 8 * scramblings;
const baseSamplesMax = 2 ** 24;
const baseSamplesDefault = 1024;
/** Factors up to which pairs are told; 64 have 2,016 of them. */
const pairedFactorsMax = 64;
/** Half an interval from which the ranking of factors is in doubt. */
const halfWidthMost = 0.1;

export interface SobolOptions extends Watch {
  /** Runs that may be made; the largest power of two of groups that they are enough for is taken. */
  runs?: number;
  /** Groups of runs, N, a power of two from 64; instead of `runs`. 1,024 where neither is given. */
  baseSamples?: number;
  /** 1 by default. */
  seed?: number;
  /** Also tells the index of every pair; a group then takes 2 d + 2 runs instead of d + 2. */
  secondOrder?: boolean;
  /** What share of intervals shall hold the true value; 0.95 by default. */
  confidence?: number;
  /** Resamples of the bootstrap; 2,000 by default. */
  resamples?: number;
}

export interface SobolFactor {
  name: string;
  first: Estimate;
  total: Estimate;
}

export interface SobolPair {
  names: [string, string];
  index: Estimate;
}

/** The indices as they were with an eighth, a quarter, half and all of the groups. */
export interface SobolStage {
  baseSamples: number;
  runs: number;
  factors: SobolFactor[];
}

export interface SobolOutput {
  name: string;
  /** Of the runs A and B, in the unit of the output. */
  mean: number;
  standardDeviation: number;
  factors: SobolFactor[];
  pairs: SobolPair[];
  /** Names by total index, the largest first. */
  ranking: string[];
  convergence: SobolStage[];
  /** Groups left out because a run of theirs had no finite answer. */
  droppedGroups: number;
}

/** Plain data, ready to be written as JSON. */
export interface SobolReport {
  method: 'sobol';
  /** False where the experiment was stopped; everything then rests on the runs made until then. */
  complete: boolean;
  seed: number;
  confidence: number;
  resamples: number;
  /** Independent scramblings of the Sobol' sequence that the groups are shared out to. */
  scramblings: number;
  secondOrder: boolean;
  /** Groups that were run, and how many runs a group has. */
  baseSamples: number;
  runsPerGroup: number;
  runs: number;
  runsPlanned: number;
  outputs: SobolOutput[];
  /** Outputs that have no indices, and why. */
  refused: { name: string; reason: Diagnostic }[];
}

/**
 * Shares of the variance of each output that go back to each factor alone (first order), with all its interactions
 * (total) and, if asked, to each pair; estimated on scrambled Sobol' points, with bootstrap intervals over independent
 * scramblings. `evaluate` answers with one number for each of `outputs`.
 *
 * A group of runs with a failed run is left out for that output, which a warning counts; where more than a tenth fail,
 * or the output does not vary beyond rounding, it is refused; where all are, so is the experiment. A stopped experiment
 * answers with what its first 64 or more groups tell.
 */
export async function sobolSensitivity(
  evaluate: Evaluate,
  factors: readonly Factor[],
  outputs: readonly string[],
  options: SobolOptions = {},
): Promise<Outcome<SobolReport>> {
  const plan = planOf(factors, outputs, options);
  if (!plan.ok) return plan;
  const { baseSamples, runsPerGroup, seed, secondOrder, warnings } = { ...plan.value, warnings: plan.warnings };
  const answers = await evaluateBatch(
    evaluate,
    {
      count: baseSamples * runsPerGroup,
      unit: runsPerGroup,
      dimensions: factors.length,
      width: outputs.length,
      points: saltelliPoints({ factors, withPairs: secondOrder, seed }),
    },
    options,
  );
  if (answers.fault !== undefined) return { ok: false, errors: [answers.fault], warnings };
  return reportOf(answers, factors, outputs, { plan: plan.value, warnings });
}

interface Plan {
  baseSamples: number;
  runsPerGroup: number;
  seed: number;
  secondOrder: boolean;
  confidence: number;
  resamples: number;
}

function planOf(factors: readonly Factor[], outputs: readonly string[], options: SobolOptions): Outcome<Plan> {
  const secondOrder = options.secondOrder ?? false;
  const runsPerGroup = runsOfGroup(factors.length, secondOrder);
  const most = secondOrder ? pairedFactorsMax : Math.floor(sobolDimensionsMax / 2);
  const asked = options.baseSamples ?? (options.runs === undefined ? baseSamplesDefault : undefined);
  const baseSamples = asked ?? 2 ** Math.floor(Math.log2(Math.max(1, options.runs! / runsPerGroup)));
  const plan: Plan = {
    baseSamples,
    runsPerGroup,
    seed: options.seed ?? 1,
    secondOrder,
    confidence: options.confidence ?? 0.95,
    resamples: options.resamples ?? resamplesDefault,
  };
  const errors = [
    ...factorFaults(factors, most),
    ...outputFaults(outputs),
    ...seedFaults(plan.seed),
    ...settingFaults('confidence', plan.confidence, 'number', 0.5, 0.999),
    ...settingFaults('resamples', plan.resamples, 'whole', resamplesMin, resamplesMax),
  ];
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  errors.push(...sizeFaults(plan, options, outputs.length));
  return errors.length > 0 ? { ok: false, errors, warnings: [] } : { ok: true, value: plan, warnings: [] };
}

function sizeFaults({ baseSamples, runsPerGroup }: Plan, options: SobolOptions, width: number): Diagnostic[] {
  const most = Math.min(baseSamplesMax, Math.floor(answersMax / (runsPerGroup * width)));
  if (options.baseSamples === undefined && options.runs !== undefined) {
    return settingFaults('runs', options.runs, 'whole', baseSamplesMin * runsPerGroup, most * runsPerGroup);
  }
  const faults = settingFaults('baseSamples', baseSamples, 'whole', baseSamplesMin, most);
  if (faults.length > 0 || Number.isInteger(Math.log2(baseSamples))) return faults;
  const below = 2 ** Math.floor(Math.log2(baseSamples));
  return [error('experiment.no_power_of_two', { value: baseSamples, below, above: 2 * below })];
}

function reportOf(
  answers: Answers,
  factors: readonly Factor[],
  names: readonly string[],
  { plan, warnings }: { plan: Plan; warnings: Diagnostic[] },
): Outcome<SobolReport> {
  const groups = Math.floor(answers.done / plan.runsPerGroup);
  const planned = plan.baseSamples * plan.runsPerGroup;
  if (groups < baseSamplesMin) {
    const details = { done: answers.done, planned, least: baseSamplesMin * plan.runsPerGroup };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings };
  }
  const outputs: SobolOutput[] = [];
  const refused: SobolReport['refused'] = [];
  const found = [...warnings];
  if (!answers.complete) found.push(warning('experiment.stopped', { done: answers.done, planned }));
  for (const [index, name] of names.entries()) {
    const table = { values: answers.values, groups, width: names.length };
    const read = rowsOf(table, index, factors.length, plan.secondOrder);
    if ('refusal' in read) {
      const counts = { failed: read.failed, all: groups, most: failedShareMost * 100 };
      refused.push({ name, reason: refusalOf(read.refusal, name, counts) });
      continue;
    }
    if (read.failed > 0) {
      found.push(warning('experiment.dropped_groups', { output: name, failed: read.failed, all: groups }));
    }
    const stages = estimateIndices(read.rows, stagesOf(groups), plan);
    const output = outputOf(name, stages, factors, plan.runsPerGroup);
    outputs.push({
      ...output,
      mean: read.rows.mean,
      standardDeviation: read.rows.deviation,
      droppedGroups: read.failed,
    });
    found.push(...doubts(outputs.at(-1)!));
  }
  if (outputs.length === 0) return { ok: false, errors: refused.map(({ reason }) => reason), warnings: found };
  found.push(...refused.map(({ reason }) => ({ ...reason, severity: 'warning' as const })));
  const { resamples, confidence, seed, secondOrder, runsPerGroup } = plan;
  const value: SobolReport = {
    method: 'sobol',
    complete: answers.complete,
    seed,
    confidence,
    resamples,
    scramblings,
    secondOrder,
    baseSamples: groups,
    runsPerGroup,
    runs: answers.done,
    runsPlanned: planned,
    outputs,
    refused,
  };
  return { ok: true, value, warnings: found };
}

/** An eighth, a quarter, half and all of the groups, as far as each is enough for an estimate. */
function stagesOf(groups: number): number[] {
  return [8, 4, 2, 1].map((part) => Math.floor(groups / part)).filter((count) => count >= baseSamplesMin);
}

function outputOf(
  name: string,
  stages: readonly Indices[],
  factors: readonly Factor[],
  runsPerGroup: number,
): Pick<SobolOutput, 'name' | 'factors' | 'pairs' | 'ranking' | 'convergence'> {
  const names = factors.map((factor) => factor.name);
  const tables = stages.map(({ first, total }) =>
    names.map((factor, j) => ({ name: factor, first: first[j]!, total: total[j]! })),
  );
  const last = tables.at(-1)!;
  const couples = names.flatMap((one, i) => names.slice(i + 1).map((other): [string, string] => [one, other]));
  const pairs = stages.at(-1)!.pairs.map((index, k) => ({ names: couples[k]!, index }));
  return {
    name,
    factors: last,
    pairs,
    ranking: last.toSorted((a, b) => b.total.value - a.total.value).map((factor) => factor.name),
    convergence: tables.map((table, s) => {
      const baseSamples = stages[s]!.groups;
      return { baseSamples, runs: baseSamples * runsPerGroup, factors: table };
    }),
  };
}

/** Estimates that no true index can explain, and intervals too wide to tell factors apart. */
function doubts({ name, factors, pairs }: SobolOutput): Diagnostic[] {
  const all = [
    ...factors.flatMap((factor) => [
      { of: factor.name, estimate: factor.first },
      { of: factor.name, estimate: factor.total },
    ]),
    ...pairs.map((pair) => ({ of: pair.names.join(' × '), estimate: pair.index })),
  ];
  const outside = all
    .filter(({ estimate }) => estimate.flag === 'outside_beyond_noise')
    .map(({ of, estimate }) => warning('experiment.index_outside', { output: name, of, value: short(estimate.value) }));
  const widest = Math.max(...all.map(({ estimate }) => (estimate.high - estimate.low) / 2));
  const wide =
    widest > halfWidthMost ? [warning('experiment.wide_intervals', { output: name, width: short(widest) })] : [];
  return [...outside, ...wide];
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}
