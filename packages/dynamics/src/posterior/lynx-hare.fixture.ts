import { readFileSync } from 'node:fs';
import type { Evaluate } from '../experiment/evaluate.ts';
import type { ObservedProblem } from './target.ts';

const file = new URL('../../test/reference-cases/hudson_lynx_hare.json', import.meta.url);
const { y_init: first, y: rest } = JSON.parse(readFileSync(file, 'utf8')) as { y_init: number[]; y: number[][] };
const stepsPerYear = 20;

/** Hares and lynxes of 21 years for rows of (theta 1 to 4, first hares, first lynxes), by RK4. */
export const evaluateLynxHare: Evaluate = (points, count) => {
  const years = rest.length + 1;
  const answers = new Float64Array(count * 2 * years);
  const h = 1 / stepsPerYear;
  for (let run = 0; run < count; run += 1) {
    const [a = 0, b = 0, c = 0, e = 0, u0 = 0, v0 = 0] = points.subarray(run * 6, run * 6 + 6);
    let u = u0;
    let v = v0;
    const row = run * 2 * years;
    for (let year = 0; year < years; year += 1) {
      answers[row + year] = u;
      answers[row + years + year] = v;
      for (let step = 0; step < stepsPerYear; step += 1) {
        const u1 = (a - b * v) * u;
        const v1 = (-c + e * u) * v;
        const um = u + (h / 2) * u1;
        const vm = v + (h / 2) * v1;
        const u2 = (a - b * vm) * um;
        const v2 = (-c + e * um) * vm;
        const un = u + (h / 2) * u2;
        const vn = v + (h / 2) * v2;
        const u3 = (a - b * vn) * un;
        const v3 = (-c + e * un) * vn;
        const ue = u + h * u3;
        const ve = v + h * v3;
        const u4 = (a - b * ve) * ue;
        const v4 = (-c + e * ue) * ve;
        u += (h / 6) * (u1 + 2 * u2 + 2 * u3 + u4);
        v += (h / 6) * (v1 + 2 * v2 + 2 * v3 + v4);
      }
    }
  }
  return answers;
};

/** The priors of the case in posteriordb, `hudson_lynx_hare-lotka_volterra`. */
export function lynxHare(evaluate: Evaluate = evaluateLynxHare): ObservedProblem {
  const start = { distribution: 'lognormal', logMean: Math.log(10), logDeviation: 1 } as const;
  const noise = { distribution: 'lognormal', logMean: -1, logDeviation: 1 } as const;
  return {
    parameters: [
      { name: 'theta1', low: 0, prior: { distribution: 'normal', mean: 1, deviation: 0.5 } },
      { name: 'theta2', low: 0, prior: { distribution: 'normal', mean: 0.05, deviation: 0.05 } },
      { name: 'theta3', low: 0, prior: { distribution: 'normal', mean: 1, deviation: 0.5 } },
      { name: 'theta4', low: 0, prior: { distribution: 'normal', mean: 0.05, deviation: 0.05 } },
      { name: 'hares', prior: start },
      { name: 'lynxes', prior: start },
    ],
    noise: [
      { name: 'sigma1', prior: noise },
      { name: 'sigma2', prior: noise },
    ],
    evaluate,
    series: [0, 1].map((kind) => ({
      name: kind === 0 ? 'hares' : 'lynxes',
      values: [first[kind]!, ...rest.map((year) => year[kind]!)],
      errors: { distribution: 'lognormal', logDeviation: { parameter: `sigma${kind + 1}` } },
    })),
  };
}

/** Published means: 10 chains of 20,000 draws. */
export const lynxHareMeans = [0.546864, 0.0277473, 0.800095, 0.0240859, 34.0352, 5.9359, 0.248057, 0.251017];
