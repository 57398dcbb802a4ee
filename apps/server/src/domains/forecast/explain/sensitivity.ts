import {
  type Evaluate,
  morrisSensitivity,
  type Range,
  type SobolReport,
  sentenceOf,
  sobolSensitivity,
  tornado,
} from '@tandem/dynamics';
import { evaluationsPerSecond } from '../shared-runs.ts';
import { type Quarter, quarterOf } from './quarter.ts';
import type { ExplainedSobol, ExplainResult } from './result.ts';
import { columnOf, type Subject, type Today } from './subject.ts';

/** Parameters that Sobol' indices are worked out for; where there are more, those that move outputs most. */
const factorsMost = 20;
const trajectories = 16;
const baseSamplesLeast = 64;
/** Seconds of one thread that the runs for Sobol' indices may take. */
const secondsMost = 16;
/** Half an interval of a total index within which its outputs count as settled, and what half of the runs may say otherwise. */
const halfWidthMost = 0.1;
const changeMost = 0.05;
const resamples = 500;

export type ExplainedSensitivity = Pick<ExplainResult, 'tornado' | 'sobol' | 'sensitivityRefused' | 'screened'>;

/** Points of the unit cube as runs of the days ahead: each coordinate is a share of the draws of its parameter. */
interface Mapped {
  quarter: Quarter;
  evaluate: Evaluate;
  ranges: Range[];
  /** Positions of the median. */
  middle: Readonly<Record<string, number>>;
}

/**
 * How far what is not known of each parameter spreads what comes in the days ahead. All runs begin at today's levels of the
 * fitted median, and parameters vary by the distribution of their draws, each by itself: that they may go together is left
 * out, which the indices need. `samples` bounds the groups of runs.
 */
export async function explainSensitivity(
  subject: Subject,
  today: Today | null,
  { horizonDays, samples }: { horizonDays: number; samples: number },
  stage: (share: number) => void,
): Promise<ExplainedSensitivity> {
  const nothing: ExplainedSensitivity = { tornado: [], sobol: [], sensitivityRefused: [], screened: [] };
  const quarter = quarterOf(subject, today, { horizonDays });
  if (subject.names.length === 0 || quarter.outputs.length === 0) return nothing;
  const all = await mappedRuns(subject, quarter);
  const outputs = quarter.outputs.map(({ id }) => id);
  const bars = await tornado(
    all.evaluate,
    all.ranges.map((range) => ({ ...range, low: 0.1, high: 0.9 })),
    outputs,
    { base: all.middle },
  );
  stage(0.1);
  if (!bars.ok) return { ...nothing, sensitivityRefused: refusals(outputs, bars.errors) };
  const screened = await screen(subject, all, outputs);
  stage(0.25);
  const kept =
    screened.length === 0
      ? all.ranges
      : all.ranges.filter(({ name }) => screened.find(({ variable }) => variable === name)?.kept);
  const sobol = await sobolOf(subject, all, { kept, outputs, samples, stage });
  return {
    tornado: bars.value.outputs.flatMap(({ name, base, bars: own }) =>
      base === null
        ? []
        : [
            {
              output: name,
              base,
              bars: own.flatMap(({ name: variable, low, high }) =>
                low === null || high === null ? [] : [{ variable, low, high }],
              ),
            },
          ],
    ),
    screened,
    ...sobol,
  };
}

async function mappedRuns(subject: Subject, quarter: Quarter): Promise<Mapped> {
  const { names, draws, median } = subject;
  const sorted = names.map((_, i) => columnOf(draws.values, draws.names.length, i).sort());
  const [first] = [await quarter.ahead.rows(median, 1)];
  const places = quarter.ahead.parameters;
  const evaluate: Evaluate = (points, count) => {
    const width = first.length;
    const rows = new Float64Array(count * width);
    for (let row = 0; row < count; row += 1) {
      rows.set(first, row * width);
      for (const [i, place] of places.entries()) {
        if (place >= 0) rows[row * width + place] = valueAt(sorted[i]!, points[row * names.length + i]!);
      }
    }
    return quarter.run(rows, count);
  };
  const ranges = names.map((name): Range => ({ name, low: 0, high: 1 }));
  return { quarter, evaluate, ranges, middle: Object.fromEntries(names.map((name) => [name, 0.5])) };
}

