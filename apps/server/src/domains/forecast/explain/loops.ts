import { expectValue, type Loop, type LoopReport, scoreLoops } from '@tandem/dynamics';
import { driveModel } from '../model/index.ts';
import type { ModelSetup } from '../setup.ts';
import { type MonthSpan, monthsBetween } from './months.ts';
import type { ExplainedLoop, LoopMonth } from './result.ts';
import { drawnPoints, plainName, type Subject, uncertain } from './subject.ts';

/** Loops of the median that are scored again in every draw. */
const loopsScoredMost = 300;
const loopsListedMost = 60;
/** Loops beyond which the strongest are searched for. */
const loopsSearchedMost = 2_000;
/** Days between looks at the loops. */
const lookDays = 7;
/** Node evaluations that runs of the interpreter may take: about ten seconds. */
const evaluationsMost = 1e8;

export interface ExplainedLoops {
  loops: ExplainedLoop[];
  loopMonths: LoopMonth[];
  complete: boolean;
  covered: number;
  warnings: { code: string; en: string; zh: string }[];
}

/**
 * Which loops make the model move, month by month (Loops That Matter, see `scoreLoops`): loops are found in the run of the
 * fitted median; the strongest of the group that moves most variables are then scored in runs of single draws, so that
 * each share has an interval. Months before today only.
 */
export async function explainLoops(
  subject: Subject,
  drawsMost: number,
  stage: (share: number) => void = () => undefined,
): Promise<ExplainedLoops> {
  const { loaded, days, paths, names, median, workplace, setup, snapshot } = subject;
  const stop = days > 0 ? days : 91;
  const outputs = loopOutputs(setup);
  const { program } = driveModel(loaded, { stop, paths, inputs: names, outputs, saveStep: lookDays, traced: true });
  const watch = workplace.signal ? { signal: workplace.signal } : {};
  const found = await scoreLoops(program, { ...watch, loopsMax: loopsSearchedMost, inputs: [...median] });
  workplace.signal?.throwIfAborted();
  if (!found.ok) return { loops: [], loopMonths: [], complete: true, covered: 1, warnings: [noLoops] };
  const group = mainGroup(found.value);
  const main = group.slice(0, loopsScoredMost);
  const shareOf = (loops: readonly Loop[]) => loops.reduce((sum, { share }) => sum + share, 0);
  const only = main.map(({ variables }) => variables);
  const months = monthsBetween(snapshot, 0, stop, stop);
  const evaluationsPerRun =
    program.nodes.length * program.time.steps * { euler: 1, rk2: 2, rk4: 4, rk45: 7 }[program.time.method];
  const affordable = Math.max(4, Math.floor(evaluationsMost / evaluationsPerRun));
  const { points, count } = drawnPoints(subject, Math.min(drawsMost, affordable));
  const scored: Float64Array[] = [];
  for (let k = 0; k < count; k += 1) {
    const inputs = [...points.subarray(k * names.length, (k + 1) * names.length)];
    const report = expectValue(await scoreLoops(program, { ...watch, only, inputs }));
    workplace.signal?.throwIfAborted();
    scored.push(monthlyScores(report, only, months));
    stage((k + 1) / count);
  }
  return {
    loops: only
      .map((variables, i) => loopOf(main[i]!, variables, i, { setup, months, scored }))
      .sort((a, b) => b.share - a.share)
      .slice(0, loopsListedMost),
    loopMonths: months.map((span, m) => loopMonth(span, m, only, { setup, scored, months })),
    complete: found.value.complete && main.length === group.length,
    covered: main.length === 0 ? 1 : shareOf(main) / shareOf(group),
    warnings: found.warnings.map(({ code, message }) => ({
      code,
      en: message,
      zh: '经过延迟变量的反馈回路没有计分。',
    })),
  };
}

const nobody: readonly (string | null)[] = [null];

const noLoops = { code: 'loops.none', en: 'The model has no feedback loop.', zh: '模型中没有反馈回路。' };

/** Everything that setup names, so that all of the model that matters is in the traced program. */
function loopOutputs({ observations, threshold, optimise, shown }: ModelSetup): string[] {
  const named = [
    ...observations.map(({ variable }) => variable),
    ...(threshold ? [threshold.activity] : []),
    ...(optimise ? [optimise.members] : []),
    ...shown.map(({ variable }) => variable),
  ];
  return named.filter((name, i) => named.findIndex((other) => plainName(other) === plainName(name)) === i);
}

