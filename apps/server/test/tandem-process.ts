import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, apiClient } from '../src/client.ts';

const mainPath = join(import.meta.dirname, '../src/main.ts');

/** A real server in its own process on a scratch data folder, as a user starts it. */
export interface TandemProcess {
  dataDir: string;
  url: string;
  child: ChildProcess;
  readyMs: number;
  brandId: string;
  apiKey: string;
  api: ApiClient;
  /** Kills the server with -9 and starts it again on the same folder and port. */
  killAndRestart(): Promise<void>;
  /** Stops the server as a user does and starts it again. */
  restart(): Promise<void>;
  /** Process ids of the stores' children, as the folder says. */
  storePids(): Promise<{ postgres: number; clickhouse: number }>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  port: number;
  currency?: string;
  zone?: string;
}

/** Starts a server, creates a brand, and answers when it is ready. */
export async function startProcess(options: ProcessOptions): Promise<TandemProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-process-'));
  const url = `http://127.0.0.1:${options.port}`;
  const started = await launch(dataDir, options.port, url);
  const { token } = JSON.parse(await readFile(join(dataDir, 'run/server.json'), 'utf8')) as { token: string };
  const { currency = 'CNY', zone = 'Asia/Shanghai' } = options;
  const created = await apiClient({ baseUrl: url, token }).send<{ brandId: string; apiKey: string }>(
    'POST',
    '/auth/setup',
    {
      brand: { name: 'Process', currency, zone },
      email: 'owner@example.com',
      password: 'a long password',
    },
  );
  const process: TandemProcess = {
    dataDir,
    url,
    ...started,
    ...created,
    api: apiClient({ baseUrl: url, token: created.apiKey }),
    async killAndRestart() {
      const gone = new Promise((done) => process.child.once('exit', done));
      process.child.kill('SIGKILL');
      await gone;
      Object.assign(process, await launch(dataDir, options.port, url));
    },
    async restart() {
      await stopChild(process.child);
      Object.assign(process, await launch(dataDir, options.port, url));
    },
    async storePids() {
      const clickhouse = JSON.parse(await readFile(join(dataDir, 'run/clickhouse.json'), 'utf8')) as { pid: number };
      const postmaster = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8');
      return { postgres: Number(postmaster.split('\n')[0]), clickhouse: clickhouse.pid };
    },
    async stop() {
      await stopChild(process.child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return process;
}

async function launch(dataDir: string, port: number, url: string): Promise<{ child: ChildProcess; readyMs: number }> {
  const startedMs = Date.now();
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=32', mainPath, 'serve', '--data', dataDir, '--port', String(port)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TANDEM_LOG_LEVEL: process.env.TANDEM_LOG_LEVEL ?? 'error' },
    },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  });
  const deadlineMs = startedMs + 60_000;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${said}`);
    if (await isReady(url)) return { child, readyMs: Date.now() - startedMs };
    await new Promise((done) => setTimeout(done, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`the server was not ready within a minute:\n${said}`);
}

/** Whether every part of a server answers. */
export async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(3_000) })).status === 200;
  } catch {
    return false;
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}
