import { parseArgs } from 'node:util';
import type { Fit, Run } from '../../domains/forecast/schema.ts';
import { commonOptions, given, modelFor, runAndTell, wholeNumber, withApi } from './session.ts';
import { figure, percent, tableOf } from './table.ts';

/** `tandem forecast fit`: fits a model to the brand's data. */
export async function fitCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...commonOptions, draws: { type: 'string' } } });
  const { from, to } = values;
  const seed = wholeNumber('seed', values.seed);
  const draws = wholeNumber('draws', values.draws);
  return withApi(values, async (api) => {
    const { id } = await modelFor(api, values);
    const body = given({ modelId: id, from, to, seed, draws });
    return runAndTell<Fit>(api, await api.send<Run>('POST', '/fits', body), values.json, told);
  });
}

function told({ id, snapshot, seed, seconds, result }: Fit): string {
  if (result === null) return '';
  const head = `${id}: ${snapshot.from} to ${snapshot.to} (not included), seed ${seed}, ${figure(seconds)} s\n`;
  const basis = result.reason === null ? '' : `${result.reason.en}\n`;
  const parameters = tableOf(
    ['parameter', 'median', '90 % from', 'to', 'learned', 'verdict'],
    result.parameters.map(({ variable, median, low, high, learned, verdict }) => [
      variable,
      figure(median),
      figure(low),
      figure(high),
      percent(learned),
      verdict,
    ]),
  );
  const series = tableOf(
    ['KPI', 'days', 'mean error', 'variable'],
    result.series.map(({ kpi, days, relativeError, variable }) => [
      kpi,
      String(days),
      percent(relativeError),
      variable,
    ]),
  );
  const missing = result.missing.map(({ kpi, code }) => `without ${kpi}: ${code}\n`).join('');
  const warnings = result.warnings.map(({ en }) => `${en}\n`).join('');
  return `${head}${basis}\n${parameters}\n${series}${missing}${warnings}`;
}
