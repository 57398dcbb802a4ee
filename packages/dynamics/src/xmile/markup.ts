import { DynamicsError, error } from '../diagnostic.ts';
import type { Kept, KeptElement, SourceText } from './source.ts';

/** A tree to be written; `undefined` attributes and children are left out. */
export interface Markup {
  name: string;
  attributes?: Readonly<Record<string, string | undefined>> | undefined;
  children?: readonly (Markup | string | undefined)[] | undefined;
}

/**
 * A tree as XML text, indented. An element with text of its own is written on one line, as blanks are then part of it;
 * so is documentation.
 */
export function printXml(root: Markup): string {
  const lines: string[] = ['<?xml version="1.0" encoding="utf-8"?>'];
  print(root, '', lines);
  return `${lines.join('\n')}\n`;
}

/** All prefixes that names in a tree have. */
export function prefixesOf(root: Markup, prefixes = new Set<string>()): Set<string> {
  const attributes = Object.entries(root.attributes ?? {}).filter(([, value]) => value !== undefined);
  for (const name of [root.name, ...attributes.map(([written]) => written)]) {
    const colon = name.indexOf(':');
    if (colon > 0) prefixes.add(name.slice(0, colon));
  }
  for (const child of root.children ?? []) if (typeof child === 'object') prefixesOf(child, prefixes);
  return prefixes;
}

/** A kept tree as it was. */
export function markupOf({ name, attributes, children }: KeptElement): Markup {
  return { name, attributes, children: children.map((child) => (typeof child === 'string' ? child : markupOf(child))) };
}

/** A child with text; none where there is no text. */
export function leafMarkup(name: string, text: string | undefined): Markup | undefined {
  return text === undefined || text === '' ? undefined : { name, children: [text] };
}

/** What was kept of an element, but for the names that have been written in another way. */
export function keptMarkup(kept: Kept | undefined, but: readonly string[] = []): Markup[] {
  return (kept?.elements ?? []).filter((element) => !but.some((name) => isOwn(element, name))).map(markupOf);
}

/** A child whose text is a field, with what else was kept of it; its own content too, unless the field has been changed. */
export function textMarkup(name: string, text: string | undefined, kept: Kept | undefined): Markup | undefined {
  const whole = kept?.elements?.find((element) => isOwn(element, name));
  if (whole === undefined) return leafMarkup(name, text);
  if (keptText(whole).trim() === (text ?? '')) return markupOf(whole);
  return { name, attributes: whole.attributes, children: [text] };
}

/** An element of the format itself; a default namespace of its own makes it another tool's. */
export function isOwn({ name, attributes }: KeptElement, wanted: string): boolean {
  return name === wanted && attributes.xmlns === undefined;
}

function keptText(element: KeptElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : keptText(child))).join('');
}

export function equationMarkup(name: string, equation: SourceText | undefined): Markup | undefined {
  return leafMarkup(name, equation?.text.trim());
}

/** The shortest numeral that is read as the same number. */
export function numeral(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function print(element: Markup, indent: string, lines: string[]): void {
  const children = (element.children ?? []).filter((child) => child !== undefined && child !== '');
  const inline = element.name === 'doc' || children.some((child) => typeof child === 'string');
  if (children.length === 0 || inline) {
    lines.push(`${indent}${inlineXml(element)}`);
    return;
  }
  lines.push(`${indent}<${element.name}${attributesXml(element)}>`);
  for (const child of children) if (typeof child === 'object') print(child, `${indent}  `, lines);
  lines.push(`${indent}</${element.name}>`);
}

function inlineXml(element: Markup): string {
  const content = (element.children ?? [])
    .map((child) => (child === undefined ? '' : typeof child === 'string' ? escapeText(child) : inlineXml(child)))
    .join('');
  const start = `<${element.name}${attributesXml(element)}`;
  return content === '' ? `${start}/>` : `${start}>${content}</${element.name}>`;
}

function attributesXml({ attributes = {} }: Markup): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A carriage return has to be a reference, as reading makes a line feed of it. */
function escapeText(text: string): string {
  return checked(text).replace(/[&<>\r]/g, (character) => entities[character] ?? '&#13;');
}

/** Reading makes a space of every blank in an attribute that is not a reference. */
function escapeAttribute(text: string): string {
  return checked(text).replace(/[&<>"\r\n\t]/g, (character) => entities[character] ?? `&#${character.charCodeAt(0)};`);
}

/** XML 1.0 §2.2 has no place for other control characters and halves of surrogate pairs, not even as references. */
function checked(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
  if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) && text.isWellFormed()) return text;
  throw new DynamicsError([error('file.character', { text: JSON.stringify(text.slice(0, 40)) })]);
}
