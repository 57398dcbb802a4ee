import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { claimDataFolder } from '#adapters/embedded/index.ts';
import { type App, createApp, type ServerRole } from './app.ts';
import { openStores } from './stores.ts';

export interface ServeOptions {
  dataDir: string;
  /** 0 = any free port. */
  port: number;
  host: string;
  role: ServerRole;
  /** Whether commands on this machine may use this server; one that a command started for itself does not say so. */
  announce: boolean;
}

/** A server with its stores, on its data folder. */
export interface RunningTandem {
  app: App;
  url: string;
  localToken: string;
  close(): Promise<void>;
}

/**
 * Claims the data folder, starts the stores, listens, and leaves word in the folder of where it listens.
 * @throws EmbeddedError with a sentence that says what stands in the way
 */
export async function startTandem(options: ServeOptions): Promise<RunningTandem> {
  const dataDir = resolve(options.dataDir);
  const logger = pino({ level: process.env.TANDEM_LOG_LEVEL ?? 'warn' }, pino.destination(2));
  const folder = await claimDataFolder(dataDir);
  const undo: (() => Promise<unknown>)[] = [() => folder.release()];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const stores = await openStores({
      dataDir,
      postgresUrl: process.env.TANDEM_POSTGRES_URL,
      clickhouseUrl: process.env.TANDEM_CLICKHOUSE_URL,
      log: logger,
    });
    undo.push(() => stores.close());
    const localToken = randomBytes(32).toString('base64url');
    const secret = await cookieSecret(dataDir);
    const app = await createApp({ stores, dataDir, role: options.role, secret, localToken, log: logger, logger });
    undo.push(() => app.close());
    const { port } = await app.listen(options.port, options.host);
    if (options.announce) await folder.publish({ port, token: localToken });
    return { app, url: `http://localhost:${port}`, localToken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The secret that signs session cookies, made once for a data folder. Several web nodes share one through the environment. */
async function cookieSecret(dataDir: string): Promise<string> {
  const given = process.env.TANDEM_SECRET;
  if (given !== undefined) return given;
  const path = join(dataDir, 'cookie.secret');
  try {
    return await readFile(path, 'utf8');
  } catch {
    const secret = randomBytes(32).toString('base64url');
    await mkdir(dataDir, { recursive: true });
    await writeFile(path, secret, { mode: 0o600 });
    await chmod(path, 0o600);
    return secret;
  }
}
