import type { Place } from '../diagnostic.ts';
import { canonical, plain } from '../expression/name.ts';
import type { SourceFile } from '../xmile/source.ts';
import type { Findings } from './findings.ts';

/** A dimension of arrays, with its elements by name. */
export interface Dimension {
  name: string;
  key: string;
  elements: readonly string[];
  numbered: boolean;
  /** Place (from 0) of each element, by canonical name. */
  positions: ReadonlyMap<string, number>;
  /** Canonical name of the dimension whose elements these stand for, one by one. */
  mapsTo: string | undefined;
  place: Place;
}

export function dimensionsOf(file: SourceFile, findings: Findings): Map<string, Dimension> {
  const dimensions = new Map<string, Dimension>();
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
    dimensions.set(key, {
      name,
      key,
      elements: source.elements.map(plain),
      numbered: source.numbered,
      positions,
      mapsTo: source.mapsTo === undefined ? undefined : canonical(source.mapsTo),
      place: source.place,
    });
  }
  return dimensions;
}

/** Whether every element of `part` is, by name, one of `whole`. */
export function isWithin(part: Dimension, whole: Dimension): boolean {
  for (const element of part.positions.keys()) if (!whole.positions.has(element)) return false;
  return true;
}

/**
 * The element of `to` that an element of `from` stands for: the same one in one dimension, the one of the same name where
 * one dimension is part of the other, the one at the same place where both have the same size; else undefined.
 */
export function translated(from: Dimension, position: number, to: Dimension): number | undefined {
  if (from === to) return position;
  if (!(from.numbered && to.numbered)) {
    if (isWithin(from, to)) return to.positions.get(canonical(from.elements[position]!));
    if (isWithin(to, from)) return to.positions.get(canonical(from.elements[position]!));
  }
  return from.elements.length === to.elements.length ? position : undefined;
}
