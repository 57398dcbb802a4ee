import type { Table } from '../numerics/table.ts';
import type { NodeId } from '../program/program.ts';
import type { CallSite, Moment } from './builtin.ts';

/** Checks and defaults of arguments. A literal out of its domain fails at once; what is computed is checked by nobody. */

export function isGiven(site: CallSite, index: number): boolean {
  return site.args.length > index;
}

/** The value of an optional argument, or of what stands in for it. */
export function valueOr(site: CallSite, index: number, fallback: () => NodeId, moment?: Moment): NodeId {
  return isGiven(site, index) ? site.value(index, moment) : fallback();
}

/** A number that must be known before the run. */
export function known(site: CallSite, index: number, parameter: string): number {
  const value = site.constant(index);
  if (value === undefined) site.fail('builtin.not_constant', { function: site.name, parameter }, index);
  return value;
}

/** A whole number known before the run. */
export function wholeNumber(site: CallSite, index: number, parameter: string, least: number, most: number): number {
  const value = known(site, index, parameter);
  if (!Number.isInteger(value) || value < least || value > most) {
    site.fail('builtin.not_whole', { function: site.name, parameter, least, most, value }, index);
  }
  return value;
}

/** Fails where the argument is given as a number that is not above 0. */
export function requirePositive(site: CallSite, index: number, parameter: string): void {
  const value = isGiven(site, index) ? site.constant(index) : undefined;
  if (value !== undefined && !(value > 0)) {
    site.fail('builtin.not_positive', { function: site.name, parameter, value }, index);
  }
}

/** Fails where the argument is given as a number below 0. */
export function requireNotNegative(site: CallSite, index: number, parameter: string): void {
  const value = isGiven(site, index) ? site.constant(index) : undefined;
  if (value !== undefined && !(value >= 0)) {
    site.fail('builtin.negative', { function: site.name, parameter, value }, index);
  }
}

/** Fails where the argument is given as a number that is no probability. */
export function requireProbability(site: CallSite, index: number, parameter: string): void {
  const value = site.constant(index);
  if (value !== undefined && !(value >= 0 && value <= 1)) {
    site.fail('builtin.not_probability', { function: site.name, parameter, value }, index);
  }
}

/** Fails where both arguments are given as numbers and the first is above the second. */
export function requireOrder(
  site: CallSite,
  [lower, lowerName]: readonly [index: number, name: string],
  [upper, upperName]: readonly [index: number, name: string],
): void {
  const low = site.constant(lower);
  const high = site.constant(upper);
  if (low !== undefined && high !== undefined && low > high) {
    site.fail('builtin.not_ordered', { function: site.name, lower: lowerName, low, upper: upperName, high }, lower);
  }
}

/** The graphical function that an argument names. */
export function requireTable(site: CallSite, index: number, parameter: string): Table {
  const table = site.table(index);
  if (table === undefined) site.fail('builtin.not_table', { function: site.name, parameter }, index);
  return table;
}

/** Time at the integration stage. */
export function timeOf(site: CallSite): NodeId {
  return site.moment === 'initial' ? site.graph.constant(site.time.start) : site.graph.node({ op: 'time' });
}

/** Time at the beginning of the step. */
export function stepTimeOf(site: CallSite): NodeId {
  return site.moment === 'initial' ? site.graph.constant(site.time.start) : site.graph.node({ op: 'stepTime' });
}

/** What two times may differ by and still be the same point of the grid: k · dt is rounded, and so are times in files. */
export function timeTolerance(site: CallSite): number {
  return site.time.dt * 1e-6;
}
