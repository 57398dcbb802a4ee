import { parseArgs } from 'node:util';
import { compileModel, type EquilibriaReport, fieldOf, followEquilibria, settledStates } from '@tandem/dynamics';
import { UsageError } from '../usage.ts';
import { numberFrom, rangesFrom, settingsFrom } from './arguments.ts';
import { openModel, printJson, stoppedCode, told, watched } from './session.ts';

/** `tandem model equilibria FILE --along name=low:high`: where the model comes to rest, and where that changes. */
export async function equilibriaCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      along: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      at: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.along === undefined) throw new UsageError('--along name=low:high is needed.');
  const [range, ...more] = rangesFrom([values.along]);
  if (range === undefined || more.length > 0) throw new UsageError('--along takes one name=low:high.');
  const settings = settingsFrom(values.set);
  const at = values.at === undefined ? undefined : numberFrom(values.at, '--at');
  const file = await openModel(positionals[0]);
  const names = [range.name, ...settings.map(({ name }) => name)];
  const program = told(compileModel(file, { inputs: names }));
  const fixed = settings.map(({ value }) => value);
  const field = told(fieldOf(program, { fixed, ...(at === undefined ? {} : { at }) }));
  const starts = settledStates(program, [range.low, (range.low + range.high) / 2, range.high], fixed);
  const { value: outcome, stopped } = await watched((watch) => followEquilibria(field, range, { starts, ...watch }));
  const report = told(outcome);
  if (values.json) printJson(report);
  else process.stdout.write(tableOf(report));
  return stopped ? stoppedCode : 0;
}

const kinds = { fold: 'fold', hopf: 'onset of oscillation', branch: 'crossing of branches' };

function tableOf({ parameter, low, high, stocks, branches, bifurcations, complete }: EquilibriaReport): string {
  const stateOf = (state: readonly number[]) => stocks.map((name, i) => `${name} = ${state[i]}`).join(', ');
  const lines = [
    `equilibria along ${parameter} from ${low} to ${high}: ${branches.length} branches${complete ? '' : ' (search not finished)'}`,
    ...branches.map(({ points }, i) => {
      const stable = points.filter((point) => point.stable).length;
      const [first, last] = [points[0]!, points.at(-1)!];
      return `  branch ${i + 1}: ${points.length} points (${stable} stable), ${parameter} ${first.parameter} (${stateOf(first.state)}) to ${last.parameter} (${stateOf(last.state)})`;
    }),
    ...bifurcations.map(({ kind, parameter: value, state, frequency }) => {
      const swing = frequency === undefined ? '' : `, period ${(2 * Math.PI) / frequency}`;
      return `  ${kinds[kind]} at ${parameter} = ${value}: ${stateOf(state)}${swing}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}
