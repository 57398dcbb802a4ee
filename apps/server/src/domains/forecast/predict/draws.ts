import type { FitResult } from '../task.ts';

/** Draws of a fit, ready for use. */
export interface Draws {
  /** Variables of the model, then `scale:` and the KPI for each proportion that was estimated. */
  names: readonly string[];
  count: number;
  /** Draw after draw, a value for each name. */
  values: Float64Array;
  /** How many of `names`, from the first on, are variables of the model. */
  modelNames: number;
}

/** The name under which draws have the proportion between a KPI and its variable. */
export function scaleName(kpi: string): string {
  return `scale:${kpi}`;
}

/** Text for draws: base64 of little-endian doubles. */
export function encodeDraws(names: readonly string[], values: Float64Array): FitResult['draws'] {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) view.setFloat64(8 * i, values[i]!, true);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { names: [...names], count: names.length === 0 ? 0 : values.length / names.length, values: btoa(text) };
}

/** The draws of a fit. Throws a RangeError where text and count do not go together. */
export function decodeDraws({ names, count, values }: FitResult['draws']): Draws {
  const text = atob(values);
  if (text.length !== 8 * count * names.length) throw new RangeError('draws do not have the length that they tell');
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const scales = names.findIndex((name) => name.startsWith('scale:'));
  return {
    names,
    count,
    values: Float64Array.from({ length: count * names.length }, (_, i) => view.getFloat64(8 * i, true)),
    modelNames: scales < 0 ? names.length : scales,
  };
}

/**
 * Values of the model's own parameters for some draws, spread evenly over all of them: points for an ensemble whose inputs
 * are `names.slice(0, modelNames)`.
 */
export function modelPoints(draws: Draws, count: number): { points: Float64Array; chosen: number[] } {
  const chosen = spreadOver(draws.count, count);
  const points = new Float64Array(chosen.length * draws.modelNames);
  for (const [k, at] of chosen.entries()) {
    const from = at * draws.names.length;
    points.set(draws.values.subarray(from, from + draws.modelNames), k * draws.modelNames);
  }
  return { points, chosen };
}

/** `count` whole numbers below `from`, evenly spread; numbers repeat where more are wanted than there are. */
export function spreadOver(from: number, count: number): number[] {
  return Array.from({ length: from === 0 ? 0 : count }, (_, k) => Math.floor(((k + 0.5) * from) / count) % from);
}
