import { readdirSync, readFileSync } from 'node:fs';
import type { Evaluate } from '../experiment/evaluate.ts';

const folder = new URL('../../test/nist-strd/', import.meta.url);

type Formula = (b: Float64Array, x: readonly number[]) => number;

const gauss: Formula = (b, [x]) =>
  b[0]! * Math.exp(-b[1]! * x!) +
  b[2]! * Math.exp(-((x! - b[3]!) ** 2) / b[4]! ** 2) +
  b[5]! * Math.exp(-((x! - b[6]!) ** 2) / b[7]! ** 2);
const chwirut: Formula = (b, [x]) => Math.exp(-b[0]! * x!) / (b[1]! + b[2]! * x!);
const lanczos: Formula = (b, [x]) =>
  b[0]! * Math.exp(-b[1]! * x!) + b[2]! * Math.exp(-b[3]! * x!) + b[4]! * Math.exp(-b[5]! * x!);
const saturation: Formula = (b, [x]) => b[0]! * (1 - Math.exp(-b[1]! * x!));
const cubics: Formula = (b, [x]) =>
  (b[0]! + x! * (b[1]! + x! * (b[2]! + x! * b[3]!))) / (1 + x! * (b[4]! + x! * (b[5]! + x! * b[6]!)));

/** The models as their files write them; of Nelson the logarithm of the response is modelled. */
const formulas: Record<string, Formula> = {
  Bennett5: (b, [x]) => b[0]! * (b[1]! + x!) ** (-1 / b[2]!),
  BoxBOD: saturation,
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  DanWood: (b, [x]) => b[0]! * x! ** b[1]!,
  ENSO: (b, [x]) => {
    const turn = 2 * Math.PI * x!;
    return (
      b[0]! +
      b[1]! * Math.cos(turn / 12) +
      b[2]! * Math.sin(turn / 12) +
      b[4]! * Math.cos(turn / b[3]!) +
      b[5]! * Math.sin(turn / b[3]!) +
      b[7]! * Math.cos(turn / b[6]!) +
      b[8]! * Math.sin(turn / b[6]!)
    );
  },
  Eckerle4: (b, [x]) => (b[0]! / b[1]!) * Math.exp(-0.5 * ((x! - b[2]!) / b[1]!) ** 2),
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  Hahn1: cubics,
  Kirby2: (b, [x]) => (b[0]! + x! * (b[1]! + x! * b[2]!)) / (1 + x! * (b[3]! + x! * b[4]!)),
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  MGH09: (b, [x]) => (b[0]! * (x! * x! + x! * b[1]!)) / (x! * x! + x! * b[2]! + b[3]!),
  MGH10: (b, [x]) => b[0]! * Math.exp(b[1]! / (x! + b[2]!)),
  MGH17: (b, [x]) => b[0]! + b[1]! * Math.exp(-x! * b[3]!) + b[2]! * Math.exp(-x! * b[4]!),
  Misra1a: saturation,
  Misra1b: (b, [x]) => b[0]! * (1 - (1 + (b[1]! * x!) / 2) ** -2),
  Misra1c: (b, [x]) => b[0]! * (1 - (1 + 2 * b[1]! * x!) ** -0.5),
  Misra1d: (b, [x]) => (b[0]! * b[1]! * x!) / (1 + b[1]! * x!),
  Nelson: (b, [x1, x2]) => b[0]! - b[1]! * x1! * Math.exp(-b[2]! * x2!),
  Rat42: (b, [x]) => b[0]! / (1 + Math.exp(b[1]! - b[2]! * x!)),
  Rat43: (b, [x]) => b[0]! / (1 + Math.exp(b[1]! - b[2]! * x!)) ** (1 / b[3]!),
  Roszman1: (b, [x]) => b[0]! - b[1]! * x! - Math.atan(b[2]! / (x! - b[3]!)) / Math.PI,
  Thurber: cubics,
};

export interface NistProblem {
  name: string;
  starts: [number[], number[]];
  values: number[];
  deviations: number[];
  sumOfSquares: number;
  residualDeviation: number;
  data: Float64Array;
  evaluate: Evaluate;
}

/** The non-linear regression problems of the NIST Statistical Reference Datasets. */
export function nistProblems(): NistProblem[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.dat'))
    .sort()
    .map((file) => parse(file.slice(0, -4), readFileSync(new URL(file, folder), 'latin1')));
}

function parse(name: string, text: string): NistProblem {
  const lines = text.split(/\r?\n/);
  const rows = lines.flatMap((line) => {
    const [, numbers] = /^\s*b\d+\s*=\s*(.*)$/.exec(line) ?? [];
    return numbers === undefined ? [] : [numbers.trim().split(/\s+/).map(Number)];
  });
  const figure = (label: string) => Number(new RegExp(`${label}:\\s*(\\S+)`).exec(text)![1]);
  const [, first, last] = /Data\s+\(lines\s+(\d+)\s+to\s+(\d+)\)/.exec(text)!;
  const data = lines.slice(Number(first) - 1, Number(last)).map((line) => line.trim().split(/\s+/).map(Number));
  const formula = formulas[name]!;
  return {
    name,
    starts: [rows.map((row) => row[0]!), rows.map((row) => row[1]!)],
    values: rows.map((row) => row[2]!),
    deviations: rows.map((row) => row[3]!),
    sumOfSquares: figure('Residual Sum of Squares'),
    residualDeviation: figure('Residual Standard Deviation'),
    data: Float64Array.from(data, ([y]) => (name === 'Nelson' ? Math.log(y!) : y!)),
    evaluate: (points, count) => {
      const answer = new Float64Array(count * data.length);
      for (let p = 0; p < count; p += 1) {
        const b = points.subarray(p * rows.length, (p + 1) * rows.length);
        for (const [i, [, ...x]] of data.entries()) answer[p * data.length + i] = formula(b, x);
      }
      return answer;
    },
  };
}
