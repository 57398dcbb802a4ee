import {
  attributeOf,
  childOf,
  flagOf,
  keptField,
  keptOf,
  leaf,
  nameOf,
  numberOf,
  numeralOf,
  plainTextOf,
  type Reading,
  shown,
  sift,
  textOf,
  withElements,
} from './content.ts';
import type { SourceGraphicalFunction } from './source.ts';
import { graphicalWords, type Vocabulary } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** Points of one graphical function; measured series have thousands. */
const pointsMax = 1_000_000;

const kinds = ['continuous', 'extrapolate', 'discrete'] as const;

/**
 * `<gf>` (XMILE 1.0): its points, or the name of one that stands by itself. `words` are those of a variable where the
 * function is one; then what is kept belongs to the variable.
 */
export function readGraphicalFunction(gf: XmlElement, reading: Reading, words?: Vocabulary): SourceGraphicalFunction {
  const written = childOf(gf, 'ypts', reading);
  const kept = words === undefined ? readKept(gf, written === undefined, reading) : {};
  const base = { kind: readKind(gf, reading), place: gf.place, ...keptField(kept) };
  if (written === undefined) {
    const name = nameOf(attributeOf(gf, 'name') ?? '') || nameOf(textOf({ ...gf, children: ownText(gf) }));
    if (name === '' || words !== undefined) {
      const about = { variable: reading.variable, place: gf.place };
      reading.findings.error('file.missing', { parent: 'gf', what: '<ypts>' }, about);
    }
    return { ...base, name, x: [], y: [] };
  }
  const y = readPoints(written, reading);
  const x = readX(gf, y.length, reading);
  const name = words === undefined ? nameOf(attributeOf(gf, 'name') ?? '') : '';
  return { ...base, name: name === '' ? undefined : name, x, y };
}

/** The scale is kept where the points have their own x: it is then only what a graph shows. */
function readKept(gf: XmlElement, reference: boolean, reading: Reading) {
  const children = reference ? gf.children.filter((child) => child.kind === 'element') : gf.children;
  const kept = sift({ ...gf, children }, graphicalWords, reading);
  return withElements(kept, shownScale(gf, reading));
}

/** The x scale where it has no part in the points. */
export function shownScale(gf: XmlElement, reading: Reading) {
  const scale = childOf(gf, 'xscale', reading);
  return scale !== undefined && childOf(gf, 'xpts', reading) !== undefined ? [keptOf(scale)] : [];
}

function ownText(gf: XmlElement): XmlElement['children'] {
  return gf.children.filter((child) => child.kind === 'text');
}

function readKind(gf: XmlElement, reading: Reading): SourceGraphicalFunction['kind'] {
  const { findings, variable } = reading;
  const type = attributeOf(gf, 'type')?.trim().toLowerCase() ?? '';
  const mark = attributeOf(gf, 'discrete');
  const discrete = mark !== undefined && flagOf(mark, 'discrete', gf.place, reading) === true;
  if (type === '') return discrete ? 'discrete' : 'continuous';
  const kind = kinds.find((known) => known === type);
  if (kind !== undefined) return kind;
  findings.error(
    'file.choice',
    { what: 'the type of the graphical function', text: shown(type), choices: kinds.join(', ') },
    { variable, place: gf.place },
  );
  return 'continuous';
}

function readPoints(element: XmlElement, reading: Reading): number[] {
  const text = plainTextOf(element, reading, ['sep'])?.text ?? '';
  const about = { variable: reading.variable, place: element.place };
  if (text === '') {
    reading.findings.error('file.missing', { parent: element.name, what: 'points' }, about);
    return [];
  }
  const separator = attributeOf(element, 'sep');
  const parts = splitPoints(text, separator);
  if (parts.length > pointsMax) {
    reading.findings.error('file.too-large', { what: 'points', limit: pointsMax }, about);
    return [];
  }
  const points: number[] = [];
  for (const part of parts) {
    const value = numeralOf(part);
    if (value === undefined) {
      const details = { what: `a point in <${element.name}>`, text: shown(part) };
      reading.findings.error('file.number', details, about);
      return [];
    }
    points.push(value);
  }
  return points;
}

/** A blank as separator stands for any white space; the comma is the standard's default. */
function splitPoints(text: string, separator: string | undefined): string[] {
  if (separator === undefined || separator === '') return text.split(',');
  return separator.trim() === '' ? text.split(/\s+/) : text.split(separator.trim());
}

function readX(gf: XmlElement, count: number, reading: Reading): number[] {
  const { findings, variable } = reading;
  const element = childOf(gf, 'xpts', reading);
  if (element !== undefined) {
    const x = readPoints(element, reading);
    const about = { variable, place: element.place };
    if (x.length === 0 || count === 0) return x;
    if (x.length !== count) findings.error('table.counts', { x: x.length, y: count }, about);
    const fall = x.findIndex((value, index) => index > 0 && value < x[index - 1]!);
    if (fall > 0) findings.error('table.order', { before: x[fall - 1]!, after: x[fall]! }, about);
    return x;
  }
  const scale = childOf(gf, 'xscale', reading);
  if (scale === undefined) {
    if (count > 1) findings.warn('table.index-scale', {}, { variable, place: gf.place });
    return Array.from({ length: count }, (_, index) => index);
  }
  return scaledX(scale, count, reading);
}

function scaledX(scale: XmlElement, count: number, reading: Reading): number[] {
  const { findings, variable } = reading;
  leaf(scale, reading, ['min', 'max']);
  const min = numberOf(attributeOf(scale, 'min') ?? '', 'the least x', scale.place, reading);
  const max = numberOf(attributeOf(scale, 'max') ?? '', 'the greatest x', scale.place, reading);
  if (min === undefined || max === undefined) return [];
  if ((count > 1 && !(max > min)) || !Number.isFinite(max - min))
    findings.error('table.scale', { min, max }, { variable, place: scale.place });
  // The last point is put at the end itself, so that rounding cannot leave it short of it.
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return min;
    return index === count - 1 ? max : min + ((max - min) * index) / (count - 1);
  });
}
