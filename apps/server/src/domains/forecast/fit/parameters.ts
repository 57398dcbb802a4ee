import { type Prior, priorScore, priorValue } from '@tandem/dynamics';
import { scaleName } from '../predict/draws.ts';
import type { SetupObservation, SetupParameter, SetupPrior } from '../setup.ts';
import type { DailySeries } from '../task.ts';
import { isKnown } from './blocks.ts';

/** What a fit looks for: a constant of the model, or the proportion between a KPI and its variable. */
export interface Sought {
  /** Variable of the model, or `scale:` and the KPI. */
  name: string;
  /** The KPI of a proportion. */
  scaleOf: string | undefined;
  prior: Prior;
  /** Parameter at a normal score of its prior, and back. */
  value: (score: number) => number;
  score: (value: number) => number;
  /** Whether the prior ends there, so that data can push against the end. */
  ends: { low: boolean; high: boolean };
}

/** Spread of proportions, and of sizes at the start that are read from data, on the logarithm. */
const scaleDeviationUsual = 0.5;
const startDeviation = 0.25;
/** Days from the first on in which the first value of a KPI is looked for. */
const startDays = 28;

/** The engine's form of a prior. */
export function priorOf(name: string, prior: SetupPrior): Prior {
  switch (prior.distribution) {
    case 'lognormal':
      return { name, distribution: 'lognormal', logMean: Math.log(prior.median), logDeviation: prior.logDeviation };
    case 'uniform':
      return { name, low: prior.low, high: prior.high, scale: prior.scale ?? 'linear' };
    case 'normal':
    case 'beta':
      return { ...prior, name };
  }
}

/**
 * What is sought: the parameters of the setup, or those of them that are named, and the free proportions of the KPI that
 * have data. A parameter with `startKpi` is known from the first value of that KPI but for a tenth, where the brand has
 * one.
 */
export function soughtOf(
  parameters: readonly SetupParameter[],
  observations: readonly SetupObservation[],
  series: readonly DailySeries[],
): Sought[] {
  const found = parameters.map((parameter) => {
    const start = parameter.startKpi === undefined ? undefined : firstValue(series, parameter.startKpi);
    const prior: SetupPrior =
      start === undefined
        ? parameter.prior
        : { distribution: 'lognormal', median: start, logDeviation: startDeviation };
    return sought(parameter.variable, undefined, priorOf(parameter.variable, prior));
  });
  const scales = observations.flatMap(({ kpi, scale, scaleDeviation }) => {
    if (scale !== 'free') return [];
    const logDeviation = scaleDeviation ?? scaleDeviationUsual;
    return [sought(scaleName(kpi), kpi, { name: scaleName(kpi), distribution: 'lognormal', logMean: 0, logDeviation })];
  });
  return [...found, ...scales];
}

/** The first value of a KPI above zero, of its first days. */
function firstValue(series: readonly DailySeries[], kpi: string): number | undefined {
  const values = series.find((one) => one.kpi === kpi)?.values.slice(0, startDays) ?? [];
  return values.find((value): value is number => isKnown(value) && value > 0);
}

function sought(name: string, scaleOf: string | undefined, prior: Prior): Sought {
  const isCut = !('distribution' in prior) || prior.distribution === 'beta';
  const normal = 'distribution' in prior && prior.distribution === 'normal' ? prior : undefined;
  return {
    name,
    scaleOf,
    prior,
    value: priorValue(prior),
    score: priorScore(prior),
    ends: { low: isCut || normal?.low !== undefined, high: isCut || normal?.high !== undefined },
  };
}

/** Values of parameters at scores, point after point. */
export function valuesAt(sought: readonly Sought[], scores: Float64Array): Float64Array {
  return scores.map((score, i) => sought[i % sought.length]!.value(score));
}
