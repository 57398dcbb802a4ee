import { parseArgs } from 'node:util';
import type { ExplainResult, Forecast, Run } from '../../domains/forecast/schema.ts';
import { commonOptions, fitFor, given, runAndTell, wholeNumber, withApi } from './session.ts';
import { figure, percent, tableOf } from './table.ts';

const barsShown = 5;

/** `tandem forecast explain`: where growth comes from, the threshold, and what decides each output. */
export async function explainCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { ...commonOptions, fit: { type: 'string' }, samples: { type: 'string' } },
  });
  const samples = wholeNumber('samples', values.samples);
  const seed = wholeNumber('seed', values.seed);
  return withApi(values, async (api) => {
    const fitId = await fitFor(api, values);
    const body = given({ fitId, samples, seed });
    const started = await api.send<Run>('POST', '/forecasts', { kind: 'explain', ...body });
    return runAndTell<Forecast>(api, started, values.json, ({ result }) =>
      result?.kind === 'explain' ? told(result) : '',
    );
  });
}

function told({ growth, threshold, couplings, sobol, loops }: ExplainResult): string {
  const last = growth.at(-1);
  const shares = tableOf(
    [`growth in ${last?.month ?? '-'}`, 'share', '90 % from', 'to'],
    (last?.shares ?? []).map(({ part, share, low, high }) => [part, percent(share), percent(low), percent(high)]),
  );
  const strongest = tableOf(
    ['loop', 'polarity', 'share'],
    loops.slice(0, barsShown).map(({ name, polarity, share }) => [name, polarity, percent(share)]),
  );
  const above =
    threshold === null
      ? ''
      : `activity ${figure(threshold.activity.p50)} (${figure(threshold.activity.p10)} to ${figure(threshold.activity.p90)}), ` +
        `threshold ${figure(threshold.theta.p50)} (${figure(threshold.theta.p10)} to ${figure(threshold.theta.p90)}): ` +
        `above it with probability ${percent(threshold.probabilityAbove)}\n\n`;
  const links = tableOf(
    ['coupling', 'output', '% for 1 % more', '90 % from', 'to'],
    couplings.map(({ variable, output, elasticity, low, high }) => [
      variable,
      output,
      figure(elasticity),
      figure(low),
      figure(high),
    ]),
  );
  const factors = tableOf(
    ['output', 'parameter', 'first', 'total', '95 % from', 'to'],
    sobol.flatMap(({ output, factors: all }) =>
      [...all]
        .sort((a, b) => b.total - a.total)
        .slice(0, barsShown)
        .map(({ variable, first, total, totalLow, totalHigh }) => [
          output,
          variable,
          figure(first),
          figure(total),
          figure(totalLow),
          figure(totalHigh),
        ]),
    ),
  );
  return `${shares}\n${strongest}\n${above}${links}\n${factors}`;
}
