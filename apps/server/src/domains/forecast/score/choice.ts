import type { Horizon, Method } from '../task.ts';
import { type Stretch, spreadFactor, stretchOf } from './calibration.ts';
import { type Fold, type Pair, pairShares, pairsWithin } from './folds.ts';
import { averageGrids, type Grid, medianOf, spreadGrid } from './grid.ts';
import { crpsOfGrid } from './scores.ts';
import { bestWeights, type Member, members, type Past, priorWeights, type Weights } from './weights.ts';

/** What was learned for one series and horizon from folds whose outcome was known. */
export interface Lesson {
  /** Factor on the width of each method. */
  factors: Partial<Record<Method, number>>;
  /** Of the combination. */
  weights: Weights;
  /** The method to use. */
  method: Method;
  /** Share of what the model has a plan change that is believed, the same at all horizons. */
  response: number;
}

/** Forecasts of one series at one origin, corrected by what earlier folds taught; by week ahead. */
export interface Corrected {
  grids: Partial<Record<Method, (Grid | undefined)[]>>;
  /** Scores of the forecasts, and how far outcomes lay out in the forecasts as they came (of a combination: in the average of its members). */
  crps: Partial<Record<Method, Float64Array>>;
  stretches: Partial<Record<Method, Float64Array>>;
  /** What entered the combination: the members, moved by the plan. */
  parts: Partial<Record<Member, (Grid | undefined)[]>>;
  /** Median of the combination before the plan moved it. */
  unmoved: Float64Array;
  /** The method that was used, and its forecast, moved by the plan. */
  used: (Method | undefined)[];
  usedGrids: (Grid | undefined)[];
}

export interface Choice {
  /** Series, fold by fold. */
  corrected: Corrected[][];
  /** Series, horizon by horizon, from all folds: what to use from now on. */
  lessons: Lesson[][];
}

/** How much a fold of another series, or of another horizon of the same series, teaches about widths. */
const otherSeriesWidth = 0.2;
const otherHorizonWidth = 0.35;
/** And about which method is best. */
const otherSeriesChoice = 0.15;
/** Scores, in shares of the usual, that are believed before there are any; and the folds that the belief counts for. */
const believed: Readonly<Record<Method, number>> = {
  combination: 0.8,
  model: 0.95,
  last_value: 1.05,
  seasonal_naive: 1.05,
  ets: 1,
  mstl: 1.02,
};
const beliefWorth = 8;
/** From so many folds on, what was worse than the best baseline of the same series by more than this is not used. */
const foldsTrusted = 6;
const lagMost = 1.02;

/**
 * Goes through folds in the order of their origins and learns only from weeks that had been seen by then: widths, then the
 * weights of the combination, then which method to use. All series have the same origins.
 */
export function chooseThrough(series: readonly (readonly Fold[])[], horizons: readonly Horizon[]): Choice {
  const corrected: Corrected[][] = series.map(() => []);
  const count = series[0]?.length ?? 0;
  for (let fold = 0; fold < count; fold += 1) {
    const lessons = learn(series, corrected, horizons, series[0]![fold]!.origin);
    for (const [s, folds] of series.entries()) corrected[s]!.push(correct(folds[fold]!, lessons[s]!, horizons));
  }
  return { corrected, lessons: learn(series, corrected, horizons, Number.POSITIVE_INFINITY) };
}

/** Applies lessons to the forecasts of one fold. Baselines stay as they are but where they are used or averaged. */
function correct({ grids, observed, move }: Fold, lessons: readonly Lesson[], horizons: readonly Horizon[]): Corrected {
  const result = nothing(observed.length);
  const keep = (method: Method, week: number, came: Grid, factor: number): Grid => {
    const grid = spreadGrid(came, factor);
    result.grids[method]![week] = grid;
    result.crps[method]![week] = crpsOfGrid(grid, observed[week]!);
    result.stretches[method]![week] = stretchOf(came, observed[week]!);
    return grid;
  };
  for (const [b, { from, to }] of horizons.entries()) {
    const { factors, weights, method, response } = lessons[b]!;
    for (let week = from - 1; week < Math.min(to, observed.length); week += 1) {
      const times = Math.exp(response * (move?.[week] ?? 0));
      for (const member of members) {
        const came = grids[member]?.[week];
        if (came === undefined) continue;
        const kept = keep(member, week, member === 'model' ? scaled(came, times) : came, factors[member] ?? 1);
        result.parts[member]![week] = member === 'model' ? kept : scaled(kept, times);
      }
      const average = averageGrids(
        members.flatMap((member) => {
          const grid = result.parts[member]![week];
          return grid === undefined ? [] : [{ grid, weight: weights[member] ?? 0 }];
        }),
      );
      if (average !== undefined) {
        keep('combination', week, average, factors.combination ?? 1);
        result.unmoved[week] = medianOf(average) / times;
      }
      result.used[week] = method;
      result.usedGrids[week] = method === 'combination' ? result.grids.combination![week] : result.parts[method]![week];
    }
  }
  return result;
}

