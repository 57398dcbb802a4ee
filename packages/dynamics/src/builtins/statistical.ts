import type { FunctionName } from '../numerics/functions.ts';
import type { NodeId } from '../program/program.ts';
import {
  isGiven,
  requireNotNegative,
  requireOrder,
  requirePositive,
  requireProbability,
  valueOr,
} from './arguments.ts';
import type { Builtin, CallSite, UnitRule } from './builtin.ts';
import { boundOf, clamp, type Distribution, distributions, openDraw, sampled, seedOf, variate } from './variate.ts';

const dimensionless: UnitRule = { kind: 'dimensionless' };
const asFirst: UnitRule = { kind: 'result', of: 0 };
const source = '(XMILE 1.0 §3.5.2)';
const stella = '(Stella reference)';
/** Of functions whose names and arguments are Stella's and whose details are those of the common definition. */
const usual = '(name of Stella, usual meaning)';

/** Each optional argument of a draw comes in this order behind the parameters (Stella reference). */
const options = ['seed', 'min', 'max', 'sample'];

export const statisticalBuiltins: readonly Builtin[] = [
  drawn('BETA', distributions.beta, ['alpha', 'beta'], dimensionless, `A beta variate ${stella}.`, positive(0, 1)),
  drawn(
    'BINOMIAL',
    distributions.binomial,
    ['trials', 'chance'],
    dimensionless,
    `The number of successes in a number of trials ${stella}.`,
    (site) => {
      requireNotNegative(site, 0, 'trials');
      requireProbability(site, 1, 'chance');
    },
  ),
  drawn('EXPRND', distributions.exponential, ['mean'], asFirst, `An exponential variate ${source}.`, positive(0)),
  drawn('GAMMA', distributions.gamma, ['shape', 'scale'], asFirst, `A gamma variate ${usual}.`, positive(0, 1)),
  drawn(
    'GEOMETRIC',
    distributions.geometric,
    ['chance'],
    dimensionless,
    `The number of the trial that brings the first success, from 1 ${usual}.`,
    (site) => requireProbability(site, 0, 'chance'),
  ),
  drawn('LOGISTIC', distributions.logistic, ['mean', 'scale'], asFirst, `A logistic variate ${usual}.`, positive(1)),
  drawn(
    'LOGNORMAL',
    distributions.logNormal,
    ['mean', 'standard deviation'],
    asFirst,
    `A log-normal variate; mean and standard deviation are those of the variate, not of its logarithm ${source}.`,
    (site) => {
      requirePositive(site, 0, 'mean');
      requireNotNegative(site, 1, 'standard deviation');
    },
  ),
  drawn(
    'NORMAL',
    distributions.normal,
    ['mean', 'standard deviation'],
    asFirst,
    `A normal variate ${source}.`,
    (site) => requireNotNegative(site, 1, 'standard deviation'),
  ),
  drawn(
    'PARETO',
    distributions.pareto,
    ['shape', 'scale'],
    { kind: 'result', of: 1 },
    `A Pareto variate, not below the scale ${usual}.`,
    positive(0, 1),
  ),
  drawn(
    'POISSON',
    distributions.poisson,
    ['mean'],
    dimensionless,
    `A Poisson variate with this mean in every step, whatever dt ${source}.`,
    (site) => requireNotNegative(site, 0, 'mean'),
  ),
  drawn(
    'TRIANGULAR',
    distributions.triangular,
    ['low', 'mode', 'high'],
    asFirst,
    `A triangular variate ${usual}.`,
    (site) => {
      requireOrder(site, [0, 'low'], [1, 'mode']);
      requireOrder(site, [1, 'mode'], [2, 'high']);
    },
  ),
  drawn(
    'WEIBULL',
    distributions.weibull,
    ['shape', 'scale'],
    { kind: 'result', of: 1 },
    `A Weibull variate ${usual}.`,
    positive(0, 1),
  ),
  {
    name: 'RANDOM',
    synonyms: ['UNIFORM'],
    arity: [2, 6],
    units: asFirst,
    summary: `A uniform variate from min to max ${source}; further bounds and sample as in Stella.`,
    parameters: ['min', 'max', 'seed', 'low', 'high', 'sample'],
    lower: lowerUniform,
  },
  {
    name: 'MONTECARLO',
    synonyms: [],
    arity: [1, 2],
    units: dimensionless,
    summary: `1 with a probability of that many percent per unit of time, that is percent · dt / 100 in a step, else 0 ${usual}.`,
    parameters: ['percent', 'seed'],
    lower: (site) => {
      const { graph } = site;
      requireNotNegative(site, 0, 'percent');
      const draw = graph.binary('mul', openDraw(site, seedOf(site, 1)), graph.constant(100));
      return graph.binary('lt', draw, graph.binary('mul', site.value(0), graph.constant(site.time.dt)));
    },
  },
  {
    name: 'NORMALCDF',
    synonyms: [],
    arity: [2, 4],
    units: dimensionless,
    summary: `The probability that a normal variate, by default of mean 0 and standard deviation 1, lies between two values ${usual}.`,
    parameters: ['left', 'right', 'mean', 'standard deviation'],
    lower: (site) => {
      const { graph } = site;
      requirePositive(site, 3, 'standard deviation');
      const mean = valueOr(site, 2, () => graph.constant(0));
      const deviation = valueOr(site, 3, () => graph.constant(1));
      const upTo = (index: number): NodeId => graph.call('normalCdf', site.value(index), mean, deviation);
      return graph.binary('sub', upTo(1), upTo(0));
    },
  },
  {
    name: 'INVNORM',
    synonyms: [],
    arity: [1, 1],
    units: dimensionless,
    summary: `The value that a normal variate of mean 0 and standard deviation 1 does not exceed with probability p ${usual}.`,
    parameters: ['p'],
    lower: (site) => {
      requireProbability(site, 0, 'p');
      return site.graph.call('normalQuantile', site.value(0), site.graph.constant(0), site.graph.constant(1));
    },
  },
  plain('COMBINATIONS', [], 'combinations', ['n', 'r'], `The number of ways to choose r of n without order ${stella}.`),
  plain('PERMUTATIONS', [], 'permutations', ['n', 'r'], `The number of ways to choose r of n in order ${usual}.`),
  plain('FACTORIAL', [], 'factorial', ['n'], `1 · 2 · … · n ${usual}.`),
  plain('GAMMALN', ['GAMMA LN'], 'logGamma', ['x'], `The natural logarithm of the gamma function ${usual}.`),
];

