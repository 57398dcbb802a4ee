import { parseArgs } from 'node:util';
import {
  compileModel,
  createEnsemble,
  type Evaluate,
  evaluateWith,
  type FitParameter,
  fitLeastSquares,
  type LeastSquaresReport,
  type Watch,
} from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { UsageError } from '../usage.ts';
import { backendFrom, countFrom, rangesFrom } from './arguments.ts';
import { columnsOf, type MeasuredSeries, readSeries } from './series.ts';
import { openModel, printJson, stoppedCode, told, watched } from './session.ts';

const methods = ['least-squares', 'cma-es', 'posterior'] as const;

/** `tandem model fit FILE --data D.csv`: values of inputs with which the model follows what was measured. */
export async function fitCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      vary: { type: 'string', multiple: true, default: [] },
      method: { type: 'string', default: 'least-squares' },
      starts: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: '1' },
      backend: { type: 'string', default: 'auto' },
      json: { type: 'boolean', default: false },
    },
  });
  const method = methods.find((one) => one === values.method);
  if (method === undefined) throw new UsageError(`--method is one of ${methods.join(', ')}.`);
  if (values.data === undefined) throw new UsageError('--data FILE.csv is needed.');
  const seed = countFrom(values.seed, 'seed', 0, 2 ** 31);
  const starts = countFrom(values.starts, 'starts', 1, 1000);
  const threads = countFrom(values.threads, 'threads', 1, 256);
  const ranges = rangesFrom(values.vary);
  const backend = backendFrom(values.backend);
  const file = await openModel(positionals[0]);
  const series = await readSeries(values.data);
  const program = told(
    compileModel(file, { inputs: ranges.map(({ name }) => name), outputs: series.map(({ name }) => name) }),
  );
  const parameters = ranges.map((range, at): FitParameter => {
    const start = program.inputs[at]!.value;
    return start > range.low && start < range.high ? { ...range, start } : range;
  });
  const spawned = threads === 1 ? {} : { spawn: nodeThread, threads };
  const ensemble = createEnsemble(program, { columns: columnsOf(series), backend, ...spawned });
  try {
    const evaluate = evaluateWith(ensemble, { seed });
    const { value, stopped } = await watched((watch) =>
      fitBy[method]({ evaluate, parameters, series, seed, starts, watch }),
    );
    if (values.json) printJson(value);
    else process.stdout.write(tableOf(value));
    return stopped ? stoppedCode : 0;
  } finally {
    ensemble.close();
  }
}

interface Problem {
  evaluate: Evaluate;
  parameters: FitParameter[];
  series: readonly MeasuredSeries[];
  seed: number;
  starts: number;
  watch: Required<Watch>;
}

const fitBy = {
  'least-squares': async ({ evaluate, parameters, series, seed, starts, watch }: Problem) =>
    told(await fitLeastSquares(evaluate, parameters, observationsOf(series), { seed, starts, ...watch })),
};

/** The measurements in the order of the ensemble's columns, each series by its own spread so that none drowns another. */
function observationsOf(series: readonly MeasuredSeries[]) {
  return {
    values: series.flatMap(({ values }) => values),
    deviations: series.flatMap(({ values }) => {
      const spread = spreadOf(values);
      return values.map(() => spread);
    }),
  };
}

/** Standard deviation of what was measured; for a series that never moves its size. */
function spreadOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  return deviation || Math.abs(mean) || 1;
}

function tableOf(report: LeastSquaresReport): string {
  const width = Math.max(8, ...report.parameters.map(({ name }) => name.length));
  const lines = report.parameters.map(({ name, value, deviation, low, high, bound }) => {
    const interval = deviation === null ? 'not settled by the data' : `${low} to ${high}`;
    return `${name.padEnd(width)}  ${value}  ${bound === null ? interval : `at the ${bound} end of its range`}`;
  });
  const end = report.complete ? report.end : 'stopped early';
  return `${[...lines, `sum of squares ${report.sumOfSquares} over ${report.observations} values, ${report.evaluations} runs, ${end}`].join('\n')}\n`;
}
