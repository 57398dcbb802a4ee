import type { MemoryPlan } from './memory.ts';

const MIB = 1024 * 1024;

export interface PostgresConfigFacts {
  readonly port: number;
  readonly memory: MemoryPlan;
  readonly hasLz4: boolean;
  /** Free bytes on the disk of the cluster. */
  readonly freeDiskBytes: number;
  /** Size of /dev/shm, or 0 where there is none. Containers often give only 64 MiB. */
  readonly sharedMemoryBytes: number;
}

/** The whole `postgresql.conf`; it is written anew at each start. */
export function renderPostgresConfig(facts: PostgresConfigFacts): string {
  const { memory } = facts;
  const isSmallDisk = facts.freeDiskBytes < 20 * 1024 * MIB;
  const settings: Record<string, string | number> = {
    listen_addresses: "'127.0.0.1'",
    port: facts.port,
    unix_socket_directories: "''",
    max_connections: 60,
    password_encryption: "'scram-sha-256'",
    shared_buffers: megabytes(memory.postgresSharedBuffersBytes),
    effective_cache_size: megabytes(memory.postgresSharedBuffersBytes * 3),
    work_mem: megabytes(memory.postgresWorkMemBytes),
    maintenance_work_mem: megabytes(memory.postgresMaintenanceBytes),
    // Huge pages that a container promises and does not have kill the server with SIGBUS.
    huge_pages: 'off',
    dynamic_shared_memory_type: facts.sharedMemoryBytes >= 128 * MIB ? 'posix' : 'mmap',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // `replica`, so that a copy of the files between pg_backup_start and pg_backup_stop is a backup.
    wal_level: 'replica',
    max_wal_senders: 0,
    // The older method costs more processor time than the disk writes that it saves.
    wal_compression: facts.hasLz4 ? 'lz4' : 'off',
    wal_buffers: megabytes(16 * MIB),
    // Writers here already commit in groups; waiting for company would only add to each acknowledgement.
    commit_delay: 0,
    max_wal_size: isSmallDisk ? "'512MB'" : "'2GB'",
    min_wal_size: "'128MB'",
    checkpoint_timeout: "'15min'",
    checkpoint_completion_target: 0.9,
    random_page_cost: 1.1,
    jit: 'off',
    max_parallel_workers_per_gather: 1,
    autovacuum_naptime: "'15s'",
    autovacuum_vacuum_scale_factor: 0.05,
    autovacuum_analyze_scale_factor: 0.05,
    autovacuum_vacuum_cost_limit: 1000,
    idle_in_transaction_session_timeout: "'10min'",
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    lc_messages: "'C'",
    logging_collector: 'off',
    log_destination: "'stderr'",
    log_line_prefix: "'%m [%p] '",
    log_checkpoints: 'off',
    log_min_duration_statement: "'2s'",
    // Parameters hold personal data.
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return [
    '# Written by Tandem at each start. Put settings of your own into postgresql.local.conf beside this file.',
    ...lines,
    "include_if_exists = 'postgresql.local.conf'",
    '',
  ].join('\n');
}

/** The whole `pg_hba.conf`: a password over loopback, and nothing else. */
export function renderPostgresAccess(): string {
  return '# Written by Tandem at each start.\nhost all all 127.0.0.1/32 scram-sha-256\n';
}

function megabytes(bytes: number): string {
  return `'${Math.max(1, Math.floor(bytes / MIB))}MB'`;
}
