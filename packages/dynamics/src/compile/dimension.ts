import type { Place } from '../diagnostic.ts';
import { canonical, plain } from '../expression/name.ts';
import type { SourceDimension, SourceFile, SourceMapping } from '../xmile/source.ts';
import type { Findings } from './findings.ts';

/** A dimension of arrays, with its elements by name. */
export interface Dimension {
  name: string;
  key: string;
  elements: readonly string[];
  numbered: boolean;
  /** Place (from 0) of each element, by canonical name. */
  positions: ReadonlyMap<string, number>;
  /**
   * By the key of another dimension that this one is mapped onto, or that is mapped onto this one: for each element the
   * place of the one that it stands for there; undefined where there is none or more than one.
   */
  counterparts: ReadonlyMap<string, readonly (number | undefined)[]>;
  place: Place;
}

type Counterparts = Map<string, (number | undefined)[]>;

export function dimensionsOf(file: SourceFile, findings: Findings): Map<string, Dimension> {
  const dimensions = new Map<string, Dimension>();
  const counterparts = new Map<string, Counterparts>();
  for (const source of file.dimensions) {
    const name = plain(source.name);
    const key = canonical(source.name);
    if (dimensions.has(key)) findings.error('dimension.duplicate', { name }, { place: source.place });
    const positions = new Map<string, number>();
    source.elements.forEach((element, position) => {
      const known = canonical(element);
      if (positions.has(known)) {
        findings.error('dimension.duplicate_element', { name, element }, { place: source.place });
      } else positions.set(known, position);
    });
    const own: Counterparts = new Map();
    counterparts.set(key, own);
    dimensions.set(key, {
      name,
      key,
      elements: source.elements.map(plain),
      numbered: source.numbered,
      positions,
      counterparts: own,
      place: source.place,
    });
  }
  for (const source of file.dimensions) {
    const from = dimensions.get(canonical(source.name))!;
    for (const mapping of mappingsOf(source)) {
      const to = dimensions.get(canonical(mapping.to));
      if (to === undefined) findings.error('dimension.unknown', { name: plain(mapping.to) }, { place: mapping.place });
      else map(from, to, mapping, dimensions, counterparts, findings);
    }
  }
  return dimensions;
}

function mappingsOf({ mapsTo, mappings = [], place }: SourceDimension): SourceMapping[] {
  return mapsTo === undefined ? mappings : [{ to: mapsTo, pairs: [], place }, ...mappings];
}

/** Notes who stands for whom, in both directions. */
function map(
  from: Dimension,
  to: Dimension,
  mapping: SourceMapping,
  dimensions: ReadonlyMap<string, Dimension>,
  counterparts: ReadonlyMap<string, Counterparts>,
  findings: Findings,
): void {
  const forth = from.elements.map(() => new Set<number>());
  const back = to.elements.map(() => new Set<number>());
  const link = (position: number, other: number) => {
    forth[position]!.add(other);
    back[other]!.add(position);
  };
  if (mapping.pairs.length === 0) {
    if (from.elements.length === to.elements.length)
      from.elements.forEach((_, position) => void link(position, position));
    else {
      const details = { found: from.name, dimension: to.name };
      findings.error('array.dimension_mismatch', details, { place: mapping.place });
    }
  }
  for (const pair of mapping.pairs) {
    const position = from.positions.get(canonical(pair.from));
    const others = elementsOf(pair.to, to, dimensions);
    if (position === undefined || others === undefined) {
      const details =
        position === undefined
          ? { element: pair.from, dimension: from.name }
          : { element: pair.to, dimension: to.name };
      findings.error('array.unknown_element', details, { place: mapping.place });
    } else for (const other of others) link(position, other);
  }
  counterparts.get(from.key)!.set(to.key, forth.map(only));
  counterparts.get(to.key)!.set(from.key, back.map(only));
}

/** The places of an element of a dimension, or of all elements of a part of it. */
export function elementsOf(
  name: string,
  whole: Dimension,
  dimensions: ReadonlyMap<string, Dimension>,
): number[] | undefined {
  const position = whole.positions.get(canonical(name));
  if (position !== undefined) return [position];
  const part = dimensions.get(canonical(name));
  if (part === undefined || (part.numbered && part !== whole) || !isWithin(part, whole)) return undefined;
  return [...part.positions.keys()].map((element) => whole.positions.get(element)!);
}

function only(places: ReadonlySet<number>): number | undefined {
  return places.size === 1 ? [...places][0] : undefined;
}

/** Whether every element of `part` is, by name, one of `whole`. */
export function isWithin(part: Dimension, whole: Dimension): boolean {
  for (const element of part.positions.keys()) if (!whole.positions.has(element)) return false;
  return true;
}

/**
 * The element of `to` that an element of `from` stands for: the same one in one dimension, else the one that a mapping
 * says, the one of the same name where one dimension is part of the other, the one at the same place where both have
 * the same size and no name in common; else undefined.
 */
export function translated(from: Dimension, position: number, to: Dimension): number | undefined {
  if (from === to) return position;
  const mapped = from.counterparts.get(to.key);
  if (mapped !== undefined) return mapped[position];
  if (!(from.numbered && to.numbered)) {
    if (isWithin(from, to) || isWithin(to, from)) return to.positions.get(canonical(from.elements[position]!));
    for (const element of from.positions.keys()) if (to.positions.has(element)) return undefined;
  }
  return from.elements.length === to.elements.length ? position : undefined;
}
