import type { Place } from '../diagnostic.ts';
import type { Findings } from './findings.ts';
import type { Kept, KeptElement, SourceDimension, SourceText } from './source.ts';
import { harmlessMarks, harmlessNames, type Vocabulary } from './vocabulary.ts';
import type { XmlAttribute, XmlElement } from './xml.ts';

/** Where reading stands: what is found goes to `findings`, under the name of the variable being read. */
export interface Reading {
  findings: Findings;
  /** The dimensions of the file by their canonical names. */
  dimensions?: ReadonlyMap<string, SourceDimension>;
  variable?: string | undefined;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => isOwn(child, name));
}

/** The one child of that name; a second one is an error. */
export function childOf(element: XmlElement, name: string, { findings, variable }: Reading): XmlElement | undefined {
  const [first, second] = childrenOf(element, name);
  if (second !== undefined) {
    findings.error('file.repeated', { element: name, parent: element.name }, { variable, place: second.place });
  }
  return first;
}

export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.vendor === undefined && attribute.name === name)?.value;
}

/** All the text inside, elements' text included, without white space around it. */
export function textOf(element: XmlElement): string {
  return rawText(element).trim();
}

/** The text of an element that holds nothing else; undefined where there is none. */
export function plainTextOf(element: XmlElement, reading: Reading, attributes: string[] = []): SourceText | undefined {
  leaf(element, reading, attributes);
  const text = rawText(element).trim();
  if (text === '') return undefined;
  const first = element.children.find((child) => child.kind === 'text' && child.text.trim() !== '');
  return { text, place: first?.place ?? element.place };
}

/** The text of the one equation of that name; undefined where there is none. */
export function readEquation(element: XmlElement, name: 'eqn' | 'init_eqn', reading: Reading): SourceText | undefined {
  const child = childOf(element, name, reading);
  return child && plainTextOf(child, reading);
}

/** Says what an element has beside text and the attributes named. */
export function leaf(element: XmlElement, { findings, variable }: Reading, attributes: string[] = []): void {
  for (const { name, vendor } of element.attributes) {
    if (vendor === undefined && !attributes.includes(name)) {
      findings.error(
        'file.unknown-attribute',
        { attribute: name, element: element.name },
        { variable, place: element.place },
      );
    } else if (vendor !== undefined && !harmlessMarks.has(localName(name)) && !isXmlName(name)) {
      const details = { what: name, element: element.name };
      findings.warnOnce(`${name} ${element.name}`, 'file.vendor-dropped', details, { variable, place: element.place });
    }
  }
  for (const child of element.children) {
    if (child.kind !== 'element') continue;
    const about = { variable, place: child.place };
    if (child.vendor === undefined) {
      findings.error('file.unknown-element', { element: child.name, parent: element.name }, about);
    } else {
      const details = { what: `<${child.name}>`, element: element.name };
      findings.warnOnce(`${child.name} ${element.name}`, 'file.vendor-dropped', details, about);
    }
  }
}

/**
 * Goes through everything an element has: what is not read by others is kept, and what is neither understood nor known
 * to be harmless is an error, or a warning where it is another tool's.
 */
export function sift(element: XmlElement, words: Vocabulary, reading: Reading): Kept {
  const attributes = element.attributes.filter((attribute) => siftAttribute(element, attribute, words, reading));
  const elements: KeptElement[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') {
      if (child.text.trim() === '') continue;
      const text = child.text.trim().slice(0, 60);
      const about = { variable: reading.variable, place: child.place };
      reading.findings.error('file.text', { element: element.name, text }, about);
    } else if (siftElement(element, child, words, reading)) elements.push(keptOf(child));
  }
  return {
    ...(attributes.length === 0
      ? {}
      : { attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])) }),
    ...(elements.length === 0 ? {} : { elements }),
  };
}

