import { type Diagnostic, error, type Outcome } from '../diagnostic.ts';
import { canonical, pathOf, quoteName } from '../expression/name.ts';
import type { SourceFile, SourceVariable } from '../xmile/source.ts';

/** A variable that follows a staircase over time instead of its equation. */
export interface Schedule {
  /** A scalar, with the modules it stands in: `members.invitations`. */
  variable: string;
  /** From each time on the value holds until the next; the first holds before it too. At least one, times rising. */
  steps: readonly { time: number; value: number }[];
  /** From `start` on each of `count` periods has a value of its own, which runs may set; the last one goes on. */
  periods?: { start: number; length: number; count: number };
}

/** A model in which variables follow schedules. */
export interface Scheduled {
  file: SourceFile;
  /** For each schedule the names of its periods' values, to be given as `inputs`; empty without periods. */
  periodInputs: string[][];
}

/** A change counts from the first step on that begins at or after it, for all stages of a step alike. */
const stepBegin = 'STEP_BEGIN';
const stepsMost = 100_000;
const periodsMost = 520;

/**
 * Puts schedules in the place of equations. The file given stays as it is. The value of a period is what the schedule's
 * steps end with until a run sets it.
 */
export function followSchedules(file: SourceFile, schedules: readonly Schedule[]): Outcome<Scheduled> {
  const errors: Diagnostic[] = [];
  const models = [...file.models];
  const periodInputs: string[][] = [];
  const met = new Set<string>();
  for (const schedule of schedules) {
    const fault = faultOf(schedule);
    if (fault) errors.push(fault);
    const place = placeOf(schedule.variable, file);
    const key = pathOf(schedule.variable).join('.');
    if (place === undefined) errors.push(error('schedule.unknown', { variable: schedule.variable }));
    else if (met.has(key)) errors.push(error('schedule.twice', { variable: schedule.variable }));
    if (fault || place === undefined || met.has(key)) continue;
    met.add(key);
    const model = models[place.model]!;
    const at = model.variables.findIndex(({ name }) => canonical(name) === place.name);
    const { replaced, added } = scheduledVariable(model.variables[at]!, schedule);
    models[place.model] = { ...model, variables: [...model.variables.toSpliced(at, 1, replaced), ...added.variables] };
    periodInputs.push(added.inputs.map((name) => [...place.prefix, quoteName(name)].join('.')));
  }
  if (errors.length > 0) return { ok: false, errors, warnings: [] };
  return { ok: true, value: { file: { ...file, models }, periodInputs }, warnings: [] };
}

function faultOf({ variable, steps, periods }: Schedule): Diagnostic | undefined {
  const rising = steps.every(({ time }, i) => i === 0 || time > steps[i - 1]!.time);
  const finite = steps.every(({ time, value }) => Number.isFinite(time) && Number.isFinite(value));
  if (steps.length === 0 || steps.length > stepsMost || !rising || !finite) {
    return error('schedule.bad_steps', { variable, most: stepsMost });
  }
  if (periods === undefined) return undefined;
  const { start, length, count } = periods;
  const sound =
    Number.isFinite(start) && length > 0 && Number.isFinite(length) && Number.isInteger(count) && count >= 1;
  return sound && count <= periodsMost ? undefined : error('schedule.bad_periods', { variable, most: periodsMost });
}

interface VariablePlace {
  /** Place of its model in the file. */
  model: number;
  name: string;
  /** Names of the modules on the way. */
  prefix: string[];
}

/** Where a scalar auxiliary stands; undefined where there is none, or where its model fills several modules. */
function placeOf(reference: string, file: SourceFile): VariablePlace | undefined {
  const path = pathOf(reference).filter((part) => part !== '');
  const name = path.at(-1);
  let at = 0;
  const prefix: string[] = [];
  for (const part of path.slice(0, -1)) {
    const module = file.models[at]?.modules.find((one) => canonical(one.name) === part);
    if (module === undefined) return undefined;
    const uses = file.models
      .flatMap(({ modules }) => modules)
      .filter((one) => canonical(one.model) === canonical(module.model));
    at = file.models.findIndex((model, i) => i > 0 && canonical(model.name) === canonical(module.model));
    if (at < 0 || uses.length > 1) return undefined;
    prefix.push(quoteName(module.name));
  }
  const variable = file.models[at]?.variables.find((one) => canonical(one.name) === name);
  if (name === undefined || variable === undefined || variable.kind === 'stock' || variable.dimensions.length > 0) {
    return undefined;
  }
  return { model: at, name, prefix };
}

function scheduledVariable(
  variable: SourceVariable,
  { steps, periods }: Schedule,
): { replaced: SourceVariable; added: { variables: SourceVariable[]; inputs: string[] } } {
  const { place, units } = variable;
  const aux = (name: string, text: string): SourceVariable => ({
    kind: 'aux',
    name,
    place,
    dimensions: [],
    equation: { text, place },
    elements: [],
    graphicalFunction: undefined,
    initialEquation: undefined,
    inflows: [],
    outflows: [],
    nonNegative: undefined,
    special: undefined,
    units,
    documentation: undefined,
    access: undefined,
    range: undefined,
  });
  const staircase = (base: SourceVariable): SourceVariable => {
    const plain = { ...base, elements: [], graphicalFunction: undefined, initialEquation: undefined };
    if (steps.length === 1) return { ...plain, equation: { text: numeral(steps[0]!.value), place } };
    const table = { kind: 'discrete' as const, name: undefined, place };
    const [x, y] = [steps.map(({ time }) => time), steps.map(({ value }) => value)];
    return { ...plain, equation: { text: stepBegin, place }, graphicalFunction: { ...table, x, y } };
  };
  if (periods === undefined) return { replaced: staircase(variable), added: { variables: [], inputs: [] } };
  const before = `${variable.name} before the periods`;
  const inputs = Array.from({ length: periods.count }, (_, period) => `${variable.name} in period ${period + 1}`);
  const last = numeral(steps.at(-1)!.value);
  const text = inputs.reduceRight((rest, input, period) => {
    if (period === periods.count - 1) return quoteName(input);
    const end = numeral(periods.start + (period + 1) * periods.length);
    return `IF ${stepBegin} < ${end} THEN ${quoteName(input)} ELSE (${rest})`;
  }, '');
  return {
    replaced: {
      ...variable,
      elements: [],
      graphicalFunction: undefined,
      initialEquation: undefined,
      equation: { text: `IF ${stepBegin} < ${numeral(periods.start)} THEN ${quoteName(before)} ELSE (${text})`, place },
    },
    added: { variables: [staircase(aux(before, '0')), ...inputs.map((input) => aux(input, last))], inputs },
  };
}

/** A number as an equation may say it. */
function numeral(value: number): string {
  return value < 0 ? `(0 - ${String(-value)})` : String(value);
}