function positive(...indices: number[]): (site: CallSite, parameters: readonly string[]) => void {
  return (site, parameters) => {
    for (const index of indices) requirePositive(site, index, parameters[index]!);
  };
}

/** A draw from a distribution with the optional seed, bounds and sampling interval of Stella behind its parameters. */
function drawn(
  name: string,
  distribution: Distribution,
  parameters: readonly string[],
  units: UnitRule,
  summary: string,
  check: (site: CallSite, parameters: readonly string[]) => void,
): Builtin {
  const count = parameters.length;
  return {
    name,
    synonyms: [],
    arity: [count, count + options.length],
    units,
    summary,
    parameters: [...parameters, ...options],
    lower: (site) => {
      check(site, parameters);
      requireOrderOfBounds(site, count + 1);
      const values = parameters.map((_, index) => site.value(index));
      const bounds = { low: boundOf(site, count + 1), high: boundOf(site, count + 2) };
      return sampled(site, count + 3, variate(site, distribution, values, seedOf(site, count), bounds));
    },
  };
}

function requireOrderOfBounds(site: CallSite, low: number): void {
  if (isGiven(site, low + 1)) requireOrder(site, [low, 'min'], [low + 1, 'max']);
}

function lowerUniform(site: CallSite): NodeId {
  const { graph } = site;
  requireOrder(site, [0, 'min'], [1, 'max']);
  requireOrderOfBounds(site, 3);
  const bounds = { low: boundOf(site, 3), high: boundOf(site, 4) };
  const low = clamp(site, site.value(0), bounds);
  const high = clamp(site, site.value(1), bounds);
  const seed = seedOf(site, 2);
  const draw = seed === undefined ? site.uniform('draw') : site.uniform('draw', seed);
  const value = graph.binary('add', low, graph.binary('mul', draw, graph.binary('sub', high, low)));
  return sampled(site, 5, value);
}

function plain(
  name: string,
  synonyms: readonly string[],
  callee: FunctionName,
  parameters: readonly string[],
  summary: string,
): Builtin {
  const count = parameters.length;
  const lower = (site: CallSite): NodeId => site.graph.call(callee, ...parameters.map((_, index) => site.value(index)));
  return { name, synonyms, arity: [count, count], units: dimensionless, summary, parameters, lower };
}
