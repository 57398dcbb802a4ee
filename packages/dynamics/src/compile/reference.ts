import type { Moment } from '../builtins/builtin.ts';
import type { Place } from '../diagnostic.ts';
import type { Expression, Subscript } from '../expression/expression.ts';
import { canonical, pathOf, plain } from '../expression/name.ts';
import type { NodeId } from '../program/program.ts';
import { type Dimension, isWithin, translated } from './dimension.ts';
import { refuse } from './findings.ts';
import type { Frame, Places } from './frame.ts';
import type { Model, Variable } from './model.ts';
import type { Names } from './names.ts';

/** A dimension that an array expression runs over. Axes of equal keys run together. */
export interface Axis {
  key: string;
  dimension: Dimension;
  size: number;
  /** Whether it is the dimension as a whole, so that the equation's own dimension of that name can stand for it. */
  whole: boolean;
}

/** What one subscript chooses: an element, those along an axis, or one that is only known during the run. */
export type Choice =
  /** `bound`: the axis of the array expression around it that a name stands for. */
  | { kind: 'at'; position: number; bound?: string }
  | { kind: 'axis'; axis: Axis; positions: readonly number[] | undefined }
  | { kind: 'computed'; index: NodeId };

/** One subscript, and what a step of it means among the elements in row-major order. */
export interface Part {
  choice: Choice;
  dimension: Pick<Dimension, 'name'>;
  size: number;
  stride: number;
  place: Place;
}

/** What subscripts are looked up with. */
export interface Surroundings {
  model: Model;
  names: Names;
  /** The value of an expression inside a subscript, and its number where that is known before the run. */
  value(expression: Expression, frame: Frame, moment: Moment): { node: NodeId; known: number | undefined };
}

/** A reference, and the equation and moment that it stands in. */
export interface Subject {
  variable: Variable;
  subscripts: readonly Subscript[];
  frame: Frame;
  moment: Moment;
  place: Place;
  /** Its dimensions are taken in reverse order. */
  transposed?: boolean;
  /** The equations that the single subscripts are written in, where that is not `frame`. */
  frames?: readonly Frame[] | undefined;
}

/** The parts of a reference to an array; a bare name is all its dimensions. */
export function partsOf(subject: Subject, around: Surroundings): Part[] {
  const { variable, subscripts, place } = subject;
  const { dimensions } = variable;
  if (dimensions.length === 0) {
    if (subscripts.length > 0) refuse('array.scalar_subscripted', { name: variable.name }, place);
    return [];
  }
  const counts = new Map<string, number>();
  const linear = linearPart(subject, around);
  if (linear !== undefined) return [linear];
  if (subscripts.length !== 0 && subscripts.length !== dimensions.length) {
    refuse(
      'array.subscript_count',
      { name: variable.name, expected: dimensions.length, count: subscripts.length },
      place,
    );
  }
  let stride = variable.size;
  const parts = dimensions.map((dimension, at) => {
    const size = dimension.elements.length;
    stride /= size;
    const frame = subject.frames?.[at] ?? subject.frame;
    return { dimension, size, stride, subscript: subscripts[at] ?? ({ kind: 'all', place } as const), frame };
  });
  if (subject.transposed === true) parts.reverse();
  return parts.map(({ dimension, size, stride, subscript, frame }) => {
    const choice = choiceOf(subscript, dimension, { frame, moment: subject.moment }, counts, around);
    return { choice, dimension, size, stride, place: subscript.place };
  });
}

/** One number for an array of several dimensions counts all its elements, the last dimension fastest (XMILE 1.0 §3.7.1). */
function linearPart({ variable, subscripts, frame, moment }: Subject, around: Surroundings): Part | undefined {
  const [only] = subscripts;
  if (variable.dimensions.length < 2 || subscripts.length !== 1 || only?.kind !== 'one') return undefined;
  if (only.value.kind === 'name') {
    const [key] = pathOf(only.value.name);
    if (variable.dimensions.some(({ positions }) => positions.has(key!))) return undefined;
    if (around.names.meaning(only.value.name, frame.variable.scope).kind !== 'variable') return undefined;
  }
  const { node, known } = around.value(only.value, frame, moment);
  const choice: Choice = known === undefined ? { kind: 'computed', index: node } : at(Math.floor(known) - 1);
  return { choice, dimension: variable, size: variable.size, stride: 1, place: only.place };
}

