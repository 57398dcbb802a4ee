import type { NodeId } from '../program/program.ts';
import { isGiven, stepTimeOf, timeOf, timeTolerance } from './arguments.ts';
import type { Builtin, CallSite } from './builtin.ts';

/** Time (XMILE 1.0 §3.5.5) and values at other times (§3.5.6). */
export const timeBuiltins: readonly Builtin[] = [
  timeValue(
    'STEP BEGIN',
    [],
    'Time at the beginning of the step, also at the later stages of rk2 and rk4, where TIME has gone on (of this engine).',
    stepTimeOf,
  ),
  timeValue('TIME', [], 'The time of the simulation (XMILE 1.0 §3.5.5).', timeOf),
  timeValue('DT', ['TIME STEP'], 'The step of the integration (XMILE 1.0 §3.5.5).', (site) =>
    site.graph.constant(site.time.dt),
  ),
  timeValue('STARTTIME', ['INITIAL TIME'], 'The time at which the simulation begins (XMILE 1.0 §3.5.5).', (site) =>
    site.graph.constant(site.time.start),
  ),
  timeValue('STOPTIME', ['FINAL TIME'], 'The time at which the simulation ends (XMILE 1.0 §3.5.5).', (site) =>
    site.graph.constant(site.time.stop),
  ),
  {
    name: 'INIT',
    synonyms: ['INITIAL'],
    arity: [1, 2],
    units: { kind: 'result', of: 0 },
    summary:
      'The value of x at the start of the simulation (XMILE 1.0 §3.5.6). With two arguments it is ACTIVE INITIAL.',
    parameters: ['x', 'initial value'],
    lower: (site) => (isGiven(site, 1) ? activeInitial(site) : site.value(0, 'initial')),
  },
  {
    name: 'ACTIVE INITIAL',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'same', args: 'all' },
    summary: 'x, but its second argument where initial values are computed (Vensim reference).',
    parameters: ['x', 'initial value'],
    lower: activeInitial,
  },
  {
    name: 'PREVIOUS',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'same', args: 'all' },
    summary: 'The value of x one dt ago, and the initial value in the first dt (XMILE 1.0 §3.5.6).',
    parameters: ['x', 'initial value'],
    lower: (site) =>
      site.memory('previous', {
        initial: () => site.value(1, 'initial'),
        next: () => site.value(0, 'step'),
      }),
  },
  {
    name: 'INTEG',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 1 },
    summary: 'A level that begins with the initial value and changes by the rate (Vensim reference).',
    parameters: ['rate', 'initial value'],
    lower: (site) =>
      site.stock('level', {
        initial: () => site.value(1, 'initial'),
        rate: () => site.value(0, 'step'),
      }),
  },
  {
    name: 'HISTORY',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 0 },
    summary:
      'The value that x had at a time of the same run, at the nearest step; 0 for times before the start and after the present (Stella reference).',
    parameters: ['x', 'time'],
    lower: lowerHistory,
  },
  {
    name: 'DERIVN',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 'unknown' },
    summary:
      'The n-th derivative by backward differences, d(t) = (x(t) - x(t - dt)) / dt taken n times, and 0 in the first n steps (Stella reference).',
    parameters: ['x', 'n'],
    lower: lowerDerivative,
  },
  {
    name: 'SAMPLE IF TRUE',
    synonyms: [],
    arity: [3, 3],
    units: { kind: 'same', args: [1, 2] },
    summary:
      'x while the condition holds, else the x of the last step in which it held, or the initial value (name of Vensim, usual meaning).',
    parameters: ['condition', 'x', 'initial value'],
    lower: (site) => {
      const held = site.memory('held', {
        initial: () => site.value(2, 'initial'),
        next: () => site.graph.select(site.value(0, 'step'), site.value(1, 'step'), held),
      });
      return site.graph.select(site.value(0), site.value(1), held);
    },
  },
  {
    name: 'IF THEN ELSE',
    synonyms: [],
    arity: [3, 3],
    units: { kind: 'same', args: [1, 2] },
    summary: 'The second argument where the condition holds, else the third (XMILE 1.0 §3.3.3).',
    parameters: ['condition', 'then', 'otherwise'],
    lower: (site) => site.graph.select(site.value(0), site.value(1), site.value(2)),
  },
  {
    name: 'GAME',
    synonyms: [],
    arity: [1, 1],
    units: { kind: 'result', of: 0 },
    summary: 'x: what a player could change in a game, which a simulation does not do (name of Vensim, usual meaning).',
    parameters: ['x'],
    lower: (site) => site.value(0),
  },
];

function timeValue(
  name: string,
  synonyms: readonly string[],
  summary: string,
  lower: (site: CallSite) => NodeId,
): Builtin {
  return { name, synonyms, arity: [0, 0], units: { kind: 'result', of: 'time' }, summary, parameters: [], lower };
}

function activeInitial(site: CallSite): NodeId {
  return site.moment === 'initial' ? site.value(1) : site.value(0);
}

/** At `initial` the present is the only time there is. */
function lowerHistory(site: CallSite): NodeId {
  const { graph } = site;
  const dt = graph.constant(site.time.dt);
  const zero = graph.constant(0);
  const age = graph.binary('sub', stepTimeOf(site), site.value(1));
  const lag = graph.unary('floor', graph.binary('add', graph.binary('div', age, dt), graph.constant(0.5)));
  const isPresent = graph.binary('eq', lag, zero);
  if (site.moment === 'initial') return graph.select(isPresent, site.value(0), zero);
  const past = site.history('past', {
    initial: () => zero,
    input: () => site.value(0, 'step'),
    lag,
    maxLag: undefined,
  });
  const known = graph.select(isPresent, site.value(0), past);
  return graph.select(graph.binary('lt', lag, zero), zero, known);
}

/** Each order is one value remembered; twenty differences of doubles are nothing but rounding. */
const maxOrder = 20;

function lowerDerivative(site: CallSite): NodeId {
  const { graph } = site;
  const order = site.constant(1);
  if (order === undefined) site.fail('builtin.not_constant', { function: site.name, parameter: 'n' }, 1);
  if (!Number.isInteger(order) || order < 0 || order > maxOrder) {
    site.fail('builtin.not_whole', { function: site.name, parameter: 'n', least: 0, most: maxOrder, value: order }, 1);
  }
  if (site.moment === 'initial') return order === 0 ? site.value(0) : graph.constant(0);
  let value = site.value(0, 'step');
  for (let taken = 1; taken <= order; taken += 1) {
    const current = value;
    const before = site.memory(`order${taken}`, { initial: () => graph.constant(0), next: () => current });
    const slope = graph.binary('div', graph.binary('sub', current, before), graph.constant(site.time.dt));
    const from = site.time.start + taken * site.time.dt - timeTolerance(site);
    value = graph.select(graph.binary('ge', stepTimeOf(site), graph.constant(from)), slope, graph.constant(0));
  }
  return value;
}
