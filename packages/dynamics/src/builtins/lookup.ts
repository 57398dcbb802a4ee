import type { Table } from '../numerics/table.ts';
import type { NodeId } from '../program/program.ts';
import { isGiven, known, requireTable } from './arguments.ts';
import type { Builtin, CallSite, UnitRule } from './builtin.ts';

const unknown: UnitRule = { kind: 'result', of: 'unknown' };
const tableAndX = ['graphical function', 'x'];

/** Other uses of a graphical function than calling it by its name. */
export const lookupBuiltins: readonly Builtin[] = [
  {
    name: 'LOOKUP',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary: 'The graphical function at x, as its kind says (Stella reference).',
    parameters: tableAndX,
    lower: (site) => site.lookup(requireTable(site, 0, 'graphical function'), site.value(1)),
  },
  {
    name: 'WITH LOOKUP',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary: 'The graphical function at x, with x first (Vensim reference).',
    parameters: ['x', 'graphical function'],
    lower: (site) => site.lookup(requireTable(site, 1, 'graphical function'), site.value(0)),
  },
  {
    name: 'LOOKUP EXTRAPOLATE',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary: 'The graphical function at x, outside its points along the first or last segment (Vensim reference).',
    parameters: tableAndX,
    lower: (site) => lookUpAs(site, 'extrapolate'),
  },
  {
    name: 'LOOKUP BACKWARD',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary:
      'The y of the last point at or before x, of the first point where there is none (name of Vensim, usual meaning).',
    parameters: tableAndX,
    lower: (site) => lookUpAs(site, 'discrete'),
  },
  {
    name: 'LOOKUP FORWARD',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary: 'The y of the first point at or after x, of the last point where there is none (Vensim reference).',
    parameters: tableAndX,
    lower: (site) => {
      const { x, y } = requireTable(site, 0, 'graphical function');
      const mirrored: Table = { kind: 'discrete', x: x.map((at) => -at).reverse(), y: [...y].reverse() };
      return site.lookup(mirrored, site.graph.unary('neg', site.value(1)));
    },
  },
  {
    name: 'LOOKUPINV',
    synonyms: ['LOOKUP INVERT'],
    arity: [2, 2],
    units: unknown,
    summary:
      'The x at which a graphical function that always rises or always falls has the value y; beyond its points the end, or the extrapolation of one that is extrapolated (Stella reference).',
    parameters: ['graphical function', 'y'],
    lower: (site) => site.lookup(inverse(site, requireTable(site, 0, 'graphical function')), site.value(1)),
  },
  {
    name: 'LOOKUPAREA',
    synonyms: [],
    arity: [1, 3],
    units: unknown,
    summary:
      'The area under a graphical function between two values of x known before the run, by default its ends; outside its points only one that is extrapolated counts (Stella reference).',
    parameters: ['graphical function', 'to', 'from'],
    lower: (site) => {
      const table = requireTable(site, 0, 'graphical function');
      const to = isGiven(site, 1) ? known(site, 1, 'to') : table.x.at(-1)!;
      const from = isGiven(site, 2) ? known(site, 2, 'from') : table.x[0]!;
      return site.graph.constant(area(table, Math.min(from, to), Math.max(from, to)));
    },
  },
  {
    name: 'LOOKUP AREA',
    synonyms: [],
    arity: [3, 3],
    units: unknown,
    summary:
      'The area under a graphical function from one value of x to another, both known before the run (name of Vensim, usual meaning).',
    parameters: ['graphical function', 'from', 'to'],
    lower: (site) => {
      const table = requireTable(site, 0, 'graphical function');
      const from = known(site, 1, 'from');
      const to = known(site, 2, 'to');
      const size = area(table, Math.min(from, to), Math.max(from, to));
      return site.graph.constant(from <= to ? size : -size);
    },
  },
];

function lookUpAs(site: CallSite, kind: Table['kind']): NodeId {
  const { x, y } = requireTable(site, 0, 'graphical function');
  return site.lookup({ kind, x, y }, site.value(1));
}

function inverse(site: CallSite, { kind, x, y }: Table): Table {
  const isRising = y.every((value, at) => at === 0 || value > y[at - 1]!);
  const isFalling = y.every((value, at) => at === 0 || value < y[at - 1]!);
  if (kind === 'discrete' || y.length < 2 || !(isRising || isFalling)) {
    site.fail('builtin.not_monotonic', { function: site.name }, 0);
  }
  return isRising ? { kind, x: y, y: x } : { kind, x: [...y].reverse(), y: [...x].reverse() };
}

/** The integral of a table from `low` to `high`: straight segments, or steps that hold their beginning. */
function area({ kind, x, y }: Table, low: number, high: number): number {
  let sum = 0;
  for (let at = 0; at + 1 < x.length; at += 1) {
    const isFirst = at === 0 && kind === 'extrapolate';
    const isLast = at + 2 === x.length && kind === 'extrapolate';
    const from = isFirst ? low : Math.max(low, x[at]!);
    const to = isLast ? high : Math.min(high, x[at + 1]!);
    const width = x[at + 1]! - x[at]!;
    if (!(to > from) || width === 0) continue;
    const slope = kind === 'discrete' ? 0 : (y[at + 1]! - y[at]!) / width;
    const middle = y[at]! + slope * ((from + to) / 2 - x[at]!);
    sum += middle * (to - from);
  }
  return sum;
}
