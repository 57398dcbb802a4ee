import { parseArgs } from 'node:util';
import type { Forecast, ForecastResult, Run, Scenario } from '../../domains/forecast/schema.ts';
import { UsageError } from '../usage.ts';
import { commonOptions, fitFor, given, readJson, runAndTell, wholeNumber, withApi } from './session.ts';
import { figure, percent, quantileCells, tableOf } from './table.ts';

/** `tandem forecast run`: forecasts from a fit, under scenarios side by side. */
export async function runCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ...commonOptions,
      fit: { type: 'string' },
      horizon: { type: 'string' },
      draws: { type: 'string' },
      scenario: { type: 'string', multiple: true },
    },
  });
  const horizonDays = wholeNumber('horizon', values.horizon);
  const draws = wholeNumber('draws', values.draws);
  const seed = wholeNumber('seed', values.seed);
  const scenarios = values.scenario && (await Promise.all(values.scenario.map(scenarioFrom)));
  return withApi(values, async (api) => {
    const fitId = await fitFor(api, values);
    const body = given({ fitId, scenarios, horizonDays, draws, seed });
    const started = await api.send<Run>('POST', '/forecasts', { kind: 'forecast', ...body });
    return runAndTell<Forecast>(api, started, values.json, ({ result }) =>
      result?.kind === 'forecast' ? told(result) : '',
    );
  });
}

/** `as_it_is` and the like, the id of a scenario, or a file with `levers` and `couplings`. */
async function scenarioFrom(text: string): Promise<unknown> {
  if (/^(scn_[0-9a-f]{32}|preset:\w+)$/.test(text)) return text;
  if (!/[./\\]/.test(text)) return `preset:${text}`;
  const content = (await readJson(text)) as Partial<Scenario> | null;
  if (!Array.isArray(content?.levers)) throw new UsageError(`${text} is no scenario: it has no list "levers".`);
  const { name, levers, couplings = [] } = content;
  return { id: text.slice(-64), name: name ?? text, levers, couplings };
}

function told(result: ForecastResult): string {
  const basis = result.basis === 'prior' ? 'The data are too few: this is what the template believes alone.\n' : '';
  const head = `${result.horizonDays} days from ${result.start}, ${result.draws} draws\n${basis}\n`;
  const totals = tableOf(
    ['KPI', 'scenario', 'P10', 'P50', 'P90', 'method'],
    result.series.map(({ kpi, scenario, total, weeks }) => [
      kpi,
      scenario,
      ...quantileCells(total),
      weeks[0]?.method ?? '-',
    ]),
  );
  const differences = tableOf(
    ['KPI', 'from', 'to', 'P10', 'P50', 'P90', 'higher'],
    result.differences.map(({ kpi, a, b, difference, probabilityHigher }) => [
      kpi,
      a,
      b,
      ...quantileCells(difference),
      percent(probabilityHigher),
    ]),
  );
  const outside = result.outside.map(
    ({ scenario, variable, value, low, high }) =>
      `${scenario}: ${variable} ${figure(value)} is outside what the data have seen (${figure(low)} to ${figure(high)})\n`,
  );
  return `${head}${totals}${result.differences.length > 0 ? `\n${differences}` : ''}${outside.join('')}`;
}
