import { Agent, request } from 'node:http';
import { v7 } from 'uuid';

/** How to load a server with events. */
export interface LoadOptions {
  url: string;
  apiKey: string;
  seconds: number;
  /** Events a second to offer; 0 = as many as are taken. */
  rate: number;
  batch: number;
  connections: number;
  persons: number;
}

export interface LoadResult {
  accepted: number;
  refused: number;
  failed: number;
  seconds: number;
  /** Milliseconds from sending a batch to its acknowledgement. */
  ackMs: number[];
}

const types = [
  'live.entered',
  'live.left',
  'danmaku.sent',
  'product.clicked',
  'content.viewed',
  'message.sent',
  'order.paid',
  'live.liked',
];

/** Sends batches of new events over keep-alive connections, each waiting for its acknowledgement. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const result: LoadResult = { accepted: 0, refused: 0, failed: 0, seconds: 0, ackMs: [] };
  const startMs = performance.now();
  const endMs = startMs + options.seconds * 1000;
  let sent = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      const ahead = options.rate > 0 ? (sent / options.rate) * 1000 - (performance.now() - startMs) : 0;
      if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
      sent += options.batch;
      const body = batchOf(options);
      const beganMs = performance.now();
      const status = await post(agent, options, body).catch(() => 0);
      if (status === 200) {
        result.accepted += options.batch;
        result.ackMs.push(performance.now() - beganMs);
      } else if (status === 429) {
        result.refused += options.batch;
        await new Promise((done) => setTimeout(done, 500));
      } else {
        result.failed += options.batch;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  agent.destroy();
  result.seconds = (performance.now() - startMs) / 1000;
  return result;
}

/** A batch of plausible events of many persons, as NDJSON. */
export function batchOf({ batch, persons }: { batch: number; persons: number }): Buffer {
  let text = '';
  for (let index = 0; index < batch; index++) {
    const type = types[Math.floor(Math.random() * types.length)]!;
    const person = Math.floor(Math.random() * persons);
    const session = `ses_${Math.floor(Math.random() * 20)}`;
    text += `{"id":"${v7()}","type":"${type}","occurredAt":${Date.now()},"identifiers":{"douyin_open_id":"viewer-${person}"},"sessionId":"${session}","roomId":"roo_1","channel":"algorithm"`;
    if (type === 'live.left') text += ',"quantity":73';
    if (type === 'product.clicked') text += `,"productId":"prd_${index % 50}"`;
    if (type === 'content.viewed') text += `,"contentId":"cnt_${index % 30}"`;
    if (type === 'order.paid')
      text += `,"orderId":"ord_${person}_${index}","productId":"prd_${index % 50}","quantity":1,"amountMinor":9900`;
    text += '}\n';
  }
  return Buffer.from(text);
}

function post(agent: Agent, { url, apiKey }: LoadOptions, body: Buffer): Promise<number> {
  return new Promise((done, failed) => {
    const sent = request(
      `${url}/api/v1/events`,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/x-ndjson',
          'content-length': body.length,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode ?? 0));
      },
    );
    sent.on('error', failed);
    sent.end(body);
  });
}

// Run as a process of its own, so that the load does not share the bench's event loop.
if (process.argv[1] === import.meta.filename) {
  const result = await load(JSON.parse(process.argv[2]!) as LoadOptions);
  process.stdout.write(JSON.stringify(result));
}
