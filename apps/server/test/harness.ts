import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type ClickHouse, openClickHouse } from '#adapters/clickhouse.ts';
import { startEmbeddedClickhouse, startEmbeddedPostgres } from '#adapters/embedded/index.ts';
import type { Db } from '#adapters/postgres.ts';
import { type BrandRow, brandOf, createBrand } from '#domains/access/index.ts';
import type { NewBrand } from '#domains/access/schema.ts';
import { openStores, type Stores } from '../src/stores.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    clickhouseUrl: string;
  }
}

/** What no test wants to read: only warnings and errors of the stores reach the output. */
export const testLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: (...args: unknown[]) => process.stderr.write(`${JSON.stringify(args)}\n`),
  error: (...args: unknown[]) => process.stderr.write(`${JSON.stringify(args)}\n`),
};

/** One Postgres and one chDB for a whole test run; every test file makes its own databases in them. */
export async function startSharedStores(): Promise<{
  postgresUrl: string;
  clickhouseUrl: string;
  stop(): Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  const log = (level: 'info' | 'warn' | 'error', message: string) => testLog[level](message);
  const [postgres, clickhouse] = await Promise.all([
    startEmbeddedPostgres({ dataDir, log }),
    startEmbeddedClickhouse({ dataDir, log }),
  ]);
  return {
    postgresUrl: postgres.url,
    clickhouseUrl: clickhouse.url,
    async stop() {
      await Promise.all([postgres.stop(), clickhouse.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export interface TestStores {
  stores: Stores;
  db: Db;
  ch: ClickHouse;
  /** A scratch folder, removed at the end. */
  dataDir: string;
  /** A new brand; GBP and London unless said otherwise. */
  newBrand(wanted?: Partial<NewBrand>): Promise<BrandRow>;
  close(): Promise<void>;
}

/** Fresh, migrated databases of both kinds on the shared stores. */
export async function testStores(): Promise<TestStores> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const postgresUrl = inject('postgresUrl');
  const clickhouseUrl = inject('clickhouseUrl');
  const admin = new Client({ connectionString: postgresUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const root = openClickHouse(clickhouseUrl);
  await root.command(`CREATE DATABASE ${name}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-test-'));
  const stores = await openStores({
    dataDir,
    postgresUrl: withPath(postgresUrl, name),
    clickhouseUrl: withPath(clickhouseUrl, name),
    log: testLog,
  });
  return {
    stores,
    db: stores.db,
    ch: stores.ch,
    dataDir,
    async newBrand(wanted = {}) {
      const brand = brandOf({ name: 'Test brand', currency: 'GBP', zone: 'Europe/London', ...wanted });
      await createBrand(stores.db, brand, undefined, 'test');
      return brand;
    },
    async close() {
      await stores.close();
      await root.command(`DROP DATABASE ${name}`);
      await root.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function withPath(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.toString();
}
