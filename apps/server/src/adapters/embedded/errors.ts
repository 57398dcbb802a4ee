/** Every way in which an embedded service or the data folder can fail for the person who runs Tandem. */
export type EmbeddedErrorCode =
  | 'data.in_use'
  | 'data.not_writable'
  | 'data.other_version'
  | 'disk.full'
  | 'port.taken'
  | 'postgres.binaries_missing'
  | 'postgres.root_refused'
  | 'postgres.folder_held'
  | 'postgres.start_failed'
  | 'clickhouse.binaries_missing'
  | 'clickhouse.start_failed';

export type EmbeddedErrorParams = Readonly<Record<string, string | number>>;

type Sentence = (p: EmbeddedErrorParams) => string;

const startFailed =
  (name: string): Sentence =>
  (p) =>
    `${name} did not start: ${p.reason}. Nothing was deleted; all data is still in ${p.dir}. ` +
    `Read the last lines of ${p.logFile}, remove the cause and start Tandem again.`;

const sentences: Readonly<Record<EmbeddedErrorCode, Sentence>> = {
  'data.in_use': (p) =>
    `The data folder ${p.dir} is in use by another Tandem (process ${p.pid}, port ${p.port}). ` +
    'Nothing was changed. Stop that process, or start this one with another folder: --data DIR.',
  'data.not_writable': (p) =>
    `Tandem cannot write to ${p.dir} (${p.reason}). Nothing was changed. ` +
    'Give this folder to the user that runs Tandem, or choose another one: --data DIR.',
  'data.other_version': (p) =>
    `The folder ${p.dir} was written by PostgreSQL ${p.found}, and this Tandem brings PostgreSQL ${p.expected}. ` +
    'Nothing was changed. Start it with the Tandem that wrote it, or choose another folder: --data DIR.',
  'disk.full': (p) =>
    `The disk that holds ${p.dir} has ${p.freeMegabytes} MB free, and Tandem needs at least ${p.neededMegabytes} MB ` +
    'to start. All data was kept as it is. Free some space and start Tandem again.',
  'port.taken': (p) =>
    `Port ${p.port} on 127.0.0.1 is taken by another program. All data was kept as it is. ` +
    'Stop that program; Tandem tries again by itself while it runs, or choose a free port at the next start.',
  'postgres.binaries_missing': (p) =>
    `The PostgreSQL program for ${p.platform} is missing (${p.reason}). Nothing was changed. ` +
    'Run "npm install" again with optional packages, or set TANDEM_POSTGRES_URL to a PostgreSQL of your own.',
  'postgres.root_refused': (p) =>
    `PostgreSQL refuses to run as root, and no other way to start it worked here (${p.reason}). Nothing was changed. ` +
    'Start Tandem as an ordinary user, or set TANDEM_POSTGRES_URL to a PostgreSQL of your own.',
  'postgres.folder_held': (p) =>
    `An earlier PostgreSQL (process ${p.pid}, port ${p.port}) still holds ${p.dir} and did not stop when asked. ` +
    `All data was kept as it is. End that process (kill ${p.pid}) and start Tandem again.`,
  'postgres.start_failed': startFailed('PostgreSQL'),
  'clickhouse.binaries_missing': (p) =>
    `The analytics engine for ${p.platform} is missing or does not load (${p.reason}). Nothing was changed. ` +
    'Run "npm install" again with optional packages, or set TANDEM_CLICKHOUSE_URL to a ClickHouse of your own.',
  'clickhouse.start_failed': startFailed('The analytics engine'),
};

/**
 * A failure that a person can act on. `message` says in English what happened, what was kept and what to do;
 * `code` and `params` carry the same facts for a sentence in another language.
 */
export class EmbeddedError extends Error {
  readonly code: EmbeddedErrorCode;
  readonly params: EmbeddedErrorParams;

  constructor(code: EmbeddedErrorCode, params: EmbeddedErrorParams, cause?: unknown) {
    super(sentences[code](params), cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedError';
    this.code = code;
    this.params = params;
  }
}

/** The code of a Node system error (`ENOENT`, `EACCES`, ...) or `undefined`. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
