import { error, type Outcome, warning } from '../diagnostic.ts';

/**
 * The text of an XML file: by its byte order mark, else by the encoding it declares, else as UTF-8 (XML 1.0 appendix F).
 * Any encoding that `TextDecoder` knows is read. Bytes that are not valid UTF-8, where nothing else is declared, are
 * read as windows-1252 with a warning. Errors: `file.encoding`, `file.too-large`.
 */
export function decodeXml(bytes: Uint8Array): Outcome<string> {
  if (bytes.length > bytesMax) {
    return refused('file.too-large', { limit: bytesMax, what: 'bytes' });
  }
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return decoded(bytes, marked);
  const declared = declaredEncoding(bytes);
  if (declared !== undefined && !/^utf-?8$|^us-ascii$/i.test(declared)) return decoded(bytes, declared);
  const text = decode(bytes, 'utf-8');
  if (text !== undefined) return { ok: true, value: text, warnings: [] };
  const western = decoded(bytes, 'windows-1252');
  return western.ok ? { ...western, warnings: [warning('file.encoding-guessed')] } : western;
}

/** Four bytes for each character that is read at all. */
const bytesMax = 64 * 1024 * 1024;

function markedEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  // Without a mark, the first character of an XML file is `<`, so its zero byte shows the order.
  if (a === 0x3c && b === 0 && d === 0) return 'utf-16le';
  if (a === 0 && b === 0x3c && c === 0) return 'utf-16be';
  return undefined;
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 256));
  return /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/.exec(head)?.[1];
}

function decoded(bytes: Uint8Array, encoding: string): Outcome<string> {
  const text = decode(bytes, encoding);
  return text === undefined ? refused('file.encoding', { encoding }) : { ok: true, value: text, warnings: [] };
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // An unknown label and bytes that do not fit are the same to the caller: the text cannot be had.
    return undefined;
  }
}

function refused(code: 'file.encoding' | 'file.too-large', details: Record<string, string | number>): Outcome<never> {
  return { ok: false, errors: [error(code, details)], warnings: [] };
}
