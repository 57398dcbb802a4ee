import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement, xmlLimits } from './xml.ts';

function rootOf(text: string): XmlElement {
  const outcome = readXml(text);
  if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
  return outcome.value.root;
}

function codeOf(text: string): string {
  const outcome = readXml(text);
  return outcome.ok
    ? 'ok'
    : `${outcome.errors[0]!.code} ${outcome.errors[0]!.place?.line}:${outcome.errors[0]!.place?.column}`;
}

describe('the tree of an XML text', () => {
  it('has the place of every element and text, whatever ends a line', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const root = rootOf(`<a>${end}  <b/>${end}<c>${end}   x + y${end}</c></a>`);
      const [b, c] = root.children.filter((child) => child.kind === 'element');
      expect(b?.place).toEqual({ line: 2, column: 3 });
      expect(c?.place).toEqual({ line: 3, column: 1 });
      expect(c?.children[0]).toMatchObject({ kind: 'text', place: { line: 4, column: 4 } });
    }
  });

  it('counts columns in UTF-16 units after characters outside the basic plane', () => {
    const root = rootOf('<a>𝛼<b/></a>');
    expect(root.children[1]?.place).toEqual({ line: 1, column: 6 });
    expect(codeOf('<a>\n𝛼𝛼<b></a>')).toBe('file.malformed 2:8');
  });

  it('tells the elements of the format from those of tools, by namespace', () => {
    const root = rootOf(`<x:xmile xmlns:x="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:t="urn:tool">
      <x:model t:mark="1" x:name="a"/><t:model/><prefs xmlns="isee"><deep/></prefs><isee:prefs/></x:xmile>`);
    const [model, tool, prefs, isee] = root.children.filter((child) => child.kind === 'element');
    expect(root).toMatchObject({ name: 'xmile', vendor: undefined });
    expect(model).toMatchObject({ name: 'model', vendor: undefined });
    expect(model?.attributes).toEqual([
      { name: 't:mark', vendor: 'urn:tool', value: '1' },
      { name: 'name', vendor: undefined, value: 'a' },
    ]);
    expect(tool).toMatchObject({ name: 't:model', vendor: 'urn:tool' });
    expect(prefs).toMatchObject({ name: 'prefs', vendor: 'isee', children: [{ name: 'deep', vendor: 'isee' }] });
    expect(isee).toMatchObject({ name: 'isee:prefs', vendor: 'http://iseesystems.com/XMILE' });
  });

  it('gives one prefix that stands for two tools two prefixes', () => {
    const outcome = readXml('<xmile><t:a xmlns:t="urn:one"/><t:a xmlns:t="urn:two"/></xmile>');
    expect(outcome).toMatchObject({ ok: true, value: { namespaces: { t: 'urn:one', t_: 'urn:two' } } });
  });

  it('reads character data, references and comments', () => {
    const root = rootOf('<a>1 &lt; 2 <!-- & --><![CDATA[<&>]]> &#x41;</a>');
    expect(root.children.map((child) => (child.kind === 'text' ? child.text : ''))).toEqual(['1 < 2 <&> A']);
  });
});

describe('XML that is refused', () => {
  it('names the place of what is malformed', () => {
    expect(codeOf('<a>\n<b></a>')).toMatch(/^file\.malformed 2:/);
    expect(codeOf('')).toMatch(/^file\.malformed/);
    expect(codeOf('<a>&nbsp;</a>')).toMatch(/^file\.malformed/);
    expect(codeOf('<a b="1" b="2"/>')).toMatch(/^file\.malformed/);
    expect(codeOf('<a/><b/>')).toMatch(/^file\.malformed/);
    expect(codeOf('<a>\u0000</a>')).toMatch(/^file\.malformed/);
  });

  it('refuses a document type, so that no entity grows and no file is fetched', () => {
    const lol = Array.from({ length: 9 }, (_, k) => `<!ENTITY l${k + 1} "${`&l${k};`.repeat(10)}">`).join('');
    expect(codeOf(`<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY l0 "lol">${lol}]><a>&l9;</a>`)).toBe(
      'file.doctype 2:1',
    );
    expect(codeOf('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')).toBe('file.doctype 1:1');
    expect(codeOf('<!DOCTYPE a><a/>')).toBe('file.doctype 1:1');
    expect(codeOf('<a><!ENTITY b "c"></a>')).toBe('file.doctype 1:4');
  });

  it('refuses what would exhaust the stack or the memory, before parsing it', () => {
    const levels = xmlLimits.levels + 1;
    expect(codeOf('<a>'.repeat(levels) + '</a>'.repeat(levels))).toMatch(/^file\.too-large 1:/);
    expect(codeOf('<a>'.repeat(xmlLimits.levels) + '</a>'.repeat(xmlLimits.levels))).toBe('ok');
    expect(codeOf('<a>'.repeat(2_000_000))).toMatch(/^file\.too-large/);
    expect(codeOf(`<a>${'<b/>'.repeat(xmlLimits.elements)}</a>`)).toMatch(/^file\.too-large/);
    expect(codeOf(`<a>${' '.repeat(xmlLimits.characters)}</a>`)).toMatch(/^file\.too-large/);
  });

  it('takes time in proportion to the size, also for what is never closed', { timeout: 10_000 }, () => {
    const size = 1_000_000;
    const hostile = [
      `<a>${'<!--'.repeat(size / 4)}`,
      `<a ${'b="'.repeat(size / 3)}`,
      `<a b="${'&amp;'.repeat(size / 5)}"/>`,
      `<a>${'&amp;'.repeat(size / 5)}</a>`,
      `<a>${']]'.repeat(size / 2)}</a>`,
      `<a>${'<![CDATA['.repeat(size / 9)}`,
      `<a>${'𝛼<b/>'.repeat(size / 10)}</a>`,
      '<'.repeat(size),
    ];
    expect(hostile.map((text) => readXml(text).ok)).toEqual([false, false, true, true, true, false, true, false]);
  });
});
