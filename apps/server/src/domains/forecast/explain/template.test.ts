import { readFileSync } from 'node:fs';
import { createEnsemble } from '@tandem/dynamics';
import { describe, expect, it } from 'vitest';
import { driveModel } from '../model/index.ts';
import type { ModelSetup } from '../setup.ts';
import { fitOf, spread, taskOf } from './explain.fixture.ts';
import { explainModel } from './explain.ts';
import type { ExplainResult } from './result.ts';
import { subjectOf } from './subject.ts';

const folder = new URL('../../../../../../samples/models/', import.meta.url);
const days = 120;
const effort = { growth: 12, loops: 2, threshold: 12, folds: 3, couplings: 8 };

const explanations = new Map<string, Promise<ExplainResult>>();

/** Explained once for all tests. */
function explained(name: string): Promise<ExplainResult> {
  const known = explanations.get(name) ?? explainModel(sample(name), { threads: 1 }, effort);
  explanations.set(name, known);
  return known;
}

/** A sample's model with draws around the middle of its beliefs. */
function sample(name: string) {
  const xmile = readFileSync(new URL(`${name}.xmile`, folder), 'utf8');
  const setup = JSON.parse(readFileSync(new URL(`${name}.setup.json`, folder), 'utf8')) as ModelSetup;
  const names = setup.parameters.map(({ variable }) => variable);
  const middles = setup.parameters.map(({ prior }) => {
    if (prior.distribution === 'lognormal') return prior.median;
    if (prior.distribution === 'normal') return prior.mean;
    const [low, high] = [prior.low ?? 0, prior.high ?? 1];
    return prior.distribution === 'beta' ? low + ((high - low) * prior.a) / (prior.a + prior.b) : (low + high) / 2;
  });
  const draws = spread(0.97, 1.03, 16).map((_, k) =>
    middles.map((middle, i) => middle * (0.97 + (0.06 * (((k * (2 * i + 1)) % 16) + 0.5)) / 16)),
  );
  return taskOf(xmile, setup, fitOf(names, draws), { days, samples: 64, from: '2025-03-10' });
}

describe.each(['live-community', 'bass-referral', 'collective-threshold'])('the sample %s', (name) => {
  it('is explained', async () => {
    const result = await explained(name);
    expect(result.ahead).toBe('from_today');
    expect(result.outcomes.length).toBeGreaterThan(0);
    for (const { direct, source } of result.outcomes) {
      for (const { terms } of [...direct, ...source]) {
        expect(terms.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const { share, low, high } of terms)
          expect([low <= share, share <= high, share >= 0, share <= 1 + 1e-12]).toEqual([true, true, true, true]);
      }
    }
    expect(result.loops.length).toBeGreaterThan(0);
    // A community at rest has no loop that moves it.
    for (const { parts } of result.loopMonths)
      expect([0, 1]).toContain(Math.round(1e9 * parts.reduce((sum, { share }) => sum + share, 0)) / 1e9);
    for (const { parts, sectors } of result.loopMonths)
      for (const { share, low, high } of [...parts, ...sectors]) expect(low <= share && share <= high).toBe(true);
    const variables = new Set(result.causes.map(({ variable }) => variable));
    for (const { causes, effects, variable } of result.causes) {
      for (const effect of effects) expect(variables.has(effect)).toBe(true);
      for (const cause of causes) {
        expect(result.causes.find((one) => one.variable === cause.variable)!.effects).toContain(variable);
        expect(Math.abs(cause.influence)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(JSON.stringify(result).length).toBeLessThan(1_500_000);
  });

  it('grows by what its parts add', async () => {
    const task = sample(name);
    const { outcomes } = await explained(name);
    const subject = subjectOf(task, { threads: 1 });
    const { names, loaded, paths, draws } = subject;
    const counted = outcomes.filter(({ kpi }) => kpi !== null);
    const { program } = driveModel(loaded, {
      stop: days,
      paths,
      inputs: names,
      outputs: counted.map(({ variable }) => variable),
    });
    const ensemble = createEnsemble(program, {
      columns: counted.flatMap(({ variable: output }) => [
        { output, reduce: { kind: 'initial' as const } },
        { output, reduce: { kind: 'final' as const } },
      ]),
    });
    const { values } = await ensemble.run(draws.values);
    ensemble.close();
    const width = 2 * counted.length;
    // Draws are spread evenly over those of the fit; twelve of sixteen are taken.
    const taken = Array.from({ length: 12 }, (_, k) => Math.floor(((k + 0.5) * 16) / 12));
    for (const [i, { direct }] of counted.entries()) {
      const rises = taken.map((k) => values[k * width + 2 * i + 1]! - values[k * width + 2 * i]!);
      const mean = rises.reduce((sum, rise) => sum + rise, 0) / taken.length;
      const told = direct
        .filter(({ isForecast }) => !isForecast)
        .reduce((sum, { terms }) => sum + terms.reduce((all, { amount }) => all + amount.mean, 0), 0);
      expect(told / mean).toBeCloseTo(1, 9);
    }
  });
});

describe('the picture of the sample collective-threshold', () => {
  it('folds where its equations say', async () => {
    const task = sample('collective-threshold');
    const { threshold } = await explained('collective-threshold');
    const { names, median } = subjectOf(task, { threads: 1 });
    const theta = median[names.indexOf('typical_threshold')]!;
    const steep = 3;
    // Activity x^n / (1 + x^n) with x = (activity + h) / theta rests at h = theta x - x^n / (1 + x^n), least or most where its slope is 0.
    const slope = (x: number) => theta - (steep * x ** (steep - 1)) / (1 + x ** steep) ** 2;
    let [low, high] = [0.01, 0.6];
    for (let step = 0; step < 60; step += 1) {
      const middle = (low + high) / 2;
      if (slope(middle) > 0) low = middle;
      else high = middle;
    }
    const activity = low ** steep / (1 + low ** steep);
    const fold = threshold!.folds.find((one) => Math.abs(one.activity - activity) < 0.05)!;
    expect(fold.control).toBeCloseTo(theta * low - activity, 7);
    expect(fold.low! <= fold.control && fold.control <= fold.high!).toBe(true);
  });
});
