import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { ModelInput } from '../task.ts';
import { backtestModel } from './backtest.ts';
import { onlineRetailSnapshot } from './online-retail.fixture.ts';

const folder = new URL('../../../../../../samples/models/', import.meta.url);
const template: ModelInput = {
  xmile: readFileSync(new URL('live-community.xmile', folder), 'utf8'),
  setup: JSON.parse(readFileSync(new URL('live-community.setup.json', folder), 'utf8')),
};

it('forecasts the revenue of Online Retail as well as the best baseline, and names Christmas', {
  timeout: 120_000,
}, async () => {
  const whole = onlineRetailSnapshot();
  const snapshot = { ...whole, series: whole.series.filter(({ kpi }) => kpi === 'gmv' || kpi === 'orders') };
  const gmv = whole.series.find(({ kpi }) => kpi === 'gmv')!.values.reduce<number>((sum, value) => sum + value!, 0);
  expect(gmv).toBeCloseTo(8_911_407.9 + 1_755_276.64, 1);
  const horizons = [
    { from: 1, to: 1 },
    { from: 2, to: 3 },
    { from: 4, to: 8 },
    { from: 9, to: 13 },
  ];
  const task = { kind: 'backtest' as const, model: template, snapshot, seed: 1, origins: 8, horizons };
  const { series, notes } = await backtestModel(task, { threads: 1 });
  const revenue = series.find(({ kpi }) => kpi === 'gmv')!;
  for (const { horizon, method, skill } of revenue.winners) {
    expect(skill, `${method} ${horizon.from}-${horizon.to}`).toBeGreaterThanOrEqual(-0.02);
  }
  const own = notes.filter(({ kpi }) => kpi === 'gmv');
  expect(own.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['season_once', 'closed_weekdays', 'closed_days']),
  );
  const christmas = own.find(({ code }) => code === 'season_once')!;
  expect(christmas.en).toMatch(/to 2011-12-0\d a week was .* the Christmas season/);
  expect(christmas.zh).toContain('圣诞季');
  expect(own.find(({ code }) => code === 'closed_weekdays')!.en).toContain('Saturdays');
});
