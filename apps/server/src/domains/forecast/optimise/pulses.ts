import { quoteName } from '@tandem/dynamics';
import { dayNumber, daysOf, type LoadedModel } from '../model/index.ts';
import type { SetupLever } from '../setup.ts';
import type { LeverPath, Snapshot } from '../task.ts';
import { daysOfMonth, type Span } from './time.ts';

/** Where a brand's past does not say. */
const daysUsual = 3;
const daysMost = 15;

/** What the past says of a pulse: on how many days a month it is on, and how strong it then is. */
export interface PulseHabit {
  days: number;
  /** Mean over the days on which it was on; 0 where it never was. */
  strength: number;
}

/** Days a month from the promotion calendar, for levers that follow it. */
export function pulseHabit(lever: SetupLever, snapshot: Snapshot): PulseHabit {
  const days = daysOf(snapshot);
  if (lever.promotions !== true || days < daysOfMonth) return { days: daysUsual, strength: 0 };
  const strengths = new Float64Array(days);
  for (const { from, to, depth } of snapshot.promotions) {
    const until = Math.min(days, dayNumber(snapshot, to));
    for (let day = Math.max(0, dayNumber(snapshot, from)); day < until; day += 1) {
      strengths[day] = Math.max(strengths[day]!, Math.min(lever.high, Math.max(lever.low, depth)));
    }
  }
  const on = strengths.filter((depth) => depth > 0);
  if (on.length === 0) return { days: daysUsual, strength: 0 };
  return {
    days: Math.min(daysMost, Math.max(1, Math.round((on.length / days) * daysOfMonth))),
    strength: on.reduce((sum, depth) => sum + depth, 0) / on.length,
  };
}

/** A model in which a month's value of a pulse holds on some days of that month alone. */
export interface PulsedModel {
  loaded: LoadedModel;
  paths: LeverPath[];
  /** For each lever the variable that has a value for each month. */
  monthly: (variable: string) => string;
}

/**
 * Puts `calendar + month * on` in the place of a pulse: what was, what a month of the plan gives, and 1 on the days on
 * which it does. A lever that the file has in an array or a model of several modules is left as it is.
 */
export function withPulses(
  loaded: LoadedModel,
  paths: readonly LeverPath[],
  pulses: readonly { variable: string; days: number }[],
  { start, stop, months }: Span,
): PulsedModel {
  let { file } = loaded;
  let made = [...paths];
  const names = new Map<string, string>();
  for (const { variable, days } of pulses) {
    const found = placeOf(file, variable);
    const path = made.find((one) => one.variable === variable);
    if (found === undefined || path === undefined) continue;
    const { model, at, prefix } = found;
    const lever = file.models[model]!.variables[at]!;
    const [past, month, on] = ['by calendar', 'of the month', 'is on'].map((what) =>
      quoteName(`${lever.name} ${what}`),
    );
    const plain = { elements: [], graphicalFunction: undefined, documentation: undefined, range: undefined };
    const aux = (name: string, text: string) => ({
      ...lever,
      ...plain,
      name: name.replaceAll('"', ''),
      access: undefined,
      equation: { text, place: lever.place },
    });
    const pulsed = {
      ...lever,
      elements: [],
      graphicalFunction: undefined,
      equation: { text: `${past} + ${month} * ${on}`, place: lever.place },
    };
    const variables = [
      ...file.models[model]!.variables.toSpliced(at, 1, pulsed),
      ...[past!, month!].map((name) => aux(name, '0')),
      { ...aux(on!, '0'), units: undefined },
    ];
    file = { ...file, models: file.models.with(model, { ...file.models[model]!, variables }) };
    const before = path.steps.filter(({ day }) => day < start);
    const switched = Array.from({ length: months }, (_, m) => Math.ceil(start + m * daysOfMonth)).flatMap((from) => [
      { day: from, value: 1 },
      { day: Math.min(stop, from + days), value: 0 },
    ]);
    made = [
      ...made.filter((one) => one !== path),
      { variable: `${prefix}${past}`, steps: [...(start > 0 ? before : []), { day: start, value: 0 }] },
      { variable: `${prefix}${month}`, steps: [{ day: 0, value: 0 }] },
      { variable: `${prefix}${on}`, steps: start > 0 ? [{ day: 0, value: 0 }, ...switched] : switched },
    ];
    names.set(variable, `${prefix}${month}`);
  }
  return {
    loaded: { ...loaded, file },
    paths: made,
    monthly: (variable) => names.get(variable) ?? variable,
  };
}

/** Whether a month's value of this lever can hold on some days alone. */
export function canPulse({ file }: LoadedModel, variable: string): boolean {
  return placeOf(file, variable) !== undefined;
}

function placeOf(file: LoadedModel['file'], variable: string) {
  const parts = variable.split('.');
  const name = parts.at(-1)!;
  let model = 0;
  for (const part of parts.slice(0, -1)) {
    const module = file.models[model]?.modules.find((one) => same(one.name, part));
    if (module === undefined) return undefined;
    const uses = file.models.flatMap(({ modules }) => modules).filter((one) => same(one.model, module.model));
    model = file.models.findIndex((one, i) => i > 0 && one.name !== undefined && same(one.name, module.model));
    if (model < 0 || uses.length > 1) return undefined;
  }
  const at = file.models[model]?.variables.findIndex((one) => same(one.name, name)) ?? -1;
  const lever = file.models[model]?.variables[at];
  if (lever === undefined || lever.kind === 'stock' || lever.dimensions.length > 0) return undefined;
  return {
    model,
    at,
    prefix: parts
      .slice(0, -1)
      .map((part) => `${part}.`)
      .join(''),
  };
}

/** XMILE takes case, spaces and underscores for the same. */
function same(a: string, b: string): boolean {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replaceAll('"', '')
      .replace(/(\s|_|\\n|\u00a0)+/g, '_');
  return plain(a) === plain(b);
}
