import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileModel, createEnsemble, expectValue, readXmile } from '../../src/index.ts';
import { buildPackage, readmeBlock, readmeBlocks, strangersFolder } from '../built-package.ts';
import { type PageServer, servePages } from './page-server.ts';

const folder = strangersFolder();
let server: PageServer;
let browser: Browser;

/**
 * Growth with a table, a delay, elementary functions, a jump and chance, so that most kinds of code are made. What the walk
 * adds up needs a logarithm of the JavaScript engine, whose last bit may be another in another version.
 */
const model = `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <sim_specs method="rk4"><start>0</start><stop>40</stop><dt>0.25</dt></sim_specs>
  <model><variables>
    <stock name="members"><eqn>100</eqn><inflow>joining</inflow><outflow>leaving</outflow></stock>
    <flow name="joining"><eqn>growth * members * room * EXP(-TIME / 50) ^ 1.1 + UNIFORM(-5, 5)</eqn></flow>
    <flow name="leaving"><eqn>DELAY3(joining, 8) * share * (1 + SIN(TIME) / LN(9 + TIME)) + IF TIME > 20 THEN members / 100 ELSE 0</eqn></flow>
    <aux name="room"><eqn>members / 5000</eqn>
      <gf><xscale min="0" max="1.5"/><ypts>1, 0.8, 0.3, 0</ypts></gf></aux>
    <stock name="walk"><eqn>0</eqn><inflow>pace</inflow></stock>
    <flow name="pace"><eqn>NORMAL(100, 5)</eqn></flow>
    <aux name="growth"><eqn>0.4</eqn></aux>
    <aux name="share"><eqn>0.1</eqn></aux>
  </variables></model></xmile>`;

const runs = 4000;
const columns = [
  { output: 'members', reduce: { kind: 'final' as const } },
  { output: 'members', reduce: { kind: 'timeOfMax' as const } },
  { output: 'joining', reduce: { kind: 'samples' as const, times: [1, 7.3, 39] } },
  { output: 'walk', reduce: { kind: 'final' as const } },
];
const outputs = ['members', 'joining', 'walk'];
const width = 6;

/**
 * The script of the page: `ask(options)` makes the ensemble and answers with plain data. It does so in a turn of its own,
 * because what a debugger evaluates is free of the policy of the page until it waits.
 */
const script = `
import { browserThread, compileModel, createEnsemble, DynamicsError, expectValue, readXmile } from './dynamics/index.js';
const text = await (await fetch('sample.xmile')).text();
const { columns, outputs, runs } = await (await fetch('wanted.js')).json();
const program = expectValue(compileModel(expectValue(readXmile(text)), { inputs: ['growth', 'share'], outputs }));
const points = Float64Array.from({ length: 2 * runs }, (_, i) => (i % 2 === 0 ? 0.2 + i / 40000 : i / 20000));
const spawn = () => browserThread(new Worker('dynamics/browser-worker.js', { type: 'module' }));
const answer = async ({ workers = 0, backend, stopAfter = Infinity, chunkRunsMax = 4000 }) => {
  const stop = new AbortController();
  const progress = [];
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  let ensemble;
  try {
    ensemble = createEnsemble(program, { columns, backend, chunkRunsMax, ...(workers === 0 ? {} : { spawn, threads: workers }) });
    const result = await ensemble.run(points, {
      seed: 11,
      signal: stop.signal,
      onProgress(done) {
        progress.push(done);
        if (done >= stopAfter) stop.abort();
      },
    });
    const bytes = new Uint8Array(result.values.buffer);
    const { complete, done, threads, faultCount } = result;
    const passedOver = result.passedOver.map(({ code }) => code);
    return { backend: result.backend, complete, done, threads, faultCount, passedOver, progress, turns,
      made: result.made.reduce((sum, one) => sum + one, 0), bytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
  } catch (cause) {
    if (!(cause instanceof DynamicsError)) throw cause;
    return { refused: cause.diagnostics.map(({ code, message }) => ({ code, message })) };
  } finally {
    clearInterval(timer);
    ensemble?.close();
  }
};
window.ask = (options) => new Promise((resolve, reject) => setTimeout(() => answer(options).then(resolve, reject)));
document.title = 'ready';
`;

interface Answer {
  backend: string;
  complete: boolean;
  done: number;
  threads: number;
  faultCount: number;
  passedOver: string[];
  progress: number[];
  turns: number;
  made: number;
  bytes: string;
  refused?: { code: string; message: string }[];
}

const executablePath =
  process.env.TANDEM_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

