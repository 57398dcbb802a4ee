import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../usage.ts';
import { forecastCommand } from './index.ts';

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'tandem-forecast-'));
});
afterAll(() => rm(data, { recursive: true, force: true }));

describe('the forecast command', () => {
  it.each([
    ['fit'],
    ['nothing', '--brand', 'b'],
    ['toString', '--brand', 'b'],
    ['fit', '--brand', 'b'],
    ['fit', '--brand', 'b', '--model', 'm', '--seed', 'x'],
    ['fit', '--brand', 'b', '--model', 'm', '--seed', ''],
    ['fit', '--brand', 'b', '--model', 'm', '--draws', '1.5'],
    ['run', '--brand', 'b', '--fit', 'f', '--horizon', '1e999'],
    ['run', '--brand', 'b', '--fit', 'f', '--scenario', './nowhere.json'],
    ['backtest', '--brand', 'b', '--model', 'm', '--origins', '  '],
    ['explain', '--brand', 'b', '--fit', 'f', '--samples', 'many'],
    ['optimise', '--brand', 'b', '--fit', 'f', '--goal', 'fame'],
    ['optimise', '--brand', 'b', '--fit', 'f', '--budget', ''],
    ['optimise', '--brand', 'b', '--fit', 'f', '--cvar', 'NaN'],
  ])('refuses %s %s %s %s %s %s %s before a server is started', async (name, ...args) => {
    const wanted = name === 'fit' && args.length === 0 ? [name] : [name, ...args, '--data', data];
    await expect(forecastCommand(wanted)).rejects.toThrow(UsageError);
    expect(await readdir(data)).toEqual([]);
  });

  it('refuses options that it does not have', async () => {
    await expect(forecastCommand(['fit', '--brand', 'b', '--colour', 'red'])).rejects.toThrow('--colour');
  });
});