function siftAttribute(
  element: XmlElement,
  { name, vendor }: XmlAttribute,
  words: Vocabulary,
  reading: Reading,
): boolean {
  const { findings, variable } = reading;
  const details = { attribute: name, element: element.name };
  const about = { variable, place: element.place };
  if (vendor === undefined) {
    if (words.attributes.read.has(name)) return false;
    if (!words.attributes.kept.has(name)) findings.error('file.unknown-attribute', details, about);
    return true;
  }
  const local = localName(name);
  if (words.attributes.read.has(local) && !harmlessNames.has(local)) {
    findings.error('file.unknown-attribute', details, about);
  } else if (words.watched && !harmlessMarks.has(local) && !words.attributes.kept.has(local) && !isXmlName(name)) {
    findings.warnOnce(`${name} ${element.name}`, 'file.vendor-attribute', details, about);
  }
  return true;
}

function siftElement(parent: XmlElement, child: XmlElement, words: Vocabulary, reading: Reading): boolean {
  const { findings, variable } = reading;
  const details = { element: child.name, parent: parent.name };
  const about = { variable, place: child.place };
  if (child.vendor === undefined) {
    if (words.elements.read.has(child.name)) return false;
    if (!words.elements.kept.has(child.name)) findings.error('file.unknown-element', details, about);
    return true;
  }
  const local = localName(child.name);
  if (words.elements.read.has(local) && !harmlessNames.has(local)) {
    // Another tool's element of the same name says the same kind of thing in a way that is not known here.
    findings.error('file.unknown-element', details, about);
  } else if (words.watched && !harmlessMarks.has(local) && !words.elements.kept.has(local)) {
    findings.warnOnce(`${child.name} ${parent.name}`, 'file.vendor-element', details, about);
  }
  return true;
}

/** A tree for keeping; the line breaks and indents between elements are not part of it, unless it is `exact`. */
export function keptOf(element: XmlElement, exact = element.name === 'doc'): KeptElement {
  const mixed = element.children.some((child) => child.kind === 'element');
  const children: (KeptElement | string)[] = [];
  for (const child of element.children) {
    if (child.kind === 'element') children.push(keptOf(child, exact || child.name === 'doc'));
    else if (!mixed || child.text.trim() !== '' || exact || !child.text.includes('\n')) children.push(child.text);
  }
  const attributes = Object.fromEntries(element.attributes.map(({ name, value }) => [name, value]));
  return { name: element.name, attributes, children };
}

/** `kept` as a field, left out where there is nothing to keep. */
export function keptField(kept: Kept): { kept?: Kept } {
  return kept.attributes === undefined && kept.elements === undefined ? {} : { kept };
}

export function withElements(kept: Kept, more: readonly KeptElement[]): Kept {
  return more.length === 0 ? kept : { ...kept, elements: [...(kept.elements ?? []), ...more] };
}

/** A name as people read it: no quotes around it, blanks and `\n` as one space. */
export function nameOf(text: string): string {
  const trimmed = text.trim();
  const inner = /^"(?:[^"\\]|\\[\s\S])*"$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  return inner.replace(/(?:\s|(?<!\\)\\n)+/gu, ' ').trim();
}

/** Parts between commas that stand outside quotes, without blanks around them. */
export function listOf(text: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      parts.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  parts.push(text.slice(begin).trim());
  return parts;
}

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text is, or undefined where it is none or too large for a double. */
export function numeralOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numeral.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** The number of a text; anything else is an error about `what`. */
export function numberOf(
  text: string,
  what: string,
  place: Place,
  { findings, variable }: Reading,
): number | undefined {
  const value = numeralOf(text);
  if (value === undefined) findings.error('file.number', { what, text: shown(text) }, { variable, place });
  return value;
}

/** True or false in any case; nothing at all is true, as the mark is there. */
export function flagOf(text: string, what: string, place: Place, { findings, variable }: Reading): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === '' || word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  findings.error('file.flag', { what, text: shown(text) }, { variable, place });
  return undefined;
}

/** A text short enough for a sentence. */
export function shown(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' ? '(nothing)' : trimmed.length > 60 ? `${trimmed.slice(0, 60)}...` : trimmed;
}

/** The name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function isOwn(child: XmlElement['children'][number], name: string): child is XmlElement {
  return child.kind === 'element' && child.vendor === undefined && child.name === name;
}

function rawText(element: XmlElement): string {
  return element.children.map((child) => (child.kind === 'text' ? child.text : rawText(child))).join('');
}

/** Names of XML itself and of its schemas. */
function isXmlName(name: string): boolean {
  return name.startsWith('xml:') || name.startsWith('xsi:');
}
