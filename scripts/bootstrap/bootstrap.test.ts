import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** A checkout with the real bootstrap, an npm that notes that it was called, and scripts that tell what they see. */
let root: string;
const started: ChildProcess[] = [];

const report = `console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), major: process.versions.node.split('.')[0] }));
if (process.argv.includes('--exit')) process.exit(Number(process.argv.at(-1)));
if (process.argv.includes('--stay')) {
  process.on('SIGTERM', () => { console.log('stopping'); setTimeout(() => process.exit(7), 200); });
  setInterval(() => {}, 1000);
}`;

const npm = `#!/bin/sh
echo "$1" >> "${'$'}CALLS"
sleep 0.4
rm -rf node_modules
mkdir -p node_modules/vite/bin
cp vite-stand-in.js node_modules/vite/bin/vite.js
exit "${'$'}{NPM_CODE:-0}"
`;

const vite = `const fs = require('node:fs'); fs.mkdirSync('dist', { recursive: true }); fs.writeFileSync('dist/index.html', '');
fs.appendFileSync(process.env.CALLS, 'vite\\n');`;

beforeAll(() => {
  root = join(realpathSync(mkdtempSync(join(tmpdir(), 'tandem-bootstrap-'))), 'a checkout');
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  cpSync(join(import.meta.dirname, '..', 'run.mjs'), join(root, 'scripts/run.mjs'), { recursive: true });
  cpSync(import.meta.dirname, join(root, 'scripts/bootstrap'), { recursive: true });
  put('package.json', '{ "type": "module" }');
  put('package-lock.json', '{ "packages": { "node_modules/vite": { "version": "1.0.0" } } }');
  put('apps/server/src/cli.ts', report);
  put('apps/console/index.html', '');
  put('apps/console/src/main.tsx', '');
  put('vite-stand-in.js', vite);
  put('bin/npm', npm, 0o755);
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(process.execPath, join(root, 'bin/node'));
});

beforeEach(() => {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  rmSync(join(root, 'calls'), { force: true });
});

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(dirname(root), { recursive: true, force: true });
});

function calls(): string[] {
  return existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [];
}

interface Start {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  code: Promise<number | null>;
}

function start(args: string[], env: Record<string, string> = {}, cwd = join(root, 'elsewhere')): Start {
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'apps/server/src/cli.ts', ...args], {
    cwd,
    env: { PATH: `${join(root, 'bin')}:${process.env.PATH}`, CALLS: join(root, 'calls'), ...env },
  });
  started.push(child);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk;
  });
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, code, out: () => texts.out, err: () => texts.err };
}

async function until(condition: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition() && performance.now() < end) await sleep(20);
  expect(condition()).toBe(true);
}

describe('the bootstrap', () => {
  it('installs once for several starts at once, then not again', async () => {
    const starts = [start(['a']), start(['b']), start(['c'])];
    expect(await Promise.all(starts.map((one) => one.code))).toEqual([0, 0, 0]);
    expect(calls()).toEqual(['ci']);
    expect(await start(['d']).code).toBe(0);
    expect(calls()).toEqual(['ci']);
  });

  it('keeps standard output, arguments, folder and exit code of the script', async () => {
    const run = start(['--data', './my data', '--exit', '2']);
    expect(await run.code).toBe(2);
    expect(JSON.parse(run.out())).toMatchObject({
      args: ['--data', './my data', '--exit', '2'],
      cwd: join(root, 'elsewhere'),
    });
    expect(run.err()).toContain('installing the packages');
  });

  it('works where the user of an npm script is', async () => {
    const run = start([], { npm_lifecycle_event: 'start', INIT_CWD: join(root, 'elsewhere') }, root);
    expect(await run.code).toBe(0);
    expect(JSON.parse(run.out()).cwd).toBe(join(root, 'elsewhere'));
  });

  it('takes over the lock of a start that was killed', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('exit', resolve));
    writeFileSync(join(root, 'scripts/.install.lock'), `${dead.pid}\n`);
    expect(await start([]).code).toBe(0);
    expect(existsSync(join(root, 'scripts/.install.lock'))).toBe(false);
  });

  it('says so when npm fails, and tries again at the next start', async () => {
    const run = start([], { NPM_CODE: '3' });
    expect(await run.code).toBe(1);
    expect(run.err()).toContain('npm ended with code 3');
    expect(calls()).toEqual(['ci', 'install']);
    expect(run.out()).toBe('');
    expect(await start([]).code).toBe(0);
  });

  it('builds the console for serve, again only when a source has changed', async () => {
    const serve = ['serve', '--exit', '0'];
    expect(await start(serve).code).toBe(0);
    expect(await start(serve).code).toBe(0);
    expect(await start(['serve', '--role', 'worker', '--exit', '0']).code).toBe(0);
    expect(calls()).toEqual(['ci', 'vite']);
    writeFileSync(join(root, 'apps/console/src/main.tsx'), '// changed');
    expect(await start(['kpi', '--exit', '0']).code).toBe(0);
    expect(calls()).toEqual(['ci', 'vite']);
    expect(await start(serve).code).toBe(0);
    expect(calls()).toEqual(['ci', 'vite', 'vite']);
  });

  it('passes a signal on once and waits for the script', async () => {
    const run = start(['--stay']);
    await until(() => run.out().includes('\n'));
    run.child.kill('SIGTERM');
    run.child.kill('SIGTERM');
    expect(await run.code).toBe(7);
    expect(run.out().match(/stopping/g)).toHaveLength(1);
  });

  it('stops the script when it is killed itself', async () => {
    const run = start(['--stay']);
    await until(() => run.out().includes('\n'));
    run.child.kill('SIGKILL');
    await until(() => run.out().includes('stopping'));
  });
});
