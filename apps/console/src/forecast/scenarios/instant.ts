import {
  createFan,
  type Fan,
  type FanResult,
  type ForecastResult,
  type ForecastSeries,
  leversOutside,
  loadModel,
  movedBy,
  quantilesOf,
} from '@tandem/server/schema/forecast';
import { addDays } from '../../figures/period.ts';
import type { DoneFit } from '../lab-context.ts';
import { type Draft, emptyDraft, planOf } from './draft.ts';
import { createThreadPool } from './thread-pool.ts';

/** Runs of the model behind one fan. */
export const instantRuns = 1_000;
/** Plans whose fans are kept: those on the screen, and some to go back to. */
const keptMost = 12;
const threadsMost = 4;

export interface Timing {
  runs: number;
  ms: number;
}

export interface Instant {
  /**
   * Fans of all plans and their differences from the first; only plans that changed are computed. `base` is what the server
   * forecasts if all goes on as it is, by the methods that won the backtest: plans move it as the model says.
   */
  run: (
    drafts: readonly Draft[],
    base: ForecastResult | null,
    signal: AbortSignal,
  ) => Promise<{ result: ForecastResult; timing: Timing | null }>;
  close: () => void;
}

/** The plan that names nothing. */
const goingOn = emptyDraft('', '');

const keyOf = ({ levers, couplings }: Draft) => JSON.stringify([levers, couplings]);

/** Forecasts of plans in this browser: the model under draws of the fit, in workers, without a round trip. */
export async function createInstant(fit: DoneFit, horizonDays: number): Promise<Instant> {
  const threads = Math.max(1, Math.min(threadsMost, navigator.hardwareConcurrency || 2));
  const pool = createThreadPool(
    threads,
    () => new Worker(new URL('@tandem/dynamics/browser-worker.js', import.meta.url), { type: 'module' }),
  );
  const { model, snapshot } = fit.input;
  const basis = { model, snapshot, fit: fit.result, horizonDays, draws: instantRuns, seed: fit.seed };
  let fan: Fan;
  try {
    fan = await createFan({ ...basis, spawn: pool.spawn, threads });
  } catch (cause) {
    pool.close();
    throw cause;
  }
  const loaded = loadModel(model);
  const kept = new Map<string, FanResult>();
  let timing: Timing | null = null;
  const fanOf = async (draft: Draft, signal: AbortSignal) => {
    const key = keyOf(draft);
    const known = kept.get(key);
    if (known) return known;
    const startedAt = performance.now();
    const found = await fan.run(planOf(draft), signal);
    if (!found.complete) throw new DOMException('aborted', 'AbortError');
    kept.set(key, found);
    const oldest = kept.keys().next().value;
    if (kept.size > keptMost && oldest !== undefined) kept.delete(oldest);
    // Of the newest fan, also where the run that asked for it was given up meanwhile.
    timing = { runs: fan.draws, ms: performance.now() - startedAt };
    return found;
  };
  return {
    async run(drafts, base, signal) {
      const asIs = base ? await fanOf(goingOn, signal) : null;
      const results: FanResult[] = [];
      for (const draft of drafts) results.push(await fanOf(draft, signal));
      const result: ForecastResult = {
        kind: 'forecast',
        basis: fit.result.basis,
        start: snapshot.to,
        horizonDays,
        draws: fan.draws,
        series: drafts.flatMap((draft, index) =>
          seriesOf(draft.key, results[index], fan, snapshot.to).map((one) => movedFrom(base, asIs, one)),
        ),
        baselines: [],
        differences: differencesOf(drafts, results),
        outside: drafts.flatMap((draft) => leversOutside(loaded, snapshot, planOf(draft))),
      };
      return { result, timing };
    },
    close() {
      fan.close();
      pool.close();
    },
  };
}

function seriesOf(scenario: string, fan: FanResult | undefined, { boundaries }: Fan, start: string): ForecastSeries[] {
  const first = boundaries[0] ?? 0;
  return (fan?.series ?? []).map(({ kpi, weeks, total }) => ({
    kpi,
    scenario,
    weeks: weeks.map(({ day, ...week }) => ({ ...week, t: addDays(start, day - first), method: 'model' })),
    total,
  }));
}

/** A plan as a change of the server's forecast; as the model alone has it where there is no such forecast. */
export function movedFrom(
  base: ForecastResult | null,
  asIs: Pick<FanResult, 'series'> | null,
  plan: ForecastSeries,
): ForecastSeries {
  const own = base?.series.find((one) => one.kpi === plan.kpi);
  const before = asIs?.series.find((one) => one.kpi === plan.kpi);
  if (!own || !before) return plan;
  return {
    ...plan,
    weeks: plan.weeks.map((week, index) => {
      const [known, model] = [own.weeks[index], before.weeks[index]];
      return known && model
        ? { ...week, ...movedBy(known, week, model, own.response), t: week.t, method: known.method }
        : week;
    }),
    total: movedBy(own.total, plan.total, before.total, own.response),
  };
}

/** Every other plan less the first, draw by draw: chance is the same for all, so that only the plans differ. */
export function differencesOf(
  drafts: readonly { key: string }[],
  results: readonly Pick<FanResult, 'series'>[],
): ForecastResult['differences'] {
  const [first, ...others] = results;
  const a = drafts[0]?.key ?? '';
  return others.flatMap((other, index) =>
    other.series.flatMap(({ kpi, totals }) => {
      const base = first?.series.find((one) => one.kpi === kpi)?.totals;
      if (!base) return [];
      const changes = totals.map((value, draw) => value - (base[draw] ?? Number.NaN)).filter(Number.isFinite);
      const higher = changes.reduce((sum, value) => sum + (value > 0 ? 1 : value === 0 ? 0.5 : 0), 0);
      const probabilityHigher = changes.length === 0 ? Number.NaN : higher / changes.length;
      return [{ kpi, a, b: drafts[index + 1]?.key ?? '', difference: quantilesOf(changes), probabilityHigher }];
    }),
  );
}
