import type { NodeId } from '../program/program.ts';
import { requireOrder, requirePositive, requireProbability } from './arguments.ts';
import type { Builtin, CallSite } from './builtin.ts';
import { clamp, type Distribution, distributions, seedOf, variate } from './variate.ts';

/** Vensim's stream 0 is the one that changes with the noise seed of the run. */
const streamOfTheRun = 0;

/**
 * Vensim's draws: min, max, the parameters of the distribution, then shift and stretch that are applied before it is cut
 * off at min and max, and last the stream. A stream other than 0 gives the same numbers in every run.
 */
export const vensimRandomBuiltins: readonly Builtin[] = [
  stretched('RANDOM NORMAL', distributions.normal, [], 'of mean shift and standard deviation stretch', (site) => [
    site.graph.constant(0),
    site.graph.constant(1),
  ]),
  stretched('RANDOM EXPONENTIAL', distributions.exponential, [], 'exponential of mean 1', (site) => [
    site.graph.constant(1),
  ]),
  stretched('RANDOM POISSON', distributions.poisson, ['mean'], 'Poisson', (site) => [site.value(2)]),
  stretched('RANDOM GAMMA', distributions.gamma, ['order'], 'gamma of scale 1', (site) => {
    requirePositive(site, 2, 'order');
    return [site.value(2), site.graph.constant(1)];
  }),
  stretched('RANDOM BETA', distributions.beta, ['alpha', 'beta'], 'beta', (site) => {
    requirePositive(site, 2, 'alpha');
    requirePositive(site, 3, 'beta');
    return [site.value(2), site.value(3)];
  }),
  stretched('RANDOM BINOMIAL', distributions.binomial, ['chance', 'trials'], 'binomial', (site) => {
    requireProbability(site, 2, 'chance');
    return [site.value(3), site.value(2)];
  }),
  stretched('RANDOM WEIBULL', distributions.weibull, ['shape'], 'Weibull of mean 1', (site) => {
    requirePositive(site, 2, 'shape');
    const { graph } = site;
    const one = graph.constant(1);
    const mean = graph.call('factorial', graph.binary('div', one, site.value(2)));
    return [site.value(2), graph.binary('div', one, mean)];
  }),
  {
    name: 'RANDOM UNIFORM',
    synonyms: [],
    arity: [2, 3],
    units: { kind: 'result', of: 0 },
    summary: 'A uniform variate from min to max (Vensim reference).',
    parameters: ['min', 'max', 'stream'],
    lower: (site) => {
      const { graph } = site;
      requireOrder(site, [0, 'min'], [1, 'max']);
      const width = graph.binary('sub', site.value(1), site.value(0));
      return graph.binary('add', site.value(0), graph.binary('mul', uniform(site, streamOf(site, 2)), width));
    },
  },
  {
    name: 'RANDOM 0 1',
    synonyms: [],
    arity: [0, 0],
    units: { kind: 'dimensionless' },
    summary: 'A uniform variate from 0 to 1 (Vensim reference).',
    parameters: [],
    lower: (site) => site.uniform('draw'),
  },
  {
    name: 'RANDOM TRIANGULAR',
    synonyms: [],
    arity: [5, 6],
    units: { kind: 'result', of: 0 },
    summary:
      'A triangular variate from start to stop with its peak between, cut off at min and max (Vensim reference).',
    parameters: ['min', 'max', 'start', 'peak', 'stop', 'stream'],
    lower: (site) => {
      requireOrder(site, [0, 'min'], [1, 'max']);
      requireOrder(site, [2, 'start'], [3, 'peak']);
      requireOrder(site, [3, 'peak'], [4, 'stop']);
      const bounds = { low: site.value(0), high: site.value(1) };
      const parameters = [site.value(2), site.value(3), site.value(4)];
      return variate(site, distributions.triangular, parameters, streamOf(site, 5), bounds);
    },
  },
];

function stretched(
  name: string,
  distribution: Distribution,
  own: readonly string[],
  what: string,
  parametersOf: (site: CallSite) => NodeId[],
): Builtin {
  const shift = 2 + own.length;
  return {
    name,
    synonyms: [],
    arity: [shift + 2, shift + 3],
    units: { kind: 'result', of: 0 },
    summary: `shift + stretch · a variate (${what}), cut off at min and max (Vensim reference).`,
    parameters: ['min', 'max', ...own, 'shift', 'stretch', 'stream'],
    lower: (site) => {
      const { graph } = site;
      requireOrder(site, [0, 'min'], [1, 'max']);
      requirePositive(site, shift + 1, 'stretch');
      const plain = (index: number): NodeId =>
        graph.binary('div', graph.binary('sub', site.value(index), site.value(shift)), site.value(shift + 1));
      const bounds = { low: plain(0), high: plain(1) };
      const value = variate(site, distribution, parametersOf(site), streamOf(site, shift + 2), bounds);
      const placed = graph.binary('add', site.value(shift), graph.binary('mul', value, site.value(shift + 1)));
      return clamp(site, placed, { low: site.value(0), high: site.value(1) });
    },
  };
}

function streamOf(site: CallSite, index: number): number | undefined {
  const stream = seedOf(site, index);
  return stream === streamOfTheRun ? undefined : stream;
}

function uniform(site: CallSite, seed: number | undefined): NodeId {
  return seed === undefined ? site.uniform('draw') : site.uniform('draw', seed);
}
