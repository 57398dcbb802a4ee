import { describe, expect, it } from 'vitest';
import { expectValue } from '../diagnostic.ts';
import { informationReport } from './identifiability.ts';
import { samplePosterior } from './sampler.ts';
import { pointwise } from './target.fixture.ts';

const known = (name: string) => ({ name, prior: { distribution: 'normal', mean: 0, deviation: 1 } as const });

describe('what data tell of parameters', () => {
  it('names the parameters that only their sum is known of, and the one nothing is known of', async () => {
    const logLikelihood = pointwise(4, ([a = 0, b = 0, c = 0]) => -0.5 * (((a + b) / 0.05) ** 2 + (c / 0.1) ** 2));
    const parameters = ['a', 'b', 'c', 'd'].map(known);
    const { identifiability } = expectValue(await samplePosterior({ parameters, logLikelihood }));
    expect(identifiability.parameters.map(({ verdict }) => verdict)).toEqual([
      'weak',
      'weak',
      'identified',
      'unidentified',
    ]);
    // Given their sum, the variance of either is one half.
    expect(identifiability.parameters[0]!.ratio).toBeCloseTo(Math.SQRT1_2, 1);
    expect(identifiability.parameters[0]!.partner).toMatchObject({ name: 'b' });
    expect(identifiability.parameters[0]!.partner!.correlation).toBeLessThan(-0.98);
    const members = identifiability.weakDirections.map((one) => one.members.map(({ name }) => name).sort());
    expect(members).toHaveLength(2);
    expect(members).toContainEqual(['a', 'b']);
    expect(members).toContainEqual(['d']);
  });

  it('sees a parameter that the data push against the end of its range', async () => {
    const logLikelihood = pointwise(2, ([a = 0, b = 0]) => -0.5 * (((a + 1) / 0.5) ** 2 + ((b - 5) / 0.5) ** 2));
    const parameters = ['a', 'b'].map((name) => ({ name, low: 0, high: 10 }));
    const { identifiability } = expectValue(await samplePosterior({ parameters, logLikelihood }));
    expect(identifiability.parameters.map(({ verdict }) => verdict)).toEqual(['at_bound', 'identified']);
  });

  it('compares on the logarithmic scale where that was asked for', async () => {
    const logLikelihood = pointwise(1, ([a = 1]) => -0.5 * (Math.log(a / 2) / 0.1) ** 2);
    const parameters = [{ name: 'a', low: 1e-4, high: 1e4, scale: 'log' } as const];
    const { identifiability } = expectValue(await samplePosterior({ parameters, logLikelihood }));
    const [found] = identifiability.parameters;
    expect(found!.posteriorDeviation).toBeCloseTo(0.1, 2);
    // A uniform logarithm of width ln(10^8).
    expect(found!.priorDeviation).toBeCloseTo(Math.log(1e8) / Math.sqrt(12), 2);
  });

  it('tells the same of a linear model from its derivatives', () => {
    // Two observations of a + b, one of c; nothing of d.
    const jacobian = Float64Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0);
    const parameters = ['a', 'b', 'c', 'd'].map((name) => ({ name, priorDeviation: 1 }));
    const report = informationReport(parameters, jacobian, [0.05, 0.05, 0.1]);
    expect(report.parameters.map(({ verdict }) => verdict)).toEqual(['weak', 'weak', 'identified', 'unidentified']);
    // Precision of a + b: 2 / 0.05²; the rest is the prior's.
    const alongSum = 1 / (1 + 2 * (2 / 0.05 ** 2));
    expect(report.parameters[0]!.posteriorDeviation).toBeCloseTo(Math.sqrt((1 + alongSum) / 2), 12);
    expect(report.parameters[2]!.posteriorDeviation).toBeCloseTo(1 / Math.sqrt(101), 12);
    expect(report.weakDirections.map(({ members }) => members.map(({ name }) => name).sort())).toEqual(
      expect.arrayContaining([['a', 'b'], ['d']]),
    );
    expect(report.weakDirections.map(({ ratio }) => ratio)).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    expect(() => informationReport(parameters, jacobian, [1])).toThrow(RangeError);
  });
});
