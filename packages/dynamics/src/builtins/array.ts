import type { BinaryOperation } from '../program/operations.ts';
import type { NodeId } from '../program/program.ts';
import { isGiven } from './arguments.ts';
import type { Builtin, CallSite, UnitRule } from './builtin.ts';

/** As many as an equation can hold. */
const manyArguments = 1000;
/** RANK compares each element with each other: this many elements make 40 000 comparisons. */
const maxRanked = 200;
const asAll: UnitRule = { kind: 'same', args: 'all' };
const asFirst: UnitRule = { kind: 'result', of: 0 };

export const arrayBuiltins: readonly Builtin[] = [
  extreme('MAX', [], 'max', 'largest'),
  extreme('MIN', [], 'min', 'smallest'),
  {
    name: 'MEAN',
    synonyms: ['ARRAYMEAN'],
    arity: [1, manyArguments],
    arrays: 'all',
    spreadFrom: 2,
    units: asAll,
    summary: 'The sum of all values divided by their number (XMILE 1.0 §3.7.1.3; several arguments: Stella reference).',
    parameters: ['array', '…'],
    lower: (site) => mean(site, allElements(site)),
  },
  folded('SUM', ['ARRAYSUM'], 'add', asFirst, 'The sum of the values of an array (XMILE 1.0 §3.7.1.3).'),
  folded(
    'PROD',
    [],
    'mul',
    { kind: 'result', of: 'unknown' },
    'The product of the values of an array (name of Stella, usual meaning).',
  ),
  folded('VMAX', [], 'max', asFirst, 'The largest value of an array (name of Vensim, usual meaning).'),
  folded('VMIN', [], 'min', asFirst, 'The smallest value of an array (name of Vensim, usual meaning).'),
  {
    name: 'SIZE',
    synonyms: ['ELMCOUNT'],
    arity: [1, 1],
    arrays: 'all',
    units: { kind: 'result', of: 'none' },
    summary:
      'The number of elements of an array, a slice or a dimension (XMILE 1.0 §3.7.1.3; a dimension: Vensim reference).',
    parameters: ['array'],
    lower: (site) => site.graph.constant(site.shape(0).reduce((count, size) => count * size, 1)),
  },
  {
    name: 'STDDEV',
    synonyms: ['ARRAYSTDDEV'],
    arity: [1, 1],
    arrays: 'all',
    units: asFirst,
    summary:
      'The standard deviation of the values of an array: the root of their mean squared distance from the mean, as they are all the values there are, not a sample of them (XMILE 1.0 §3.7.1.3).',
    parameters: ['array'],
    lower: (site) => {
      const { graph } = site;
      const elements = site.elements(0);
      const center = mean(site, elements);
      const squares = elements.map((element) => {
        const distance = graph.binary('sub', element, center);
        return graph.binary('mul', distance, distance);
      });
      return graph.unary('sqrt', mean(site, squares));
    },
  },
  {
    name: 'RANK',
    synonyms: [],
    arity: [2, 3],
    arrays: [0, 2],
    units: { kind: 'result', of: 'none' },
    summary:
      'The flat index (from 1, row-major) of the element that stands at the given rank when the array is sorted upwards; equal elements are ordered by the second array, then by their index; 0 for a rank that there is not (XMILE 1.0 §3.7.1.3).',
    parameters: ['array', 'rank', 'second array'],
    lower: lowerRank,
  },
];

function allElements(site: CallSite): NodeId[] {
  return site.args.flatMap((_, index) => site.elements(index));
}

/** Values joined one after the other, in their order, so that every back end rounds alike. */
function join(site: CallSite, op: BinaryOperation, values: readonly NodeId[]): NodeId {
  const [first, ...others] = values;
  if (first === undefined) throw new Error(`${site.name} was given an array without elements`);
  return others.reduce((joined, value) => site.graph.binary(op, joined, value), first);
}

function mean(site: CallSite, values: readonly NodeId[]): NodeId {
  return site.graph.binary('div', join(site, 'add', values), site.graph.constant(values.length));
}

function extreme(name: string, synonyms: readonly string[], op: 'min' | 'max', what: string): Builtin {
  return {
    name,
    synonyms,
    arity: [1, manyArguments],
    arrays: 'all',
    spreadFrom: 2,
    units: asAll,
    summary: `The ${what} of all values, of an array or of any mix of numbers and slices of arrays (XMILE 1.0 §3.5.1 and §3.7.1.3).`,
    parameters: ['x', 'y', '…'],
    lower: (site) => join(site, op, allElements(site)),
  };
}

function folded(
  name: string,
  synonyms: readonly string[],
  op: BinaryOperation,
  units: UnitRule,
  summary: string,
): Builtin {
  const lower = (site: CallSite): NodeId => join(site, op, site.elements(0));
  return { name, synonyms, arity: [1, 1], arrays: 'all', units, summary, parameters: ['array'], lower };
}

/** The place of each element is the number of those before it; the one whose place is the rank gives its index. */
function lowerRank(site: CallSite): NodeId {
  const { graph } = site;
  const values = site.elements(0);
  const seconds = isGiven(site, 2) ? site.elements(2) : undefined;
  if (seconds !== undefined && seconds.length !== values.length) {
    site.fail('builtin.sizes', { function: site.name, first: values.length, second: seconds.length }, 2);
  }
  if (values.length > maxRanked) {
    site.fail('builtin.too_many', { function: site.name, count: values.length, most: maxRanked }, 0);
  }
  site.count(values.length ** 2);
  const isBefore = (a: number, b: number): NodeId => {
    const tie = graph.constant(a < b ? 1 : 0);
    const ordered =
      seconds === undefined
        ? tie
        : graph.select(graph.binary('eq', seconds[a]!, seconds[b]!), tie, graph.binary('lt', seconds[a]!, seconds[b]!));
    return graph.select(
      graph.binary('eq', values[a]!, values[b]!),
      ordered,
      graph.binary('lt', values[a]!, values[b]!),
    );
  };
  const rank = graph.unary('floor', site.value(1));
  let index = graph.constant(0);
  for (let element = 0; element < values.length; element += 1) {
    let place = graph.constant(1);
    for (let other = 0; other < values.length; other += 1) {
      if (other !== element) place = graph.binary('add', place, isBefore(other, element));
    }
    index = graph.select(graph.binary('eq', place, rank), graph.constant(element + 1), index);
  }
  return index;
}
