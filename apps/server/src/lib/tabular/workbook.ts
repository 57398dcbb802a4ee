import { type SaxesAttributePlain, SaxesParser } from 'saxes';
import type { ByteLimits } from './bytes.ts';
import { TabularError } from './reasons.ts';
import { entryBytes, entryKey, openZip, type ZipArchive, type ZipEntry } from './zip.ts';

/** How the number format of a cell style makes a number read. */
export type StyleKind = 'plain' | 'percent' | 'date' | 'datetime' | 'time' | 'elapsed';

export interface WorkbookSheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly entry: ZipEntry;
}

export interface Workbook {
  readonly archive: ZipArchive;
  readonly sheets: readonly WorkbookSheet[];
  /** True when days are counted from 1904-01-01. */
  readonly date1904: boolean;
  /** By style number of a cell. */
  readonly styles: readonly StyleKind[];
  readonly sharedStrings: ZipEntry | null;
}

interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

export interface XmlHandlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** All shared texts of a workbook together; beyond it the sheet must come as CSV. */
export const MAX_SHARED_CHARACTERS = 192 * 1024 ** 2;
const MAX_PART_BYTES = 64 * 1024 ** 2;

/** Opens a workbook: its sheets in their order, styles and date system. */
export async function openWorkbook(path: string, limits: ByteLimits): Promise<Workbook> {
  const archive = await openZip(path);
  const partLimits = { ...limits, maxInflatedBytes: Math.min(limits.maxInflatedBytes, MAX_PART_BYTES) };
  const root = await relations(archive, '_rels/.rels', partLimits);
  const main = root.find((relation) => relation.type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml';
  const workbookName = entryKey(main);
  const workbookEntry = archive.entries.get(workbookName);
  if (workbookEntry === undefined) throw new TabularError('zip_refused');
  const folder = workbookName.slice(0, workbookName.lastIndexOf('/') + 1);
  const file = workbookName.slice(folder.length);
  const parts = await relations(archive, `${folder}_rels/${file}.rels`, partLimits);
  const entryOf = (relation: Relation | undefined): ZipEntry | null =>
    relation === undefined ? null : (archive.entries.get(resolvePart(folder, relation.target)) ?? null);

  const listed: { name: string; id: string; hidden: boolean }[] = [];
  let date1904 = false;
  await parseXml(entryBytes(archive, workbookEntry, partLimits), {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (name !== 'sheet') return;
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden';
      listed.push({ name: attributes.name ?? '', id: attributes.id ?? '', hidden });
    },
  });
  const sheets: WorkbookSheet[] = [];
  for (const { name, id, hidden } of listed) {
    const relation = parts.find((part) => part.id === id);
    // A chart sheet has no rows to give.
    const entry = relation !== undefined && !relation.type.endsWith('/worksheet') ? null : entryOf(relation);
    if (entry !== null) sheets.push({ name, hidden, entry });
  }
  const styleEntry = entryOf(parts.find((part) => part.type.endsWith('/styles')));
  const styles = styleEntry === null ? [] : await styleKinds(entryBytes(archive, styleEntry, partLimits));
  return {
    archive,
    sheets,
    date1904,
    styles,
    sharedStrings: entryOf(parts.find((p) => p.type.endsWith('/sharedStrings'))),
  };
}

/** All shared texts by number; the pronunciation notes of East Asian texts are left out. */
export async function readSharedStrings(workbook: Workbook, limits: ByteLimits): Promise<string[]> {
  if (workbook.sharedStrings === null) return [];
  const strings: string[] = [];
  let current = '';
  let inText = false;
  let phonetic = false;
  let characters = 0;
  await parseXml(entryBytes(workbook.archive, workbook.sharedStrings, limits), {
    open(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') inText = !phonetic;
    },
    text(text) {
      if (inText) current += text;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') {
        characters += current.length;
        if (characters > MAX_SHARED_CHARACTERS)
          throw new TabularError('strings_too_large', { limit: MAX_SHARED_CHARACTERS });
        strings.push(unescapeText(current));
      }
    },
  });
  return strings;
}

