import { type Diagnostic, error, type Outcome, warning } from '../diagnostic.ts';
import type { Evaluate, Range, Watch } from '../experiment/evaluate.ts';
import { factorFaults, factorScale } from '../sampling/scale.ts';
import { answersMax, evaluateBatch } from './batch.ts';
import { outputFaults } from './outputs.ts';

const factorsMax = 4096;

export interface TornadoOptions extends Watch {
  /** Where the other parameters stand, by name; the middle of each range, on its own scale, where none is given. */
  base?: Readonly<Record<string, number>>;
}

/** What an output is with one parameter at either end of its range; null where the run has no finite answer. */
export interface TornadoBar {
  name: string;
  low: number | null;
  high: number | null;
  /** high - low; null where one of them is. */
  swing: number | null;
}

export interface TornadoOutput {
  name: string;
  /** With every parameter at its base. */
  base: number | null;
  /** The longest bar first; bars without a swing last. */
  bars: TornadoBar[];
}

/** Plain data, ready to be written as JSON. */
export interface TornadoReport {
  method: 'tornado';
  base: { name: string; value: number }[];
  runs: number;
  outputs: TornadoOutput[];
}

/**
 * One parameter at a time to the low and to the high end of its range, the others at their base: 2 d + 1 runs. Tells
 * nothing of interactions; that is what Sobol' indices are for. A stopped table is no answer.
 */
export async function tornado(
  evaluate: Evaluate,
  ranges: readonly Range[],
  outputs: readonly string[],
  options: TornadoOptions = {},
): Promise<Outcome<TornadoReport>> {
  const errors = [...factorFaults(ranges, factorsMax), ...outputFaults(outputs), ...baseFaults(ranges, options.base)];
  const runs = 2 * ranges.length + 1;
  if (errors.length === 0 && runs * outputs.length > answersMax) {
    const most = Math.floor(answersMax / runs);
    errors.push(error('experiment.bad_setting', { setting: 'outputs', value: outputs.length, least: 1, most }));
  }
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  const given = new Map(Object.entries(options.base ?? {}));
  const base = ranges.map((range) => given.get(range.name) ?? factorScale(range)(0.5));
  const points = (start: number, count: number) => tornadoPoints(ranges, base, start, count);
  const batch = { count: runs, unit: 1, dimensions: ranges.length, width: outputs.length, points };
  const answers = await evaluateBatch(evaluate, batch, options);
  if (answers.fault !== undefined) return { ok: false, errors: [answers.fault], warnings: [] };
  if (!answers.complete) {
    const details = { done: answers.done, planned: runs, least: runs };
    return { ok: false, errors: [error('experiment.stopped_early', details)], warnings: [] };
  }
  const tables = outputs.map((name, k) => tableOf(name, ranges, (run) => answers.values[run * outputs.length + k]!));
  const warnings = tables.flatMap(missing);
  const value: TornadoReport = {
    method: 'tornado',
    base: ranges.map(({ name }, d) => ({ name, value: base[d]! })),
    runs,
    outputs: tables,
  };
  return { ok: true, value, warnings };
}

function baseFaults(ranges: readonly Range[], base: Readonly<Record<string, number>> = {}): Diagnostic[] {
  const names = new Set(ranges.map((range) => range.name));
  return Object.entries(base).flatMap(([name, value]) => {
    if (!names.has(name)) return [error('experiment.unknown_base', { name })];
    return Number.isFinite(value) ? [] : [error('experiment.bad_base', { name, value })];
  });
}

/** Run 0 is the base; runs 2 d + 1 and 2 d + 2 have parameter d at its low and high end. */
function tornadoPoints(ranges: readonly Range[], base: readonly number[], start: number, count: number): Float64Array {
  const points = new Float64Array(count * ranges.length);
  for (let i = 0; i < count; i += 1) {
    points.set(base, i * ranges.length);
    const run = start + i;
    if (run === 0) continue;
    const d = Math.floor((run - 1) / 2);
    const range = ranges[d]!;
    points[i * ranges.length + d] = run % 2 === 1 ? range.low : range.high;
  }
  return points;
}

function tableOf(name: string, ranges: readonly Range[], answerOf: (run: number) => number): TornadoOutput {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const bars = ranges.map((range, d) => {
    const low = finite(answerOf(2 * d + 1));
    const high = finite(answerOf(2 * d + 2));
    return { name: range.name, low, high, swing: low === null || high === null ? null : finite(high - low) };
  });
  bars.sort((a, b) => lengthOf(b) - lengthOf(a));
  return { name, base: finite(answerOf(0)), bars };
}

function lengthOf(bar: TornadoBar): number {
  return bar.swing === null ? -1 : Math.abs(bar.swing);
}

function missing(output: TornadoOutput): Diagnostic[] {
  const failed = output.bars.filter((bar) => bar.swing === null).length + (output.base === null ? 1 : 0);
  if (failed === 0) return [];
  return [warning('experiment.missing_bars', { output: output.name, failed }, { variable: output.name })];
}
