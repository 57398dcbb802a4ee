import { parseArgs } from 'node:util';
import type { BacktestResult, Forecast, Run } from '../../domains/forecast/schema.ts';
import { commonOptions, given, modelFor, runAndTell, wholeNumber, withApi } from './session.ts';
import { figure, percent, tableOf } from './table.ts';

/** `tandem forecast backtest`: how good forecasts would have been, beside the trivial ones. */
export async function backtestCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { ...commonOptions, origins: { type: 'string' } } });
  const { from, to } = values;
  const seed = wholeNumber('seed', values.seed);
  const origins = wholeNumber('origins', values.origins);
  return withApi(values, async (api) => {
    const { id } = await modelFor(api, values);
    const body = given({ modelId: id, from, to, seed, origins });
    const started = await api.send<Run>('POST', '/forecasts', { kind: 'backtest', ...body });
    return runAndTell<Forecast>(api, started, values.json, ({ result }) =>
      result?.kind === 'backtest' ? told(result) : '',
    );
  });
}

function told(result: BacktestResult): string {
  const rows = result.series.flatMap(({ kpi, scores, winners }) =>
    winners.flatMap(({ horizon, method }) =>
      scores
        .filter((score) => score.horizon.from === horizon.from && score.horizon.to === horizon.to)
        .map((score) => [
          kpi,
          `${horizon.from}-${horizon.to}`,
          score.method === method ? `* ${score.method}` : score.method,
          figure(score.mase),
          figure(score.crps),
          percent(score.coverage),
          String(score.count),
        ]),
    ),
  );
  const notes = result.notes.map(({ kpi, en }) => `${kpi}: ${en}\n`).join('');
  const header = ['KPI', 'weeks ahead', 'method', 'MASE', 'CRPS', 'in 80 %', 'forecasts'];
  return `${result.origins.length} origins; * is used from now on\n\n${tableOf(header, rows)}${notes}`;
}
