import { catalogue, dataDays, kpiSeries } from '#domains/metrics/index.ts';
import { refuse } from '#errors.ts';
import { addDays, type Day, isDay } from '#lib/time.ts';
import { doneOf, historyBegin, recordedOf } from './brand-series.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import { canonicalJson, sha256 } from './hash.ts';
import type { ModelSetup } from './setup.ts';
import { kpisOf } from './setup-check.ts';
import { promotionsOf } from './store.ts';
import type { DailySeries, Snapshot } from './task.ts';

/** Days of a snapshot of a brand that has no data: there is nothing to fit, and the forecast begins today. */
const emptyDays = 28;

/** KPIs that have a value a day. */
export function dailyKpis(): Set<string> {
  return new Set(catalogue().flatMap(({ id, grains }) => (grains.includes('day') ? [id] : [])));
}

/** What may be asked of a snapshot: `to` is not included. */
export interface SnapshotRange {
  from?: Day | undefined;
  to?: Day | undefined;
}

/**
 * The brand's data as they are now for the KPIs of a setup, whole days only: today is left out, and so is what comes after
 * the last day with data. Money is in units of the currency. At most `snapshotDays`, the newest.
 * @throws Refusal forecast.range_invalid
 */
export async function takeSnapshot(
  deps: ForecastDeps,
  brand: ForecastBrand,
  setup: ModelSetup,
  range: SnapshotRange = {},
): Promise<Snapshot> {
  const { firstDay, completeUntil } = await dataDays(deps, brand);
  const to = checked(range.to, completeUntil);
  const earliest = addDays(to, -limitsOf(deps).snapshotDays);
  const begins = range.from ?? firstDay ?? addDays(to, -emptyDays);
  if (!isDay(begins) || begins >= to) {
    if (range.from !== undefined || range.to !== undefined) {
      throw refuse('forecast.range_invalid', { from: begins, to });
    }
  }
  const asked = begins >= to ? addDays(to, -emptyDays) : begins < earliest ? earliest : begins;
  const observed = new Set(setup.observations.map(({ kpi }) => kpi));
  const daily = await dailySeries(deps, brand, kpisOf(setup), asked, to);
  const series = daily.map(({ kpi, values }) => ({
    kpi,
    values: observed.has(kpi) ? recordedOf(values) : doneOf(values),
  }));
  const ownBegin = historyBegin(series.filter(({ kpi }) => observed.has(kpi)).map(({ values }) => values));
  const first = range.from === undefined ? ownBegin : 0;
  const promotions = await deps.db.brand(brand.id, (tx) => promotionsOf(tx, brand.id));
  return {
    from: addDays(asked, first),
    to,
    zone: brand.zone,
    currency: brand.currency,
    series: series.map(({ kpi, values }) => ({ kpi, values: values.slice(first) })),
    promotions,
  };
}

/** SHA-256 of a snapshot. */
export function snapshotHash(snapshot: Snapshot): string {
  return sha256(canonicalJson(snapshot));
}

/** Daily KPI as metrics gives them; those that have no value a day are left out. */
export async function dailySeries(
  deps: ForecastDeps,
  brand: ForecastBrand,
  kpis: readonly string[],
  from: Day,
  to: Day,
): Promise<DailySeries[]> {
  const known = dailyKpis();
  return Promise.all(
    kpis
      .filter((kpi) => known.has(kpi))
      .map(async (kpi) => {
        const { points } = await kpiSeries(deps, brand, kpi, { from, to, grain: 'day' });
        return { kpi, values: points.map(({ value }) => value) };
      }),
  );
}

function checked(wanted: Day | undefined, latest: Day): Day {
  if (wanted === undefined) return latest;
  if (!isDay(wanted)) throw refuse('forecast.range_invalid', { from: '', to: wanted });
  return wanted < latest ? wanted : latest;
}
