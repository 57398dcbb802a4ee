import {
  attributeOf,
  childOf,
  childrenOf,
  flagOf,
  keptField,
  keptOf,
  leaf,
  listOf,
  nameOf,
  numberOf,
  plainTextOf,
  type Reading,
  readEquation,
  shown,
  sift,
  textOf,
  withElements,
} from './content.ts';
import { spreadEquations } from './element-equations.ts';
import { readGraphicalFunction, shownScale } from './graphical-function.ts';
import type { Kept, SourceElement, SourceSpecial, SourceText, SourceVariable } from './source.ts';
import { auxWords, elementWords, flowWords, namedGraphicalWords, stockWords, type Vocabulary } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** What a model says for stocks and flows without an own mark. */
export interface Behavior {
  stock: boolean | undefined;
  flow: boolean | undefined;
}

const wordsOfKind: Record<SourceVariable['kind'], Vocabulary> = {
  stock: stockWords,
  flow: flowWords,
  aux: auxWords,
  gf: namedGraphicalWords,
};

export function isVariable(name: string): name is SourceVariable['kind'] {
  return Object.hasOwn(wordsOfKind, name);
}

/** A stock, flow, auxiliary or graphical function (XMILE 1.0); `path` names its model. */
export function readVariable(element: XmlElement, outer: Reading, path: string, behavior: Behavior): SourceVariable {
  const kind = isVariable(element.name) ? element.name : 'aux';
  const name = nameOf(attributeOf(element, 'name') ?? '');
  const reading: Reading = { ...outer, variable: path === '' ? name : `${path}.${name}` };
  if (name === '') outer.findings.error('file.missing', { parent: kind, what: 'name' }, { place: element.place });
  const dimensions = readVariableDimensions(element, reading);
  const own = childrenOf(element, 'element').map((child) => readElement(child, dimensions, reading));
  const { equation, elements } = spreadEquations(element, dimensions, own, reading);
  const kept = readKept(element, kind, reading);
  if (elements.length === 0) checkEquation(element, equation, reading);
  return {
    kind,
    name,
    place: element.place,
    dimensions,
    equation,
    elements,
    graphicalFunction: readOwnTable(element, kind, reading),
    initialEquation: readEquation(element, 'init_eqn', reading),
    inflows: readFlows(element, 'inflow', kind, reading),
    outflows: readFlows(element, 'outflow', kind, reading),
    nonNegative:
      readNonNegative(element, reading) ?? (kind === 'stock' || kind === 'flow' ? behavior[kind] : undefined),
    special: readSpecial(element, reading),
    units: wordOf(element, 'units', reading),
    documentation: documentationOf(element, reading),
    access: readAccess(element, reading),
    range: readRange(element, reading),
    ...keptField(kept),
  };
}

function readKept(element: XmlElement, kind: SourceVariable['kind'], reading: Reading): Kept {
  const kept = sift(element, wordsOfKind[kind], reading);
  return withElements(kept, [...keptLeaves(element), ...(kind === 'gf' ? shownScale(element, reading) : [])]);
}

/** Elements of which more is kept than the source has fields for. */
export function keptLeaves(element: XmlElement) {
  const doc = childrenOf(element, 'doc').filter((child) => hasMore(child, []));
  const range = childrenOf(element, 'range').filter((child) => hasMore(child, ['min', 'max']));
  return [...doc, ...range].map((child) => keptOf(child));
}

function hasMore(element: XmlElement, known: string[]): boolean {
  return (
    element.attributes.some(({ name }) => !known.includes(name)) ||
    element.children.some((child) => child.kind === 'element')
  );
}

/** The documentation, of which only the text counts here. */
export function documentationOf(element: XmlElement, reading: Reading): string | undefined {
  const doc = childOf(element, 'doc', reading);
  return (doc && textOf(doc)) || undefined;
}

/** An equation in MathML alone, or a sum over what a drawing connects, is an equation that is not read. */
function checkEquation(element: XmlElement, equation: SourceText | undefined, { findings, variable }: Reading): void {
  if (equation !== undefined) return;
  for (const child of element.children) {
    if (child.kind !== 'element') continue;
    if (child.name === 'mathml' || child.name.endsWith('summing')) {
      const what = `<${child.name}> without <eqn>`;
      findings.error('file.unsupported', { what }, { variable, place: child.place });
    }
  }
}

function readVariableDimensions(element: XmlElement, reading: Reading): string[] {
  const list = childOf(element, 'dimensions', reading);
  if (list === undefined) return [];
  leaf({ ...list, children: list.children.filter((child) => child.kind === 'text' || child.name !== 'dim') }, reading);
  return childrenOf(list, 'dim').map((dim) => {
    leaf(dim, reading, ['name']);
    const name = nameOf(attributeOf(dim, 'name') ?? textOf(dim));
    const about = { variable: reading.variable, place: dim.place };
    if (name === '') reading.findings.error('file.missing', { parent: 'dim', what: 'name' }, about);
    return name;
  });
}

