import { isAscii, isUtf8 } from 'node:buffer';
import { TabularError } from './reasons.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252' | (string & {});

type Decoder = InstanceType<typeof TextDecoder>;

export interface EncodingGuess {
  readonly encoding: Encoding;
  /** Length of the byte order mark to skip. */
  readonly bomBytes: number;
  /** True when the bytes can be passed on as they are: valid UTF-8. */
  readonly verbatim: boolean;
  /** Characters that cannot be decoded in this encoding; they will be U+FFFD. */
  readonly damagedCharacters: number;
}

const SAMPLE_BYTES = 64 * 1024;

/**
 * Finds the encoding by looking at the WHOLE file, so that a Chinese text beyond any sample cannot be misread: a byte order
 * mark decides; else UTF-8 when every byte fits; else whichever of UTF-8 and GB18030 leaves fewer characters undecoded
 * (a platform that cuts UTF-8 text in the middle of a character does not turn the file into GBK); else Windows-1252 when
 * both leave many.
 */
export async function guessEncoding(bytes: () => AsyncIterable<Buffer>, forced?: string): Promise<EncodingGuess> {
  const head = await headOf(bytes());
  const bom = bomOf(head);
  if (forced !== undefined) return forcedGuess(bytes, forced, bom);
  if (bom !== null && bom.encoding !== 'utf-8') return { ...bom, verbatim: false, damagedCharacters: 0 };
  const wide = wideWithoutBom(head);
  if (wide !== null) return { encoding: wide, bomBytes: 0, verbatim: false, damagedCharacters: 0 };
  const bomBytes = bom?.bomBytes ?? 0;
  if (await allUtf8(bytes())) return { encoding: 'utf-8', bomBytes, verbatim: true, damagedCharacters: 0 };
  const { utf8, gb18030, highBytes } = await countDamage(bytes());
  if (bomBytes > 0 || utf8 <= gb18030) {
    if (bomBytes > 0 || utf8 < highBytes / 20) {
      return { encoding: 'utf-8', bomBytes, verbatim: false, damagedCharacters: utf8 };
    }
  } else if (gb18030 < highBytes / 20) {
    return { encoding: 'gb18030', bomBytes: 0, verbatim: false, damagedCharacters: gb18030 };
  }
  return { encoding: 'windows-1252', bomBytes: 0, verbatim: false, damagedCharacters: 0 };
}

/** The text of a file as UTF-8 buffers: mark removed, NUL bytes removed, other encodings converted. */
export async function* utf8Bytes(bytes: AsyncIterable<Buffer>, guess: EncodingGuess): AsyncGenerator<Buffer> {
  let skip = guess.bomBytes;
  const decoder = guess.verbatim ? null : decoderOf(guess.encoding);
  for await (const chunk of bytes) {
    const dropped = Math.min(skip, chunk.length);
    skip -= dropped;
    const rest = chunk.subarray(dropped);
    if (rest.length === 0) continue;
    const text = decoder === null ? rest : Buffer.from(decoder.decode(rest, { stream: true }), 'utf8');
    if (text.length > 0) yield withoutNul(text);
  }
  const tail = decoder?.decode() ?? '';
  if (tail !== '') yield withoutNul(Buffer.from(tail, 'utf8'));
}

function withoutNul(buffer: Buffer): Buffer {
  return buffer.includes(0) ? (buffer.filter((byte) => byte !== 0) as Buffer) : buffer;
}

function decoderOf(encoding: string): Decoder {
  try {
    // The mark is skipped by its length; a U+FEFF inside the text is the value cleaner's business.
    return new TextDecoder(encoding, { ignoreBOM: true });
  } catch (error) {
    throw new TabularError('encoding_unknown', { name: encoding }, { cause: error });
  }
}

async function forcedGuess(
  bytes: () => AsyncIterable<Buffer>,
  forced: string,
  bom: { encoding: Encoding; bomBytes: number } | null,
): Promise<EncodingGuess> {
  const { encoding } = decoderOf(forced);
  const name = encoding === 'gbk' ? 'gb18030' : encoding;
  const bomBytes = bom !== null && bom.encoding === name ? bom.bomBytes : 0;
  const decoder = decoderOf(name);
  let damaged = 0;
  for await (const chunk of bytes()) damaged += countReplacements(decoder.decode(chunk, { stream: true }));
  damaged += countReplacements(decoder.decode());
  return { encoding: name, bomBytes, verbatim: false, damagedCharacters: damaged };
}

async function headOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= SAMPLE_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, SAMPLE_BYTES);
}

function bomOf(head: Buffer): { encoding: Encoding; bomBytes: number } | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
  return null;
}

/** UTF-16 without its mark: every line break and separator has a zero beside it, always on the same side. */
function wideWithoutBom(head: Buffer): Encoding | null {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (odd > head.length / 20 && odd > even * 20) return 'utf-16le';
  if (even > head.length / 20 && even > odd * 20) return 'utf-16be';
  return null;
}

async function allUtf8(bytes: AsyncIterable<Buffer>): Promise<boolean> {
  let carry: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (carry.length === 0 && isAscii(chunk)) continue;
    const buffer = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk;
    const cut = buffer.length - openSequenceLength(buffer);
    if (!isUtf8(buffer.subarray(0, cut))) return false;
    carry = Buffer.from(buffer.subarray(cut));
  }
  return carry.length === 0;
}

/** Bytes at the end that begin a UTF-8 character which is not complete yet. */
function openSequenceLength(buffer: Buffer): number {
  for (let back = 1; back <= 3 && back <= buffer.length; back++) {
    const byte = buffer[buffer.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? back : 0;
  }
  return 0;
}

async function countDamage(
  bytes: AsyncIterable<Buffer>,
): Promise<{ utf8: number; gb18030: number; highBytes: number }> {
  const utf8 = decoderOf('utf-8');
  const gb = decoderOf('gb18030');
  const damage = { utf8: 0, gb18030: 0, highBytes: 0 };
  for await (const chunk of bytes) {
    for (const byte of chunk) if (byte >= 0x80) damage.highBytes++;
    damage.utf8 += countReplacements(utf8.decode(chunk, { stream: true }));
    damage.gb18030 += countReplacements(gb.decode(chunk, { stream: true }));
  }
  damage.utf8 += countReplacements(utf8.decode());
  damage.gb18030 += countReplacements(gb.decode());
  return damage;
}

function countReplacements(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count++;
  return count;
}
