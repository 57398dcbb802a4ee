import { addDays } from '#lib/time.ts';
import type { ModelSetup, SetupLever } from '../setup.ts';
import type { LeverPath, Promotion, ScenarioPlan, Snapshot } from '../task.ts';

const msPerDay = 86_400_000;
/** How far back one looks for what a lever usually is. */
const recentDays = 28;

/** Number of a calendar day, 0 being the first day of the snapshot. */
export function dayNumber(snapshot: Pick<Snapshot, 'from'>, day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${snapshot.from}T00:00:00Z`)) / msPerDay);
}

/** The calendar day of a number of days since the first day of the snapshot. */
export function dayOf(snapshot: Pick<Snapshot, 'from'>, number: number): string {
  return addDays(snapshot.from, Math.floor(number));
}

/** Days of data in a snapshot; also the number of its first forecast day. */
export function daysOf(snapshot: Pick<Snapshot, 'from' | 'to'>): number {
  return dayNumber(snapshot, snapshot.to);
}

/**
 * First days of the weeks that data are compared by, and the day after the last: weeks of seven days that end with the
 * data, so that forecast weeks follow on; up to six days at the beginning belong to none.
 */
export function weekBoundaries(snapshot: Pick<Snapshot, 'from' | 'to'>): number[] {
  const days = daysOf(snapshot);
  return Array.from({ length: Math.floor(days / 7) + 1 }, (_, week) => (days % 7) + week * 7);
}

/** What a lever was in the past and where that is known from. */
export interface LeverHistory {
  path: LeverPath;
  /** Least and most that was seen; undefined where the brand's data do not say. */
  seen: { low: number; high: number } | undefined;
  /** What it goes on as, where nothing else is planned. */
  onward: number;
}

/** What every lever of a model was, by week; promotions by day, those to come included. */
export function leverHistories(setup: ModelSetup, snapshot: Snapshot): LeverHistory[] {
  return setup.levers.map((lever) =>
    lever.promotions ? promotionHistory(lever, snapshot) : kpiHistory(lever, snapshot),
  );
}

/**
 * Levers over model time, for one run from the first day of data to the end of a plan: what was done, then what is
 * planned, and what is not planned goes on as in the last four weeks. Promotions in the calendar stay unless the plan
 * names their lever.
 */
export function leverPaths(setup: ModelSetup, snapshot: Snapshot, plan?: Pick<ScenarioPlan, 'levers'>): LeverPath[] {
  const days = daysOf(snapshot);
  return leverHistories(setup, snapshot).map(({ path, onward }, i) => {
    const lever = setup.levers[i]!;
    const planned = plan?.levers.find(({ variable }) => variable === lever.variable);
    if (lever.promotions && planned === undefined) return path;
    const past = path.steps.filter(({ day }) => day < days);
    const rest = lever.promotions ? 0 : onward;
    const future = planned === undefined ? [] : stepsFrom(days, planned.steps);
    const begins = future[0]?.day === days ? [] : [{ day: days, value: rest }];
    return { variable: lever.variable, steps: [...past, ...begins, ...future] };
  });
}

function stepsFrom(days: number, steps: LeverPath['steps']): LeverPath['steps'] {
  const sorted = steps.filter(({ day }) => day >= 0).sort((a, b) => a.day - b.day);
  const last = sorted.filter(({ day }, i) => day !== sorted[i + 1]?.day);
  return last.map(({ day, value }) => ({ day: days + day, value }));
}

function kpiHistory(lever: SetupLever, snapshot: Snapshot): LeverHistory {
  const { variable, usual, history } = lever;
  const values = snapshot.series.find(({ kpi }) => kpi === history?.kpi)?.values;
  const steady: LeverHistory = {
    path: { variable, steps: [{ day: 0, value: usual }] },
    seen: undefined,
    onward: usual,
  };
  if (history === undefined || values === undefined) return steady;
  const factor = history.factor ?? 1;
  const daily = history.measure === 'daily' ? values : increases(values);
  const weeks: { day: number; value: number }[] = [];
  const days = daysOf(snapshot);
  const bounds = [0, ...weekBoundaries(snapshot)].filter((day, i, all) => i === 0 || day > all[i - 1]!);
  for (const [i, day] of bounds.slice(0, -1).entries()) {
    const mean = meanOf(daily.slice(day, bounds[i + 1]!));
    if (mean !== undefined) weeks.push({ day: weeks.length === 0 ? 0 : day, value: within(mean * factor, lever) });
  }
  if (weeks.length === 0) return steady;
  const recent = meanOf(daily.slice(Math.max(0, days - recentDays), days));
  const all = weeks.map(({ value }) => value);
  return {
    path: { variable, steps: weeks.filter(({ value }, i) => value !== weeks[i - 1]?.value) },
    seen: { low: Math.min(...all), high: Math.max(...all) },
    onward: recent === undefined ? all.at(-1)! : within(recent * factor, lever),
  };
}

function promotionHistory(lever: SetupLever, snapshot: Snapshot): LeverHistory {
  const { variable } = lever;
  const steps = promotionSteps(lever, snapshot.promotions, snapshot);
  const past = steps.filter(({ day }) => day < daysOf(snapshot)).map(({ value }) => value);
  const seen = past.some((value) => value > 0) ? { low: 0, high: Math.max(...past) } : undefined;
  return { path: { variable, steps }, seen, onward: 0 };
}

/** The deepest promotion of each day. */
function promotionSteps(lever: SetupLever, promotions: readonly Promotion[], snapshot: Snapshot): LeverPath['steps'] {
  const spans = promotions.map(({ from, to, depth }) => ({
    from: dayNumber(snapshot, from),
    to: dayNumber(snapshot, to),
    depth: within(depth, lever),
  }));
  const days = new Set([0, ...spans.flatMap(({ from, to }) => [from, to]).filter((day) => day > 0)]);
  const steps = [...days]
    .sort((a, b) => a - b)
    .map((day) => ({
      day,
      value: spans.reduce((most, { from, to, depth }) => (from <= day && day < to ? Math.max(most, depth) : most), 0),
    }));
  return steps.filter(({ value }, i) => value !== steps[i - 1]?.value);
}

function increases(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    const before = values[i - 1];
    return value === null || before === null || before === undefined ? null : value - before;
  });
}

function meanOf(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function within(value: number, { low, high }: SetupLever): number {
  return Math.min(high, Math.max(low, value));
}