function at(position: number): Choice {
  return { kind: 'at', position: Number.isNaN(position) ? -1 : position };
}

function choiceOf(
  subscript: Subscript,
  dimension: Dimension,
  { frame, moment }: Pick<Subject, 'frame' | 'moment'>,
  counts: Map<string, number>,
  around: Surroundings,
): Choice {
  const axis = (over: Dimension, size: number, whole: boolean): Axis => {
    const count = counts.get(over.key) ?? 0;
    counts.set(over.key, count + 1);
    counts.set(`* ${over.key}`, 1);
    return { key: `${over.key}#${count}`, dimension: over, size, whole };
  };
  if (subscript.kind === 'all') {
    return { kind: 'axis', axis: axis(dimension, dimension.elements.length, true), positions: undefined };
  }
  if (subscript.kind === 'range') {
    const low = boundOf(subscript.low, dimension, { frame, moment }, around);
    const high = boundOf(subscript.high, dimension, { frame, moment }, around);
    if (low === undefined || high === undefined || low > high) {
      const details = { low: low === undefined ? '?' : low + 1, high: high === undefined ? '?' : high + 1 };
      return refuse('array.range', details, subscript.place);
    }
    const positions = Array.from({ length: high - low + 1 }, (_, at) => low + at);
    return { kind: 'axis', axis: axis(dimension, positions.length, false), positions };
  }
  const partOf = (name: string, place: Place): Dimension =>
    around.model.dimensions.get(canonical(name)) ?? refuse('dimension.unknown', { name }, place);
  const positionsOf = (over: Dimension, place: Place) =>
    over.elements.map((_, position) => translatedOrRefuse(over, position, dimension, place));
  // One name is one axis, however often it stands; with a wildcard for the same dimension there are two.
  const along = (over: Dimension, place: Place): Choice => {
    if (counts.has(`* ${over.key}`)) refuse('array.repeated_dimension', { name: over.name }, place);
    counts.set(over.key, 1);
    const positions = positionsOf(over, place);
    return {
      kind: 'axis',
      axis: { key: nameKey(over), dimension: over, size: positions.length, whole: true },
      positions,
    };
  };
  const boundTo = (over: Dimension, place: Place): Choice | undefined => {
    const outer = frame.spread?.get(nameKey(over));
    if (outer === undefined) return undefined;
    counts.set(over.key, 1);
    return { kind: 'at', position: translatedOrRefuse(over, outer, dimension, place), bound: nameKey(over) };
  };
  if (subscript.kind === 'part') {
    const part = partOf(subscript.dimension, subscript.place);
    const positions = positionsOf(part, subscript.place);
    return { kind: 'axis', axis: axis(part, positions.length, true), positions };
  }
  if (subscript.kind === 'each') {
    const part = partOf(subscript.dimension, subscript.place);
    if (frame.slices === undefined) return along(part, subscript.place);
    return boundTo(part, subscript.place) ?? refuse('array.each_outside', { name: part.name }, subscript.place);
  }
  if (subscript.kind === 'position') {
    const position = frame.coordinates[subscript.dimension - 1];
    if (position !== undefined) return at(position);
    const details = { position: subscript.dimension, count: frame.coordinates.length };
    return refuse('array.position', details, subscript.place);
  }
  const { value } = subscript;
  if (value.kind === 'name' && value.subscripts.length === 0) {
    const named = namedChoice(value.name, value.place, dimension, frame, around);
    if (named?.kind === 'dimension') {
      return boundTo(named.dimension, value.place) ?? along(named.dimension, value.place);
    }
    if (named !== undefined) return named;
  }
  if (value.kind === 'number') return at(numberedPosition(value.value, dimension, value.place));
  const { node, known } = around.value(value, frame, moment);
  return known === undefined ? { kind: 'computed', index: node } : at(Math.floor(known) - 1);
}

/** Place (from 0) of the element that a number between brackets means: it may be the name of another than it counts. */
function numberedPosition(number: number, dimension: Dimension, place: Place): number {
  const counted = Math.floor(number) - 1;
  const named = dimension.positions.get(String(number));
  if (named === undefined || named === counted) return counted;
  if (counted < 0 || counted >= dimension.elements.length) return named;
  const details = { number, dimension: dimension.name, element: dimension.elements[counted]! };
  return refuse('array.ambiguous_number', details, place);
}

