import { readFileSync } from 'node:fs';
import type { Evaluate } from '../experiment/evaluate.ts';
import type { Series } from './likelihood.ts';
import type { Prior } from './prior.ts';

const file = new URL('../../test/reference-cases/hudson_lynx_hare.json', import.meta.url);
const years = 20;
const stepsPerYear = 20;

/** Hares and lynxes of Lotka and Volterra, at the beginning and after each of twenty years, by RK4. */
export const lotkaVolterra: Evaluate = (points, count) => {
  const width = 2 * (years + 1);
  const rows = new Float64Array(count * width);
  const h = 1 / stepsPerYear;
  for (let p = 0; p < count; p += 1) {
    const [a, b, c, d] = [points[p * 6]!, points[p * 6 + 1]!, points[p * 6 + 2]!, points[p * 6 + 3]!];
    let u = points[p * 6 + 4]!;
    let v = points[p * 6 + 5]!;
    rows[p * width] = u;
    rows[p * width + years + 1] = v;
    for (let step = 1; step <= years * stepsPerYear; step += 1) {
      const u1 = (a - b * v) * u;
      const v1 = (d * u - c) * v;
      const [ua, va] = [u + (h / 2) * u1, v + (h / 2) * v1];
      const u2 = (a - b * va) * ua;
      const v2 = (d * ua - c) * va;
      const [ub, vb] = [u + (h / 2) * u2, v + (h / 2) * v2];
      const u3 = (a - b * vb) * ub;
      const v3 = (d * ub - c) * vb;
      const [uc, vc] = [u + h * u3, v + h * v3];
      u += (h / 6) * (u1 + 2 * (u2 + u3) + (a - b * vc) * uc);
      v += (h / 6) * (v1 + 2 * (v2 + v3) + (d * uc - c) * vc);
      if (step % stepsPerYear !== 0) continue;
      rows[p * width + step / stepsPerYear] = u;
      rows[p * width + years + 1 + step / stepsPerYear] = v;
    }
  }
  return rows;
};

const rate = (name: string): Prior => ({ name, distribution: 'normal', mean: 1, deviation: 0.5, low: 0 });
const contact = (name: string): Prior => ({ name, distribution: 'normal', mean: 0.05, deviation: 0.05, low: 0 });
const start = (name: string): Prior => ({ name, distribution: 'lognormal', logMean: Math.log(10), logDeviation: 1 });
const spread = (name: string): Prior => ({ name, distribution: 'lognormal', logMean: -1, logDeviation: 1 });

export const lynxHarePriors: Prior[] = [
  rate('theta1'),
  contact('theta2'),
  rate('theta3'),
  contact('theta4'),
  start('hares'),
  start('lynxes'),
];

export function lynxHareSeries(): Series[] {
  const { y_init: first, y: rest } = JSON.parse(readFileSync(file, 'utf8')) as { y_init: number[]; y: number[][] };
  return ['hare pelts', 'lynx pelts'].map((name, k) => ({
    name,
    observations: [first[k]!, ...rest.map((row) => row[k]!)],
    noise: { distribution: 'lognormal', logDeviation: spread(`sigma${k + 1}`) },
  }));
}

/** Reference means of posteriordb, 10 chains of 20,000 draws; the deviations are those of its draws, rounded. */
export const lynxHareReference = {
  theta1: { mean: 0.546864, deviation: 0.063 },
  theta2: { mean: 0.0277473, deviation: 0.0042 },
  theta3: { mean: 0.800095, deviation: 0.09 },
  theta4: { mean: 0.0240859, deviation: 0.0035 },
  hares: { mean: 34.0352, deviation: 2.9 },
  lynxes: { mean: 5.9359, deviation: 0.53 },
  sigma1: { mean: 0.248057, deviation: 0.043 },
  sigma2: { mean: 0.251017, deviation: 0.044 },
};
