import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BodyReader, createBodyReader } from './clickhouse-body.ts';

const MAX_BYTES = 10_000;
let server: Server;
let origin: string;
let bodies: BodyReader;
let keepHeld = false;

beforeAll(async () => {
  bodies = createBodyReader(MAX_BYTES);
  server = createServer(async (request, response) => {
    try {
      const body = await bodies.read(request);
      if (!keepHeld) body.release();
      response.end(`${body.content.length}`);
    } catch (error) {
      response.writeHead(400, { connection: 'close' }).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${address.port}`;
});

afterAll(() => server.close());

const post = async (body: Uint8Array<ArrayBuffer>, encoding = 'identity') =>
  (await fetch(origin, { method: 'POST', body, headers: { 'content-encoding': encoding } })).text();

describe('createBodyReader', () => {
  it('bounds one body, also by what it unpacks to', async () => {
    expect(await post(new Uint8Array(MAX_BYTES))).toBe(`${MAX_BYTES}`);
    expect(await post(new Uint8Array(MAX_BYTES + 1))).toContain('larger than');
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(10_000_000)));
    expect(bomb.length).toBeLessThan(MAX_BYTES);
    expect(await post(bomb, 'gzip')).toContain('larger than');
    expect(await post(bomb, 'lzma')).toContain('not supported');
    expect(await post(new Uint8Array(8), 'gzip')).toContain('cannot be unpacked');
  });

  it('bounds all bodies together, and takes more once some were given back', async () => {
    for (let i = 0; i < 10; i += 1) expect(await post(new Uint8Array(MAX_BYTES))).toBe(`${MAX_BYTES}`);
    keepHeld = true;
    expect(await post(new Uint8Array(MAX_BYTES))).toBe(`${MAX_BYTES}`);
    expect(await post(new Uint8Array(MAX_BYTES))).toBe(`${MAX_BYTES}`);
    expect(await post(new Uint8Array(1))).toContain('send it again later');
  });
});
