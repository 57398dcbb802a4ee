import { XmlElement as ParsedElement, XmlText as ParsedText, parseXml, XmlError } from '@rgrove/parse-xml';
import { type Diagnostic, type DiagnosticCode, error, type Outcome, type Place } from '../diagnostic.ts';

/** An element with its place. Names without prefix belong to the format, others to the tool that the prefix stands for. */
export interface XmlElement {
  kind: 'element';
  /** Local name for the format's own elements, else with the prefix as written. */
  name: string;
  /** Namespace of an element of another tool; undefined for the format's own. */
  vendor: string | undefined;
  attributes: XmlAttribute[];
  children: (XmlElement | XmlText)[];
  place: Place;
}

export interface XmlAttribute {
  name: string;
  vendor: string | undefined;
  value: string;
}

export interface XmlText {
  kind: 'text';
  text: string;
  /** Where the first character that is not white space stands. */
  place: Place;
}

export interface XmlDocument {
  root: XmlElement;
  /** Prefixes of other tools with their namespaces, but for the usual ones. */
  namespaces: Record<string, string>;
  /** The namespace of the root element. */
  format: string;
}

/**
 * Bounds of what is read; a model of 5,000 variables has about 2 MB, 50,000 elements and 8 levels, and its elements have
 * at most some dozens of attributes.
 */
export const xmlLimits = {
  characters: 16 * 1024 * 1024,
  elements: 500_000,
  attributes: 4_000_000,
  attributesOfOne: 4000,
  levels: 128,
};

/**
 * Reads XML text into a tree of elements with their places. A document type declaration is refused, so that no entity
 * can be defined and nothing outside can be fetched. Prefixes that are used but not declared are taken as another
 * tool's. Errors: `file.malformed`, `file.doctype`, `file.too-large`.
 */
export function readXml(source: string): Outcome<XmlDocument> {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const obstacle = survey(text);
  if (obstacle !== undefined) return { ok: false, errors: [obstacle], warnings: [] };
  try {
    const root = parseXml(text, { includeOffsets: true }).root;
    if (root === null) return refused('file.malformed', { reason: 'there is no element' }, { line: 1, column: 1 });
    return { ok: true, value: new Conversion(text).document(root), warnings: [] };
  } catch (caught) {
    if (!(caught instanceof XmlError)) throw caught;
    const reason = caught.message.split('\n')[0]!.replace(/ \(line \d+, column \d+\)$/, '');
    return refused(
      'file.malformed',
      { reason: reason.slice(0, 200) },
      new Places(text).at(unitsBefore(text, caught.pos)),
    );
  }
}

