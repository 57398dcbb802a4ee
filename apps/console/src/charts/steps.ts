/** From `day` on the value holds until the next step. Days count from the start of the path; the first is 0. */
export interface Step {
  day: number;
  value: number;
}

/** Where steps may lie. */
export interface StepRange {
  low: number;
  high: number;
  /** Smallest change of a value. */
  step: number;
  days: number;
}

export const stepsMax = 60;

/** A value on the grid of its range. */
export function onGrid(value: number, { low, high, step }: StepRange): number {
  const held = Math.min(high, Math.max(low, value));
  if (!(step > 0)) return held;
  // Twelve digits take away what binary fractions add: 0.1 * 3 is 0.3.
  return Number(Math.min(high, low + Math.round((held - low) / step) * step).toPrecision(12));
}

const byDay = (a: Step, b: Step) => a.day - b.day;

/** Adds a step, or changes the one on the same day. A path that is full stays as it is. */
export function withStep(steps: readonly Step[], day: number, value: number, range: StepRange): Step[] {
  const at = Math.min(Math.max(0, Math.round(day)), Math.max(0, range.days - 1));
  const others = steps.filter((one) => one.day !== at);
  if (others.length === steps.length && steps.length >= stepsMax) return [...steps];
  return [...others, { day: at, value: onGrid(value, range) }].sort(byDay);
}

/** Moves a step; it stays between its neighbours, and the first stays at the start. */
export function movedStep(steps: readonly Step[], index: number, day: number, value: number, range: StepRange): Step[] {
  return steps.map((one, at) => {
    if (at !== index) return one;
    const before = (steps[index - 1]?.day ?? -1) + 1;
    const after = (steps[index + 1]?.day ?? range.days) - 1;
    const moved = index === 0 ? one.day : Math.min(after, Math.max(before, Math.round(day)));
    return { day: moved, value: onGrid(value, range) };
  });
}

/** Takes a step away; the first stays, since a path says what holds from the start. */
export function withoutStep(steps: readonly Step[], index: number): Step[] {
  return index === 0 ? [...steps] : steps.filter((_, at) => at !== index);
}

/** The value that holds on a day. */
export function valueAt(steps: readonly Step[], day: number): number | undefined {
  let found: number | undefined;
  for (const step of steps) {
    if (step.day > day) break;
    found = step.value;
  }
  return found;
}

/** The mean over the days of the range: what a path comes to. */
export function meanOf(steps: readonly Step[], days: number): number {
  if (steps.length === 0 || days <= 0) return Number.NaN;
  return (
    steps.reduce((sum, step, index) => {
      const end = Math.min(days, steps[index + 1]?.day ?? days);
      return sum + step.value * Math.max(0, end - Math.max(0, step.day));
    }, 0) / days
  );
}

/** The outline of a path in a box, as an SVG path. */
export function outline(
  steps: readonly Step[],
  x: (day: number) => number,
  y: (value: number) => number,
  days: number,
) {
  const first = steps[0];
  if (!first) return '';
  const rest = steps.slice(1).map((step) => `H${x(step.day)}V${y(step.value)}`);
  return `M${x(0)} ${y(first.value)}${rest.join('')}H${x(days)}`;
}
