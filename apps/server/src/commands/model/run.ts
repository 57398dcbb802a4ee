import { parseArgs } from 'node:util';
import { type ModelRun, runModel } from '@tandem/dynamics';
import { UsageError } from '../usage.ts';
import { backendFrom, settingsFrom } from './arguments.ts';
import { openModel, printJson, stoppedCode, told, watched } from './session.ts';

/** `tandem model run FILE`: one run; all values with `--csv` or `--json`, else a summary. */
export async function runCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      output: { type: 'string', multiple: true },
      backend: { type: 'string', default: 'js' },
      seed: { type: 'string', default: '0' },
      csv: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.csv && values.json) throw new UsageError('Take one of --csv and --json.');
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new UsageError('--seed needs a whole number.');
  const settings = settingsFrom(values.set);
  const backend = backendFrom(values.backend);
  const file = await openModel(positionals[0]);
  const { value: outcome, stopped } = await watched(({ signal }) =>
    runModel(file, {
      set: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
      ...(values.output === undefined ? {} : { outputs: values.output }),
      backend,
      seed,
      signal,
    }),
  );
  if (stopped) return stoppedCode;
  const run = told(outcome);
  if (values.json) {
    const series = Object.fromEntries(run.series.map(({ name, values: all }) => [name, all]));
    printJson({ backend: run.backend, times: run.times, series });
  } else process.stdout.write(values.csv ? csvOf(run) : summaryOf(run));
  return 0;
}

/** Time and every variable, one row for each save step, each number with all its digits. */
function csvOf({ times, series }: ModelRun): string {
  const rows = times.map((time, at) => [time, ...series.map(({ values }) => values[at]!)].join(','));
  return `${['Time', ...series.map(({ name }) => name)].map(cell).join(',')}\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function summaryOf({ times, series }: ModelRun): string {
  const header = `time ${times[0]} to ${times.at(-1)}, ${times.length} saved points`;
  const shown = (value: number) => String(Number(value.toPrecision(6))).padStart(14);
  const width = Math.max(8, ...series.map(({ name }) => name.length));
  const titles = ['first', 'last', 'least', 'greatest'].map((title) => title.padStart(14)).join('');
  const lines = series.map(({ name, values }) => {
    const least = values.reduce((most, value) => Math.min(most, value), Number.POSITIVE_INFINITY);
    const greatest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    return `${name.padEnd(width)}${[values[0]!, values.at(-1)!, least, greatest].map(shown).join('')}`;
  });
  return `${[header, `${''.padEnd(width)}${titles}`, ...lines].join('\n')}\n`;
}
