import { readdirSync, readFileSync } from 'node:fs';
import {
  checkModel,
  checkUnits,
  createEvaluator,
  describeModel,
  expectValue,
  type Program,
  readXmile,
  runModel,
  type SourceFile,
  writeXmile,
} from '@tandem/dynamics';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { driveModel, loadModel } from './model/index.ts';
import { checkStep, checkStocks, thresholdCurve } from './model/template-checks.ts';
import { ModelSetup } from './setup.ts';
import type { LeverPath } from './task.ts';

const folder = new URL('../../../../../samples/models/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.xmile'))
  .map((name) => name.slice(0, -'.xmile'.length));
const xmileOf = (name: string) => readFileSync(new URL(`${name}.xmile`, folder), 'utf8');
const setupOf = (name: string): ModelSetup => JSON.parse(readFileSync(new URL(`${name}.setup.json`, folder), 'utf8'));
const models = names.map((name) => ({ name, file: expectValue(readXmile(xmileOf(name))), setup: setupOf(name) }));
const community = loadModel({ xmile: xmileOf('live-community'), setup: setupOf('live-community') });

/** Names of all variables and of elements of arrays, but for the inputs of modules. */
function variablesOf(file: SourceFile): Map<string, ReturnType<typeof describeModel>[number]> {
  return new Map(
    describeModel(file).flatMap((one) => [
      [one.name, one] as const,
      ...one.elements.map((element) => [element.name, one] as const),
    ]),
  );
}

function namesIn(setup: ModelSetup): string[] {
  const { threshold, optimise, presets = [] } = setup;
  return [
    ...[setup.parameters, setup.observations, setup.levers, setup.couplings, setup.shown].flatMap((list) =>
      list.map(({ variable }) => variable),
    ),
    ...setup.parts.flatMap(({ variables }) => variables),
    ...Object.values(threshold ?? {}),
    ...Object.values(optimise ?? {}),
    ...presets.flatMap(({ levers, couplings }) => [...levers, ...couplings].map(({ variable }) => variable)),
  ];
}

describe.each(models)('$name', ({ file, setup }) => {
  it('has nothing wrong, and units that fit', () => {
    expect(checkModel(file)).toEqual([]);
    expect(checkUnits(file)).toEqual([]);
  });

  it('says of every variable what it is and in what unit', () => {
    for (const { name, kind, documentation, units } of describeModel(file)) {
      expect(units, name).not.toBeUndefined();
      expect(documentation?.length ?? 0, name).toBeGreaterThan(kind === 'input' ? 5 : 15);
    }
  });

  it('means the same when it is written and read again', async () => {
    const again = expectValue(readXmile(writeXmile(file)));
    const first = expectValue(await runModel(file, { time: { saveStep: file.timeSpecs.dt } }));
    const second = expectValue(await runModel(again, { time: { saveStep: file.timeSpecs.dt } }));
    expect(second.series).toEqual(first.series);
    expect(first.series.every(({ values }) => values.every(Number.isFinite))).toBe(true);
  });

  it('has a setup that is valid and names only what is there', () => {
    expect([...Value.Errors(ModelSetup, setup)]).toEqual([]);
    const variables = variablesOf(file);
    expect(namesIn(setup).filter((name) => !variables.has(name))).toEqual([]);
  });

  it('begins with the middle of its priors, and within the bounds of its levers', () => {
    const variables = variablesOf(file);
    const startOf = (name: string) => variables.get(name)?.elements.find((element) => element.name === name)?.value;
    for (const { variable, prior } of setup.parameters) {
      expect(variables.get(variable)?.constant, variable).toBe(true);
      if (prior.distribution === 'lognormal') expect(startOf(variable), variable).toBe(prior.median);
      if (prior.distribution === 'beta')
        expect(startOf(variable), variable).toBeCloseTo(prior.a / (prior.a + prior.b), 2);
    }
    for (const { variable, usual, low, high } of setup.levers) {
      expect(startOf(variable), variable).toBe(usual);
      expect(usual >= low && usual <= high, variable).toBe(true);
    }
    for (const { variable } of setup.couplings) expect(startOf(variable), variable).toBe(1);
  });

  it('says everything in both languages', () => {
    const seen: { en: string; zh: string }[] = [];
    JSON.stringify(setup, (_, value) => {
      if (value !== null && typeof value === 'object' && 'en' in value) seen.push(value);
      return value;
    });
    expect(seen.length).toBeGreaterThan(5);
    for (const { en, zh } of seen) {
      expect(en).not.toBe('');
      expect(zh, en).toMatch(/[一-鿿]|KOC|0–1/u);
    }
  });
});

