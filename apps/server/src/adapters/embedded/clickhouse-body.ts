import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { ClickhouseError } from './clickhouse-errors.ts';

/** The body of a request, unpacked. */
export interface Body {
  readonly content: Buffer;
  /** Fields of a form, when the request was sent as one. */
  readonly fields: ReadonlyMap<string, string>;
  /** Gives its share of the memory back. Call it once the content is no longer needed. */
  release(): void;
}

export interface BodyReader {
  /** @throws ClickhouseError when it is too large, cannot be unpacked, or too much is held already */
  read(request: IncomingMessage): Promise<Body>;
}

/** Reads bodies so that all of them together never take more than `maxBytes`. */
export function createBodyReader(maxBytes: number): BodyReader {
  let heldBytes = 0;
  return {
    async read(request) {
      let ownBytes = 0;
      const release = () => {
        heldBytes -= ownBytes;
        ownBytes = 0;
      };
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of unpack(request)) {
          ownBytes += chunk.length;
          heldBytes += chunk.length;
          if (ownBytes > maxBytes) throw tooLarge(maxBytes);
          if (heldBytes > maxBytes * 2) throw tooBusy(heldBytes);
          chunks.push(chunk);
        }
        const content = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
        const form = await readForm(request, content);
        return { content: form?.content ?? content, fields: form?.fields ?? new Map(), release };
      } catch (error) {
        release();
        if (error instanceof ClickhouseError) throw error;
        throw new ClickhouseError(354, `The request body cannot be unpacked: ${String(error)}`);
      }
    },
  };
}

/** Clients send long parameters as a form, with the SQL in its field `query`. */
async function readForm(request: IncomingMessage, content: Buffer) {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return undefined;
  const form = await new Response(new Uint8Array(content), { headers: { 'content-type': type } }).formData();
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value !== 'string') throw new ClickhouseError(48, 'External tables are not supported here');
    fields.set(name, value);
  }
  return { content: Buffer.alloc(0), fields };
}

function unpack(request: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  const through = decompressor(encoding);
  if (through === undefined) return request;
  request.on('error', (error) => through.destroy(error));
  return Readable.from(request).pipe(through);
}

function decompressor(encoding: string) {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw new ClickhouseError(48, `Content-Encoding ${encoding} is not supported; use gzip, zstd, br or deflate`);
  }
}

function tooLarge(maxBytes: number): ClickhouseError {
  const megabytes = Math.floor(maxBytes / 1024 / 1024);
  return new ClickhouseError(
    223,
    `The request body is larger than ${megabytes} MB. Nothing was stored; send less at once`,
  );
}

function tooBusy(heldBytes: number): ClickhouseError {
  const megabytes = Math.floor(heldBytes / 1024 / 1024);
  const message =
    `Too many simultaneous queries: ${megabytes} MB of requests are waiting. ` +
    'This one was not started; send it again later.';
  return new ClickhouseError(202, message);
}
