import type { Dimension } from './dimension.ts';
import type { Variable } from './model.ts';

/** One scalar equation: which element of which variable, and where inside an array expression. */
export interface Frame {
  variable: Variable;
  /** Number of the element in row-major order. */
  offset: number;
  /** Place (from 0) of the element in each dimension of the variable. */
  coordinates: readonly number[];
  /** Inside an array expression the place on each of its axes, by key; then a bare array is all its elements. */
  spread: Places | undefined;
  /**
   * Set where only slices are arrays, and a bare array only where it is nothing else; what is around the array expression
   * then gives the places for it.
   */
  slices?: { around: Places | undefined } | undefined;
}

/** The place (from 0) on each axis, by the key of the axis. */
export type Places = ReadonlyMap<string, number>;

export function frameOf(variable: Variable, offset: number): Frame {
  return { variable, offset, coordinates: coordinatesOf(variable.dimensions, offset), spread: undefined };
}

export function coordinatesOf(dimensions: readonly Dimension[], offset: number): number[] {
  const coordinates: number[] = [];
  let rest = offset;
  for (let at = dimensions.length - 1; at >= 0; at--) {
    const size = dimensions[at]!.elements.length;
    coordinates[at] = rest % size;
    rest = Math.floor(rest / size);
  }
  return coordinates;
}

/** Tells the scalar equations of a model apart; the same for the same equation, whatever else the model has. */
export function frameKey({ variable, offset, spread }: Frame): string {
  const place = variable.dimensions.length === 0 ? variable.key : `${variable.key}[${offset}]`;
  if (spread === undefined) return place;
  return `${place}{${[...spread].map(([axis, position]) => `${axis}=${position}`).join()}}`;
}

/** The name of an element as people write it, e.g. `sales.orders[north, phone]`. */
export function elementName({ name, dimensions }: Variable, offset: number): string {
  if (dimensions.length === 0) return name;
  const coordinates = coordinatesOf(dimensions, offset);
  return `${name}[${dimensions.map(({ elements }, at) => elements[coordinates[at]!]).join(', ')}]`;
}
