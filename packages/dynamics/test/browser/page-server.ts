import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.xmile': 'application/xml',
};

/** What a page may do: load from here, and make WebAssembly at run time. No code from text, nothing in line. */
const strict =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'";
/** The same without WebAssembly. */
const stricter = strict.replace(" 'wasm-unsafe-eval'", '');

export interface PageServer {
  url: string;
  stop(): Promise<void>;
}

/** Serves `folder` under a strict Content-Security-Policy, and below `/no-wasm/` under one that forbids WebAssembly too. */
export async function servePages(folder: string): Promise<PageServer> {
  const server: Server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://here').pathname));
    const plain = path.replace(/^\/no-wasm(?=\/)/, '');
    response.setHeader('content-security-policy', plain === path ? strict : stricter);
    const type = types[extname(plain)];
    try {
      if (type === undefined) throw new Error('no such file');
      const content = readFileSync(join(folder, plain));
      response.setHeader('content-type', type);
      response.end(content);
    } catch {
      // A browser asks for an icon of its own accord.
      response.statusCode = plain === '/favicon.ico' ? 204 : 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