/**
 * A name between brackets: an element of the dimension at that place comes first, then a dimension, which stands for the
 * element that the equation is for; inside an array expression a dimension that the equation does not have is an axis.
 * Undefined for what must be evaluated.
 */
function namedChoice(
  name: string,
  place: Place,
  dimension: Dimension,
  frame: Frame,
  around: Surroundings,
): Choice | { kind: 'dimension'; dimension: Dimension } | undefined {
  const path = pathOf(name);
  const [key] = path;
  const { dimensions } = around.model;
  if (path.length === 2 && dimensions.get(key!) === dimension) {
    const position = dimension.positions.get(path[1]!);
    if (position !== undefined) return at(position);
  }
  if (path.length !== 1) return undefined;
  const element = dimension.positions.get(key!);
  const over = dimensions.get(key!);
  const current = over === undefined ? undefined : currentPosition(over, frame);
  if (element !== undefined) {
    if (current === undefined) return at(element);
    return refuse('array.ambiguous_element', { name: plain(name), dimension: dimension.name }, place);
  }
  if (over !== undefined) {
    mustStandOnce(over, frame, place);
    if (current !== undefined) return at(translatedOrRefuse(over, current, dimension, place));
    if (frame.spread !== undefined) {
      mustNotSaySome(over, frame, place);
      return { kind: 'dimension', dimension: over };
    }
  }
  const meaning = around.names.meaning(name, frame.variable.scope);
  if (meaning.kind === 'dimension') return refuse('array.dimension_elsewhere', { name: over!.name }, place);
  if (meaning.kind !== 'unknown') return undefined;
  for (const other of dimensions.values()) {
    if (!other.positions.has(key!)) continue;
    return refuse('array.wrong_dimension', { name: plain(name), other: other.name, dimension: dimension.name }, place);
  }
  return refuse('array.unknown_element', { element: plain(name), dimension: dimension.name }, place);
}

/** The axis that a dimension runs over by its name; a name inside an array function inside another is that of the outer. */
function nameKey({ key }: Dimension): string {
  return `${key}#0`;
}

/** A dimension that says where some elements of the equation's own are, but not this one, is no axis for this one alone. */
function mustNotSaySome(dimension: Dimension, { variable }: Frame, place: Place): void {
  for (const own of variable.dimensions) {
    const isPart = !own.numbered && !dimension.numbered && isWithin(dimension, own);
    if (!isPart && !own.counterparts.has(dimension.key)) continue;
    refuse('array.dimension_mismatch', { found: own.name, dimension: dimension.name }, place);
  }
}

/** Which of two equal dimensions of an equation its name means is not said anywhere; their positions tell them apart. */
export function mustStandOnce(dimension: Dimension, { variable }: Frame, place: Place): void {
  if (variable.dimensions.filter((own) => own === dimension).length < 2) return;
  refuse('array.repeated_dimension', { name: dimension.name }, place);
}

function translatedOrRefuse(from: Dimension, position: number, to: Dimension, place: Place): number {
  const there = translated(from, position, to);
  if (there !== undefined) return there;
  return refuse('array.dimension_mismatch', { found: from.name, dimension: to.name }, place);
}

/** Place (from 0) of the bound of a range. */
function boundOf(
  bound: Expression,
  dimension: Dimension,
  { frame, moment }: Pick<Subject, 'frame' | 'moment'>,
  around: Surroundings,
): number | undefined {
  let position: number;
  const named = bound.kind === 'name' ? dimension.positions.get(pathOf(bound.name).at(-1)!) : undefined;
  if (named !== undefined) position = named;
  else if (bound.kind === 'number') position = numberedPosition(bound.value, dimension, bound.place);
  else {
    const { known } = around.value(bound, frame, moment);
    if (known === undefined) return undefined;
    position = Math.floor(known) - 1;
  }
  return position >= 0 && position < dimension.elements.length ? position : undefined;
}

/**
 * Which element of `dimension` an equation is for: directly, or because the dimension is mapped onto one of the
 * equation's, or is a part of one that has the element. Undefined when the equation does not say.
 */
