import { readFileSync } from 'node:fs';
import { nodeThread } from '@tandem/dynamics/node';
import { simulatedSnapshot } from '../apps/server/src/commands/simulate/snapshot.ts';
import { explainModel } from '../apps/server/src/domains/forecast/explain/index.ts';
import { fitModel, makeHistory, recoveryStudy } from '../apps/server/src/domains/forecast/fit/index.ts';
import { loadModel } from '../apps/server/src/domains/forecast/model/index.ts';
import { checkStep, checkStocks, surgeOf } from '../apps/server/src/domains/forecast/model/template-checks.ts';
import { optimiseModel } from '../apps/server/src/domains/forecast/optimise/index.ts';
import { createFan } from '../apps/server/src/domains/forecast/predict/index.ts';
import type { ModelInput, Snapshot } from '../apps/server/src/domains/forecast/task.ts';
import type { BenchResult } from './machine.ts';

const folder = new URL('../samples/models/', import.meta.url);
const workplace = { threads: 2 };
/** Eight KPI of a year and a half; the other series of the template are left out. */
const eight = ['koc', 'net_gmv', 'pieces'];
const sixLevers = [
  'marketing_budget',
  'paid_traffic_budget',
  'sessions_per_day',
  'invitations_per_member',
  'koc_recruiting',
  'messages_per_member',
];

/** How long the questions of the model lab take on the coupled model, and whether its promises hold at full size. */
export async function run(): Promise<BenchResult> {
  const result: BenchResult = { bench: 'forecast', figures: {}, bars: {} };
  const model = templateModel();
  const told = (name: string) => process.stderr.write(`${name} ${JSON.stringify(result.figures)}\n`);
  await promises(model, result);
  told('promises');
  const { snapshot } = simulatedSnapshot({ seed: 3, days: 548, members: 20_000 });
  const fit = await fitted(model, snapshot, result);
  told('fit');
  await fan(model, snapshot, fit, result);
  told('fan');
  await explained(model, snapshot, fit, result);
  told('explain');
  await optimised(model, snapshot, fit, result);
  told('optimise');
  await recovered(model, result);
  return result;
}

export function templateModel(): ModelInput {
  return {
    xmile: readFileSync(new URL('live-community.xmile', folder), 'utf8'),
    setup: JSON.parse(readFileSync(new URL('live-community.setup.json', folder), 'utf8')),
  };
}

async function promises(input: ModelInput, { figures, bars }: BenchResult): Promise<void> {
  const model = loadModel(input);
  const stocks = await checkStocks(model, 'user_behaviour.people', { draws: 4096, seed: 1, days: 730, levers: true });
  figures['people conserved, relative error'] = stocks.conservationError;
  bars['people conserved'] = { bar: '<= 1e-9', met: stocks.conservationError <= 1e-9 && stocks.faults === 0 };
  const steps = await checkStep(model, { draws: 4096, seed: 1, days: 365 });
  const worst = Math.max(...steps.map(({ usual }) => usual));
  figures['halving the step, 95 % of prior draws'] = worst;
  bars['halving the step'] = { bar: '<= 0.001', met: worst <= 1e-3 };
  const { ratio } = await surgeOf(model, 'traffic_allocation.cumulative_views', {
    from: 30.8125,
    to: 30.9375,
    levers: [
      { variable: 'coupon_depth', value: 0.5, before: 0 },
      { variable: 'coupon_audience', value: 0.9, before: 0.05 },
    ],
  });
  figures['people of a surge, times the ordinary'] = rounded(ratio);
  bars.surge = { bar: '6.7 within 2 %', met: Math.abs(ratio / 6.7 - 1) <= 0.02 };
}

async function fitted(model: ModelInput, snapshot: Snapshot, { figures, bars }: BenchResult) {
  const made = await makeHistory(model, {
    from: '2025-01-01',
    days: 548,
    seed: 7,
    noise: { phi: 0.7, push: 0.05, daily: 0.1 },
    missing: 0.03,
    without: eight,
  });
  const task = { kind: 'fit' as const, model, seed: 1, draws: 2000 };
  const own = await timed(() => fitModel({ ...task, snapshot: made.snapshot }, workplace));
  figures['fit of 548 days x 8 KPI, s'] = own.seconds;
  figures['fit, effective draws'] = rounded(own.value.effectiveDraws ?? 0);
  figures['fit, R-hat'] = rounded(own.value.rhat ?? Number.NaN);
  figures['fit, evaluations'] = own.value.evaluations;
  const enough = (own.value.effectiveDraws ?? 0) >= 2000;
  bars.fit = { bar: '<= 60 s with 2,000 effective draws', met: own.seconds <= 60 && enough };
  const brand = await timed(() => fitModel({ ...task, snapshot }, workplace));
  figures['fit of a simulated brand, s'] = brand.seconds;
  figures['fit of a simulated brand, effective draws'] = rounded(brand.value.effectiveDraws ?? 0);
  return brand.value;
}

