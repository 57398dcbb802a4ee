import { canonical } from '../expression/name.ts';
import {
  attributeOf,
  childrenOf,
  keptField,
  leaf,
  localName,
  nameOf,
  numeralOf,
  type Reading,
  shown,
  sift,
  textOf,
} from './content.ts';
import { Names } from './names.ts';
import type { SourceDimension, SourceMapping } from './source.ts';
import { dimensionWords } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** Elements of one dimension; arrays of more would not fit into a run anyway. */
const elementsMax = 100_000;

/** Elements of all dimensions, as a size of few characters stands for as many names. */
const allElementsMax = 1_000_000;

/** `<dimensions>` of the file (XMILE 1.0), with the mappings that translations from Vensim write. */
export function readDimensions(element: XmlElement, reading: Reading): SourceDimension[] {
  const { findings } = reading;
  const names = new Names('dimension', findings);
  const dimensions: SourceDimension[] = [];
  leaf(
    { ...element, children: element.children.filter((child) => child.kind === 'text' || child.name !== 'dim') },
    reading,
  );
  let count = 0;
  for (const dim of childrenOf(element, 'dim')) {
    const dimension = readDimension(dim, reading);
    count += dimension?.elements.length ?? 0;
    if (count > allElementsMax) {
      const details = { what: 'elements of dimensions', limit: allElementsMax };
      findings.error('file.too-large', details, { place: dim.place });
      break;
    }
    if (dimension !== undefined && names.add(dimension.name, dim.place)) dimensions.push(dimension);
  }
  return dimensions;
}

function readDimension(dim: XmlElement, reading: Reading): SourceDimension | undefined {
  const { findings } = reading;
  const name = nameOf(attributeOf(dim, 'name') ?? '');
  if (name === '') {
    findings.error('file.missing', { parent: 'dim', what: 'name' }, { place: dim.place });
    return undefined;
  }
  const own = childrenOf(dim, 'elem').map((elem) => readElement(elem, reading));
  const size = readSize(dim, name, reading);
  if (own.length === 0 && size === undefined) findings.error('dimension.empty', { name }, { place: dim.place });
  if (own.length > 0 && size !== undefined && own.length !== size) {
    findings.error('dimension.size', { name, size, count: own.length }, { place: dim.place });
  }
  const [written, ...more] = marksOf(dim, 'maps_to');
  const mapsTo = written === undefined ? '' : nameOf(textOf(written));
  const mappings = [
    ...more.map((mark) => ({ to: nameOf(textOf(mark)), pairs: [], place: mark.place })),
    ...marksOf(dim, 'mapping').map((mark) => readMapping(mark, name, reading)),
  ];
  const numbered = own.length === 0;
  const others = dim.children.filter((child) => child !== written);
  checkElements(own, dim, reading);
  return {
    name,
    elements: numbered ? Array.from({ length: size ?? 0 }, (_, index) => `${index + 1}`) : own,
    numbered,
    ...(mapsTo === '' ? {} : { mapsTo }),
    ...(mappings.length === 0 ? {} : { mappings }),
    place: dim.place,
    ...keptField(sift({ ...dim, children: others }, dimensionWords, reading)),
  };
}

/** Elements of that name, whoever's they are: the standard has no mappings, and each tool writes them as its own. */
function marksOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => child.kind === 'element' && localName(child.name) === name,
  );
}

/** `<mapping target="..."><elem from="..." to="..."/></mapping>`, as Simlin writes mappings of single elements. */
function readMapping(mark: XmlElement, dimension: string, { findings }: Reading): SourceMapping {
  const read = (element: XmlElement, attribute: string): string => {
    const text = nameOf(attributeOf(element, attribute) ?? '');
    if (text === '')
      findings.error('file.missing', { parent: element.name, what: attribute }, { place: element.place });
    return text;
  };
  const elements = marksOf(mark, 'elem');
  const stranger = mark.children.find((child) => child.kind === 'element' && !elements.includes(child));
  if (stranger?.kind === 'element') {
    const details = { element: stranger.name, parent: mark.name };
    findings.error('file.unknown-element', details, { variable: dimension, place: stranger.place });
  }
  return {
    to: read(mark, 'target'),
    pairs: elements.map((element) => ({ from: read(element, 'from'), to: read(element, 'to') })),
    place: mark.place,
  };
}

function readSize(dim: XmlElement, name: string, { findings }: Reading): number | undefined {
  const text = attributeOf(dim, 'size');
  if (text === undefined) return undefined;
  const size = numeralOf(text);
  if (size !== undefined && Number.isInteger(size) && size >= 1 && size <= elementsMax) return size;
  findings.error('dimension.limit', { name, size: shown(text), limit: elementsMax }, { place: dim.place });
  return undefined;
}

function readElement(elem: XmlElement, reading: Reading): string {
  leaf(elem, reading, ['name']);
  const name = nameOf(attributeOf(elem, 'name') ?? '');
  if (name === '') reading.findings.error('file.missing', { parent: 'elem', what: 'name' }, { place: elem.place });
  return name;
}

function checkElements(names: string[], dim: XmlElement, { findings }: Reading): void {
  if (names.length > elementsMax) {
    findings.error('file.too-large', { what: 'elements of a dimension', limit: elementsMax }, { place: dim.place });
  }
  const seen = new Set<string>();
  for (const name of names) {
    const key = canonical(name);
    if (seen.has(key)) {
      const details = { what: 'the element', name: shown(name), line: dim.place.line };
      findings.error('file.duplicate', details, { place: dim.place });
    }
    seen.add(key);
  }
}