/** The parser counts characters in its errors, and UTF-16 units everywhere else. */
function unitsBefore(text: string, characters: number): number {
  let units = 0;
  for (let at = 0; at < characters && units < text.length; at++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

function refused(code: DiagnosticCode, details: Record<string, string | number>, place: Place): Outcome<never> {
  return { ok: false, errors: [error(code, details, { place })], warnings: [] };
}

/**
 * Looks for what must not reach the parser, which is recursive and keeps everything: one pass over the marks of the
 * text. What is malformed is left for the parser to name.
 */
function survey(text: string): Diagnostic | undefined {
  if (text.length > xmlLimits.characters) return tooLarge('characters', xmlLimits.characters);
  let elements = 0;
  let equals = 0;
  let level = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const next = text[at + 1];
    if (next === '!' || next === '?') {
      const end = text.startsWith('<!--', at)
        ? endOf(text, '-->', at + 4)
        : text.startsWith('<![CDATA[', at)
          ? endOf(text, ']]>', at + 9)
          : next === '?'
            ? endOf(text, '?>', at + 2)
            : undefined;
      if (end === undefined) {
        return error('file.doctype', {}, { place: new Places(text).at(at) });
      }
      at = end;
      continue;
    }
    const { end, marks } = tagEnd(text, at + 1);
    if (next === '/') level--;
    else {
      elements++;
      equals += marks;
      if (marks > xmlLimits.attributesOfOne) {
        return tooLarge('attributes in one element', xmlLimits.attributesOfOne, new Places(text).at(at));
      }
      if (text[end - 1] !== '/') level++;
    }
    if (level > xmlLimits.levels) return tooLarge('levels', xmlLimits.levels, new Places(text).at(at));
    if (elements > xmlLimits.elements) return tooLarge('elements', xmlLimits.elements);
    if (equals > xmlLimits.attributes) return tooLarge('attributes', xmlLimits.attributes);
    at = end;
  }
  return undefined;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** The place of the `>` that closes a tag, and how many values its attributes have. */
function tagEnd(text: string, from: number): { end: number; marks: number } {
  let marks = 0;
  for (let at = from; at < text.length; at++) {
    const mark = text[at];
    if (mark === '>') return { end: at, marks };
    if (mark === '"' || mark === "'") {
      const close = text.indexOf(mark, at + 1);
      if (close < 0) break;
      marks++;
      at = close;
    }
  }
  return { end: text.length, marks };
}

function tooLarge(what: string, limit: number, place?: Place): Diagnostic {
  return error('file.too-large', { what, limit }, { place });
}

/** Lines and columns of offsets that are asked for in rising order; CR, LF and CR LF end a line. */
class Places {
  readonly #text: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): Place {
    const end = Math.min(offset, this.#text.length);
    for (; this.#offset < end; this.#offset++) {
      const code = this.#text.charCodeAt(this.#offset);
      if (code !== 10 && code !== 13) continue;
      if (code === 13 && this.#text.charCodeAt(this.#offset + 1) === 10) continue;
      this.#line++;
      this.#lineStart = this.#offset + 1;
    }
    return { line: this.#line, column: end - this.#lineStart + 1 };
  }
}

/** The namespaces that are declared for prefixes at one element and around it. */
class Namespaces {
  readonly #own: ReadonlyMap<string, string>;
  readonly #outer: Namespaces | undefined;

  constructor(own: ReadonlyMap<string, string>, outer?: Namespaces) {
    this.#own = own;
    this.#outer = outer;
  }

  get(prefix: string): string | undefined {
    for (let at: Namespaces | undefined = this; at !== undefined; at = at.#outer) {
      const uri = at.#own.get(prefix);
      if (uri !== undefined) return uri;
    }
    return undefined;
  }
}

/** The namespace of the standard. */
export const standardNamespace = 'http://docs.oasis-open.org/xmile/ns/XMILE/v1.0';

const xmileNamespace =
  /^https?:\/\/(docs\.oasis-open\.org\/xmile\/ns\/XMILE\/v1\.0|(www\.)?systemdynamics\.org\/XMILE)\/?$/i;
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
/** Prefixes that exporters use without declaring them. */
export const usualNamespaces: ReadonlyMap<string, string> = new Map([
  ['isee', 'http://iseesystems.com/XMILE'],
  ['xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
]);

/** Whether a namespace is one that XMILE has had. */
export function isXmileNamespace(namespace: string): boolean {
  return namespace === '' || xmileNamespace.test(namespace);
}

class Conversion {
  readonly #places: Places;
  readonly #text: string;
  /** Prefixes of other tools, as they are written in the tree. */
  readonly #prefixes = new Map<string, string>();
  /** How each is written, by the prefix in the file and its namespace. */
  readonly #written = new Map<string, string>();
  /** How many other names have been tried for a prefix that stands for several. */
  readonly #others = new Map<string, number>();
  #format = '';

  constructor(text: string) {
    this.#text = text;
    this.#places = new Places(text);
  }

  document(parsed: ParsedElement): XmlDocument {
    const outer = new Namespaces(new Map([['xml', xmlNamespace]]));
    this.#format = this.#declared(parsed, outer).get(parsed.name.split(':').at(-2) ?? '') ?? '';
    const root = this.#element(parsed, outer);
    return { root, namespaces: Object.fromEntries(this.#unusual()), format: this.#format };
  }

  #element(parsed: ParsedElement, outer: Namespaces): XmlElement {
    const place = this.#places.at(parsed.start);
    const inner = this.#declared(parsed, outer);
    const { name, vendor } = this.#named(parsed.name, inner, inner.get('') ?? '');
    const attributes: XmlAttribute[] = [];
    const names = new Set<string>();
    for (const [written, value] of Object.entries(parsed.attributes)) {
      if (written === 'xmlns' || written.startsWith('xmlns:')) continue;
      const attribute = { ...this.#named(written, inner, this.#format), value };
      // The same name with and without the format's own prefix: the second stays as written, which is unknown.
      if (names.has(attribute.name)) attribute.name = written;
      names.add(attribute.name);
      attributes.push(attribute);
    }
    const before = this.#default(outer);
    const after = this.#default(inner);
    // Where the default namespace changes, the tree has to say so, as names without prefix follow it.
    if (before !== after) attributes.push({ name: 'xmlns', vendor: undefined, value: after ?? standardNamespace });
    const children: XmlElement['children'] = [];
    for (const child of parsed.children) {
      if (child instanceof ParsedElement) children.push(this.#element(child, inner));
      else if (child instanceof ParsedText) children.push(this.#textOf(child));
    }
    return { kind: 'element', name, vendor, attributes, children, place };
  }

  #textOf(parsed: ParsedText): XmlText {
    let start = parsed.start;
    while (start < parsed.end && /\s/.test(this.#text[start]!)) start++;
    return { kind: 'text', text: parsed.text, place: this.#places.at(start) };
  }

  #declared(parsed: ParsedElement, outer: Namespaces): Namespaces {
    const own = Object.entries(parsed.attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
    if (own.length === 0) return outer;
    return new Namespaces(
      new Map(own.map(([name, uri]) => [name === 'xmlns' ? '' : name.slice(6), uri.trim()])),
      outer,
    );
  }

  /** The default namespace when it is another tool's. */
  #default(namespaces: Namespaces): string | undefined {
    const uri = namespaces.get('') ?? '';
    return this.#own(uri) ? undefined : uri;
  }

  #named(written: string, namespaces: Namespaces, unprefixed: string): { name: string; vendor: string | undefined } {
    const colon = written.indexOf(':');
    if (colon < 0) return { name: written, vendor: this.#own(unprefixed) ? undefined : unprefixed };
    const prefix = written.slice(0, colon);
    const uri = namespaces.get(prefix) ?? usualNamespaces.get(prefix) ?? `urn:undeclared:${prefix}`;
    const local = written.slice(colon + 1);
    if (this.#own(uri)) return { name: local, vendor: undefined };
    return { name: uri === xmlNamespace ? written : `${this.#prefix(prefix, uri)}:${local}`, vendor: uri };
  }

  /** The prefix itself, unless it stood for another namespace elsewhere in the file. */
  #prefix(written: string, uri: string): string {
    const key = `${written} ${uri}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    let prefix = written;
    let others = this.#others.get(written) ?? 0;
    for (; this.#prefixes.has(prefix); others++) prefix = `${written}_${others === 0 ? '' : others + 1}`;
    this.#others.set(written, others);
    this.#prefixes.set(prefix, uri);
    this.#written.set(key, prefix);
    return prefix;
  }

  #unusual(): [string, string][] {
    return [...this.#prefixes].filter(([prefix, uri]) => usualNamespaces.get(prefix) !== uri);
  }

  #own(uri: string): boolean {
    return uri === this.#format || isXmileNamespace(uri);
  }
}
