import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { refuse } from '#errors.ts';

/** Bounds of one request. */
export const eventsMax = 5_000;
export const bodyBytesMax = 8 * 1024 * 1024;

const inflate = promisify(gunzip);

/** One event of a request as it was sent: read as JSON, or the line that could not be. */
export type Sent = { json: unknown } | { line: string; problem: string };

/**
 * Reads a request body, a JSON array or one JSON object a line, gzip or not. A line of NDJSON that is not JSON is that
 * line's own trouble; an array that is not JSON is refused whole, because nobody can say where its events end.
 */
export async function readEvents(
  body: Buffer,
  headers: { contentType: string; contentEncoding: string },
): Promise<Sent[]> {
  const bytes = headers.contentEncoding === 'gzip' ? await unzip(body) : body;
  const text = bytes.toString('utf8').trim();
  const sent = text.startsWith('[') ? readArray(text) : readLines(text);
  if (sent.length > eventsMax) throw refuse('events.too_many', { limit: eventsMax });
  return sent;
}

async function unzip(body: Buffer): Promise<Buffer> {
  try {
    return await inflate(body, { maxOutputLength: bodyBytesMax });
  } catch (error) {
    if (error instanceof RangeError) throw refuse('request.too_large', { limit: '8 MiB' });
    throw refuse('request.body_unreadable', { expected: 'gzip', detail: String(error) });
  }
}

function readArray(text: string): Sent[] {
  try {
    return (JSON.parse(text) as unknown[]).map((json) => ({ json }));
  } catch (error) {
    throw refuse('request.body_unreadable', { expected: 'a JSON array', detail: String(error) });
  }
}

function readLines(text: string): Sent[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > eventsMax) throw refuse('events.too_many', { limit: eventsMax });
  return lines.map((line) => {
    try {
      return { json: JSON.parse(line) as unknown };
    } catch (error) {
      return { line, problem: error instanceof Error ? error.message : String(error) };
    }
  });
}
