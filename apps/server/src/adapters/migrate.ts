import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Pool } from 'pg';
import type { ClickHouse } from './clickhouse.ts';
import { appRole, systemRole } from './postgres.ts';

/** One migration file: `domains/<domain>/sql/0001-name.pg.sql` or `.ch.sql`. */
interface Migration {
  id: string;
  domain: string;
  text: string;
  checksum: string;
}

const domainsDir = join(import.meta.dirname, '../domains');

/**
 * Brings both stores to the state of the code: files run once, in order of domain and number, forward only. A file that
 * changed after it ran stops the start, because nobody could say which of the two the stores hold.
 */
export async function migrate(pool: Pool, ch: ClickHouse, domains: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    // Two servers starting on one database must not migrate at once.
    await client.query('select pg_advisory_lock(7261001)');
    await client.query(`
      create schema if not exists tandem;
      create table if not exists tandem.migrations (
        store text not null, id text not null, checksum text not null, at timestamptz not null default now(),
        primary key (store, id));
      create table if not exists tandem.worker_leases (
        process_id uuid primary key, worker_ids text[] not null, seen_at timestamptz not null);
      ${[appRole, systemRole].map(ensureRole).join('')}`);
    const ran = await client.query<{ store: string; id: string; checksum: string }>(
      'select store, id, checksum from tandem.migrations',
    );
    const done = new Map(ran.rows.map((row) => [`${row.store} ${row.id}`, row.checksum]));
    for (const migration of await filesOf(domains, '.pg.sql')) {
      if (isDone(done, 'postgres', migration)) continue;
      await client.query('begin');
      try {
        await client.query(`create schema if not exists ${migration.domain}`);
        await client.query(migration.text);
        await client.query('insert into tandem.migrations values ($1, $2, $3)', [
          'postgres',
          migration.id,
          migration.checksum,
        ]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`migration ${migration.id} failed: ${String(error)}`, { cause: error });
      }
    }
    const replicated = await isReplicated(ch);
    for (const migration of await filesOf(domains, '.ch.sql')) {
      if (isDone(done, 'clickhouse', migration)) continue;
      for (const statement of statementsOf(migration.text)) await ch.command(withEngines(statement, replicated));
      await client.query('insert into tandem.migrations values ($1, $2, $3)', [
        'clickhouse',
        migration.id,
        migration.checksum,
      ]);
    }
  } finally {
    await client.query('select pg_advisory_unlock(7261001)').catch(() => undefined);
    client.release();
  }
}

async function filesOf(domains: readonly string[], ending: string): Promise<Migration[]> {
  const found: Migration[] = [];
  for (const domain of domains) {
    const dir = join(domainsDir, domain, 'sql');
    const names = await readdir(dir).catch(() => [] as string[]);
    for (const name of names.filter((n) => n.endsWith(ending)).sort()) {
      const text = await readFile(join(dir, name), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      found.push({ id: `${basename(dirname(dir))}/${name}`, domain, text, checksum });
    }
  }
  return found;
}

function isDone(done: Map<string, string>, store: string, migration: Migration): boolean {
  const checksum = done.get(`${store} ${migration.id}`);
  if (checksum === undefined) return false;
  if (checksum !== migration.checksum) {
    throw new Error(
      `The migration ${migration.id} was changed after it ran on this data folder; nothing was changed. ` +
        'Restore the file as it was, and put the change into a new one.',
    );
  }
  return true;
}

/** Statements of a file; a semicolon ends one only at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Engines are written as macros, because a cluster needs the replicated form of each. */
function withEngines(statement: string, replicated: boolean): string {
  return statement
    .replaceAll(/\{(\w*MergeTree)(\(.*?\)+)?\}/g, (_, engine: string, args?: string) =>
      replicated ? `Replicated${engine}${args ?? ''}` : `${engine}${args ?? ''}`,
    )
    .replaceAll(
      '{dedup}',
      replicated ? 'replicated_deduplication_window = 10000' : 'non_replicated_deduplication_window = 10000',
    );
}

async function isReplicated(ch: ClickHouse): Promise<boolean> {
  const rows = await ch.rows<{ engine: string }>('SELECT engine FROM system.databases WHERE name = currentDatabase()');
  return rows[0]?.engine === 'Replicated';
}

/**
 * Roles belong to all databases of a server, and the lock of a migration to one: another database may make the same role at
 * this moment, which is as good.
 */
function ensureRole(role: string): string {
  return `
    do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if;
    exception when duplicate_object or unique_violation then null; end $$;
    do $$ begin
      execute format('grant ${role} to %I', current_user);
    exception when unique_violation then null; end $$;`;
}
