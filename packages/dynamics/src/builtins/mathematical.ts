import type { FunctionName } from '../numerics/functions.ts';
import type { UnaryOperation } from '../program/operations.ts';
import type { NodeId } from '../program/program.ts';
import { requirePositive, valueOr, wholeNumber } from './arguments.ts';
import type { Builtin, CallSite, UnitRule } from './builtin.ts';

const dimensionless: UnitRule = { kind: 'dimensionless' };
const asFirst: UnitRule = { kind: 'result', of: 0 };
const asAll: UnitRule = { kind: 'same', args: 'all' };
const unknown: UnitRule = { kind: 'result', of: 'unknown' };

export const mathematicalBuiltins: readonly Builtin[] = [
  operation('ABS', 'abs', asFirst, 'The magnitude of x (XMILE 1.0 §3.5.1).'),
  called('ARCCOS', 'acos', 'The angle in radians whose cosine is x (XMILE 1.0 §3.5.1).'),
  called('ARCSIN', 'asin', 'The angle in radians whose sine is x (XMILE 1.0 §3.5.1).'),
  called('ARCTAN', 'atan', 'The angle in radians whose tangent is x (XMILE 1.0 §3.5.1).'),
  operation('COS', 'cos', dimensionless, 'The cosine of x radians (XMILE 1.0 §3.5.1).'),
  called('COSH', 'cosh', 'The hyperbolic cosine of x (Vensim reference).'),
  operation('EXP', 'exp', dimensionless, 'e to the power x (XMILE 1.0 §3.5.1).'),
  value('INF', ['INFINITY'], Number.POSITIVE_INFINITY, 'Infinity (XMILE 1.0 §3.5.1).'),
  operation('INT', 'floor', asFirst, 'The largest whole number not above x: INT(-1.5) is -2 (XMILE 1.0 §3.5.1).'),
  operation('LN', 'ln', dimensionless, 'The natural logarithm of x (XMILE 1.0 §3.5.1).', ['LOGN']),
  called('LOG10', 'log10', 'The logarithm of x to the base 10 (XMILE 1.0 §3.5.1).'),
  value('NAN', [], Number.NaN, 'An undefined number (name of Stella, usual meaning).'),
  value('PI', [], Math.PI, 'The ratio of the circumference of a circle to its diameter (XMILE 1.0 §3.5.1).'),
  operation('SIN', 'sin', dimensionless, 'The sine of x radians (XMILE 1.0 §3.5.1).'),
  called('SINH', 'sinh', 'The hyperbolic sine of x (name of Vensim, usual meaning).'),
  operation('SQRT', 'sqrt', unknown, 'The square root of x (XMILE 1.0 §3.5.1).'),
  called('TAN', 'tan', 'The tangent of x radians (XMILE 1.0 §3.5.1).'),
  called('TANH', 'tanh', 'The hyperbolic tangent of x (name of Vensim, usual meaning).'),
  {
    name: 'LOG',
    synonyms: [],
    arity: [2, 2],
    units: dimensionless,
    summary: 'The logarithm of x to the given base: ln x / ln base (XMILE 1.0 §3.6).',
    parameters: ['x', 'base'],
    lower: (site) =>
      site.graph.binary('div', site.graph.unary('ln', site.value(0)), site.graph.unary('ln', site.value(1))),
  },
  {
    name: 'POWER',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary: 'The base to the power of the exponent (name of Vensim, usual meaning).',
    parameters: ['base', 'exponent'],
    lower: (site) => site.graph.binary('pow', site.value(0), site.value(1)),
  },
  {
    name: 'PERCENT',
    synonyms: [],
    arity: [1, 1],
    units: asFirst,
    summary: 'A fraction as a percentage: 100 · fraction (name of Stella, usual meaning).',
    parameters: ['fraction'],
    lower: (site) => site.graph.binary('mul', site.graph.constant(100), site.value(0)),
  },
  {
    name: 'ROOTN',
    synonyms: [],
    arity: [2, 2],
    units: unknown,
    summary:
      'The root of whole order of x; of a negative x it is negative where the order is odd and undefined where it is even (name of Stella, usual meaning).',
    parameters: ['x', 'order'],
    lower: lowerRoot,
  },
  {
    name: 'ROUND',
    synonyms: [],
    arity: [1, 1],
    units: asFirst,
    summary: 'The nearest whole number, halves upwards (name of Stella, usual meaning).',
    parameters: ['x'],
    lower: (site) => {
      const { graph } = site;
      const x = site.value(0);
      // Not INT(x + 0.5): that sum is rounded itself, just below one half and for numbers above 2^52.
      const below = graph.unary('floor', x);
      const isNearer = graph.binary('ge', graph.binary('sub', x, below), graph.constant(0.5));
      return graph.binary('add', below, isNearer);
    },
  },
  {
    name: 'SIGN',
    synonyms: [],
    arity: [1, 1],
    units: { kind: 'result', of: 'none' },
    summary: '1 for a positive, -1 for a negative x and 0 for 0.',
    parameters: ['x'],
    lower: (site) => {
      const { graph } = site;
      const zero = graph.constant(0);
      return graph.binary('sub', graph.binary('gt', site.value(0), zero), graph.binary('lt', site.value(0), zero));
    },
  },
  {
    name: 'INTEGER',
    synonyms: [],
    arity: [1, 1],
    units: asFirst,
    summary: 'x without its fraction, towards 0: INTEGER(-1.5) is -1 (name of Vensim, usual meaning).',
    parameters: ['x'],
    lower: (site) => truncated(site, site.value(0)),
  },
  {
    name: 'QUANTUM',
    synonyms: [],
    arity: [2, 2],
    units: asAll,
    summary:
      'The multiple of b next to a towards 0: b · INTEGER(a / b), or a where b is not above 0 (Vensim reference).',
    parameters: ['a', 'b'],
    lower: quantum,
  },
  {
    name: 'MODULO',
    synonyms: [],
    arity: [2, 2],
    units: asAll,
    summary: 'What is left of a: a - QUANTUM(a, b), with the sign of a, unlike MOD (name of Vensim, usual meaning).',
    parameters: ['a', 'b'],
    lower: (site) => site.graph.binary('sub', site.value(0), quantum(site)),
  },
  {
    name: 'SAFEDIV',
    synonyms: [],
    arity: [2, 3],
    units: { kind: 'result', of: { over: [0, 1] } },
    summary: 'a / b, or the third argument (0 without one) where b is 0 (name of Stella, usual meaning).',
    parameters: ['a', 'b', 'otherwise'],
    lower: (site) => dividedUnless(site, site.graph.binary('eq', site.value(1), site.graph.constant(0))),
  },
  {
    name: 'ZIDZ',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: { over: [0, 1] } },
    summary: 'a / b, or 0 where b is 0, that is of a magnitude below 1e-6 (Vensim reference).',
    parameters: ['a', 'b'],
    lower: (site) => dividedUnless(site, isVensimZero(site)),
  },
  {
    name: 'XIDZ',
    synonyms: [],
    arity: [3, 3],
    units: { kind: 'result', of: { over: [0, 1] } },
    summary: 'a / b, or the third argument where b is 0, that is of a magnitude below 1e-6 (Vensim reference).',
    parameters: ['a', 'b', 'otherwise'],
    lower: (site) => dividedUnless(site, isVensimZero(site)),
  },
];