type Fit = Awaited<ReturnType<typeof fitModel>>;

async function fan(model: ModelInput, snapshot: Snapshot, fit: Fit, { figures, bars }: BenchResult): Promise<void> {
  const prepared = await timed(() =>
    createFan({ model, snapshot, fit, horizonDays: 365, draws: 1000, seed: 1, spawn: nodeThread, threads: 2 }),
  );
  figures['fan prepared, ms'] = rounded(prepared.seconds * 1000);
  const times: number[] = [];
  for (let move = 0; move < 12; move++) {
    const levers = [{ variable: 'sessions_per_day', steps: [{ day: 0, value: 1 + move / 4 }] }];
    times.push((await timed(() => prepared.value.run({ levers, couplings: [] }))).seconds * 1000);
  }
  prepared.value.close();
  const sorted = times.slice(2).sort((a, b) => a - b);
  figures['fan of 1,000 runs x 365 days in Node, median ms'] = rounded(sorted[Math.floor(sorted.length / 2)]!);
  bars['fan in Node'] = { bar: '<= 300 ms', met: sorted[Math.floor(sorted.length / 2)]! <= 300 };
}

async function explained(model: ModelInput, snapshot: Snapshot, fit: Fit, { figures, bars }: BenchResult) {
  let sensitivityAt = 0;
  let sensitivitySeconds = 0;
  const onProgress = (_: number, { en }: { en: string }) => {
    if (en.startsWith('Measuring') && sensitivityAt === 0) sensitivityAt = performance.now();
    else if (sensitivityAt > 0 && !en.startsWith('Measuring') && sensitivitySeconds === 0) {
      sensitivitySeconds = (performance.now() - sensitivityAt) / 1000;
    }
  };
  const task = { kind: 'explain' as const, model, snapshot, fit, seed: 1, samples: 4096 };
  const whole = await timed(() => explainModel(task, { ...workplace, onProgress }));
  figures['explanation, s'] = whole.seconds;
  figures["tornado, Morris and Sobol' of the explanation, s"] = rounded(sensitivitySeconds);
  figures["outputs of Sobol' indices"] = whole.value.sobol.length;
  bars["Sobol'"] = { bar: '<= 20 s', met: sensitivitySeconds > 0 && sensitivitySeconds <= 20 };
}

async function optimised(model: ModelInput, snapshot: Snapshot, fit: Fit, { figures, bars }: BenchResult) {
  const days = 365;
  const spent = snapshot.series.find(({ kpi }) => kpi === 'ad_spend')!.values;
  const budget = Math.max(1e6, 40 * spent.slice(-days).reduce<number>((sum, value) => sum + (value ?? 0), 0));
  const task = {
    kind: 'optimise' as const,
    ...{ model, snapshot, fit, seed: 1, months: 12, levers: sixLevers, draws: 200, force: true },
    objective: { goal: 'margin' as const, risk: { kind: 'mean' as const } },
    limits: { budget, fatigueMost: 0.6, sessionsPerDayMost: null },
  };
  const found = await timed(() => optimiseModel(task, workplace));
  const { gain, objective, today } = found.value;
  figures['optimisation of 6 levers x 12 months x 200 draws, s'] = found.seconds;
  figures['optimisation, status'] = found.value.status;
  figures['optimisation, objective over today, mean'] = rounded(objective.mean - today.mean);
  figures['optimisation, better than today in draws'] = rounded(gain.probabilityBetterThanToday);
  figures['optimisation, better than the rule in draws'] = rounded(gain.probabilityBetterThanRule);
  bars.optimisation = { bar: '<= 60 s', met: found.seconds <= 60 };
}

async function recovered(model: ModelInput, { figures, bars }: BenchResult): Promise<void> {
  const study = await timed(() => recoveryStudy({ model, replications: 200, seed: 100, method: 'quick', workplace }));
  figures['recovery, 200 replications, 90 % intervals hold'] = rounded(study.value.coverage);
  figures['recovery, s'] = study.seconds;
  figures['recovery, parameters not identified'] = study.value.unidentified.join(', ');
  const full = await recoveryStudy({ model, replications: 12, seed: 5000, method: 'full', workplace });
  figures['recovery by draws from the posterior, 12 replications'] = rounded(full.coverage);
  bars.recovery = { bar: '85 to 95 %', met: study.value.coverage >= 0.85 && study.value.coverage <= 0.95 };
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; seconds: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, seconds: rounded((performance.now() - startedAt) / 1000) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
