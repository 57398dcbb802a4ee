import type { FastifyBaseLogger } from 'fastify';
import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { Db } from '#adapters/postgres.ts';

/** What the parts of the server are given by hand; a function asks only for what it uses: `Pick<Deps, 'db' | 'now'>`. */
export interface Deps {
  db: Db;
  ch: ClickHouse;
  /** Milliseconds since 1970. */
  now: () => number;
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error' | 'debug'>;
  /** The data folder: uploads, reports of imports. */
  dataDir: string;
}