beforeAll(async () => {
  if (!executablePath) throw new Error('The browser tests need Chromium: apt-get install chromium');
  buildPackage(join(folder, 'dynamics'));
  const first = readmeBlocks().find(({ language }) => language === 'js')?.code ?? '';
  const files: Record<string, string> = {
    'index.html': readmeBlock('html'),
    'page.js': readmeBlock('js', 'page.js'),
    'model.xmile': /<xmile[\s\S]*<\/xmile>/.exec(first)?.[0] ?? '',
    'ensemble.html': '<!doctype html><title>starting</title><script type="module" src="ensemble.js"></script>',
    'ensemble.js': script,
    'sample.xmile': model,
    'wanted.js': JSON.stringify({ columns, outputs, runs }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  server = await servePages(folder);
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A page with all that it complained about. */
async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  await page.goto(server.url + path);
  return { page, complaints };
}

async function ready(path: string): Promise<{ page: Page; complaints: string[] }> {
  const opened = await open(path);
  await expect.poll(() => opened.page.title(), { timeout: 30_000 }).toBe('ready');
  return opened;
}

function ask(page: Page, options: Record<string, unknown>): Promise<Answer> {
  return page.evaluate<Answer>(`ask(${JSON.stringify(options)})`);
}

/** What Node makes of the same model and seed. */
async function valuesOfNode(): Promise<Float64Array> {
  const program = expectValue(compileModel(expectValue(readXmile(model)), { inputs: ['growth', 'share'], outputs }));
  const points = Float64Array.from({ length: 2 * runs }, (_, i) => (i % 2 === 0 ? 0.2 + i / 40000 : i / 20000));
  const { values, backend, faultCount } = await createEnsemble(program, { columns }).run(points, { seed: 11 });
  expect([backend, faultCount]).toEqual(['wasm', 0]);
  return values;
}

function valuesOf({ bytes }: Answer): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(bytes, 'hex')).buffer);
}

describe('a page under a strict Content-Security-Policy', () => {
  it('runs the page of the README', async () => {
    const { page, complaints } = await open('/index.html');
    await page.waitForSelector('output:not(:empty)');
    expect(`${await page.textContent('output')}\n`).toBe(readmeBlock('text', 'page'));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('gets the bits of Node, in its own thread and in two workers', async () => {
    const { page, complaints } = await ready('/ensemble.html');
    const expected = await valuesOfNode();
    const own = await ask(page, { backend: 'auto' });
    const workers = await ask(page, { workers: 2, backend: 'auto' });
    for (const answer of [own, workers]) {
      expect(answer).toMatchObject({ backend: 'wasm', passedOver: [], complete: true, done: runs, faultCount: 0 });
      const values = valuesOf(answer);
      expect(values.length).toBe(width * runs);
      const isWalk = (place: number): boolean => place % width === width - 1;
      const others = [...values.keys()].filter((i) => !isWalk(i) && !Object.is(values[i], expected[i]));
      expect(others).toEqual([]);
      const walks = [...values.keys()].filter((i) => isWalk(i) && !(Math.abs(values[i]! / expected[i]! - 1) < 1e-12));
      expect(walks).toEqual([]);
    }
    expect([own.threads, workers.threads]).toEqual([1, 2]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('tells how far it is, leaves the page its thread, and stops when asked', async () => {
    const { page, complaints } = await ready('/ensemble.html');
    for (const workers of [0, 2]) {
      const whole = await ask(page, { workers, backend: 'wasm', chunkRunsMax: 100 });
      expect(whole.progress.length).toBeGreaterThan(30);
      expect(whole.progress).toEqual([...whole.progress].sort((a, b) => a - b));
      expect(whole.progress.at(-1)).toBe(runs);
      const stopped = await ask(page, { workers, backend: 'interp', chunkRunsMax: 10, stopAfter: 50 });
      expect(stopped.complete).toBe(false);
      expect(stopped.done).toBeGreaterThanOrEqual(50);
      expect(stopped.done).toBeLessThan(200);
      expect(stopped.made).toBe(stopped.done);
    }
    const slow = await ask(page, { backend: 'interp', chunkRunsMax: 20, stopAfter: 400 });
    expect(slow.turns).toBeGreaterThan(2);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([0, 2])('refuses to make JavaScript from text, with %s workers', async (workers) => {
    const { page } = await ready('/ensemble.html');
    const { refused } = await ask(page, { workers, backend: 'js' });
    expect(refused?.map(({ code }) => code)).toEqual(['run.code_forbidden']);
    expect(refused?.[0]?.message).toContain('This page forbids code made at run time');
    await page.close();
  });

  it.each([0, 2])('says why it interprets where WebAssembly is forbidden too, with %s workers', async (workers) => {
    const { page } = await ready('/no-wasm/ensemble.html');
    const answer = await ask(page, { workers, backend: 'auto', stopAfter: 100, chunkRunsMax: 20 });
    expect(answer.backend).toBe('interp');
    expect(answer.passedOver).toEqual(['run.no_wasm', 'run.code_forbidden']);
    expect(answer.done).toBeGreaterThanOrEqual(100);
    await page.close();
  });
});
