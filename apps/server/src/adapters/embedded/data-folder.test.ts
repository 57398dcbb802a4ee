import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataFolder, readRunningServer, requireSpace } from './data-folder.ts';
import { identifyProcess } from './process-identity.ts';

let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'tandem-folder-')), 'data');
});

afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

describe('claimDataFolder', () => {
  it('creates the folder for its owner alone and publishes with mode 0600', async () => {
    const folder = await claimDataFolder(dir);
    await folder.publish({ port: 4_000, token: 'secret', version: '1' });
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dir, 'run', 'server.json'))).mode & 0o777).toBe(0o600);
    expect(await readRunningServer(dir)).toEqual({ pid: process.pid, port: 4_000, token: 'secret', version: '1' });
    await folder.release();
    await folder.release();
    expect(await readRunningServer(dir)).toBeUndefined();
  });

  it('refuses a second claim in words that name process and port, until the first is released', async () => {
    const folder = await claimDataFolder(dir);
    await expect(claimDataFolder(dir)).rejects.toMatchObject({ code: 'data.in_use', params: { pid: process.pid } });
    await folder.publish({ port: 4_000, token: 't' });
    await expect(claimDataFolder(dir)).rejects.toThrow(`process ${process.pid}, port 4000`);
    await folder.release();
    const again = await claimDataFolder(dir);
    await again.release();
  });

  it('refuses while another process holds it, and takes over at once when that one was killed', async () => {
    const url = new URL('./data-folder.ts', import.meta.url).href;
    const script = `const { claimDataFolder } = await import(${JSON.stringify(url)});
      const folder = await claimDataFolder(${JSON.stringify(dir)});
      await folder.publish({ port: 4321, token: 't' });
      console.log('claimed'); setInterval(() => folder, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    const refusal = { code: 'data.in_use', params: { dir, pid: other.pid, port: 4321 } };
    await expect(claimDataFolder(dir)).rejects.toMatchObject(refusal);
    expect(await readRunningServer(dir)).toMatchObject({ pid: other.pid, port: 4321 });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await readRunningServer(dir)).toBeUndefined();
    const folder = await claimDataFolder(dir);
    await folder.release();
  });

  it('says when the folder cannot be made or the disk is nearly full', async () => {
    await writeFile(join(dir, '..', 'file'), '');
    const below = join(dir, '..', 'file', 'data');
    await expect(claimDataFolder(below)).rejects.toMatchObject({ code: 'data.not_writable' });
    await expect(requireSpace(join(dir, '..'), 2 ** 60)).rejects.toMatchObject({ code: 'disk.full' });
  });
});

describe('readRunningServer', () => {
  it('does not take a process that got the pid of a dead server for that server', async () => {
    const folder = await claimDataFolder(dir);
    await folder.publish({ port: 4_000, token: 't' });
    const file = join(dir, 'run', 'server.json');
    const written: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...written, startedAs: 'another-boot:1' }));
    expect(await readRunningServer(dir)).toBeUndefined();
    await writeFile(file, JSON.stringify(written).slice(0, 20));
    expect(await readRunningServer(dir)).toBeUndefined();
    await folder.release();
  });

  it('tells processes apart', async () => {
    const [self, again, first] = await Promise.all([process.pid, process.pid, 1].map(identifyProcess));
    expect(self).toEqual(again);
    expect(self?.startedAs).not.toBe(first?.startedAs);
    expect(await identifyProcess(2 ** 30)).toBeUndefined();
  });
});
