import type { Method, TimeGrid } from '../program/program.ts';
import type { SourceTimeSpecs } from '../xmile/source.ts';
import type { Findings } from './findings.ts';
import type { Selection } from './selection.ts';

/** About a minute of a small model on one core; more is a dt that was mistyped. */
export const stepsMax = 1e8;
/** Leaves twelve bits for what lies between two steps, so that the times of the grid are those that the file means. */
const smallestStep = 2 ** -40;
/** Some minutes of compiled code on one core. */
export const evaluationsMax = 1e11;
/** How often the values of a step are evaluated at least. */
export const stagesOf: Readonly<Record<Method, number>> = { euler: 1, rk2: 2, rk4: 4, rk45: 6 };
/** 800 MB for one run. */
export const savedValuesMax = 1e8;

/** Stands in where a file's own is broken, so that the rest of the model can be looked at. */
export const anyTime: TimeGrid = { start: 0, dt: 1, stepsPerUnit: 1, steps: 1, method: 'euler', saveEvery: 1 };

const methods: readonly string[] = ['euler', 'rk2', 'rk4', 'rk45'] satisfies Method[];

/** When a run looks at the model, `undefined` when that makes no sense; told to `findings`. */
export function timeGridOf(file: SourceTimeSpecs, over: Selection['time'], findings: Findings): TimeGrid | undefined {
  const about = { place: file.place };
  const start = over?.start ?? file.start;
  const stop = over?.stop ?? file.stop;
  const dt = over?.dt ?? file.dt;
  const saveStep = over?.saveStep ?? file.saveStep ?? dt;
  for (const [name, value] of Object.entries({ start, stop, dt, saveStep })) {
    if (Number.isFinite(value)) continue;
    findings.error('time.not_number', { name, value }, about);
    return undefined;
  }
  const method = methodOf(over?.method ?? file.method, findings, file);
  const before = findings.errors.length;
  if (dt <= 0) findings.error('time.step_not_positive', { dt }, about);
  else if (stop < start) findings.error('time.stop_before_start', { start, stop }, about);
  else if (saveStep <= 0) findings.error('time.save_not_positive', { saveStep }, about);
  if (findings.errors.length > before || method === undefined) return undefined;
  return gridOf({ start, stop, dt, saveStep, method }, findings, file);
}

interface Span {
  start: number;
  stop: number;
  dt: number;
  saveStep: number;
  method: Method;
}

function gridOf({ start, stop, dt, saveStep, method }: Span, findings: Findings, { place }: SourceTimeSpecs) {
  const steps = Math.floor((stop - start) / dt + 1e-6);
  if (steps > stepsMax) {
    findings.error('time.too_many_steps', { steps, limit: stepsMax }, { place });
    return undefined;
  }
  const furthest = Math.max(Math.abs(start), Math.abs(stop));
  if (dt < furthest * smallestStep) {
    findings.error('time.step_too_small', { dt, time: furthest, least: furthest * smallestStep }, { place });
    return undefined;
  }
  const perUnit = Math.round(1 / dt);
  const stepsPerUnit = perUnit >= 1 && Math.abs(perUnit * dt - 1) <= 1e-9 ? perUnit : undefined;
  const end = stepsPerUnit === undefined ? start + steps * dt : start + steps / stepsPerUnit;
  if (Math.abs(end - stop) > 1e-6 * dt || (steps === 0 && stop > start))
    findings.warning('time.off_grid', { start, stop, dt, end }, { place });
  const saveEvery = Math.max(1, Math.round(saveStep / dt));
  if (Math.abs(saveEvery * dt - saveStep) > 1e-6 * saveStep) {
    findings.warning('time.save_off_grid', { saveStep, dt, used: saveEvery * dt }, { place });
  }
  return { start, dt, stepsPerUnit, steps, method, saveEvery } satisfies TimeGrid;
}

/** The first method of a list that there is; for one that is optional the standard's stand-in, RK4. */
function methodOf(wanted: string | undefined, findings: Findings, { place }: SourceTimeSpecs): Method | undefined {
  if (wanted === undefined || wanted.trim() === '') return 'euler';
  const names = wanted.split(',').map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, ''),
  );
  for (const name of names) {
    const synonym = synonyms.get(name) ?? name;
    if (isMethod(synonym)) return synonym;
  }
  if (names.includes('gear')) {
    findings.warning('time.method_replaced', { method: wanted, used: 'rk4' }, { place });
    return 'rk4';
  }
  findings.error('time.unknown_method', { method: wanted }, { place });
  return undefined;
}

const synonyms: ReadonlyMap<string, Method> = new Map([
  ['eulers', 'euler'],
  ["euler's", 'euler'],
  ['rungekutta2', 'rk2'],
  ['rungekutta4', 'rk4'],
  // Vensim's names for the two with the step that the file says.
  ['rk2fixed', 'rk2'],
  ['rk4fixed', 'rk4'],
]);

function isMethod(name: string): name is Method {
  return methods.includes(name);
}
