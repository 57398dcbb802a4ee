import { createInterface } from 'node:readline';
import { createBodyReader } from './clickhouse-body.ts';
import { Engine } from './clickhouse-engine.ts';
import { createClickhouseServer } from './clickhouse-http.ts';
import { type ChildOrders, EXIT } from './clickhouse-orders.ts';
import { reasonOf } from './errors.ts';

const MAX_QUEUED_READS = 256;
const MAX_QUEUED_WRITES = 64;
const DRAIN_MS = 2_500;

async function serve(orders: ChildOrders): Promise<void> {
  const limits = {
    readLanes: orders.readLanes,
    maxQueuedReads: MAX_QUEUED_READS,
    maxQueuedWrites: MAX_QUEUED_WRITES,
    queryMemoryBytes: orders.queryMemoryBytes,
    resultBytes: orders.resultBytes,
  };
  const engine = await Engine.open(orders.dir, orders.database, limits).catch((error: unknown) =>
    quit(EXIT.engine, `the engine cannot open ${orders.dir}: ${reasonOf(error)}`),
  );
  const { user, password, database } = orders;
  const bodies = createBodyReader(orders.maxBodyBytes);
  const server = createClickhouseServer(engine, { user, password, database, bodies });
  server.once('error', (error) => quit(EXIT.port, reasonOf(error)));
  server.listen(orders.port, '127.0.0.1');
  process.once('SIGTERM', () => {
    server.close();
    // Whatever still runs inside the engine would hold up an orderly exit; its files bear a hard one.
    engine.close(DRAIN_MS).then((isClosed) => (isClosed ? process.exit(0) : process.kill(process.pid, 'SIGKILL')));
  });
}

function quit(code: number, reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(code);
}

function main(): void {
  // The terminal sends these to the parent too, which stops this process in its own order.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  const lines = createInterface({ input: process.stdin });
  lines.once('line', (line) => {
    const orders: ChildOrders = JSON.parse(line);
    serve(orders).catch((error: unknown) => quit(EXIT.engine, reasonOf(error)));
  });
  // The pipe ends when the parent is gone: then nobody may find this process in the way.
  lines.once('close', () => process.kill(process.pid, 'SIGKILL'));
}

if (import.meta.main) main();