/** Excel writes control characters as `_x000D_`, and an underscore that would look like one as `_x005F_`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Parses one part of a workbook; names come without their namespace prefix. Entities of a DTD are never expanded. */
export async function parseXml(bytes: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  for await (const _ of xmlSteps(bytes, handlers));
}

/** The same, giving control back after each chunk. */
export async function* xmlSteps(bytes: AsyncIterable<Buffer>, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  parser.on('opentag', (tag) => handlers.open?.(localName(tag.name), localAttributes(tag.attributes)));
  parser.on('closetag', (tag) => handlers.close?.(localName(tag.name)));
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  parser.on('error', (error) => {
    throw new TabularError('xlsx_damaged', { detail: error.message });
  });
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(chunk[0] === 0xff ? 'utf-16le' : chunk[0] === 0xfe ? 'utf-16be' : 'utf-8');
    parser.write(decoder.decode(chunk, { stream: true }));
    yield;
  }
  const tail = decoder?.decode() ?? '';
  if (tail !== '') parser.write(tail);
  parser.close();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function localAttributes(attributes: Record<string, string | SaxesAttributePlain>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value === 'string') plain[localName(name)] = value;
  }
  return plain;
}

function resolvePart(folder: string, target: string): string {
  if (target.startsWith('/') || target.startsWith('\\')) return entryKey(target);
  const parts: string[] = [];
  for (const part of entryKey(folder + target).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

async function relations(archive: ZipArchive, name: string, limits: ByteLimits): Promise<Relation[]> {
  const entry = archive.entries.get(entryKey(name));
  const found: Relation[] = [];
  if (entry === undefined) return found;
  await parseXml(entryBytes(archive, entry, limits), {
    open(tag, { Id = '', Type = '', Target = '' }) {
      if (tag === 'Relationship') found.push({ id: Id, type: Type, target: Target });
    },
  });
  return found;
}

async function styleKinds(bytes: AsyncIterable<Buffer>): Promise<StyleKind[]> {
  const formats = new Map<number, string>();
  const kinds: StyleKind[] = [];
  let inCellFormats = false;
  await parseXml(bytes, {
    open(name, attributes) {
      if (name === 'numFmt') formats.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCellFormats = true;
      else if (name === 'xf' && inCellFormats) {
        const id = Number(attributes.numFmtId ?? 0);
        kinds.push(formatKind(id, formats.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return kinds;
}

/** What a number format shows; `id` below 164 is built in (27-36 and 50-58 are the East Asian dates). */
export function formatKind(id: number, code: string | undefined): StyleKind {
  if (code !== undefined && code !== '') return codeKind(code);
  if (id === 9 || id === 10) return 'percent';
  if (id === 22) return 'datetime';
  if (id >= 14 && id <= 17) return 'date';
  if ((id >= 18 && id <= 21) || id === 45 || id === 47) return 'time';
  if (id === 46) return 'elapsed';
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'date';
  if (id >= 32 && id <= 35) return 'time';
  return 'plain';
}

function codeKind(code: string): StyleKind {
  const first = code.split(';')[0] ?? '';
  const elapsed = /\[(h+|m+|s+)\]/i.test(first);
  // Quoted texts, escaped characters, fill and width marks and [colour], [$currency-locale] say nothing about dates.
  const bare = first.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '').toLowerCase();
  if (elapsed) return 'elapsed';
  if (bare.includes('general')) return 'plain';
  if (/[yd年]/.test(bare) || /m/.test(bare.replace(/am\/pm|a\/p/g, ''))) {
    const clock = /[hs时]/.test(bare);
    const day = /[yd年]/.test(bare) || !clock;
    return day ? (clock ? 'datetime' : 'date') : 'time';
  }
  if (/[hs]/.test(bare)) return 'time';
  return bare.includes('%') ? 'percent' : 'plain';
}
