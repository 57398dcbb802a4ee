import { addDays } from '#lib/time.ts';
import type { ModelSetup, SetupLever, SetupParameter } from '../setup.ts';
import type { DailySeries, ModelInput, Snapshot } from '../task.ts';

const words = (en: string) => ({ en, zh: en });
const parameter = (variable: string, median: number, logDeviation: number): SetupParameter => ({
  variable,
  label: words(variable),
  unit: words('1'),
  prior: { distribution: 'lognormal', median, logDeviation },
  source: words('made up'),
});
const lever = (variable: string, more: Partial<SetupLever>): SetupLever => ({
  variable,
  label: words(variable),
  unit: words('1'),
  low: 0,
  high: 10_000,
  step: 1,
  usual: 100,
  kind: 'level',
  ...more,
});

/** Customers come by adverts and by word of mouth, leave, and order; promotions make them order more. */
export const shopText = `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <header><vendor>Tandem</vendor><product version="1.0">Tandem</product></header>
  <sim_specs method="rk2" time_units="day"><start>0</start><stop>365</stop><dt>0.5</dt></sim_specs>
  <model><variables>
    <stock name="customers"><eqn>start_customers</eqn><inflow>coming</inflow><outflow>leaving</outflow></stock>
    <stock name="come"><eqn>0</eqn><inflow>coming</inflow></stock>
    <stock name="ordered"><eqn>0</eqn><inflow>ordering</inflow></stock>
    <flow name="coming"><eqn>(pull*adverts+word_of_mouth*customers)*(1-customers/places)</eqn></flow>
    <flow name="leaving"><eqn>customers*loss</eqn></flow>
    <flow name="ordering"><eqn>customers*frequency*(1+discount_effect*discount)*link</eqn></flow>
    <aux name="start_customers"><eqn>1000</eqn></aux><aux name="places"><eqn>20000</eqn></aux>
    <aux name="pull"><eqn>0.2</eqn></aux><aux name="word_of_mouth"><eqn>0.01</eqn></aux><aux name="loss"><eqn>0.005</eqn></aux>
    <aux name="frequency"><eqn>0.05</eqn></aux><aux name="discount_effect"><eqn>3</eqn></aux><aux name="unseen"><eqn>1</eqn></aux>
    <aux name="adverts"><eqn>100</eqn></aux><aux name="discount"><eqn>0</eqn></aux><aux name="link"><eqn>1</eqn></aux>
  </variables></model></xmile>`;

export const shopSetup: ModelSetup = {
  run: { dt: 0.5, method: 'rk2' },
  parameters: [
    { ...parameter('start_customers', 1000, 0.7), startKpi: 'customers' },
    parameter('pull', 0.2, 0.5),
    parameter('word_of_mouth', 0.01, 0.4),
    parameter('loss', 0.005, 0.4),
    parameter('frequency', 0.05, 0.5),
    parameter('discount_effect', 3, 0.5),
    parameter('unseen', 1, 0.5),
  ],
  observations: [
    { kpi: 'orders', variable: 'ordered', measure: 'total', scale: 'one', label: words('Orders'), unit: words('1') },
    {
      kpi: 'customers',
      variable: 'customers',
      measure: 'level',
      scale: 'one',
      label: words('Customers'),
      unit: words('1'),
    },
    {
      kpi: 'joined',
      variable: 'come',
      measure: 'total',
      scale: 'free',
      scaleDeviation: 0.3,
      label: words('Joined'),
      unit: words('1'),
    },
  ],
  levers: [
    lever('adverts', { history: { kpi: 'ad_spend', measure: 'daily' } }),
    lever('discount', { usual: 0, high: 1, step: 0.05, kind: 'pulse', promotions: true }),
  ],
  couplings: [{ variable: 'link', from: 'a', to: 'b', label: words('link') }],
  sectors: [],
  parts: [],
  shown: [],
};

export const shop: ModelInput = { xmile: shopText, setup: shopSetup };

/** A snapshot of some daily series from the first of 2025 on, a Wednesday. */
export function snapshotOf(series: DailySeries[], days = series[0]?.values.length ?? 0): Snapshot {
  const from = '2025-01-01';
  return { from, to: addDays(from, days), zone: 'Asia/Shanghai', currency: 'CNY', series, promotions: [] };
}
