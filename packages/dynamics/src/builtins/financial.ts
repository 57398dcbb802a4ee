import type { FunctionName } from '../numerics/functions.ts';
import type { NodeId } from '../program/program.ts';
import { isGiven, stepTimeOf } from './arguments.ts';
import type { Builtin, CallSite } from './builtin.ts';

const annuity =
  'of an annuity paid at the end of each period: pv (1 + rate)^n + pmt ((1 + rate)^n - 1) / rate + fv = 0; money received is positive (Stella reference).';

export const financialBuiltins: readonly Builtin[] = [
  annuityOf('PV', 'presentValue', ['rate', 'periods', 'payment', 'future value'], 'The present value'),
  annuityOf('FV', 'futureValue', ['rate', 'periods', 'payment', 'present value'], 'The future value'),
  annuityOf('PMT', 'payment', ['rate', 'periods', 'present value', 'future value'], 'The payment'),
  {
    name: 'NPV',
    synonyms: [],
    arity: [2, 4],
    units: { kind: 'result', of: 'unknown' },
    summary:
      'The present value, seen from the start, of a stream up to the present. With two or three arguments it begins with the initial value (by default the stream at the start) and each later step adds dt · stream / (1 + rate)^(time since the start) (name of Stella, usual meaning); with four it is factor · (initial value + sum of dt · stream / (1 + rate · dt)^steps) with the present step included (Vensim reference).',
    parameters: ['stream', 'rate', 'initial value', 'factor'],
    lower: (site) => (isGiven(site, 3) ? lowerVensim(site) : lowerStella(site)),
  },
  {
    name: 'IRR',
    synonyms: [],
    arity: [1, 2],
    units: { kind: 'result', of: 'unknown' },
    summary:
      'The internal rate of return per unit of time of a stream from the start up to the present: the rate r nearest to 0 with sum of stream / (1 + r)^(time since the start) = 0; the second argument (0 without one) at the start and wherever there is no such rate, as when the stream has had one sign only (Stella reference).',
    parameters: ['stream', 'missing'],
    lower: lowerInternalRate,
  },
];

/** All payments so far are discounted anew at each step, some hundred times: this many steps take a second or two. */
const internalRateStepsMost = 5000;
/** Pairs of payment and step that take about as long as one operation of a model takes to be understood. */
const pairsPerOperation = 20;

function lowerInternalRate(site: CallSite): NodeId {
  const { start, stop, dt } = site.time;
  const steps = Math.round((stop - start) / dt);
  if (steps > internalRateStepsMost) site.fail('builtin.too_many_steps', { steps, limit: internalRateStepsMost });
  site.count((steps * steps) / pairsPerOperation);
  const missing = () => (isGiven(site, 1) ? site.value(1) : site.graph.constant(0));
  return site.internalRate('', { input: () => site.value(0, 'step'), missing });
}

function annuityOf(name: string, callee: FunctionName, parameters: readonly string[], what: string): Builtin {
  return {
    name,
    synonyms: [],
    arity: [4, 4],
    units: { kind: 'result', of: 2 },
    summary: `${what} ${annuity}`,
    parameters,
    lower: (site) => site.graph.call(callee, ...parameters.map((_, index) => site.value(index))),
  };
}

function lowerStella(site: CallSite): NodeId {
  const { graph } = site;
  const initial = (): NodeId => site.value(isGiven(site, 2) ? 2 : 0, 'initial');
  if (site.moment === 'initial') return initial();
  const { start, dt } = site.time;
  const elapsed = graph.binary('sub', stepTimeOf(site), graph.constant(start));
  const growth = graph.binary('pow', graph.binary('add', graph.constant(1), site.value(1)), elapsed);
  const worth = graph.binary('mul', graph.constant(dt), graph.binary('div', site.value(0), growth));
  const sum = site.memory('sum', { initial, next: () => grown });
  const isFirst = graph.binary('lt', elapsed, graph.constant(dt / 2));
  const grown: NodeId = graph.select(isFirst, sum, graph.binary('add', sum, worth));
  return grown;
}

function lowerVensim(site: CallSite): NodeId {
  const { graph } = site;
  const dt = graph.constant(site.time.dt);
  const discount = site.stock('discount', {
    initial: () => graph.constant(1),
    rate: () => {
      const rate = site.value(1, 'step');
      const step = graph.binary('add', graph.constant(1), graph.binary('mul', rate, dt));
      return graph.unary('neg', graph.binary('div', graph.binary('mul', discount, rate), step));
    },
  });
  const sum = site.stock('sum', {
    initial: () => site.value(2, 'initial'),
    rate: () => graph.binary('mul', site.value(0, 'step'), discount),
  });
  const present = graph.binary('mul', graph.binary('mul', site.value(0), dt), discount);
  return graph.binary('mul', graph.binary('add', sum, present), site.value(3));
}