function nothing(weeks: number): Corrected {
  const unknown = () => new Float64Array(weeks).fill(Number.NaN);
  const result: Corrected = {
    ...{ grids: {}, crps: {}, stretches: {}, parts: {} },
    unmoved: unknown(),
    used: new Array(weeks),
    usedGrids: new Array(weeks),
  };
  for (const method of [...members, 'combination'] as const) {
    result.grids[method] = new Array(weeks);
    result.crps[method] = unknown();
    result.stretches[method] = unknown();
    if (method !== 'combination') result.parts[method] = new Array(weeks);
  }
  return result;
}

function scaled(grid: Grid, times: number): Grid {
  return times === 1 ? grid : grid.map((value) => value * times);
}

function learn(
  series: readonly (readonly Fold[])[],
  corrected: readonly (readonly Corrected[])[],
  horizons: readonly Horizon[],
  byDay: number,
): Lesson[][] {
  const known = series.map((folds, s) =>
    horizons.map((horizon) => {
      const pairs = pairsWithin(folds.slice(0, corrected[s]!.length), horizon, byDay);
      return { pairs, shares: pairShares(pairs) };
    }),
  );
  const sight: Sight = { corrected, known };
  const responses = responsesOf(series, sight);
  const bands = horizons.map((_, b) => {
    const references = series.map((_, s) => referenceOf(sight, s, b));
    const pasts = series.map((_, s) => pastsOf(sight, s, b, references[s]!));
    const able = series.map((folds, s) => {
      const begun = folds.slice(0, corrected[s]!.length + 1);
      return members.filter((member) => begun.some(({ grids }) => grids[member]));
    });
    const everywhere = members.filter((member) => able.every((one) => one.includes(member)));
    const pooled = bestWeights(pasts.flat(), everywhere, priorWeights(everywhere));
    return series.map((_, s): Lesson => {
      const weights = bestWeights(pasts[s]!, able[s]!, extended(pooled, able[s]!));
      return {
        factors: Object.fromEntries(
          [...able[s]!, 'combination' as const].map((method) => [method, factorOf(sight, s, b, method)]),
        ),
        weights,
        method: methodOf(sight, s, b, references, able[s]!),
        response: responses[s]!,
      };
    });
  });
  return series.map((_, s) => bands.map((band) => band[s]!));
}

interface Sight {
  corrected: readonly (readonly Corrected[])[];
  /** Series, horizon: what was known, and what share of its fold each pair is. */
  known: { pairs: Pair[]; shares: number[] }[][];
}

/** What is believed of plans before there were any, how surely, and by how much weeks miss for other reasons. */
const responseUsual = 0.5;
const responseDeviation = 0.3;
const missDeviation = 0.25;
const otherSeriesResponse = 0.1;
const responseMost = 1.2;

/**
 * By series: the slope of what came, against the combination without the plan, on what the model had the plan change,
 * both on the logarithm, held to a belief (a normal prior on the slope). Other series of the brand count a little.
 */
