import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createFan } from '../predict/fan.ts';
import { onlineRetailSnapshot } from '../score/online-retail.fixture.ts';
import type { ModelInput } from '../task.ts';
import { makeHistory, quickFit } from './index.ts';

const file = (name: string) =>
  readFileSync(new URL(`../../../../../../samples/models/${name}`, import.meta.url), 'utf8');
const template: ModelInput = {
  xmile: file('live-community.xmile'),
  setup: JSON.parse(file('live-community.setup.json')),
};
const alone = { threads: 1 };

it('the template recovers itself, and is forecast a year ahead', { timeout: 60_000 }, async () => {
  const noise = { phi: 0.7, push: 0.05, daily: 0.1 };
  const made = await makeHistory(template, { from: '2025-01-01', days: 364, seed: 104, noise, missing: 0.03 });
  const task = { kind: 'fit' as const, model: template, snapshot: made.snapshot, seed: 104, draws: 300 };
  const { result } = await quickFit(task, alone);
  expect(result).toMatchObject({ basis: 'data', converged: true });
  const truth = new Map(made.truth.map(({ name, value }) => [name, value]));
  const covered = result.parameters.filter(({ variable, low, high }) => {
    const value = truth.get(variable)!;
    return value >= low && value <= high;
  });
  expect(covered.length / result.parameters.length).toBeGreaterThan(0.65);
  const fan = await createFan({
    model: template,
    snapshot: made.snapshot,
    fit: result,
    horizonDays: 365,
    draws: 100,
    seed: 1,
    threads: 1,
  });
  const { series, failed } = await fan.run({ levers: [], couplings: [] });
  fan.close();
  expect(failed).toBe(0);
  for (const { total } of series) expect(total.p10 > 0 && total.p10 < total.p50 && total.p50 < total.p90).toBe(true);
});

it('the template fits a shop that has orders and money alone, and says what that can not tell', {
  timeout: 60_000,
}, async () => {
  const task = { kind: 'fit' as const, model: template, snapshot: onlineRetailSnapshot(), seed: 1, draws: 300 };
  const { result } = await quickFit(task, alone);
  expect(result.basis).toBe('data');
  const series = new Map(result.series.map((one) => [one.kpi, one]));
  expect(series.get('orders')!.weekday![5]).toBe(0);
  expect(series.get('orders')!.relativeError).toBeLessThan(0.3);
  const verdicts = new Map(result.parameters.map(({ variable, verdict }) => [variable, verdict]));
  expect(verdicts.get('monetisation.order_value')).toBe('identified');
  expect(verdicts.get('user_behaviour.market_size')).toBe('unidentified');
  expect(verdicts.get('content_production.views_per_active')).toBe('unidentified');
  expect(result.missing.map(({ kpi }) => kpi)).toContain('members');
  expect(result.warnings.map(({ code }) => code)).toContain('weeks_not_positive');
});
