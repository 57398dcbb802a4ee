import type { Column } from '@tandem/dynamics';
import type { ModelSetup, SetupLever } from '../setup.ts';
import type { DropCrossing } from './result.ts';
import { aheadOf, columnOf, drawnPoints, quantilesOf, runRows, type Subject, type Today, valueOn } from './subject.ts';

/** Days after today on whose evening a drop is tried: when it comes may matter more than how large it is. */
const startDays = [0, 7, 14, 28];
/** After so many days a community that is still above its threshold has stayed there. */
const stayedDays = 14;
/** Runs take the file's own fine step, so few draws have to do. */
const drawsMost = 60;
const gridSteps = 6;
const halvings = 7;

/** A short offer as a preset of the setup has it: levers that change for some hours and go back. */
interface DropPlan {
  preset: NonNullable<ModelSetup['presets']>[number];
  /** The pulse comes first. */
  levers: { lever: SetupLever; value: number }[];
  /** Begins at this part of a day, and lasts so long, in days. */
  offset: number;
  length: number;
}

/** The shortest pulse of a preset, with the other levers that go along with it; undefined where there is none of hours. */
export function dropPlan({ presets = [], levers }: ModelSetup): DropPlan | undefined {
  const found: DropPlan[] = [];
  for (const preset of presets) {
    for (const { variable, steps } of preset.levers) {
      const pulse = levers.find((one) => one.variable === variable && one.kind === 'pulse');
      const at = steps.findIndex(({ value }) => value > 0);
      const [from, until] = [steps[at]?.day, steps[at + 1]?.day];
      if (pulse === undefined || from === undefined || until === undefined || until - from > 1) continue;
      const others = preset.levers.flatMap((path) => {
        const lever = levers.find((one) => one.variable === path.variable);
        const step = path.steps.find(({ day }) => day === from);
        return path.variable === variable || lever === undefined || step === undefined
          ? []
          : [{ lever, value: step.value }];
      });
      found.push({
        preset,
        levers: [{ lever: pulse, value: steps[at]!.value }, ...others],
        offset: from - Math.floor(from),
        length: until - from,
      });
    }
  }
  return found.sort((a, b) => a.length - b.length)[0];
}

/**
 * Whether a drop of hours carries the community across its threshold, how near it comes, on which day it does best, and
 * how large it has to be: the same draws with the drop and without. Null where no preset has one.
 */
export async function dropCrossing(subject: Subject, today: Today | null): Promise<DropCrossing | null> {
  const plan = dropPlan(subject.setup);
  if (plan === undefined) return null;
  const [pulse] = plan.levers;
  const full = plan.levers.map(({ value }) => value);
  const tried: { day: number; with: Outcome; without: Outcome }[] = [];
  let probe: Probe | undefined;
  for (const day of startDays) {
    const one = await probeOf(subject, today, plan, day);
    const [still, dropped] = await outcomesOf(subject, one, [one.before, full]);
    tried.push({ day, with: dropped!, without: still! });
    probe ??= one;
  }
  const first = tried[0]!;
  const shareAt = async (value: number) => {
    const [found] = await outcomesOf(subject, probe!, [[value, ...full.slice(1)]]);
    return found!.share;
  };
  const need = await leastOf(pulse!.lever, probe!.before[0]!, shareAt);
  return {
    preset: plan.preset.id,
    label: plan.preset.label,
    hours: plan.length * 24,
    levers: plan.levers.map(({ lever, value }, i) => ({
      variable: lever.variable,
      label: lever.label,
      unit: lever.unit,
      value,
      before: probe!.before[i]!,
    })),
    share: first.with.share,
    shareStaying: first.with.staying,
    shareWithout: first.without.share,
    activity: quantilesOf(first.with.activity),
    distance: quantilesOf(first.with.distance),
    byDay: tried.map(({ day, with: dropped, without }) => ({
      day,
      share: dropped.share,
      shareStaying: dropped.staying,
      shareWithout: without.share,
    })),
    to: need.to,
    most: need.most,
    draws: first.with.activity.length,
  };
}

