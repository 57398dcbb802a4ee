import { describe, expect, it } from 'vitest';
import { generatedProgram, seededRandom } from '../../test/generated-program.ts';
import { shakenGrowth, timeGrid } from '../../test/small-programs.ts';
import type { Backend } from '../backend/kernel.ts';
import { DynamicsError } from '../diagnostic.ts';
import { nodeThread } from '../node.ts';
import type { Program } from '../program/program.ts';
import {
  createEnsemble,
  type EnsembleOptions,
  type EnsembleResult,
  evaluateWith,
  type RunOptions,
} from './ensemble.ts';
import { faultWarning } from './faults.ts';
import { quantilesOver } from './quantiles.ts';
import { type FromWorker, type ToWorker, type WorkerLike, workerAnswers } from './worker-messages.ts';

const growth = shakenGrowth(timeGrid(40, 4, 'rk4'));
const columns: EnsembleOptions['columns'] = [
  { output: 'x', reduce: { kind: 'series' } },
  { output: 'x', reduce: { kind: 'max' } },
  { output: 'ratio', reduce: { kind: 'final' } },
];

function pointsOf(runs: number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: 2 * runs }, (_, i) => (i % 2 === 0 ? random() : 1 + random()));
}

async function resultOf(
  program: Program,
  options: EnsembleOptions,
  points: Float64Array,
  run?: RunOptions,
): Promise<EnsembleResult> {
  const ensemble = createEnsemble(program, options);
  try {
    return await ensemble.run(points, run);
  } finally {
    ensemble.close();
  }
}

/** The bits of an array, so that NaN and -0 count. */
function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.slice().buffer);
}

/** Codes of the findings that a task ends with. */
async function codesOf(task: () => unknown): Promise<string[]> {
  try {
    await task();
  } catch (cause) {
    if (cause instanceof DynamicsError) return cause.diagnostics.map(({ code }) => code);
    throw cause;
  }
  return [];
}

/** A worker in the thread of the test; `fate` may end it when a message comes. */
function worker(fate: (message: ToWorker) => boolean = () => false): WorkerLike & { stopped: boolean } {
  let tell: (message: FromWorker) => void = () => undefined;
  let die: (reason: string) => void = () => undefined;
  const answer = workerAnswers((message) => setTimeout(() => tell(structuredClone(message))));
  const made = {
    stopped: false,
    listen(onMessage: typeof tell, onDeath: typeof die) {
      tell = onMessage;
      die = onDeath;
    },
    post(message: ToWorker) {
      const copy = structuredClone(message);
      if (fate(message)) setTimeout(() => die('killed'));
      else setTimeout(() => answer(copy));
    },
    stop() {
      made.stopped = true;
    },
  };
  return made;
}

describe('bits', () => {
  const points = pointsOf(203);
  const backends: Backend[] = ['interp', 'js', 'wasm'];

  it.each(backends)('%s: do not depend on threads, lanes and pieces of work', { timeout: 60_000 }, async (backend) => {
    const wanted = { seed: 7 };
    const expected = await resultOf(growth, { columns, backend, lanes: 1, chunkRunsMax: 1 }, points, wanted);
    expect(expected).toMatchObject({ backend, threads: 1, complete: true, done: 203, faultCount: 0 });
    const others: Partial<EnsembleOptions>[] = [
      { lanes: 3, chunkRunsMax: 50 },
      { lanes: 8 },
      { spawn: nodeThread, lanes: 2, chunkRunsMax: 7 },
      { spawn: nodeThread, threads: 2, lanes: 4 },
      { spawn: nodeThread, threads: 3, lanes: 64, chunkRunsMax: 19 },
    ];
    for (const other of others) {
      const { values, complete } = await resultOf(growth, { columns, backend, ...other }, points, wanted);
      expect(complete).toBe(true);
      expect(bitsOf(values)).toEqual(bitsOf(expected.values));
    }
  });

  it('depend on the seed and on the number of the run, so that an ensemble can be made in parts', async () => {
    const whole = await resultOf(growth, { columns }, points, { seed: 3 });
    const other = await resultOf(growth, { columns }, points, { seed: 4 });
    const end = await resultOf(growth, { columns }, points.subarray(200), { seed: 3, firstRun: 100 });
    expect(bitsOf(other.values)).not.toEqual(bitsOf(whole.values));
    expect(bitsOf(end.values)).toEqual(bitsOf(whole.values.subarray(100 * whole.columns.length)));
  });

  it('are those of the generated programs too', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const program = generatedProgram(seed);
      const all = program.outputs.map(({ name }) => ({ output: name, reduce: { kind: 'series' as const } }));
      const random = seededRandom(seed);
      const varied = Float64Array.from({ length: 9 * program.inputs.length }, () => 2 * random() - 1);
      const a = await resultOf(program, { columns: all, backend: 'interp', lanes: 2 }, varied, { seed });
      const b = await resultOf(program, { columns: all, backend: 'js', chunkRunsMax: 4 }, varied, { seed });
      expect(bitsOf(b.values), `generatedProgram(${seed})`).toEqual(bitsOf(a.values));
      expect(b.faults).toEqual(a.faults);
    }
  });
});

