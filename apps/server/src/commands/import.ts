import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ApiClient } from '../client.ts';
import type { Import } from '../domains/imports/schema.ts';
import { connect } from './connect.ts';
import { UsageError } from './usage.ts';

/** `tandem import PRESET FILE...`: starts an import, follows it until its events can be queried, prints the counts. */
export async function importCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: './data' },
      json: { type: 'boolean', default: false },
      brand: { type: 'string' },
      mapping: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const [preset, ...files] = positionals;
  if (!preset || files.length === 0 || !values.brand)
    throw new UsageError('import needs a preset, at least one file, and --brand.');
  const mapping = values.mapping === undefined ? undefined : await readMapping(values.mapping);
  const connection = await connect(values.data);
  try {
    const api = connection.api(values.brand);
    const started = await api.send<Import>('POST', '/imports', {
      preset,
      paths: files.map((file) => resolve(file)),
      dryRun: values['dry-run'],
      ...(mapping !== undefined && { mapping }),
    });
    const ended = await follow(api, started);
    return await tell(api, ended, values.json);
  } finally {
    await connection.close();
  }
}

async function readMapping(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new UsageError(`The mapping file could not be read: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`The mapping file ${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** Waits for the end of an import, showing how far it is, and then until its events can be queried. */
export async function follow(api: ApiClient, started: Import): Promise<Import> {
  let shownMs = 0;
  let state = started;
  while (['waiting', 'running', 'cancelling'].includes(state.state)) {
    await new Promise((done) => setTimeout(done, 200));
    state = await api.get<Import>(`/imports/${started.id}`);
    if (Date.now() - shownMs > 1000) {
      shownMs = Date.now();
      const percent = Math.round(state.progress * 100);
      process.stderr.write(
        `${state.state} ${percent} %: ${state.read} read, ${state.accepted} accepted, ${state.duplicate} duplicate, ${state.rejected} rejected\n`,
      );
    }
  }
  if (state.state === 'done' && !state.dryRun) await queryable(api);
  return state;
}

async function queryable(api: ApiClient): Promise<void> {
  for (;;) {
    const { pending } = await api.get<{ pending: number }>('/pipeline', { hours: 1 });
    if (pending === 0) return;
    process.stderr.write(`${pending} events on their way\n`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

/** Prints the counts; the report of rejected rows is saved beside the user's files. */
export async function tell(api: ApiClient, ended: Import, json: boolean): Promise<number> {
  const { read, accepted, duplicate, rejected } = ended;
  const report = ended.report === null ? null : await saveReport(api, ended.id);
  const failed = ended.state !== 'done';
  if (failed) process.stderr.write(`${ended.error?.message ?? `The import ended as ${ended.state}.`}\n`);
  for (const note of ended.notes) process.stderr.write(`${note.text}\n`);
  const summary = { read, accepted, duplicate, rejected, report };
  const error = ended.error ? { error: ended.error } : {};
  if (json)
    process.stdout.write(`${JSON.stringify({ ...summary, ...(failed && { state: ended.state, ...error }) })}\n`);
  else
    process.stdout.write(
      `read ${read}, accepted ${accepted}, duplicate ${duplicate}, rejected ${rejected}${report ? `, report ${report}` : ''}\n`,
    );
  return failed ? 1 : 0;
}

async function saveReport(api: ApiClient, id: string): Promise<string> {
  const blob = await api.download(`/imports/${id}/report`);
  const path = resolve(`tandem-${id}-rejected.csv`);
  await writeFile(path, Buffer.from(await blob.arrayBuffer()));
  return path;
}
