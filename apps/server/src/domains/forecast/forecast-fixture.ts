import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { MetricsBrand } from '#domains/metrics/index.ts';
import { insertEvents, type TestEvent } from '#domains/metrics/metrics-fixture.ts';
import { newUuid } from '#lib/id.ts';
import { addDays } from '#lib/time.ts';
import type { Run } from './schema.ts';
import type { ModelSetup } from './setup.ts';

/** A shop whose customers grow and buy: small enough to be fitted in a second. */
export const tinyModel = `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <header><vendor>Tandem</vendor><product version="1.0">Tandem</product><name>Tiny shop</name></header>
  <sim_specs method="rk4" time_units="day"><start>0</start><stop>90</stop><dt>0.25</dt></sim_specs>
  <model><variables>
    <stock name="customers"><doc>People who buy.</doc><eqn>start_customers</eqn><inflow>joining</inflow><units>person</units></stock>
    <flow name="joining"><eqn>growth * customers * (1 - customers / places)</eqn><units>person/day</units></flow>
    <stock name="cumulative_orders"><eqn>0</eqn><inflow>ordering</inflow><units>order</units></stock>
    <flow name="ordering"><eqn>customers * rate * (1 + push * depth)</eqn><units>order/day</units></flow>
    <stock name="cumulative_gmv"><eqn>0</eqn><inflow>selling</inflow><units>currency</units></stock>
    <flow name="selling"><eqn>ordering * value * (1 - depth)</eqn><units>currency/day</units></flow>
    <aux name="growth"><eqn>0.02</eqn><units>1/day</units></aux>
    <aux name="places"><eqn>400</eqn><units>person</units></aux>
    <aux name="rate"><eqn>0.1</eqn><units>order/person/day</units></aux>
    <aux name="push"><eqn>2</eqn></aux>
    <aux name="value"><eqn>20</eqn><units>currency/order</units></aux>
    <aux name="start_customers"><eqn>50</eqn><units>person</units></aux>
    <aux name="depth"><eqn>0</eqn></aux>
  </variables></model>
</xmile>`;

const words = (en: string, zh: string) => ({ en, zh });

export const tinySetup: ModelSetup = {
  name: words('Tiny shop', '小店'),
  run: { dt: 0.25, method: 'rk4' },
  parameters: [
    {
      variable: 'growth',
      label: words('Growth', '增长率'),
      unit: words('per day', '每天'),
      prior: { distribution: 'lognormal', median: 0.02, logDeviation: 0.5 },
      source: words('A guess.', '估计值。'),
    },
    {
      variable: 'rate',
      label: words('Order rate', '下单率'),
      unit: words('per person and day', '每人每天'),
      prior: { distribution: 'lognormal', median: 0.1, logDeviation: 0.5 },
      source: words('A guess.', '估计值。'),
    },
    {
      variable: 'value',
      label: words('Order value', '客单价'),
      unit: words('currency', '元'),
      prior: { distribution: 'lognormal', median: 20, logDeviation: 0.5 },
      source: words('A guess.', '估计值。'),
    },
  ],
  observations: [
    {
      kpi: 'orders',
      variable: 'cumulative_orders',
      measure: 'total',
      scale: 'one',
      label: words('Orders', '订单数'),
      unit: words('orders', '单'),
    },
    {
      kpi: 'gmv',
      variable: 'cumulative_gmv',
      measure: 'total',
      scale: 'one',
      label: words('GMV', '成交金额'),
      unit: words('currency', '元'),
    },
    {
      kpi: 'members',
      variable: 'customers',
      measure: 'level',
      scale: 'free',
      label: words('Members', '会员数'),
      unit: words('persons', '人'),
    },
  ],
  levers: [
    {
      variable: 'depth',
      label: words('Discount', '折扣'),
      unit: words('share of the price', '价格占比'),
      low: 0,
      high: 0.9,
      step: 0.05,
      usual: 0,
      kind: 'pulse',
      promotions: true,
    },
  ],
  couplings: [],
  sectors: [{ id: 'shop', label: words('Shop', '店铺') }],
  parts: [{ id: 'growth', sector: 'shop', label: words('Growth', '增长'), variables: ['joining'] }],
  shown: [{ variable: 'customers', label: words('Customers', '顾客'), unit: words('persons', '人') }],
};

/** Orders of `days` days from `from` on, about as the tiny model makes them; on the days of `without` there are none. */
export function shopHistory(from: string, days: number, without: readonly number[] = []): TestEvent[] {
  let customers = 50;
  return Array.from({ length: days }, (_, day) => {
    customers += 0.02 * customers * (1 - customers / 400);
    const count = without.includes(day) ? 0 : Math.round(customers * 0.1 * (1 + 0.15 * Math.sin(day * 1.7)));
    return Array.from(
      { length: count },
      (__, order): TestEvent => ({
        type: 'order.paid',
        at: `${addDays(from, day)}T0${order % 10}:00:00Z`,
        order: `o${day}-${order}`,
        person: newUuid(),
        amount: 1_900 + ((day * 7 + order * 13) % 5) * 50,
      }),
    );
  }).flat();
}

/** Stores a history of the tiny shop for a brand. */
export function insertShop(ch: ClickHouse, brand: MetricsBrand, events: readonly TestEvent[]): Promise<void> {
  return insertEvents(ch, brand, events);
}

/** Asks until a run has ended. */
export async function endOf(ask: () => Promise<Run>, msMax = 60_000): Promise<Run> {
  const untilMs = Date.now() + msMax;
  for (;;) {
    const run = await ask();
    if (!['waiting', 'running'].includes(run.state)) return run;
    if (Date.now() > untilMs) throw new Error(`still ${run.state} at ${run.progress} after ${msMax} ms`);
    await sleep(50);
  }
}