export function currentPosition(dimension: Dimension, frame: Frame): number | undefined {
  const { dimensions } = frame.variable;
  for (const [at, own] of dimensions.entries()) if (own === dimension) return frame.coordinates[at];
  for (const [at, own] of dimensions.entries()) {
    const mapped = own.counterparts.get(dimension.key)?.[frame.coordinates[at]!];
    if (mapped !== undefined) return mapped;
  }
  if (dimension.numbered) return undefined;
  const parts = dimensions.flatMap((own, at) => (!own.numbered && isWithin(dimension, own) ? [at] : []));
  if (parts.length !== 1) return undefined;
  return translated(dimensions[parts[0]!]!, frame.coordinates[parts[0]!]!, dimension);
}

/** The places on the axes of a reference; undefined for those that nothing says. */
export function placesOn(axes: readonly Axis[], subject: Subject): (number | undefined)[] {
  const { frame } = subject;
  const { spread, slices } = frame;
  const on = (places: Places | undefined) =>
    places === undefined ? currentPlaces(axes, frame, subject) : axes.map(({ key }) => places.get(key));
  if (slices === undefined || subject.subscripts.length > 0) return on(spread);
  return [slices.around, undefined].map(on).find(isComplete) ?? on(spread);
}

/** Whether a bare array inside an expression where only slices are arrays is one element of it. */
export function isOneElement(axes: readonly Axis[], subject: Subject): boolean {
  const { frame, subscripts } = subject;
  if (frame.slices === undefined || subscripts.length > 0) return false;
  return isComplete(placesOn(axes, { ...subject, frame: { ...frame, spread: undefined } }));
}

function isComplete(places: readonly (number | undefined)[]): boolean {
  return places.every((place) => place !== undefined);
}

/**
 * Which places on the axes of a reference an equation for one element means, outside of array expressions: each whole
 * dimension that of the equation's dimension of the same name, the second of a name its second, else of the one that is
 * mapped onto it or is a part of it by name. Where sizes leave no doubt a part of a dimension, or a numbered one, is
 * matched by its place. Undefined for what the equation does not say.
 */
function currentPlaces(
  axes: readonly Axis[],
  frame: Frame,
  { transposed = false, place }: Subject,
): (number | undefined)[] {
  const { coordinates } = frame;
  const own = frame.variable.dimensions;
  if (transposed) {
    // By name a transposed array would be the array itself: here it is the order that counts.
    return axes.map(({ dimension, size }, at) => {
      const other = axes.length === own.length ? own[at] : undefined;
      const fits = other?.elements.length === size && dimension.numbered && other.numbered;
      return other === dimension || fits ? coordinates[at] : undefined;
    });
  }
  const used = new Set<number>();
  const places = axes.map((axis, number) => {
    if (!axis.whole) return undefined;
    const alike = axes.filter(({ dimension }) => dimension === axis.dimension);
    const candidates = ownDimensions(axis.dimension, own).filter((at) => !used.has(at));
    const earlier = axes.slice(0, number).filter(({ dimension }) => dimension === axis.dimension).length;
    if (candidates.length === 0) return undefined;
    // Several that could be meant must all be met: one alone does not say which of them it is.
    const at = candidates[0]!;
    if (candidates.length > 1 && candidates.length + earlier !== alike.length) {
      return own[at] === axis.dimension ? refuse('array.repeated_dimension', { name: own[at].name }, place) : undefined;
    }
    used.add(at);
    return translated(own[at]!, coordinates[at]!, axis.dimension);
  });
  if (axes.length !== own.length) return places;
  return places.map((place, at) => {
    if (place !== undefined || used.has(at)) return place;
    const axis = axes[at]!;
    const fits = own[at]!.elements.length === axis.size;
    return fits && (!axis.whole || axis.dimension.numbered || own[at]!.numbered) ? coordinates[at] : undefined;
  });
}

/** The dimensions of an equation, by their numbers, that can say where it is on an axis: the nearest kind there is. */
function ownDimensions(dimension: Dimension, own: readonly Dimension[]): number[] {
  const kinds = [
    (other: Dimension) => other === dimension,
    (other: Dimension) => other.counterparts.has(dimension.key),
    (other: Dimension) => !other.numbered && !dimension.numbered && isWithin(other, dimension),
  ];
  const found = kinds.map((isOne) => own.flatMap((other, at) => (isOne(other) ? [at] : [])));
  return found.find((numbers) => numbers.length > 0) ?? [];
}
