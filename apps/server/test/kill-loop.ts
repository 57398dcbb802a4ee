import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { openClickHouse } from '#adapters/clickhouse.ts';
import { isReady, startProcess, type TandemProcess } from './tandem-process.ts';

export type Victim = 'server' | 'postgres' | 'clickhouse';

export interface KillReport {
  kills: number;
  /** Events acknowledged; each was sent until it was. */
  sent: number;
  lost: number;
  doubled: number;
  /** Whether both rollups hold the very sums of the events. */
  rollupsExact: boolean;
  reconciles: boolean;
  /** Milliseconds from each kill to a healthy service. */
  backMs: Record<Victim, number[]>;
}

const victims: readonly Victim[] = ['server', 'postgres', 'clickhouse'];
const batchSize = 100;
const senders = 4;

/**
 * Kills the server, Postgres and the ClickHouse child with -9 in turn while clients send events and repeat each request
 * until it is acknowledged, as a careful client does. What was acknowledged must be stored once, rollups included.
 */
export async function killLoop(kills: number, port: number): Promise<KillReport> {
  const tandem = await startProcess({ port });
  try {
    const load = startSenders(tandem);
    const backMs: KillReport['backMs'] = { server: [], postgres: [], clickhouse: [] };
    for (let kill = 0; kill < kills; kill++) {
      await pause(250 + Math.random() * 500);
      const victim = victims[kill % victims.length]!;
      backMs[victim].push(await killOne(tandem, victim));
    }
    await pause(500);
    const sent = await load.stop();
    return { kills, backMs, ...(await compare(tandem, sent)) };
  } finally {
    await tandem.stop();
  }
}

async function killOne(tandem: TandemProcess, victim: Victim): Promise<number> {
  const startMs = Date.now();
  if (victim === 'server') await tandem.killAndRestart();
  else {
    process.kill((await tandem.storePids())[victim], 'SIGKILL');
    await waitFor(async () => !(await isReady(tandem.url)), 1_000, 10);
    await waitFor(() => isReady(tandem.url), 30_000, 20);
  }
  return Date.now() - startMs;
}

interface Sent {
  events: number;
  amountMinor: number;
}

function startSenders(tandem: TandemProcess): { stop(): Promise<Sent> } {
  const sent: Sent = { events: 0, amountMinor: 0 };
  let stopping = false;
  const sender = async (name: number) => {
    while (!stopping) {
      const events = Array.from({ length: batchSize }, (_, index) => ({
        id: v7(),
        type: 'order.paid',
        occurredAt: Date.now(),
        orderId: `ord_${name}_${sent.events}_${index}`,
        productId: `prd_${index % 7}`,
        identifiers: { member_id: `member-${Math.floor(Math.random() * 5_000)}` },
        quantity: 1,
        amountMinor: 100 + index,
      }));
      const body = JSON.stringify(events);
      while (!(await post(tandem, body))) await pause(100);
      sent.events += events.length;
      sent.amountMinor += events.reduce((sum, event) => sum + event.amountMinor, 0);
    }
  };
  const running = Promise.all(Array.from({ length: senders }, (_, name) => sender(name)));
  return {
    async stop() {
      stopping = true;
      await running;
      return sent;
    },
  };
}

async function post(tandem: TandemProcess, body: string): Promise<boolean> {
  try {
    const response = await fetch(`${tandem.url}/api/v1/events`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${tandem.apiKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
    });
    if (response.ok && ((await response.json()) as { accepted: number }).accepted !== batchSize)
      throw new Error('a good event was refused');
    return response.ok;
  } catch (error) {
    if (error instanceof Error && error.message === 'a good event was refused') throw error;
    return false;
  }
}

async function compare(tandem: TandemProcess, sent: Sent) {
  let pipeline = await pipelineOf(tandem);
  const deadlineMs = Date.now() + 60_000;
  while (pipeline.pending > 0 && Date.now() < deadlineMs) {
    await pause(100);
    pipeline = await pipelineOf(tandem);
  }
  const { url } = JSON.parse(await readFile(join(tandem.dataDir, 'run/clickhouse.json'), 'utf8')) as { url: string };
  const ch = openClickHouse(url);
  try {
    const [events] = await ch.rows<Record<'n' | 'ids' | 'amount', string>>(
      'SELECT count() AS n, uniqExact(event_id) AS ids, sum(amount_minor) AS amount FROM events',
    );
    const [days] = await ch.rows<Record<'n' | 'amount', string>>(
      `SELECT sum(events) AS n, sum(amount_minor) AS amount FROM kpi_day WHERE dim = 'all'`,
    );
    const [people] = await ch.rows<Record<'n' | 'amount', string>>(
      'SELECT sum(events) AS n, sum(amount_minor) AS amount FROM person_day',
    );
    const exact = (row: { n: string; amount: string }) =>
      Number(row.n) === sent.events && Number(row.amount) === sent.amountMinor;
    return {
      sent: sent.events,
      lost: sent.events - Number(events!.ids),
      doubled: Number(events!.n) - Number(events!.ids),
      rollupsExact: exact(events!) && exact(days!) && exact(people!),
      reconciles: pipeline.reconciles && pipeline.pending === 0,
    };
  } finally {
    await ch.close();
  }
}

function pipelineOf(tandem: TandemProcess): Promise<{ pending: number; reconciles: boolean }> {
  return tandem.api.get('/pipeline');
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

async function waitFor(condition: () => Promise<boolean>, msMax: number, everyMs: number): Promise<void> {
  const deadlineMs = Date.now() + msMax;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) return;
    await pause(everyMs);
  }
}
