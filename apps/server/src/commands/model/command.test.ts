import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = join(import.meta.dirname, '../../cli.ts');

/** A pot of people who talk each other into joining: dx/dt = r + x - x^3, with a loop of each kind. */
const threshold = `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <header><vendor>Tandem</vendor><product version="1.0">Tandem</product></header>
  <sim_specs method="rk4"><start>0</start><stop>10</stop><dt>0.1</dt></sim_specs>
  <model><variables>
    <stock name="x"><eqn>start</eqn><inflow>change</inflow></stock>
    <flow name="change"><eqn>r + gain * x - x^3</eqn></flow>
    <aux name="start"><eqn>0.1</eqn></aux>
    <aux name="r"><eqn>0</eqn></aux>
    <aux name="gain"><eqn>1</eqn></aux>
  </variables></model>
</xmile>`;

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-model-'));
  file = join(folder, 'threshold, first.xmile');
  await writeFile(file, threshold);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function model(...args: string[]): Promise<Ended> {
  return run(args).ended;
}

function run(args: string[]) {
  const child = spawn(process.execPath, [cli, 'model', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, out, err })));
  return { child, ended };
}

describe('tandem model', () => {
  it('runs a model and prints every variable at every save step with all digits', async () => {
    const { code, out } = await model('run', file, '--set', 'r=0.25', '--set', 'start=0', '--csv');
    expect(code).toBe(0);
    const [header, ...rows] = out.trim().split('\n');
    expect(header).toBe('Time,x,change,start,r,gain');
    expect(rows).toHaveLength(101);
    expect(rows[3]!.startsWith('0.3,')).toBe(true);
    const x = Number(rows.at(-1)!.split(',')[1]);
    // The real root of 0.25 + x - x^3.
    expect(x).toBeCloseTo(1.1071598716, 8);
  });

  it('tells what is wrong with a model, with the line, and fails', async () => {
    const broken = join(folder, 'broken.xmile');
    await writeFile(broken, threshold.replace('r + gain * x - x^3', 'r + gian * x - (x^3'));
    const text = await model('check', broken);
    expect(text.code).toBe(1);
    expect(text.out).toContain('broken.xmile:7:');
    const json = await model('check', broken, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false });
    const good = await model('check', file, '--json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, errors: 0, variables: 5 });
    const ran = await model('run', broken, '--json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject({ diagnostics: [{ severity: 'error' }] });
  });

  it('counts how fast a model runs', async () => {
    const { code, out } = await model('bench', file, '--runs', '1000', '--vary', 'r=-1:1,gain=0:2', '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ threads: 1, runs: 1000, stepsPerRun: 100 });
    expect(answer.runsPerSecond).toBeCloseTo(answer.runs / answer.seconds, 3);
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(['backend', 'threads', 'runs', 'stepsPerRun', 'seconds', 'runsPerSecond', 'compileMs']),
    );
    const threads = await model(
      'bench',
      file,
      '--runs',
      '1000',
      '--vary',
      'r=-1:1',
      '--threads',
      '2',
      '--backend',
      'js',
    );
    expect(threads.out).toMatch(/threads +2/);
  });

  it('ranks inputs by Sobol and by Morris', async () => {
    const vary = ['--vary', 'r=0.2:0.6', '--vary', 'start=0.1:0.11', '--output', 'x'];
    const sobol = await model('sensitivity', file, ...vary, '--runs', '2048', '--seed', '3', '--json');
    expect(sobol.code).toBe(0);
    expect(JSON.parse(sobol.out).outputs[0].ranking[0]).toBe('r');
    const again = await model(
      'sensitivity',
      file,
      ...vary,
      '--runs',
      '2048',
      '--seed',
      '3',
      '--threads',
      '2',
      '--json',
    );
    expect(again.out).toBe(sobol.out);
    const morris = await model('sensitivity', file, ...vary, '--method', 'morris', '--runs', '60', '--json');
    expect(JSON.parse(morris.out).outputs[0].ranking[0]).toBe('r');
  });

  it.each(['least-squares', 'cma-es', 'posterior'])('finds the inputs behind measurements by %s', async (method) => {
    const made = await model('run', file, '--set', 'r=0.3', '--set', 'gain=0.8', '--csv');
    const data = join(folder, 'measured.csv');
    // Every tenth row, the last value of the first column missing.
    const rows = made.out
      .trim()
      .split('\n')
      .slice(1)
      .filter((_, at) => at % 10 === 0);
    const cells = rows.map((row) => row.split(',').slice(0, 2));
    const noisy = cells.map(([time, x], at) => `${time},${at === 4 ? '' : Number(x) + 0.001 * Math.sin(7 * at)}`);
    await writeFile(data, ['Time,x', ...noisy].join('\n'));
    const { code, out, err } = await model(
      'fit',
      file,
      '--data',
      data,
      '--vary',
      'r=-1:1,gain=0:3',
      '--method',
      method,
      '--json',
    );
    expect(
      err
        .split('\n')
        .filter((line) => !/^\d+ of \d+|^warning/.test(line))
        .join(''),
    ).toBe('');
    expect(code).toBe(0);
    const [r, gain] = JSON.parse(out).parameters as { name: string; value?: number; mean?: number }[];
    expect(r!.value ?? r!.mean).toBeCloseTo(0.3, 2);
    expect(gain!.value ?? gain!.mean).toBeCloseTo(0.8, 1);
  });

  it('finds where a model tips', async () => {
    const { code, out } = await model('equilibria', file, '--along', 'r=-1:1', '--json');
    expect(code).toBe(0);
    const folds = JSON.parse(out).bifurcations.map(({ parameter }: { parameter: number }) => parameter);
    expect(folds).toHaveLength(2);
    expect(folds[1]).toBeCloseTo(2 / (3 * Math.sqrt(3)), 9);
  });

  it('scores the feedback loops', async () => {
    const { code, out } = await model('loops', file, '--json');
    expect(code).toBe(0);
    const { loops, times } = JSON.parse(out);
    expect(loops).toHaveLength(1);
    expect(loops[0].variables).toEqual(['x', 'change']);
    expect(loops[0].scores).toHaveLength(times.length);
  });

  it.each([
    [['run']],
    [['run', 'not-there.xmile']],
    [['walk', 'x']],
    [['bench', 'x.xmile', '--vary', 'r=1']],
    [['sensitivity', 'x.xmile', '--vary', 'r=0:1', '--method', 'guess', '--output', 'x']],
    [['equilibria', 'x.xmile']],
  ])('refuses wrong usage: %j', async (args) => {
    const { code, out, err } = await model(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('leaves what is known on Ctrl-C and says so', async () => {
    const { child, ended } = run(['bench', file, '--runs', '30000000', '--vary', 'r=0:1', '--json']);
    // The first progress tells that it has begun and listens.
    await new Promise((done) => child.stderr.once('data', done));
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    const answer = JSON.parse(out);
    expect(answer.complete).toBe(false);
    expect(answer.runs).toBeLessThan(30_000_000);
  });
});
