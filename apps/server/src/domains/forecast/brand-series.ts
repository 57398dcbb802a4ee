/** Stretches of zeros this long, in a KPI that hardly ever is zero, are days that were not recorded. */
const unrecordedDaysMin = 14;
const denseShareMin = 0.8;
/** Zeros at the end that go on for longer than this mean that the KPI is not recorded any more. */
const endedDaysMin = 28;

/** Days from the first to the last that a KPI has data of, and what is missing between. */
export interface Coverage {
  /** Places in the series; undefined without any data. */
  first: number | undefined;
  last: number | undefined;
  days: number;
  gaps: { from: number; to: number }[];
  constant: boolean;
}

/**
 * A daily KPI as it is known: a total of nothing and a day that was not recorded both come as zero. Zeros before the
 * first other value, after the last one for more than four weeks, and for two weeks or longer in a KPI that is above zero on four of
 * five days, become null.
 */
export function recordedOf(values: readonly (number | null)[]): (number | null)[] {
  const known: (number | null)[] = values.map((value) => (value === null || Number.isFinite(value) ? value : null));
  const first = known.findIndex((value) => value !== null && value !== 0);
  if (first === -1) return known.map(() => null);
  const last = known.findLastIndex((value) => value !== null && value !== 0);
  const inside = known.slice(first, last + 1).filter((value) => value !== null);
  const isDense = inside.filter((value) => value !== 0).length >= denseShareMin * inside.length;
  const ends = known.length - 1 - last > endedDaysMin;
  const blank = new Set<number>();
  if (isDense) {
    for (const { from, to } of zeroRuns(known, first, last + 1)) {
      if (to - from >= unrecordedDaysMin) for (let at = from; at < to; at++) blank.add(at);
    }
  }
  return known.map((value, at) => (at < first || (ends && at > last) || blank.has(at) ? null : value));
}

/** What was done by a lever: nothing at all is no history, and otherwise a zero is a zero. */
export function doneOf(values: readonly (number | null)[]): (number | null)[] {
  return values.some((value) => value !== null && value !== 0) ? [...values] : values.map(() => null);
}

function zeroRuns(values: readonly (number | null)[], from: number, to: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (let at = from; at < to; at++) {
    const run = runs.at(-1);
    if (values[at] !== 0) continue;
    if (run?.to === at) run.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  return runs;
}

/**
 * Where a history begins that nobody has chosen the begin of: the first day on which half of the KPIs that are there at
 * all are recorded. Members who joined years before anything else was counted do not stretch it.
 */
export function historyBegin(series: readonly (readonly (number | null)[])[]): number {
  const firsts = series.map((values) => values.findIndex((value) => value !== null)).filter((first) => first >= 0);
  return firsts.sort((a, b) => a - b)[Math.ceil(firsts.length / 2) - 1] ?? 0;
}

/** What a series has. */
export function coverageOf(values: readonly (number | null)[]): Coverage {
  const first = values.findIndex((value) => value !== null);
  if (first === -1) return { first: undefined, last: undefined, days: 0, gaps: [], constant: false };
  const last = values.findLastIndex((value) => value !== null);
  const gaps: Coverage['gaps'] = [];
  for (let at = first; at <= last; at++) {
    if (values[at] !== null) continue;
    const gap = gaps.at(-1);
    if (gap?.to === at) gap.to = at + 1;
    else gaps.push({ from: at, to: at + 1 });
  }
  const known = values.filter((value) => value !== null);
  return { first, last, days: known.length, gaps, constant: known.every((value) => value === known[0]) };
}