describe('inputs', () => {
  it('that are not varied keep their default', async () => {
    const points = Float64Array.of(2, 4, 8);
    const options = { columns: [{ output: 'ratio', reduce: { kind: 'final' as const } }], inputs: ['divisor'] };
    expect([...(await resultOf(growth, options, points)).values]).toEqual([0.5, 0.25, 0.125]);
    const none = await resultOf(growth, { ...options, inputs: [] }, new Float64Array(), { runs: 2 });
    expect([...none.values]).toEqual([0.5, 0.5]);
  });

  it('and columns that cannot be are named', async () => {
    const bad = { output: 'y', reduce: { kind: 'at' as const, time: 11 } };
    expect(await codesOf(() => createEnsemble(growth, { columns: [bad], inputs: ['q', 'rate', 'rate'] }))).toEqual([
      'run.no_output',
      'run.time_outside',
      'run.no_input',
      'run.input_twice',
    ]);
    expect(await codesOf(() => createEnsemble(growth, { columns: [] }))).toEqual(['run.no_columns']);
    expect(await codesOf(() => createEnsemble(growth, { columns, threads: 2 }))).toEqual(['run.no_threads']);
    expect(await codesOf(() => createEnsemble(growth, { columns, lanes: 0.5 }))).toEqual(['run.bad_number']);
    const ensemble = createEnsemble(growth, { columns });
    expect(await codesOf(() => ensemble.run(new Float64Array(3)))).toEqual(['run.points_shape']);
    expect(await codesOf(() => ensemble.run(new Float64Array(4), { runs: 3 }))).toEqual(['run.points_shape']);
    expect(await codesOf(() => ensemble.run(new Float64Array(4), { seed: 0.5 }))).toEqual(['run.bad_number']);
    const still = createEnsemble(growth, { columns, inputs: [] });
    expect(await codesOf(() => still.run(new Float64Array()))).toEqual(['run.runs_needed']);
  });

  it('of an experiment are points of a function', async () => {
    const ensemble = createEnsemble(growth, { columns: [{ output: 'ratio', reduce: { kind: 'final' } }] });
    expect([...(await evaluateWith(ensemble)(Float64Array.of(1, 2, 1, 0), 2))]).toEqual([
      0.5,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe('a run that does not stay finite', () => {
  it('is named, and harms no other', async () => {
    const points = pointsOf(20);
    const expected = await resultOf(growth, { columns }, points);
    points[2 * 5 + 1] = 0;
    points[2 * 11 + 1] = Number.NaN;
    for (const backend of ['interp', 'js', 'wasm'] as const) {
      const found = await resultOf(growth, { columns, backend }, points);
      expect(found.complete).toBe(true);
      expect(found.faultCount).toBe(2);
      expect(found.faults).toEqual([
        { run: 5, kind: 'not_finite', time: 0, name: 'ratio' },
        { run: 11, kind: 'not_finite', time: 0, name: 'ratio' },
      ]);
      expect(faultWarning(found.faults[0]!).message).toContain('ratio stopped being a finite number at time 0.');
      const width = found.columns.length;
      const others = expected.values.map((value, i) => {
        const run = Math.floor(i / width);
        return run === 5 || run === 11 ? found.values[i]! : value;
      });
      found.values.forEach((value, i) => {
        if (Number.isFinite(others[i]!)) expect(Math.abs(value - others[i]!)).toBeLessThan(1e-12);
      });
    }
  });

  it('is counted when there are many', async () => {
    const points = pointsOf(1500).map((value, i) => (i % 2 === 0 ? value : 0));
    const { faults, faultCount } = await resultOf(growth, { columns, backend: 'js' }, points);
    expect([faults.length, faultCount]).toEqual([1000, 1500]);
    expect(faults.filter(({ name }) => name !== undefined).map(({ run }) => run)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });
});

describe('progress and cancelling', () => {
  it.each([
    ['in the thread', {}],
    ['in workers', { spawn: nodeThread, threads: 2 }],
  ])('%s: what is known stays', { timeout: 30_000 }, async (_, where) => {
    const points = pointsOf(500);
    const stop = new AbortController();
    const told: number[] = [];
    const found = await resultOf(growth, { columns, backend: 'js', chunkRunsMax: 10, ...where }, points, {
      signal: stop.signal,
      onProgress(done, total) {
        expect(total).toBe(500);
        told.push(done);
        if (done >= 100) stop.abort();
      },
    });
    expect(found.complete).toBe(false);
    expect(found.done).toBeGreaterThanOrEqual(100);
    expect(found.done).toBeLessThan(200);
    expect(told.at(-1)).toBe(found.done);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const whole = await resultOf(growth, { columns, backend: 'js' }, points);
    const width = whole.columns.length;
    let made = 0;
    found.made.forEach((is, run) => {
      const row = found.values.subarray(run * width, (run + 1) * width);
      made += is;
      if (is === 1) expect(row).toEqual(whole.values.subarray(run * width, (run + 1) * width));
      else expect(row.every(Number.isNaN)).toBe(true);
    });
    expect(made).toBe(found.done);
  });

  it('lets others have the thread in between', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await resultOf(growth, { columns, backend: 'js', chunkRunsMax: 5 }, pointsOf(2000));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('ends with what is known when it is closed, and runs no more', async () => {
    for (const spawn of [undefined, () => worker()]) {
      const ensemble = createEnsemble(growth, { columns, chunkRunsMax: 5, ...(spawn === undefined ? {} : { spawn }) });
      const found = await ensemble.run(pointsOf(100), { onProgress: () => ensemble.close() });
      expect(found.complete).toBe(false);
      expect(found.done).toBe(5);
      await expect(ensemble.run(pointsOf(1))).rejects.toThrow('closed');
    }
  });

  it('makes runs asked for at the same time one after the other', async () => {
    const ensemble = createEnsemble(growth, { columns, spawn: () => worker(), threads: 2 });
    const [a, b] = await Promise.all([ensemble.run(pointsOf(30)), ensemble.run(pointsOf(30, 2))]);
    ensemble.close();
    expect(bitsOf(a.values)).toEqual(bitsOf((await resultOf(growth, { columns }, pointsOf(30))).values));
    expect(bitsOf(b.values)).toEqual(bitsOf((await resultOf(growth, { columns }, pointsOf(30, 2))).values));
  });
});

describe('limits', () => {
  it('refuses what would not fit before anything is run', async () => {
    const ensemble = createEnsemble(growth, { columns, bytesMax: 2 ** 20 });
    let progressed = false;
    const task = () => ensemble.run(new Float64Array(2 * 10_000), { onProgress: () => (progressed = true) });
    expect(await codesOf(task)).toEqual(['run.too_large']);
    expect(progressed).toBe(false);
    expect((await ensemble.run(pointsOf(1000))).complete).toBe(true);
    expect(await codesOf(() => createEnsemble(growth, { columns, bytesMax: 1000 }))).toEqual(['run.too_large']);
  });

  it('saves no more than the columns need', async () => {
    const time = timeGrid(4000, 1, 'euler');
    const ends = { columns: [{ output: 'x', reduce: { kind: 'final' as const } }], bytesMax: 20_000 };
    expect((await resultOf(shakenGrowth(time), ends, pointsOf(3))).complete).toBe(true);
    const all = { ...ends, columns: [{ output: 'x', reduce: { kind: 'max' as const } }] };
    expect(await codesOf(() => createEnsemble(shakenGrowth(time), all))).toEqual(['run.too_large']);
  });
});

describe('workers that end', () => {
  const points = pointsOf(60);
  const options = { columns, threads: 2, chunkRunsMax: 5 };

  it('have their work done again by another one', async () => {
    const expected = await resultOf(growth, { columns }, points);
    let messages = 0;
    const spawned: ReturnType<typeof worker>[] = [];
    const spawn = () => {
      const made = worker(({ type }) => type === 'chunk' && ++messages === 4);
      spawned.push(made);
      return made;
    };
    const found = await resultOf(growth, { ...options, spawn }, points);
    expect(spawned).toHaveLength(3);
    expect(spawned.every(({ stopped }) => stopped)).toBe(true);
    expect(found.complete).toBe(true);
    expect(bitsOf(found.values)).toEqual(bitsOf(expected.values));
  });

  it('are an error when the other one ends too', async () => {
    const spawn = () => worker((message) => message.type === 'chunk' && message.chunk.firstRun > 20);
    expect(await codesOf(() => resultOf(growth, { ...options, spawn }, points))).toEqual(['run.worker_died']);
  });

  it('before they are ready are an error too, as are those that cannot be started', async () => {
    expect(await codesOf(() => resultOf(growth, { ...options, spawn: () => worker(() => true) }, points))).toEqual([
      'run.worker_died',
    ]);
    const spawn = () => {
      throw new Error('no workers here');
    };
    expect(await codesOf(() => resultOf(growth, { ...options, spawn }, points))).toEqual(['run.worker_died']);
  });

  it('in Node are seen to end', { timeout: 30_000 }, async () => {
    let spawned = 0;
    const spawn = (): WorkerLike => {
      const thread = nodeThread();
      const first = spawned++ === 0;
      return {
        ...thread,
        post(message, transfer) {
          if (first && message.type === 'chunk') thread.stop();
          else thread.post(message, transfer);
        },
      };
    };
    const found = await resultOf(growth, { ...options, spawn }, points);
    expect(spawned).toBe(3);
    expect(found.complete).toBe(true);
  });

  it('hand over what the back end refuses', async () => {
    const broken = { ...growth, nodes: [{ op: 'lookup' as const, table: 3, x: 0 }] };
    await expect(resultOf(broken, { ...options, spawn: () => worker() }, points)).rejects.toThrow();
  });
});

describe('quantiles over the runs', () => {
  it('are exact, and leave out what is not finite', async () => {
    const points = Float64Array.from({ length: 202 }, (_, i) =>
      i % 2 === 0 ? 0.1 : 1 / Math.max(1e-300, (i - 1) / 2),
    );
    points[1] = 0;
    const found = await resultOf(growth, { columns: [{ output: 'ratio', reduce: { kind: 'final' } }] }, points);
    const [ratio] = quantilesOver(found, [0, 0.25, 0.5, 1]);
    expect(ratio!.count).toBe(100);
    [1, 25.75, 50.5, 100].forEach((value, i) => {
      expect(ratio!.values[i]).toBeCloseTo(value, 10);
    });
    const none = { values: Float64Array.of(Number.NaN), columns: found.columns, runs: 1 };
    expect(quantilesOver(none, [0.5])[0]).toEqual({ values: Float64Array.of(Number.NaN), count: 0 });
  });
});