function operation(
  name: string,
  op: UnaryOperation,
  units: UnitRule,
  summary: string,
  synonyms: readonly string[] = [],
): Builtin {
  const lower = (site: CallSite): NodeId => site.graph.unary(op, site.value(0));
  return { name, synonyms, arity: [1, 1], units, summary, parameters: ['x'], lower };
}

function called(name: string, callee: FunctionName, summary: string): Builtin {
  const lower = (site: CallSite): NodeId => site.graph.call(callee, site.value(0));
  return { name, synonyms: [], arity: [1, 1], units: dimensionless, summary, parameters: ['x'], lower };
}

function value(name: string, synonyms: readonly string[], constant: number, summary: string): Builtin {
  const lower = (site: CallSite): NodeId => site.graph.constant(constant);
  return { name, synonyms, arity: [0, 0], units: dimensionless, summary, parameters: [], lower };
}

/** The largest order of a root; beyond it every root is 1 to 13 digits. */
const maxRoot = 2 ** 31;

function lowerRoot(site: CallSite): NodeId {
  const { graph } = site;
  requirePositive(site, 1, 'order');
  const x = site.value(0);
  const order = site.constant(1);
  if (order !== undefined) wholeNumber(site, 1, 'order', 1, maxRoot);
  const n = site.value(1);
  const size = graph.binary('pow', graph.unary('abs', x), graph.binary('div', graph.constant(1), n));
  const isEven = graph.binary('eq', graph.binary('mod', n, graph.constant(2)), graph.constant(0));
  const negative = graph.select(isEven, graph.constant(Number.NaN), graph.unary('neg', size));
  return graph.select(graph.binary('lt', x, graph.constant(0)), negative, size);
}

function truncated({ graph }: CallSite, x: NodeId): NodeId {
  const up = graph.unary('neg', graph.unary('floor', graph.unary('neg', x)));
  return graph.select(graph.binary('lt', x, graph.constant(0)), up, graph.unary('floor', x));
}

function quantum(site: CallSite): NodeId {
  const { graph } = site;
  const a = site.value(0);
  const b = site.value(1);
  const multiple = graph.binary('mul', b, truncated(site, graph.binary('div', a, b)));
  return graph.select(graph.binary('gt', b, graph.constant(0)), multiple, a);
}

function dividedUnless(site: CallSite, isZero: NodeId): NodeId {
  const otherwise = valueOr(site, 2, () => site.graph.constant(0));
  return site.graph.select(isZero, otherwise, site.graph.binary('div', site.value(0), site.value(1)));
}

function isVensimZero(site: CallSite): NodeId {
  return site.graph.binary('lt', site.graph.unary('abs', site.value(1)), site.graph.constant(1e-6));
}
