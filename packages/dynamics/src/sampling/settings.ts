import { type Diagnostic, error } from '../diagnostic.ts';
import { isSeed } from './chance.ts';

/** Numbers that one set of points may hold: 1 GiB of doubles, which a browser tab still gives. */
export const pointValuesMax = 2 ** 27;

/** What is wrong with a setting that has to be a number, or a whole number, from `least` to `most`. */
export function settingFaults(
  setting: string,
  value: number,
  kind: 'whole' | 'number',
  least: number,
  most: number,
): Diagnostic[] {
  const isNumber = kind === 'whole' ? Number.isInteger(value) : Number.isFinite(value);
  if (isNumber && value >= least && value <= most) return [];
  return [error('experiment.bad_setting', { setting, value, least, most })];
}

/** What is wrong with a seed: it has to be a whole number that a double holds exactly. */
export function seedFaults(seed: number): Diagnostic[] {
  return isSeed(seed) ? [] : [error('experiment.bad_seed', { value: seed })];
}

/** What is wrong with the size of a set of points. */
export function sizeFaults(count: number, dimensions: number, dimensionsMax: number): Diagnostic[] {
  const faults = settingFaults('dimensions', dimensions, 'whole', 1, dimensionsMax);
  if (faults.length > 0) return faults;
  return settingFaults('count', count, 'whole', 0, Math.floor(pointValuesMax / dimensions));
}