function readElement(element: XmlElement, dimensions: string[], reading: Reading): SourceElement {
  const { findings, variable } = reading;
  const subscripts = listOf(attributeOf(element, 'subscript') ?? '');
  if (subscripts.length !== dimensions.length || subscripts.includes('')) {
    const count = subscripts.filter((subscript) => subscript !== '').length;
    const details = { count, dimensions: dimensions.length };
    findings.error('dimension.subscripts', details, { variable, place: element.place });
  }
  const gf = childOf(element, 'gf', reading);
  const equation = readEquation(element, 'eqn', reading);
  checkEquation(element, equation, reading);
  return {
    subscripts,
    equation,
    graphicalFunction: gf && readGraphicalFunction(gf, reading),
    initialEquation: readEquation(element, 'init_eqn', reading),
    nonNegative: readNonNegative(element, reading),
    place: element.place,
    ...keptField(sift(element, elementWords, reading)),
  };
}

function readOwnTable(element: XmlElement, kind: SourceVariable['kind'], reading: Reading) {
  const arrayed = childrenOf(element, 'element').some((child) => childrenOf(child, 'gf').length > 0);
  if (kind === 'gf') return arrayed ? undefined : readGraphicalFunction(element, reading, namedGraphicalWords);
  const gf = childOf(element, 'gf', reading);
  if (gf === undefined) return undefined;
  if (kind === 'stock') {
    const details = { element: 'gf', parent: 'stock' };
    reading.findings.error('file.unknown-element', details, { variable: reading.variable, place: gf.place });
  }
  return readGraphicalFunction(gf, reading);
}

function readFlows(element: XmlElement, name: 'inflow' | 'outflow', kind: string, reading: Reading): string[] {
  if (kind !== 'stock') return [];
  return childrenOf(element, name).map((flow) => {
    const text = plainTextOf(flow, reading)?.text ?? '';
    const about = { variable: reading.variable, place: flow.place };
    if (text === '') reading.findings.error('file.missing', { parent: name, what: 'a flow' }, about);
    return text.replace(/\s+/g, ' ');
  });
}

/** The mark itself, with `true` or `false` in it or beside it; an attribute of the variable says the same. */
function readNonNegative(element: XmlElement, reading: Reading): boolean | undefined {
  const child = childOf(element, 'non_negative', reading);
  const attribute = attributeOf(element, 'non_negative');
  if (child === undefined) {
    return attribute === undefined ? undefined : flagOf(attribute, 'non_negative', element.place, reading);
  }
  return readMark(child, reading);
}

/** `<non_negative/>`, `<non_negative>false</non_negative>` or `<non_negative value="false"/>`. */
export function readMark(mark: XmlElement, reading: Reading): boolean | undefined {
  const text = plainTextOf(mark, reading, ['value', 'enabled'])?.text;
  const word = text ?? attributeOf(mark, 'value') ?? attributeOf(mark, 'enabled') ?? '';
  return flagOf(word, mark.name, mark.place, reading);
}

const specialElements: ReadonlyMap<string, SourceSpecial['kind']> = new Map([
  ['conveyor', 'conveyor'],
  ['queue', 'queue'],
  ['oven', 'oven'],
  ['leak', 'leak'],
  ['overflow', 'overflow'],
]);

/** A special variable keeps its details as they are; a run that ends at an event is special too. */
function readSpecial(element: XmlElement, reading: Reading): SourceSpecial | undefined {
  const about = { variable: reading.variable };
  const own = element.children.filter(
    (child) => child.kind === 'element' && child.vendor === undefined,
  ) as XmlElement[];
  const nested = own.filter((child) => child.name === 'element').flatMap((child) => child.children);
  for (const child of [...own, ...nested]) {
    if (child.kind !== 'element' || child.vendor !== undefined) continue;
    const kind = specialElements.get(child.name);
    if (kind !== undefined) return { kind, place: child.place };
    if (child.name !== 'event_poster') continue;
    if (endsRun(child)) return { kind: 'event', place: child.place };
    reading.findings.warnOnce('', 'file.event', {}, { ...about, place: child.place });
  }
  return undefined;
}

function endsRun(element: XmlElement): boolean {
  const stops = element.attributes.some(({ name, value }) => name.endsWith('action') && /stop/i.test(value));
  return stops || element.children.some((child) => child.kind === 'element' && endsRun(child));
}

function readAccess(element: XmlElement, { findings, variable }: Reading): SourceVariable['access'] {
  const access = attributeOf(element, 'access')?.trim().toLowerCase() ?? '';
  if (access === 'input' || access === 'output') return access;
  if (access !== '') {
    const details = { what: 'access', text: shown(access), choices: 'input, output' };
    findings.error('file.choice', details, { variable, place: element.place });
  }
  return undefined;
}

/** The range of a lever; one that a tool is to find by itself (`auto`) has no numbers. */
function readRange(element: XmlElement, reading: Reading): SourceVariable['range'] {
  const range = childOf(element, 'range', reading);
  const least = range && attributeOf(range, 'min');
  const greatest = range && attributeOf(range, 'max');
  if (range === undefined || least === undefined || greatest === undefined) return undefined;
  const min = numberOf(least, 'the least of the range', range.place, reading);
  const max = numberOf(greatest, 'the greatest of the range', range.place, reading);
  return min === undefined || max === undefined ? undefined : { min, max };
}

function wordOf(element: XmlElement, name: string, reading: Reading): string | undefined {
  const child = childOf(element, name, reading);
  return child && plainTextOf(child, reading)?.text;
}
