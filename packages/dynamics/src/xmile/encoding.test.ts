import { describe, expect, it } from 'vitest';
import { decodeXml } from './encoding.ts';

function bytesOf(text: string, width: 1 | 2 = 1, order: 'le' | 'be' = 'le'): Uint8Array {
  const bytes = new Uint8Array(text.length * width);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (width === 1) bytes[at] = code;
    else bytes.set(order === 'le' ? [code & 255, code >> 8] : [code >> 8, code & 255], at * 2);
  }
  return bytes;
}

function textOf(bytes: Uint8Array): string {
  const outcome = decodeXml(bytes);
  return outcome.ok ? outcome.value : outcome.errors[0]!.code;
}

describe('the text of a file', () => {
  const utf8 = new TextEncoder();

  it('is UTF-8 by default, with or without a mark', () => {
    expect(textOf(utf8.encode('<a>é库存</a>'))).toBe('<a>é库存</a>');
    expect(textOf(utf8.encode('\uFEFF<a>é</a>'))).toBe('<a>é</a>');
  });

  it('is UTF-16 in either order, with or without a mark', () => {
    for (const order of ['le', 'be'] as const) {
      expect(textOf(bytesOf('\uFEFF<a>库存</a>', 2, order))).toBe('<a>库存</a>');
      expect(textOf(bytesOf('<a>库存</a>', 2, order))).toBe('<a>库存</a>');
    }
  });

  it('is in the encoding that it declares', () => {
    expect(textOf(bytesOf('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'))).toContain('<a>é</a>');
    expect(textOf(bytesOf("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>"))).toContain('<a>€</a>');
    expect(textOf(bytesOf('<?xml version="1.0" encoding="gb18030"?><a>\xbf\xe2\xb4\xe6</a>'))).toContain('<a>库存</a>');
  });

  it('is taken as windows-1252 with a warning where it claims to be UTF-8 and is not', () => {
    const outcome = decodeXml(bytesOf('<a>caf\xe9</a>'));
    expect(outcome).toMatchObject({ ok: true, value: '<a>café</a>', warnings: [{ code: 'file.encoding-guessed' }] });
  });

  it('is refused in an encoding that is not known or does not fit', () => {
    expect(textOf(bytesOf('<?xml version="1.0" encoding="klingon"?><a/>'))).toBe('file.encoding');
    expect(textOf(bytesOf('<?xml version="1.0" encoding="euc-jp"?><a>\xff\xff</a>'))).toBe('file.encoding');
    expect(textOf(Uint8Array.of(0xff, 0xfe, 0x3c))).toBe('file.encoding');
  });
});