/** The group of loops that move most variables; scores of other groups are shares of another whole. */
function mainGroup({ loops, groups }: LoopReport): Loop[] {
  const sizes = groups.map((group) => new Set(group.flatMap((place) => loops[place]!.variables)).size);
  const largest = groups[sizes.indexOf(Math.max(...sizes))] ?? [];
  return largest.map((place) => loops[place]!).filter(({ share }) => share > 0);
}

/** Loops x months: means of the relative scores of a month, among the loops of `only`. */
function monthlyScores(
  report: LoopReport,
  only: readonly (readonly string[])[],
  months: readonly MonthSpan[],
): Float64Array {
  const places = new Map(report.loops.map((loop) => [loop.variables.join(' '), loop]));
  const moved = Array.from(
    report.times,
    (_, t) => report.loops.reduce((sum, { scores }) => sum + Math.abs(scores[t]!), 0) > 0.5,
  );
  const means = new Float64Array(only.length * months.length);
  for (const [i, variables] of only.entries()) {
    const loop = places.get(variables.join(' '));
    for (const [m, { from, to }] of months.entries()) {
      let [sum, count] = [0, 0];
      for (const [t, time] of report.times.entries()) {
        if (time <= from || time > to || !moved[t]) continue;
        sum += loop?.scores[t] ?? 0;
        count += 1;
      }
      means[i * months.length + m] = count === 0 ? 0 : sum / count;
    }
  }
  return means;
}

interface Scored {
  setup: ModelSetup;
  months: readonly MonthSpan[];
  /** For each draw loops x months. */
  scored: readonly Float64Array[];
}

function loopOf(
  median: Loop,
  variables: readonly string[],
  place: number,
  { setup, months, scored }: Scored,
): ExplainedLoop {
  const at = (m: number) => Float64Array.from(scored, (means) => means[place * months.length + m]!);
  const shares = Float64Array.from(scored, (means) => {
    const own = means.subarray(place * months.length, (place + 1) * months.length);
    return own.reduce((sum, score) => sum + Math.abs(score), 0) / months.length;
  });
  const parts = partsOf(setup, variables);
  return {
    name: median.name,
    polarity: median.polarity,
    parts,
    sectors: sectorsOf(setup, parts),
    variables: [...variables],
    byMonth: months.map(({ month }, m) => {
      const { share: score, low, high } = uncertain(at(m));
      return { month, score, low, high };
    }),
    ...uncertain(shares),
  };
}

function partsOf({ parts }: ModelSetup, variables: readonly string[]): string[] {
  const own = new Set(variables.flatMap((name) => [plainName(name), plainName(name.split('[')[0]!)]));
  return parts.filter((part) => part.variables.some((name) => own.has(plainName(name)))).map(({ id }) => id);
}

function sectorsOf({ parts }: ModelSetup, ids: readonly string[]): string[] {
  return [...new Set(parts.filter(({ id }) => ids.includes(id)).map(({ sector }) => sector))];
}

function loopMonth({ month }: MonthSpan, m: number, only: readonly (readonly string[])[], scored: Scored): LoopMonth {
  const { setup } = scored;
  const parts = only.map((variables) => partsOf(setup, variables));
  const sectors = parts.map((ids) => sectorsOf(setup, ids));
  return {
    month,
    parts: sharesOf(parts, m, scored).map(([part, share]) => ({ part, ...share })),
    sectors: sharesOf(sectors, m, scored).map(([sector, share]) => ({ sector, ...share })),
  };
}

/** Shares of |score| by group, those of a loop in several groups dealt out evenly. The largest first. */
function sharesOf(groups: readonly (readonly string[])[], m: number, { months, scored }: Scored) {
  const ids = [...new Set(groups.flatMap((own) => (own.length === 0 ? nobody : own)))];
  const shares = ids.map(() => new Float64Array(scored.length));
  for (const [k, means] of scored.entries()) {
    let whole = 0;
    for (const [i, own] of groups.entries()) {
      const size = Math.abs(means[i * months.length + m]!);
      whole += size;
      for (const id of own.length === 0 ? nobody : own) shares[ids.indexOf(id)]![k]! += size / Math.max(1, own.length);
    }
    for (const share of shares) share[k] = whole > 0 ? share[k]! / whole : 0;
  }
  return ids
    .map((id, i) => {
      return [id, uncertain(shares[i]!)] as const;
    })
    .sort(([, a], [, b]) => b.share - a.share);
}
