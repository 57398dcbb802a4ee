import { resolve } from 'node:path';
import { EmbeddedError, readRunningServer } from '#adapters/embedded/index.ts';
import { type ApiClient, apiClient } from '../client.ts';

/** A way to the API: of the server that runs on the data folder, or of one started for this command alone. */
export interface Connection {
  api(brand?: string): ApiClient;
  url: string;
  close(): Promise<void>;
}

const waitMsMax = 60_000;

/** Finds or starts a server on a data folder; waits for another command that holds the folder. */
export async function connect(dataDir: string): Promise<Connection> {
  const deadlineMs = Date.now() + waitMsMax;
  for (;;) {
    const running = await readRunningServer(resolve(dataDir));
    if (running?.port !== undefined && (await answers(running.port))) {
      return connection(`http://127.0.0.1:${running.port}`, running.token, async () => undefined);
    }
    try {
      // Loaded only when needed: a command that finds a server running should answer at once.
      const { startTandem } = await import('../serve.ts');
      const own = await startTandem({ dataDir, port: 0, host: '127.0.0.1', role: 'all', announce: false });
      return connection(own.url.replace('localhost', '127.0.0.1'), own.localToken, own.close);
    } catch (error) {
      if (!(error instanceof EmbeddedError) || error.code !== 'data.in_use' || Date.now() > deadlineMs) throw error;
      await new Promise((done) => setTimeout(done, 300));
    }
  }
}

function connection(url: string, token: string, close: () => Promise<void>): Connection {
  return { url, close, api: (brand) => apiClient({ baseUrl: url, token, ...(brand !== undefined && { brand }) }) };
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/health`, { signal: AbortSignal.timeout(5_000) });
    return response.status < 600;
  } catch {
    return false;
  }
}
