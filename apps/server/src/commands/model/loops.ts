import { parseArgs } from 'node:util';
import { compileModel, type LoopReport, scoreLoops } from '@tandem/dynamics';
import { countFrom, settingsFrom } from './arguments.ts';
import { openModel, printJson, stoppedCode, told, watched } from './session.ts';

/** `tandem model loops FILE`: which feedback loops drive the run, by Loops That Matter. */
export async function loopsCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      'loops-max': { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
    },
  });
  const loopsMax = countFrom(values['loops-max'], 'loops-max', 1, 100_000);
  const settings = settingsFrom(values.set);
  const file = await openModel(positionals[0]);
  const program = told(compileModel(file, { inputs: settings.map(({ name }) => name), traced: true }));
  const inputs = settings.map(({ value }) => value);
  const { value: outcome, stopped } = await watched((watch) => scoreLoops(program, { loopsMax, inputs, ...watch }));
  const report = told(outcome);
  if (values.json) printJson(report);
  else process.stdout.write(tableOf(report));
  return stopped ? stoppedCode : 0;
}

function tableOf({ loops, times, complete }: LoopReport): string {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`.padStart(9);
  const lines = loops.slice(0, 50).map(({ name, share, variables, scores }) => {
    const strongest = scores.reduce((best, score, at) => (Math.abs(score) > Math.abs(scores[best]!) ? at : best), 0);
    return `${name.padEnd(5)}${percent(share)} on average, ${percent(scores[strongest]!)} at ${times[strongest]}: ${variables.join(' -> ')}`;
  });
  const more = loops.length > 50 ? [`and ${loops.length - 50} weaker ones`] : [];
  return `${[...lines, ...more, ...(complete ? [] : ['not every loop was looked at'])].join('\n')}\n`;
}