describe('the coupled model', () => {
  it('keeps its people, and no stock falls below nothing, over priors and levers', async () => {
    for (const levers of [false, true]) {
      const { faults, conservationError, least } = await checkStocks(community, 'user_behaviour.people', {
        draws: 512,
        seed: 7,
        days: 365,
        levers,
      });
      expect(faults).toBe(0);
      expect(conservationError).toBeLessThan(1e-9);
      const mayFall = 'monetisation.cumulative_margin';
      expect(least.filter(({ variable, value }) => variable !== mayFall && !(value >= 0))).toEqual([]);
    }
  });

  it('has a step small enough', async () => {
    const { levers } = community.setup;
    const paths: LeverPath[] = levers
      .filter(({ kind }) => kind === 'pulse')
      .map(({ variable }) => ({
        variable,
        steps: [0, 60, 62, 200, 203].map((day, i) => ({ day, value: i % 2 === 1 ? 0.3 : 0 })),
      }));
    for (const { kpi, largest } of await checkStep(community, { draws: 256, seed: 3, days: 365 })) {
      expect(largest, kpi).toBeLessThan(1e-3);
    }
    for (const { kpi, template, usual } of await checkStep(community, { draws: 256, seed: 3, days: 365, paths })) {
      expect(template, kpi).toBeLessThan(1e-3);
      expect(usual, kpi).toBeLessThan(1e-3);
    }
  });

  it('lets every coupling be felt', () => {
    const couplings = community.setup.couplings.map(({ variable }) => variable);
    const outputs = community.setup.observations.map(({ variable }) => variable);
    const base = ends(outputs, {});
    for (const variable of couplings) {
      const cut = ends(outputs, { [variable]: 0 });
      expect(
        cut.some((value, i) => Math.abs(value / base[i]! - 1) > 1e-3),
        variable,
      ).toBe(true);
    }
  });

  it("reaches the template's first year by its preset but for the conversion of viewers, and falls short of it as usual", () => {
    const outputs = [
      'user_behaviour.members',
      'monetisation.cumulative_gmv',
      'monetisation.spend_per_customer',
      'user_behaviour.retention_30_days',
      'traffic_allocation.team_load',
      'monetisation.viewer_conversion',
    ];
    const preset = community.setup.presets?.find(({ id }) => id === 'template_plan');
    const planned = ends(outputs, {}, preset?.levers);
    const usual = ends(outputs, {});
    const targets = [500_000, 50e6, 200, 0.7];
    for (const [i, target] of targets.entries()) expect(planned[i], outputs[i]).toBeGreaterThan(target);
    expect(planned[4]).toBeLessThan(1);
    expect(usual[0]).toBeLessThan(targets[0]! / 4);
    expect(usual[1]).toBeLessThan(targets[1]! / 4);
    for (const [, , , , , conversion] of [planned, usual]) expect(conversion).toBeLessThan(0.11);
  });

  it('holds under extreme conditions', () => {
    const people = ['user_behaviour.members', 'user_behaviour.cumulative_joins', 'monetisation.cumulative_orders'];
    // No prospects: nobody joins, but for a hair of those who were lost.
    expect(ends(people, { 'user_behaviour.market_size': 0 })[1]).toBe(0);
    // A brand of one member grows by what is done from outside alone, and one without money does nothing.
    const [members] = ends(people, { 'user_behaviour.initial_members': 1 });
    expect(members).toBeLessThan(10_000);
    const none = community.setup.levers.map(({ variable, low }) => ({ variable, steps: [{ day: 0, value: low }] }));
    const idle = ends([...people, 'monetisation.cumulative_spend', 'traffic_allocation.cumulative_views'], {}, none);
    expect(idle[3]).toBe(0);
    expect(idle[4]).toBe(0);
    expect(idle[0]).toBeLessThan(40_000);
    const most = community.setup.levers.map(({ variable, high }) => ({ variable, steps: [{ day: 0, value: high }] }));
    for (const value of ends(people, {}, most)) expect(Number.isFinite(value) && value >= 0).toBe(true);
  });

  it('has hardly a size of its own: a brand of a twentieth does about a twentieth', () => {
    const set = (scale: number) => ({
      'user_behaviour.initial_members': 40_000 * scale,
      'user_behaviour.market_size': 4_000_000 * scale,
      'traffic_allocation.initial_koc': 60 * scale,
    });
    // What money buys has its price whatever the brand: levers that cost money go along.
    const paid = ['marketing_budget', 'paid_traffic_budget', 'koc_recruiting', 'offline_events'];
    const paths = (scale: number) =>
      paid.map((variable) => ({
        variable,
        steps: [{ day: 0, value: community.setup.levers.find((one) => one.variable === variable)!.usual * scale }],
      }));
    const outputs = ['user_behaviour.members', 'traffic_allocation.cumulative_views', 'monetisation.cumulative_orders'];
    const [large, small] = [1, 0.05].map((scale) => ends(outputs, set(scale), paths(scale)));
    for (const [i, output] of outputs.entries()) {
      expect((20 * small![i]!) / large![i]!, output).toBeGreaterThan(0.4);
      expect((20 * small![i]!) / large![i]!, output).toBeLessThan(1.1);
    }
  });

  it('sells at what goods cost, whatever the coupon gives away', () => {
    const outputs = [
      'monetisation.cumulative_margin',
      'monetisation.cumulative_orders',
      'monetisation.cumulative_revenue',
    ];
    const held = (depth: number) =>
      ends(outputs, {}, [{ variable: 'coupon_depth', steps: [{ day: 0, value: depth }] }]);
    const [cheap, plain] = [held(0.9), held(0)];
    // At a tenth of the price a piece brings less than it costs, however many are sold.
    expect(cheap![1]).toBeGreaterThan(plain![1]!);
    expect(cheap![0]).toBeLessThan(0);
  });
});

