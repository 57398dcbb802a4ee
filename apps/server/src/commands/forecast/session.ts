import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ApiClient, ApiError } from '../../client.ts';
import type { Model, ModelList, ModelSummary, Run, RunList } from '../../domains/forecast/schema.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../usage.ts';

/** Options that every `forecast` command takes. */
export const commonOptions = {
  data: { type: 'string', default: './data' },
  json: { type: 'boolean', default: false },
  brand: { type: 'string' },
  model: { type: 'string' },
  setup: { type: 'string' },
  seed: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;

export interface CommonValues {
  data: string;
  json: boolean;
  brand?: string | undefined;
  model?: string | undefined;
  fit?: string | undefined;
  setup?: string | undefined;
  seed?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Exit code of a command that was stopped by Ctrl-C, as shells have it. */
const stoppedCode = 130;

/** Somebody pressed Ctrl-C while a run was made that another one needs. */
class Stopped extends Error {
  readonly run: Run;
  constructor(run: Run) {
    super(`The ${run.kind} was cancelled; nothing was made of it.`);
    this.name = 'Stopped';
    this.run = run;
  }
}

/** Connects as a brand, does the work, and leaves. What is asked for must have been checked: a server may be started for it. */
export async function withApi(values: CommonValues, work: (api: ApiClient) => Promise<number>): Promise<number> {
  const { brand, fit, model } = values;
  if (brand === undefined) throw new UsageError('forecast needs --brand.');
  if (fit === undefined && model === undefined) throw new UsageError('forecast needs --model FILE|ID (or --fit ID).');
  const connection = await connect(values.data);
  try {
    return await work(connection.api(brand));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    if (values.json) process.stdout.write(`${JSON.stringify(error.run)}\n`);
    process.stderr.write(`${error.message}\n`);
    return stoppedCode;
  } finally {
    await connection.close();
  }
}

/** A whole number of an option, or undefined without it. */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value)) throw new UsageError(`--${name} needs a whole number.`);
  return value;
}

/** The fields whose value is known. */
export function given<T extends object>(fields: T): Partial<T> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Partial<T>;
}

/** The model of `--model`: an id, a name, or a file, which is uploaded unless the brand has the very same. */
export async function modelFor(api: ApiClient, values: CommonValues): Promise<ModelSummary> {
  const { model: wanted } = values;
  if (wanted === undefined) throw new UsageError('forecast needs --model FILE|ID (or --fit ID).');
  const { models } = await api.get<ModelList>('/models');
  const named = models.find(({ id, name }) => id === wanted || spelled(name) === spelled(wanted));
  if (named) return named;
  if (/^mdl_[0-9a-f]{32}$/.test(wanted)) return api.get<Model>(`/models/${wanted}`);
  const xmile = await textOf(wanted);
  const setup = await setupFor(wanted, values.setup);
  const xmileHash = createHash('sha256').update(xmile).digest('hex');
  const known = setup.given ? undefined : models.find(({ latest }) => latest.xmileHash === xmileHash);
  if (known) return known;
  const name = wanted
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');
  const content = { xmile, ...(setup.content !== undefined && { setup: setup.content }) };
  const same = models.find((model) => model.origin === 'upload' && model.name === name);
  const kept = same
    ? await api.send<Model>('POST', `/models/${same.id}/versions`, content)
    : await api.send<Model>('POST', '/models', { name, ...content });
  for (const { severity, text } of kept.findings) process.stderr.write(`${severity}: ${text.en}\n`);
  process.stderr.write(`model ${kept.id} version ${kept.latest.number}\n`);
  return kept;
}

/** A name however it is typed: `live-community` is the model "Live community". */
function spelled(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, ' ');
}

/** The setup beside a model file, NAME.setup.json, unless one is named. */
async function setupFor(model: string, named: string | undefined): Promise<{ content: unknown; given: boolean }> {
  const path = named ?? model.replace(/\.[^./]+$/, '.setup.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined && named !== undefined) throw new UsageError(`The setup ${path} could not be read.`);
  return { content: text === undefined ? undefined : jsonOf(path, text), given: named !== undefined };
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no model "${path}": it is no id or name of a model of the brand, and no file.`);
  });
}

/** The content of a JSON file. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`${path} could not be read: ${error.message}`);
  });
  return jsonOf(path, text);
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** The fit of `--fit`, else the newest one of the model that is done; a new one where there is none. */
export async function fitFor(api: ApiClient, values: CommonValues): Promise<string> {
  if (values.fit !== undefined) return values.fit;
  const model = await modelFor(api, values);
  const { runs } = await api.get<RunList>('/fits', { model: model.id, state: 'done', limit: 50 });
  const usable = runs.find((run) => run.model.hash === model.latest.hash && run.reproduces === null);
  if (usable) {
    process.stderr.write(`taking ${usable.id}, fitted to ${usable.snapshot.from} - ${usable.snapshot.to}\n`);
    return usable.id;
  }
  process.stderr.write('there is no fit of this model yet: making one\n');
  const { from, to, seed } = values;
  const body = given({ modelId: model.id, from, to, seed: wholeNumber('seed', seed) });
  const fit = await followed(api, await api.send<Run>('POST', '/fits', body));
  if (fit.state === 'cancelled') throw new Stopped(fit);
  if (fit.state !== 'done') throw new ApiError(500, fit.error ?? { message: `The fit ended as ${fit.state}.` });
  return fit.id;
}

/** Waits for the end of a run, showing how far it is; Ctrl-C cancels it, and what it has found until then is shown. */
export async function followed(api: ApiClient, started: Run): Promise<Run> {
  const path = `/${started.kind === 'fit' ? 'fits' : 'forecasts'}/${started.id}`;
  let stops = 0;
  const stop = () => {
    stops++;
    if (stops > 1) process.exit(stoppedCode);
    process.stderr.write('cancelling: what is known so far follows; press Ctrl-C again to leave at once\n');
    // The run may have ended in this very moment.
    api.send('POST', `${path}/cancel`).catch(() => undefined);
  };
  process.on('SIGINT', stop);
  process.stderr.write(`${started.id} ${started.kind} of ${started.model.name}\n`);
  try {
    let shown = '';
    for (;;) {
      const list = await api.get<RunList>(started.kind === 'fit' ? '/fits' : '/forecasts', { limit: 200 });
      const run = list.runs.find(({ id }) => id === started.id) ?? (await api.get<Run>(path));
      if (run.state !== 'waiting' && run.state !== 'running' && !run.cancelling) return run;
      const line = `${run.state} ${Math.round(run.progress * 100)} % ${run.stage?.en ?? ''}`.trim();
      if (line !== shown) process.stderr.write(`${line}\n`);
      shown = line;
      await new Promise((done) => setTimeout(done, 300));
    }
  } finally {
    process.off('SIGINT', stop);
  }
}

/** Starts a run, follows it, and prints its result; a run that failed ends as exit code 1. */
export async function runAndTell<Full extends Run>(
  api: ApiClient,
  started: Run,
  json: boolean,
  tell: (full: Full) => string,
): Promise<number> {
  const ended = await followed(api, started);
  const full = await api.get<Full>(`/${ended.kind === 'fit' ? 'fits' : 'forecasts'}/${ended.id}`);
  if (json) process.stdout.write(`${JSON.stringify(full)}\n`);
  else process.stdout.write(tell(full));
  if (ended.state === 'cancelled') return stoppedCode;
  if (ended.state === 'done') return 0;
  process.stderr.write(`${ended.error?.message ?? `The run ended as ${ended.state}.`}\n`);
  return 1;
}
