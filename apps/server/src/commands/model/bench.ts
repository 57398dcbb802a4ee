import { parseArgs } from 'node:util';
import {
  type Column,
  compileModel,
  createEnsemble,
  describeModel,
  type Program,
  quoteName,
  readXmile,
  type SourceFile,
  savedTimes,
  scalePoints,
  uniformPoints,
} from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { backendFrom, columnFrom, countFrom, rangesFrom } from './arguments.ts';
import { printJson, readModel, stoppedCode, told, watched } from './session.ts';

/** `tandem model bench FILE`: how many runs a second this machine makes of a model. */
export async function benchCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '10000' },
      vary: { type: 'string', multiple: true, default: [] },
      output: { type: 'string', multiple: true },
      threads: { type: 'string', default: '1' },
      backend: { type: 'string', default: 'auto' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const runs = countFrom(values.runs, 'runs', 1, 100_000_000);
  const threads = countFrom(values.threads, 'threads', 1, 256);
  const seed = countFrom(values.seed, 'seed', 0, 2 ** 31);
  const ranges = rangesFrom(values.vary);
  const backend = backendFrom(values.backend);
  const asked = values.output?.map(columnFrom);
  const bytes = await readModel(positionals[0]);
  const beganMs = performance.now();
  const file = told(readXmile(bytes));
  const readMs = performance.now() - beganMs;
  const outputs = asked?.map(({ output }) => output) ?? stocksOf(file);
  const program = told(compileModel(file, { inputs: ranges.map(({ name }) => name), outputs }));
  const columns = asked ?? program.outputs.map(({ name }): Column => ({ output: name, reduce: { kind: 'final' } }));
  const own = createEnsemble(program, { columns, backend });
  await own.run(new Float64Array());
  // From what the file says to a kernel that is ready to run, in this fresh process.
  const compileMs = performance.now() - beganMs - readMs;
  const ensemble = threads === 1 ? own : createEnsemble(program, { columns, backend, spawn: nodeThread, threads });
  try {
    const points = scalePoints(told(uniformPoints(runs, ranges.length, seed)), ranges);
    // Workers that stand idle have not compiled yet, and code is made fast only once it has run for a while.
    await ensemble.run(points.slice(0, Math.min(runs, 1024 * threads) * ranges.length));
    const startedMs = performance.now();
    const { value: result, stopped } = await watched((watch) => ensemble.run(points, { seed, ...watch }));
    const seconds = (performance.now() - startedMs) / 1000;
    const answer = {
      backend: result.backend,
      threads: result.threads,
      runs: result.done,
      stepsPerRun: program.time.steps,
      seconds,
      runsPerSecond: result.done / seconds,
      compileMs,
      readMs,
      faults: result.faultCount,
      complete: result.complete,
    };
    if (values.json) printJson(answer);
    else process.stdout.write(lines(answer, program));
    return stopped ? stoppedCode : 0;
  } finally {
    ensemble.close();
  }
}

/** Without a choice of outputs, the stocks; those of modules where the model itself has none. */
function stocksOf(file: SourceFile): string[] {
  const own = file.models[0]?.variables.filter(({ kind }) => kind === 'stock').map(({ name }) => quoteName(name)) ?? [];
  if (own.length > 0) return own;
  const all = describeModel(file);
  const stocks = all.filter(({ kind }) => kind === 'stock');
  return (stocks.length > 0 ? stocks : all.slice(0, 1)).map(({ name }) => name);
}

function lines(answer: Record<string, number | string | boolean>, program: Program): string {
  const times = savedTimes(program.time);
  return `${Object.entries(answer)
    .map(([name, value]) => `${name.padEnd(14)}${value}`)
    .join('\n')}\ntime          ${times[0]} to ${times.at(-1)} by ${program.time.method}\n`;
}