type Probe = Awaited<ReturnType<typeof probeOf>>;

async function probeOf(subject: Subject, today: Today | null, plan: DropPlan, startDay: number) {
  const threshold = subject.setup.threshold!;
  const from = startDay + plan.offset;
  const ahead = aheadOf(subject, today, {
    horizonDays: Math.ceil(from + plan.length) + stayedDays,
    outputs: [threshold.activity, threshold.theta],
    held: { variables: plan.levers.map(({ lever }) => lever.variable), days: plan.length, from },
    saveStep: subject.loaded.file.timeSpecs.dt,
  });
  const { points, count } = drawnPoints(subject, drawsMost);
  const before = plan.levers.map(({ lever }) => {
    const path = subject.paths.find(({ variable }) => variable === lever.variable);
    return path === undefined ? lever.usual : valueOn(path, subject.days + from);
  });
  const end = subject.days + from + plan.length;
  return { ahead, before, count, rows: await ahead.rows(points, count), times: [end, end + 1, end + stayedDays] };
}

interface Outcome {
  share: number;
  staying: number;
  /** By draw, at the end of the drop. */
  activity: Float64Array;
  distance: Float64Array;
}

/** For each list of values of the plan's levers what comes of it. */
async function outcomesOf(
  subject: Subject,
  { ahead, rows, count, times }: Probe,
  tries: readonly (readonly number[])[],
): Promise<Outcome[]> {
  const width = ahead.inputs.length;
  const whole = width + ahead.heldInputs.length;
  const points = new Float64Array(tries.length * count * whole);
  for (const [t, values] of tries.entries()) {
    for (let k = 0; k < count; k += 1) {
      const at = (t * count + k) * whole;
      points.set(rows.subarray(k * width, (k + 1) * width), at);
      points.set(values, at + width);
    }
  }
  const columns = ahead.program.outputs.map(
    ({ name }): Column => ({ output: name, reduce: { kind: 'samples', times: [...times] } }),
  );
  const inputs = [...ahead.inputs, ...ahead.heldInputs];
  const values = await runRows(subject, ahead.program, columns, { inputs, points, count: tries.length * count });
  const size = 2 * times.length;
  return tries.map((_, t) => {
    const own = values.subarray(t * count * size, (t + 1) * count * size);
    const activity = columnOf(own, size, 0);
    const past = times.map((__, i) =>
      columnOf(own, size, i).map((value, k) => value - columnOf(own, size, times.length + i)[k]!),
    );
    const shareOf = (isTrue: (k: number) => boolean) =>
      activity.reduce((sum, __, k) => sum + (isTrue(k) ? 1 : 0), 0) / count;
    return {
      activity,
      distance: past[0]!,
      share: shareOf((k) => past[0]![k]! > 0 || past[1]![k]! > 0),
      staying: shareOf((k) => past.at(-1)![k]! > 0),
    };
  });
}

/** The least value of the pulse with which more than half of the draws cross, and the most that any value reaches. */
async function leastOf(
  { high }: SetupLever,
  now: number,
  shareAt: (value: number) => Promise<number>,
): Promise<{ to: number | null; most: number }> {
  let [below, above] = [now, Number.NaN];
  let most = 0;
  for (let step = 1; step <= gridSteps; step += 1) {
    const value = now + ((high - now) * step) / gridSteps;
    const share = await shareAt(value);
    most = Math.max(most, share);
    if (share > 0.5) {
      above = value;
      break;
    }
    below = value;
  }
  if (Number.isNaN(above)) return { to: null, most };
  for (let step = 0; step < halvings; step += 1) {
    const middle = (below + above) / 2;
    const share = await shareAt(middle);
    if (share > 0.5) above = middle;
    else below = middle;
  }
  return { to: above, most };
}
