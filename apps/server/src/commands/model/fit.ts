import { parseArgs } from 'node:util';
import {
  type CmaReport,
  compileModel,
  createEnsemble,
  type Evaluate,
  evaluateWith,
  type FitParameter,
  fitLeastSquares,
  type LeastSquaresReport,
  minimise,
  type PosteriorReport,
  type Range,
  samplePosterior,
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
  const searches = countFrom(values.starts, 'starts', 1, 1000);
  const threads = countFrom(values.threads, 'threads', 1, 256);
  const ranges = rangesFrom(values.vary);
  const backend = backendFrom(values.backend);
  const file = await openModel(positionals[0]);
  const series = await readSeries(values.data);
  const program = told(
    compileModel(file, { inputs: ranges.map(({ name }) => name), outputs: series.map(({ name }) => name) }),
  );
  const starts = ranges.map(({ low, high, scale }, at) => {
    const start = program.inputs[at]!.value;
    return start > low && start < high ? start : scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
  });
  const spawned = threads === 1 ? {} : { spawn: nodeThread, threads };
  const ensemble = createEnsemble(program, { columns: columnsOf(series), backend, ...spawned });
  try {
    const evaluate = evaluateWith(ensemble, { seed });
    const { value, stopped } = await watched((watch) =>
      fitBy[method]({ evaluate, ranges, starts, series, seed, searches, watch }),
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
  ranges: readonly Range[];
  /** Where the model itself stands, or the middle of a range that does not hold it. */
  starts: readonly number[];
  series: readonly MeasuredSeries[];
  seed: number;
  searches: number;
  watch: Required<Watch>;
}

type Report = LeastSquaresReport | CmaReport | PosteriorReport;

const fitBy: Record<(typeof methods)[number], (problem: Problem) => Promise<Report>> = {
  'least-squares': async ({ evaluate, ranges, starts, series, seed, searches, watch }) => {
    const parameters = ranges.map((range, at): FitParameter => ({ ...range, start: starts[at]! }));
    return told(
      await fitLeastSquares(evaluate, parameters, observationsOf(series), { seed, starts: searches, ...watch }),
    );
  },
  'cma-es': async ({ evaluate, ranges, starts, series, seed, watch }) =>
    told(await minimise(sumOfSquares(evaluate, series), ranges, { start: starts, seed, restarts: 2, ...watch })),
  posterior: async ({ evaluate, ranges, series, seed, watch }) => {
    const evidence = series.map(({ name, values }) => ({
      name,
      observations: values,
      noise: { distribution: 'normal' as const, deviation: noiseOf(name, values) },
    }));
    return told(await samplePosterior(evaluate, ranges, evidence, { seed, ...watch })).report;
  },
};

/** The misfit as one number, each series by its own spread. */
function sumOfSquares(evaluate: Evaluate, series: readonly MeasuredSeries[]): Evaluate {
  const { values, deviations } = observationsOf(series);
  return async (points, count) => {
    const rows = await evaluate(points, count);
    return Float64Array.from({ length: count }, (_, run) =>
      values.reduce((sum, value, i) => {
        const residual = (rows[run * values.length + i]! - value) / deviations[i]!;
        return Number.isNaN(value) ? sum : sum + residual ** 2;
      }, 0),
    );
  };
}

/** The size of the noise is found along with the parameters: from a ten-thousandth of the spread of the data to twice it. */
function noiseOf(name: string, values: readonly number[]): Range {
  const spread = spreadOf(values);
  return { name: `noise of ${name}`, low: 1e-4 * spread, high: 2 * spread, scale: 'log' };
}

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

function tableOf(report: Report): string {
  const width = Math.max(8, ...report.parameters.map(({ name }) => name.length));
  const row = (name: string, value: number, note: string) => `${name.padEnd(width)}  ${value}  ${note}`;
  const early = report.complete ? '' : ', stopped early';
  switch (report.method) {
    case 'least_squares': {
      const lines = report.parameters.map(({ name, value, deviation, low, high, bound }) => {
        const interval = deviation === null ? 'not settled by the data' : `${low} to ${high}`;
        return row(name, value, bound === null ? interval : `at the ${bound} end of its range`);
      });
      const { sumOfSquares: sum, observations, evaluations, end } = report;
      return `${lines.join('\n')}\nsum of squares ${sum} over ${observations} values, ${evaluations} runs, ${end}${early}\n`;
    }
    case 'cma_es': {
      const lines = report.parameters.map(({ name, value, bound }) =>
        row(name, value, bound === null ? '' : `at the ${bound} end of its range`),
      );
      return `${lines.join('\n')}\nsum of squares ${report.value}, ${report.evaluations} runs, ${report.end}${early}\n`;
    }
    case 'posterior': {
      const lines = report.parameters.map(({ name, mean, low, high, rhat }) =>
        row(name, mean, `${low} to ${high}, R-hat ${rhat.toFixed(4)}`),
      );
      const verdict = report.converged ? 'converged' : 'NOT converged';
      return `${lines.join('\n')}\n${report.evaluations} runs, ${verdict}${early}\n`;
    }
  }
}
