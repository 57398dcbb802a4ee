import { mkdir } from 'node:fs/promises';
import { type ClickHouse, openClickHouse } from '#adapters/clickhouse.ts';
import { type EmbeddedService, startEmbeddedClickhouse, startEmbeddedPostgres } from '#adapters/embedded/index.ts';
import { migrate } from '#adapters/migrate.ts';
import { type Db, openPostgres } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';

/** Both stores, ready and migrated. */
export interface Stores {
  db: Db;
  ch: ClickHouse;
  postgresUrl: string;
  clickhouseUrl: string;
  /** The children that this process started; empty where both stores are elsewhere. */
  services: EmbeddedService[];
  /** True when nobody outside this process tree uses the database. */
  alone: boolean;
  close(): Promise<void>;
}

/** Domains in the order in which their migrations run: a domain comes after those whose tables or views it builds on. */
const domains = [
  'access',
  'people',
  'events',
  'imports',
  'commerce',
  'content',
  'live',
  'community',
  'partners',
  'metrics',
  'forecast',
];

/** Where the stores are; what is missing here is started as a child of this process. */
export interface StoreOptions {
  dataDir: string;
  postgresUrl?: string | undefined;
  clickhouseUrl?: string | undefined;
  log: Deps['log'];
}

/** Starts what is embedded, opens both stores and brings them to the state of the code. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  await mkdir(options.dataDir, { recursive: true });
  const log = (level: 'info' | 'warn' | 'error', message: string, fields: object = {}) =>
    options.log[level](fields, message);
  const embedded = { dataDir: options.dataDir, log };
  const started = await Promise.allSettled([
    options.postgresUrl === undefined ? startEmbeddedPostgres(embedded) : undefined,
    options.clickhouseUrl === undefined ? startEmbeddedClickhouse(embedded) : undefined,
  ]);
  const services = started.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
  const stopServices = async () => {
    await Promise.all(services.map((service) => service.stop()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await stopServices();
    throw failed.reason;
  }
  const url = (name: EmbeddedService['name']) => services.find((service) => service.name === name)?.url;
  const postgresUrl = options.postgresUrl ?? url('postgres')!;
  const db = openPostgres(postgresUrl);
  const clickhouseUrl = options.clickhouseUrl ?? url('clickhouse')!;
  const ch = openClickHouse(clickhouseUrl);
  const close = async () => {
    await Promise.allSettled([db.close(), ch.close()]);
    await stopServices();
  };
  try {
    await migrate(db.pool, ch, domains);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, ch, postgresUrl, clickhouseUrl, services, alone: options.postgresUrl === undefined, close };
}
