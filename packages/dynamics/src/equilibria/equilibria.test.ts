import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { followEquilibria } from './equilibria.ts';
import type { VectorField } from './field.ts';

const field = (rates: (state: Float64Array, parameter: number) => number[], start: number[]): VectorField => ({
  size: start.length,
  names: start.map((_, i) => `x${i}`),
  rates: (state, parameter) => Float64Array.from(rates(state, parameter)),
  initial: () => Float64Array.from(start),
});

/** Standard normal distribution function by its power series, exact to rounding for |x| < 6. */
function normal(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && k < 300; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

describe('equilibria along a parameter', () => {
  it('finds both folds of the saddle-node normal form', async () => {
    const report = expectValue(
      await followEquilibria(
        field((x, r) => [r + x[0]! - x[0]! ** 3], [1]),
        { name: 'r', low: -1, high: 1 },
      ),
    );
    const folds = report.bifurcations.filter(({ kind }) => kind === 'fold');
    const critical = 2 / (3 * Math.sqrt(3));
    expect(folds).toHaveLength(2);
    expect(folds[0]!.parameter).toBeCloseTo(-critical, 9);
    expect(folds[1]!.parameter).toBeCloseTo(critical, 9);
    expect(folds[1]!.state[0]).toBeCloseTo(-1 / Math.sqrt(3), 6);
    expect(report.branches).toHaveLength(1);
    expect(report.branches[0]!.ends).toEqual(['range', 'range']);
    const { points } = report.branches[0]!;
    for (const { parameter, state, stable } of points) {
      expect(Math.abs(parameter + state[0]! - state[0]! ** 3)).toBeLessThan(1e-9);
      if (Math.abs(Math.abs(state[0]!) - 1 / Math.sqrt(3)) > 1e-6) expect(stable).toBe(1 - 3 * state[0]! ** 2 < 0);
    }
  });

  it('finds where a crowd tips (Granovetter 1978)', async () => {
    const report = expectValue(
      await followEquilibria(
        field((x, sigma) => [normal((x[0]! - 0.25) / sigma) - x[0]!], [0.5]),
        { name: 'sigma', low: 0.06, high: 0.2 },
      ),
    );
    const fold = report.bifurcations.find(({ kind, state }) => kind === 'fold' && state[0]! < 0.2);
    expect(fold!.parameter).toBeCloseTo(0.122220868268, 7);
    expect(fold!.state[0]).toBeCloseTo(0.062003251513, 6);
  });

  it('keeps people and finds the threshold of an epidemic', async () => {
    const report = expectValue(
      await followEquilibria(
        field(([s, i], beta) => [-(beta * s! * i!) / 1000 + 0.5 * i!, (beta * s! * i!) / 1000 - 0.5 * i!], [999, 1]),
        { name: 'beta', low: 0.1, high: 2 },
      ),
    );
    expect(report.conserved).toBe(1);
    const threshold = report.bifurcations.find(({ kind }) => kind === 'branch');
    expect(threshold!.parameter).toBeCloseTo(0.5, 6);
    const endemic = report.branches.flatMap(({ points }) => points).filter(({ state }) => state[1]! > 1);
    expect(endemic.length).toBeGreaterThan(10);
    for (const { parameter, state } of endemic) {
      expect(state[0]! + state[1]!).toBeCloseTo(1000, 6);
      expect(state[1]).toBeCloseTo(1000 * (1 - 0.5 / parameter), 5);
    }
  });

  it('follows stocks that are empty at the start over the whole range', async () => {
    // Bass: everybody has bought in the end, however they talk to each other.
    const adopting = (left: number, buyers: number, q: number) => left * (0.01 + (q * buyers) / (left + buyers));
    const report = expectValue(
      await followEquilibria(
        field(([left, buyers], q) => [-adopting(left!, buyers!, q), adopting(left!, buyers!, q)], [100_000, 0]),
        { name: 'q', low: 0.1, high: 0.5 },
        { starts: [{ state: Float64Array.of(44, 99_956), parameter: 0.3 }] },
      ),
    );
    const [bought, ...more] = report.branches.filter(({ points }) => points.every(({ stable }) => stable));
    expect(more).toEqual([]);
    expect(bought!.ends).toEqual(['range', 'range']);
    expect([bought!.points[0]!.parameter, bought!.points.at(-1)!.parameter]).toEqual([0.1, 0.5]);
    for (const { state } of bought!.points) {
      expect(state[0]).toBeCloseTo(0, 5);
      expect(state[1]).toBeCloseTo(100_000, 5);
    }
  });

  it('finds the onset of oscillation of the Brusselator', async () => {
    const report = expectValue(
      await followEquilibria(
        field(([x, y], b) => [1 - (b + 1) * x! + x! * x! * y!, b * x! - x! * x! * y!], [1, 1]),
        { name: 'b', low: 0.5, high: 4 },
      ),
    );
    const onset = report.bifurcations.find(({ kind }) => kind === 'hopf');
    expect(onset!.parameter).toBeCloseTo(2, 6);
    expect(onset!.frequency).toBeCloseTo(1, 5);
  });

  it('says so when nothing comes to rest, and stops when asked', async () => {
    const growing = await followEquilibria(
      field(() => [1], [1]),
      { name: 'r', low: 0, high: 1 },
    );
    expect(growing.ok ? [] : growing.errors.map(({ code }) => code)).toEqual(['equilibria.none']);
    const stopped = await followEquilibria(
      field((x, r) => [r - x[0]!], [1]),
      { name: 'r', low: 0, high: 1 },
      { signal: AbortSignal.abort() },
    );
    expect(stopped.ok).toBe(false);
  });
});
