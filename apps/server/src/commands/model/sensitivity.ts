import { parseArgs } from 'node:util';
import {
  compileModel,
  createEnsemble,
  evaluateWith,
  type MorrisReport,
  morrisSensitivity,
  type Outcome,
  type SobolReport,
  sobolSensitivity,
} from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { UsageError } from '../usage.ts';
import { backendFrom, columnFrom, countFrom, rangesFrom } from './arguments.ts';
import { openModel, printJson, stoppedCode, told, watched } from './session.ts';

/** `tandem model sensitivity FILE`: which inputs decide an output, by Sobol' indices or by Morris screening. */
export async function sensitivityCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      vary: { type: 'string', multiple: true, default: [] },
      output: { type: 'string', multiple: true, default: [] },
      method: { type: 'string', default: 'sobol' },
      runs: { type: 'string', default: '16384' },
      seed: { type: 'string', default: '1' },
      'second-order': { type: 'boolean', default: false },
      threads: { type: 'string', default: '1' },
      backend: { type: 'string', default: 'auto' },
      json: { type: 'boolean', default: false },
    },
  });
  const { method } = values;
  if (method !== 'sobol' && method !== 'morris') throw new UsageError('--method is sobol or morris.');
  if (values.output.length === 0) throw new UsageError('--output NAME[:reducer] is needed.');
  const runs = countFrom(values.runs, 'runs', 1, 100_000_000);
  const seed = countFrom(values.seed, 'seed', 0, 2 ** 31);
  const threads = countFrom(values.threads, 'threads', 1, 256);
  const ranges = rangesFrom(values.vary);
  const columns = values.output.map(columnFrom);
  const backend = backendFrom(values.backend);
  const file = await openModel(positionals[0]);
  const program = told(
    compileModel(file, { inputs: ranges.map(({ name }) => name), outputs: columns.map(({ output }) => output) }),
  );
  const spawned = threads === 1 ? {} : { spawn: nodeThread, threads };
  const ensemble = createEnsemble(program, { columns, backend, ...spawned });
  try {
    const evaluate = evaluateWith(ensemble, { seed });
    const { value: outcome, stopped } = await watched<Outcome<SobolReport | MorrisReport>>((watch) =>
      method === 'sobol'
        ? sobolSensitivity(evaluate, ranges, values.output, {
            runs,
            seed,
            secondOrder: values['second-order'],
            ...watch,
          })
        : morrisSensitivity(evaluate, ranges, values.output, { runs, seed, ...watch }),
    );
    const report = told(outcome);
    if (values.json) printJson(report);
    else process.stdout.write(report.method === 'sobol' ? sobolTable(report) : morrisTable(report));
    return stopped ? stoppedCode : 0;
  } finally {
    ensemble.close();
  }
}

const shown = (value: number) => value.toFixed(3).padStart(8);

function sobolTable({ outputs, runs, refused, complete }: SobolReport): string {
  const tables = outputs.map(({ name, factors, ranking, mean, standardDeviation }) => {
    const width = Math.max(6, ...factors.map((factor) => factor.name.length));
    const rows = ranking
      .flatMap((wanted) => factors.filter((factor) => factor.name === wanted))
      .map(
        ({ name: factor, first, total }) =>
          `  ${factor.padEnd(width)}${shown(first.value)} [${shown(first.low)}, ${shown(first.high)}]${shown(total.value)} [${shown(total.low)}, ${shown(total.high)}]`,
      );
    const header = `  ${''.padEnd(width)}   first   95 % interval           total   95 % interval`;
    return `${name}: mean ${mean}, standard deviation ${standardDeviation}\n${header}\n${rows.join('\n')}`;
  });
  const notes = refused.map(({ reason }) => reason.message);
  return `${[...tables, ...notes, `${runs} runs${complete ? '' : ', stopped early'}`].join('\n')}\n`;
}

function morrisTable({ outputs, runs, refused, complete }: MorrisReport): string {
  const tables = outputs.map(({ name, factors, ranking }) => {
    const width = Math.max(6, ...factors.map((factor) => factor.name.length));
    const rows = ranking
      .flatMap((wanted) => factors.filter((factor) => factor.name === wanted))
      .map(
        ({ name: factor, muStar, mu, sigma }) =>
          `  ${factor.padEnd(width)}  mu* ${muStar.value}  mu ${mu ?? '-'}  sigma ${sigma ?? '-'}`,
      );
    return `${name}\n${rows.join('\n')}`;
  });
  const notes = refused.map(({ reason }) => reason.message);
  return `${[...tables, ...notes, `${runs} runs${complete ? '' : ', stopped early'}`].join('\n')}\n`;
}