/** The value that a share of the sorted draws lies below, on straight lines between them. */
function valueAt(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

/** Mean effects of all parameters, in units of an output's largest, where there are too many for Sobol' indices. */
async function screen(
  subject: Subject,
  { evaluate, ranges }: Mapped,
  outputs: readonly string[],
): Promise<ExplainResult['screened']> {
  if (ranges.length <= factorsMost) return [];
  const { workplace, seed } = subject;
  const watch = workplace.signal ? { signal: workplace.signal } : {};
  const found = await morrisSensitivity(evaluate, ranges, outputs, {
    trajectories,
    seed: seed >>> 0,
    resamples,
    ...watch,
  });
  if (!found.ok) return ranges.map(({ name }, i) => ({ variable: name, effect: 0, kept: i < factorsMost }));
  const effects = ranges.map(({ name }) => ({
    variable: name,
    effect: Math.max(
      0,
      ...found.value.outputs.map(({ factors }) => {
        const most = Math.max(...factors.map(({ muStar }) => muStar.value));
        const own = factors.find((factor) => factor.name === name)?.muStar.value ?? 0;
        return most > 0 ? own / most : 0;
      }),
    ),
  }));
  const sorted = effects.toSorted((a, b) => b.effect - a.effect);
  return sorted.map((one, i) => ({ ...one, kept: i < factorsMost && one.effect > 0 }));
}

interface SobolPlan {
  kept: readonly Range[];
  outputs: readonly string[];
  samples: number;
  stage: (share: number) => void;
}

async function sobolOf(
  subject: Subject,
  { quarter, evaluate, ranges }: Mapped,
  { kept, outputs, samples, stage }: SobolPlan,
) {
  const { workplace, seed } = subject;
  const places = kept.map(({ name }) => ranges.findIndex((range) => range.name === name));
  const someOf: Evaluate = (points, count) => {
    const whole = new Float64Array(count * ranges.length).fill(0.5);
    for (let row = 0; row < count; row += 1) {
      for (const [i, place] of places.entries()) whole[row * ranges.length + place] = points[row * kept.length + i]!;
    }
    return evaluate(whole, count);
  };
  const found = await sobolSensitivity(someOf, kept, outputs, {
    baseSamples: baseSamplesFor(quarter, kept.length, samples),
    seed: seed >>> 0,
    resamples,
    ...(workplace.signal && { signal: workplace.signal }),
    onProgress: (done, total) => stage(0.25 + (0.75 * done) / total),
  });
  workplace.signal?.throwIfAborted();
  if (!found.ok) return { sobol: [], sensitivityRefused: refusals(outputs, found.errors) };
  const { outputs: told, refused, runs } = found.value;
  return {
    sobol: told.map((output) => sobolShares(output, runs)),
    sensitivityRefused: refused.map(({ name, reason }) => ({
      output: name,
      code: reason.code,
      en: sentenceOf(reason, 'en'),
      zh: sentenceOf(reason, 'zh'),
    })),
  };
}

/** The largest power of two of groups that the budget is enough for: told by the size of the program, not by a clock. */
function baseSamplesFor({ ahead: { program } }: Quarter, factors: number, samples: number): number {
  const stages = { euler: 1, rk2: 2, rk4: 4, rk45: 7 }[program.time.method];
  const runsMost = (secondsMost * evaluationsPerSecond) / (program.nodes.length * program.time.steps * stages);
  const most = Math.min(samples, runsMost / (factors + 2));
  return 2 ** Math.max(Math.log2(baseSamplesLeast), Math.floor(Math.log2(Math.max(1, most))));
}

function sobolShares(
  { name, mean, standardDeviation, factors, convergence }: SobolReport['outputs'][number],
  runs: number,
): ExplainedSobol {
  const halfWidths = factors.map(({ total }) => (total.high - total.low) / 2);
  const before = convergence.at(-2)?.factors ?? [];
  const change = factors.map((factor) => {
    const earlier = before.find((one) => one.name === factor.name);
    return earlier === undefined ? Number.POSITIVE_INFINITY : Math.abs(earlier.total.value - factor.total.value);
  });
  const halfWidthWidest = Math.max(...halfWidths);
  return {
    output: name,
    count: runs,
    mean,
    deviation: standardDeviation,
    factors: factors
      .map(({ name: variable, first, total }) => ({
        variable,
        first: first.value,
        firstLow: first.low,
        firstHigh: first.high,
        total: total.value,
        totalLow: total.low,
        totalHigh: total.high,
      }))
      .sort((a, b) => b.total - a.total),
    converged: halfWidthWidest <= halfWidthMost && Math.max(...change) <= changeMost,
    halfWidthMost: halfWidthWidest,
  };
}

function refusals(outputs: readonly string[], errors: readonly Parameters<typeof sentenceOf>[0][]) {
  const [reason] = errors;
  if (reason === undefined) return [];
  const { code } = reason;
  return outputs.map((output) => ({ output, code, en: sentenceOf(reason, 'en'), zh: sentenceOf(reason, 'zh') }));
}
