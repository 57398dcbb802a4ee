import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';

/** The tables are named in the SQL of each domain's `store.ts`; nothing is read through a table interface. */
export type Tables = Record<never, never>;
/** A transaction. All SQL of a domain takes one, so that several domains can share it. */
export type Tx = Transaction<Tables>;

/** The Postgres side of `Deps`. Every statement runs in a transaction that says on whose behalf. */
export interface Db {
  /** A transaction that sees and writes the rows of one brand only: row-level security refuses every other row. */
  brand<T>(brandId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction of the installation itself (pipeline, sign-in, migrations of data), which sees all brands. */
  system<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A connection of one's own, for LISTEN and advisory locks; the caller releases it. */
  connect(): Promise<PoolClient>;
  pool: Pool;
  close(): Promise<void>;
}

/** Row-level security lets these two roles through: the first with `tandem.brand_id`, the second always. */
export const appRole = 'tandem_app';
export const systemRole = 'tandem_system';

types.setTypeParser(types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`integer out of the safe range: ${text}`);
  return value;
});

/** Opens the pool. Connections log in as the owner of the database; each transaction steps down to one of the two roles. */
export function openPostgres(url: string, maxConnections = 16): Db {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    application_name: 'tandem',
  });
  // A connection that the server closes (restart) must not end the process; the next query opens another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    brand: (brandId, work) =>
      kysely.transaction().execute(async (tx) => {
        await sql`select set_config('role', ${appRole}, true), set_config('tandem.brand_id', ${brandId}, true)`.execute(
          tx,
        );
        return work(tx);
      }),
    system: (work) =>
      kysely.transaction().execute(async (tx) => {
        await sql`select set_config('role', ${systemRole}, true)`.execute(tx);
        return work(tx);
      }),
    connect: () => pool.connect(),
    pool,
    close: () => kysely.destroy(),
  };
}

/** SQLSTATE of a Postgres error, or undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
    ? error.code
    : undefined;
}