/** Values at the end of a year. */
function ends(outputs: string[], set: Record<string, number>, paths: LeverPath[] = []): number[] {
  const time = paths.length === 0 ? {} : { dt: 1 / 16, method: 'rk4' as const };
  const { program } = driveModel(community, { stop: 365, paths, inputs: Object.keys(set), outputs, ...time });
  return lastValues(program, Object.values(set));
}

function lastValues(program: Program, inputs: number[]): number[] {
  const run = createEvaluator(program);
  run.begin(inputs);
  while (run.advance());
  return program.outputs.map(({ node }) => run.values[node]!);
}

describe('the models for teaching', () => {
  it('keep their people and count the S of diffusion', async () => {
    const { file } = models.find(({ name }) => name === 'bass-referral')!;
    const { series } = expectValue(await runModel(file, { time: { saveStep: 1 } }));
    const of = (name: string) => series.find((one) => one.name === name)!.values;
    for (const value of of('people_in_all')) expect(Math.abs(value / 200_000 - 1)).toBeLessThan(1e-12);
    const joins = of('joins');
    const peak = joins.indexOf(Math.max(...joins));
    expect(peak).toBeGreaterThan(200);
    expect(peak).toBeLessThan(300);
    expect(of('members')[peak]! / 200_000).toBeGreaterThan(0.4);
    expect(of('members')[peak]! / 200_000).toBeLessThan(0.6);
  });

  it('tip over by a strong campaign for good, and fall back after a weak one', () => {
    const { file, setup } = models.find(({ name }) => name === 'collective-threshold')!;
    const activityAfter = (id: string) => {
      const paths = setup.presets?.find((preset) => preset.id === id)?.levers ?? [];
      const { program } = driveModel({ file, setup }, { stop: 120, paths, outputs: ['activity'] });
      return lastValues(program, [])[0]!;
    };
    expect(activityAfter('strong_campaign')).toBeGreaterThan(0.7);
    expect(activityAfter('weak_campaign')).toBeLessThan(0.05);
  });

  it('fold twice along the encouragement', async () => {
    const { file, setup } = models.find(({ name }) => name === 'collective-threshold')!;
    const { folds } = await thresholdCurve({ file, setup }, { low: 0, high: 0.3, settleDays: 1000 });
    expect(folds).toHaveLength(2);
    // Where e(a) = theta (a / (1 - a))^(1/n) - a has its turning points, for theta 0.6 and n 3.
    for (const { control, activity } of folds) {
      expect(control).toBeCloseTo(0.6 * (activity / (1 - activity)) ** (1 / 3) - activity, 8);
      const slope = (0.2 * (activity / (1 - activity)) ** (1 / 3)) / (activity * (1 - activity)) - 1;
      expect(Math.abs(slope)).toBeLessThan(1e-4);
    }
  });
});
