import { EventEmitter } from 'node:events';
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Deps } from '#deps.ts';

/** Background work on PostgreSQL: jobs survive any crash, and those of a dead process are taken up again. */
export interface Jobs {
  stop(): Promise<void>;
}

const leaseSeconds = 30;

/**
 * graphile-worker keeps the jobs of a killed process locked for hours. Each process therefore renews a lease, and frees
 * the jobs of workers whose lease ran out; where all processes live in this tree, those of every earlier one at once.
 */
export async function startJobs(
  pool: Pool,
  options: {
    /** Of this process, in its lease; a new one each time. */
    processId: string;
    tasks: TaskList;
    crontab: string;
    alone: boolean;
    concurrency: number;
    log: Deps['log'];
  },
): Promise<Jobs> {
  const { processId } = options;
  const events: WorkerEvents = new EventEmitter();
  const workerIds = new Set<string>();
  events.on('worker:create', ({ worker }) => workerIds.add(worker.workerId));
  const runner = await run({
    pgPool: pool,
    taskList: options.tasks,
    crontab: options.crontab,
    events,
    concurrency: options.concurrency,
    noHandleSignals: true,
    pollInterval: 1000,
    logger: new Logger((scope) => (level, message) => {
      if (level === 'error') options.log.error({ ...scope }, message);
      else if (level === 'warning') options.log.warn({ ...scope }, message);
    }),
  });
  if (options.alone) await pool.query('delete from tandem.worker_leases');
  const renew = async () => {
    await pool.query(
      `insert into tandem.worker_leases values ($1, $2, now())
       on conflict (process_id) do update set worker_ids = excluded.worker_ids, seen_at = now()`,
      [processId, [...workerIds]],
    );
    await pool.query(`delete from tandem.worker_leases where seen_at < now() - make_interval(secs => $1)`, [
      leaseSeconds,
    ]);
    const { rows } = await pool.query<{ worker: string }>(`
      select distinct locked_by as worker from graphile_worker._private_jobs where locked_by is not null
        and locked_at < now() - interval '3 seconds'
        and locked_by not in (select unnest(worker_ids) from tandem.worker_leases)`);
    const dead = rows.map((row) => row.worker).filter((worker) => !workerIds.has(worker));
    if (dead.length > 0) await pool.query('select graphile_worker.force_unlock_workers($1)', [dead]);
  };
  const keepAlive = () =>
    renew().catch((error) => options.log.warn({ err: error }, 'lease of the job worker not renewed'));
  await keepAlive();
  const timer = setInterval(keepAlive, (leaseSeconds * 1000) / 3);
  return {
    async stop() {
      clearInterval(timer);
      await runner.stop().catch(() => undefined);
      await pool.query('delete from tandem.worker_leases where process_id = $1', [processId]).catch(() => undefined);
    },
  };
}

/** Processes whose lease holds: those that work on jobs now. */
export async function liveWorkers(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select process_id as id from tandem.worker_leases where seen_at > now() - make_interval(secs => $1)',
    [leaseSeconds],
  );
  return rows.map(({ id }) => id);
}
