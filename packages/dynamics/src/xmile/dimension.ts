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
import type { SourceDimension } from './source.ts';
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
  const mapping = dim.children.find((child) => child.kind === 'element' && localName(child.name) === 'maps_to');
  const mapsTo = mapping?.kind === 'element' ? nameOf(textOf(mapping)) : '';
  const numbered = own.length === 0;
  const others = dim.children.filter((child) => child !== mapping);
  checkElements(own, dim, reading);
  return {
    name,
    elements: numbered ? Array.from({ length: size ?? 0 }, (_, index) => `${index + 1}`) : own,
    numbered,
    ...(mapsTo === '' ? {} : { mapsTo }),
    place: dim.place,
    ...keptField(sift({ ...dim, children: others }, dimensionWords, reading)),
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
