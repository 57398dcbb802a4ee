import { parseArgs } from 'node:util';
import type { Forecast, OptimiseResult, Run } from '../../domains/forecast/schema.ts';
import { UsageError } from '../usage.ts';
import { commonOptions, fitFor, given, runAndTell, wholeNumber, withApi } from './session.ts';
import { figure, percent, quantileCells, tableOf } from './table.ts';

/** `tandem forecast optimise`: the best path of the levers under limits. */
export async function optimiseCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ...commonOptions,
      fit: { type: 'string' },
      goal: { type: 'string', default: 'margin' },
      months: { type: 'string' },
      lever: { type: 'string', multiple: true },
      budget: { type: 'string' },
      'fatigue-most': { type: 'string' },
      'sessions-most': { type: 'string' },
      cvar: { type: 'string' },
      draws: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  });
  if (values.goal !== 'margin' && values.goal !== 'members') throw new UsageError('--goal is margin or members.');
  const risk = values.cvar === undefined ? { kind: 'mean' } : { kind: 'cvar', alpha: amount('cvar', values.cvar) };
  const options = given({
    seed: wholeNumber('seed', values.seed),
    months: wholeNumber('months', values.months),
    draws: wholeNumber('draws', values.draws),
    levers: values.lever,
    objective: { goal: values.goal, risk },
    limits: {
      budget: amount('budget', values.budget),
      fatigueMost: amount('fatigue-most', values['fatigue-most']),
      sessionsPerDayMost: amount('sessions-most', values['sessions-most']),
    },
    force: values.force,
  });
  return withApi(values, async (api) => {
    const fitId = await fitFor(api, values);
    const started = await api.send<Run>('POST', '/forecasts', { kind: 'optimise', fitId, ...options });
    return runAndTell<Forecast>(api, started, values.json, ({ result }) =>
      result?.kind === 'optimise' ? told(result) : '',
    );
  });
}

function amount(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${name} needs a number.`);
  return value;
}

function told(result: OptimiseResult): string {
  const { status, reason, start, months, objective, today, rule, gain, levers, constraints, outside } = result;
  const head = `${status}: ${months} months from ${start}\n${reason === null ? '' : `${reason.en}\n`}`;
  if (status === 'refused') return `${head}${outside.map(({ variable }) => `${variable}\n`).join('')}`;
  const goals = tableOf(
    ['objective', 'P10', 'P50', 'P90', 'better with'],
    [
      ['this plan', ...quantileCells(objective), ''],
      ['as today', ...quantileCells(today), percent(gain.probabilityBetterThanToday)],
      [rule.en, ...quantileCells(rule), percent(gain.probabilityBetterThanRule)],
    ],
  );
  const paths = tableOf(
    ['lever', 'today', ...Array.from({ length: months }, (_, month) => `m${month + 1}`), 'marginal return'],
    levers.map(({ variable, today: now, byMonth, marginalReturn }) => [
      variable,
      figure(now),
      ...byMonth.map(figure),
      figure(marginalReturn),
    ]),
  );
  const bounds = constraints.map(
    ({ en, value, bound, isBinding }) => `${en}: ${figure(value)} of ${figure(bound)}${isBinding ? ', binds' : ''}\n`,
  );
  return `${head}\n${goals}\n${paths}\n${bounds.join('')}`;
}
