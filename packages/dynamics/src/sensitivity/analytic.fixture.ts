import type { Evaluate, Range } from '../experiment/evaluate.ts';

/** A function with known indices over its ranges. */
export interface Analytic {
  ranges: Range[];
  at: (x: Float64Array) => number;
  first: number[];
  total: number[];
  mean: number;
  variance: number;
}

/** T. Ishigami, T. Homma (1990), with a = 7 and b = 0.1. */
export const ishigami: Analytic = {
  ranges: ['x1', 'x2', 'x3'].map((name) => ({ name, low: -Math.PI, high: Math.PI })),
  at: (x) => Math.sin(x[0]!) + 7 * Math.sin(x[1]!) ** 2 + 0.1 * x[2]! ** 4 * Math.sin(x[0]!),
  first: [0.313905191148, 0.44241114479, 0],
  total: [0.55758885521, 0.44241114479, 0.243683664062],
  mean: 3.5,
  variance: 13.844587940719,
};

const gWeights = [0, 1, 4.5, 9, 99, 99, 99, 99];

/** The g-function of I. M. Sobol'. */
export const sobolG: Analytic = {
  ranges: gWeights.map((_, i) => ({ name: `x${i + 1}`, low: 0, high: 1 })),
  at: (x) => gWeights.reduce((product, a, i) => (product * (Math.abs(4 * x[i]! - 2) + a)) / (1 + a), 1),
  first: [0.71619217, 0.17904805, 0.02367577, 0.00716192, 7.162e-5, 7.162e-5, 7.162e-5, 7.162e-5],
  total: [0.78714413, 0.24219819, 0.03431691, 0.01046039, 1.0495e-4, 1.0495e-4, 1.0495e-4, 1.0495e-4],
  mean: 1,
  variance: 0.465424431902,
};

/** Rows of outputs, each a function of the row's point. */
export function evaluateBy(...functions: ((x: Float64Array) => number)[]): Evaluate {
  return (points, count) => {
    const dimensions = points.length / count;
    const answers = new Float64Array(count * functions.length);
    for (let i = 0; i < count; i += 1) {
      const point = points.subarray(i * dimensions, (i + 1) * dimensions);
      for (const [k, at] of functions.entries()) answers[i * functions.length + k] = at(point);
    }
    return answers;
  };
}