function responsesOf(series: readonly (readonly Fold[])[], { corrected, known }: Sight): number[] {
  const sums = series.map((folds, s) => {
    let [product, square] = [0, 0];
    for (const { pairs, shares } of known[s]!) {
      for (const [i, { fold, week, observed }] of pairs.entries()) {
        const change = folds[fold]!.move?.[week] ?? 0;
        const miss = Math.log(observed / corrected[s]![fold]!.unmoved[week]!);
        if (!Number.isFinite(miss)) continue;
        product += shares[i]! * change * miss;
        square += shares[i]! * change * change;
      }
    }
    return { product, square };
  });
  const whole = sums.reduce(
    (all, { product, square }) => ({ product: all.product + product, square: all.square + square }),
    { product: 0, square: 0 },
  );
  const held = (missDeviation / responseDeviation) ** 2;
  return sums.map(({ product, square }) => {
    const above = product + otherSeriesResponse * (whole.product - product) + held * responseUsual;
    const below = square + otherSeriesResponse * (whole.square - square) + held;
    return Math.min(responseMost, Math.max(0, above / below));
  });
}

/** The mean score of the baselines: what scores are compared with. */
function referenceOf({ corrected, known }: Sight, s: number, b: number): number {
  let [sum, count] = [0, 0];
  for (const { fold, week } of known[s]![b]!.pairs) {
    for (const member of members) {
      const score = member === 'model' ? Number.NaN : corrected[s]![fold]!.crps[member]![week]!;
      if (Number.isNaN(score)) continue;
      sum += score;
      count += 1;
    }
  }
  return sum > 0 ? sum / count : 1;
}

function pastsOf({ corrected, known }: Sight, s: number, b: number, reference: number): Past[] {
  const { pairs, shares } = known[s]![b]!;
  return pairs.map(({ fold, week, observed }, i) => {
    const grids: Past['grids'] = {};
    for (const member of members) {
      const grid = corrected[s]![fold]!.parts[member]![week];
      if (grid !== undefined) grids[member] = grid;
    }
    return { grids, observed, weight: shares[i]! / reference };
  });
}

/** Weights of the members that all series have, with the usual share for those that only some have. */
function extended(pooled: Weights, able: readonly Member[]): Weights {
  const prior = priorWeights(able);
  const raw = able.map((member) => pooled[member] ?? prior[member]!);
  const whole = raw.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(able.map((member, m) => [member, raw[m]! / whole]));
}

function factorOf({ known, corrected }: Sight, s: number, b: number, method: Method): number {
  const stretches: Stretch[] = [];
  for (const [other, bands] of known.entries()) {
    for (const [band, { pairs, shares }] of bands.entries()) {
      if (other !== s && band !== b) continue;
      const worth = other !== s ? otherSeriesWidth : band !== b ? otherHorizonWidth : 1;
      for (const [i, { fold, week }] of pairs.entries()) {
        const stretch = corrected[other]![fold]!.stretches[method]![week]!;
        if (!Number.isNaN(stretch)) stretches.push({ stretch, weight: worth * shares[i]! });
      }
    }
  }
  return spreadFactor(stretches);
}

function methodOf(sight: Sight, s: number, b: number, references: readonly number[], able: readonly Member[]): Method {
  const found = (['combination', ...able] as const).map((method) => ({
    method,
    ...standing(sight, s, b, references, method),
  }));
  const baseline = Math.min(...found.filter(({ method }) => isBaseline(method)).map(({ own }) => own));
  const fit = found.filter(({ own, folds }) => folds < foldsTrusted || !(own > lagMost * baseline));
  return fit.reduce((best, one) => (one.score < best.score ? one : best)).method;
}

/** How a method did in what is known: of the series alone, and with belief and other series in it. */
function standing(sight: Sight, s: number, b: number, references: readonly number[], method: Method) {
  let [sum, whole] = [believed[method] * beliefWorth, beliefWorth];
  let [own, folds] = [0, 0];
  for (const [other, bands] of sight.known.entries()) {
    const { pairs, shares } = bands[b]!;
    for (const [i, { fold, week }] of pairs.entries()) {
      const score = sight.corrected[other]![fold]!.crps[method]![week]!;
      if (Number.isNaN(score)) continue;
      const weight = (other === s ? 1 : otherSeriesChoice) * shares[i]!;
      sum += (weight * score) / references[other]!;
      whole += weight;
      if (other !== s) continue;
      own += score * shares[i]!;
      folds += shares[i]!;
    }
  }
  return { score: sum / whole, own: folds > 0 ? own / folds : Number.NaN, folds };
}

function isBaseline(method: Method): boolean {
  return method !== 'model' && method !== 'combination';
}
