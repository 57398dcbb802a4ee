import type { NodeId } from '../program/program.ts';
import { isGiven, wholeNumber } from './arguments.ts';
import type { Builtin, CallSite, Moment, UnitRule } from './builtin.ts';

/** Where the arguments of a delay stand: they differ between tools. */
interface Places {
  order: number | { argument: number };
  /** Of the initial value; the value of the input at the start where it is not given. */
  initial: number;
  /** Whether a delay too short for its order gets a lower one, as Vensim has it, rather than longer stages. */
  lowersOrder?: boolean;
}

/** A delay of higher order is a stock for each stage. */
const maxOrder = 1000;
const asInput: UnitRule = { kind: 'result', of: 0 };

const material = 'Conserves what flows through it. ';
/**
 * Without such a floor Euler's method swings ever wider where a stage is much shorter than dt. Vensim is reported to do
 * so and Stella not to (SDEverywhere, issue 771); how Stella avoids it is not documented, so that the floor is our own.
 * The Vensim reference states the equations of its functions, without a floor, so that its names have none.
 */
const shortDelay =
  "No stage holds its content for less than dt, so that a short delay never oscillates; by Vensim's own names stages are as short as the delay says";
/** Names that Vensim alone has, those that say so included. */
const vensimNames = /^(?:vensim\..*|smooth3?i?|delay[13]i)$/i;

export const delayBuiltins: readonly Builtin[] = [
  {
    name: 'DELAY',
    synonyms: ['DELAY FIXED'],
    arity: [2, 3],
    units: asInput,
    summary:
      'The input as it was the delay time ago, and the initial value (by default the input at the start) before that. The delay time at the start holds for the run, is rounded to whole steps and is at least one (XMILE 1.0 §3.5.3; Stella and Vensim reference).',
    parameters: ['input', 'delay time', 'initial value'],
    lower: lowerFixedDelay,
  },
  materialDelay('DELAY1', ['DELAY1I'], { order: 1, initial: 2 }, 'First-order exponential material delay.'),
  materialDelay('DELAY3', ['DELAY3I'], { order: 3, initial: 2 }, 'Third-order exponential material delay.'),
  materialDelay('DELAYN', [], { order: { argument: 2 }, initial: 3 }, 'Exponential material delay of order n.'),
  materialDelay(
    'DELAY N',
    [],
    { order: { argument: 3 }, initial: 2, lowersOrder: true },
    'DELAYN with the initial value before the order; the order is lowered where a delay time that is known before the run is less than order · dt (Vensim reference).',
  ),
  smooth('SMTH1', ['SMOOTH', 'SMOOTHI'], { order: 1, initial: 2 }, 'First-order exponential smooth of the input.'),
  smooth('SMTH3', ['SMOOTH3', 'SMOOTH3I'], { order: 3, initial: 2 }, 'Third-order exponential smooth of the input.'),
  smooth('SMTHN', [], { order: { argument: 2 }, initial: 3 }, 'Exponential smooth of order n.'),
  smooth(
    'SMOOTH N',
    [],
    { order: { argument: 3 }, initial: 2, lowersOrder: true },
    'SMTHN with the initial value before the order; the order is lowered where an averaging time that is known before the run is less than order · dt (Vensim reference).',
  ),
  {
    name: 'TREND',
    synonyms: [],
    arity: [2, 3],
    units: { kind: 'result', of: 'unknown' },
    summary:
      'The fractional change of the input per unit of time: (input - average) / (|average| · averaging time), 0 where the average is 0; the average is a first-order smooth that begins at input / (1 + initial trend · averaging time), initial trend 0 by default (XMILE 1.0 §3.5.3; formula of the Vensim reference).',
    parameters: ['input', 'averaging time', 'initial trend'],
    lower: (site) => trend(site, 2, (graph, average) => graph.unary('abs', average)),
  },
  {
    name: 'FORCST',
    synonyms: ['FORECAST'],
    arity: [3, 4],
    units: asInput,
    summary:
      'The input extrapolated: input · (1 + horizon · (input - average) / (average · averaging time)), with the average of TREND (XMILE 1.0 §3.5.3; formula of the Vensim reference).',
    parameters: ['input', 'averaging time', 'horizon', 'initial trend'],
    lower: (site) => {
      const { graph } = site;
      const growth = graph.binary(
        'mul',
        site.value(2),
        trend(site, 3, (_, average) => average),
      );
      return graph.binary('mul', site.value(0), graph.binary('add', graph.constant(1), growth));
    },
  },
];

function parametersOf(time: string, { order, initial }: Places): string[] {
  const parameters = ['input', time];
  if (typeof order !== 'number') parameters[order.argument] = 'n';
  parameters[initial] = 'initial value';
  return parameters;
}

function arityOf({ order, initial }: Places): readonly [number, number] {
  if (typeof order === 'number') return [2, initial + 1];
  return [order.argument + 1, Math.max(order.argument, initial) + 1];
}

function materialDelay(name: string, synonyms: readonly string[], places: Places, summary: string): Builtin {
  return {
    name,
    synonyms,
    arity: arityOf(places),
    units: asInput,
    summary: `${summary} ${material}${shortDelay} (XMILE 1.0 §3.5.3).`,
    parameters: parametersOf('delay time', places),
    lower: (site) => lowerMaterialDelay(site, places),
  };
}

function smooth(name: string, synonyms: readonly string[], places: Places, summary: string): Builtin {
  return {
    name,
    synonyms,
    arity: arityOf(places),
    units: asInput,
    summary: `${summary} ${shortDelay} (XMILE 1.0 §3.5.3).`,
    parameters: parametersOf('averaging time', places),
    lower: (site) => lowerSmooth(site, places),
  };
}

function orderOf(site: CallSite, { order, lowersOrder = false }: Places): number {
  if (typeof order === 'number') return order;
  const wanted = wholeNumber(site, order.argument, 'n', 1, maxOrder);
  const time = lowersOrder ? site.constant(1) : undefined;
  if (time === undefined) return wanted;
  return Math.max(1, Math.min(wanted, Math.floor(time / site.time.dt + 1e-6)));
}

/** How long one of `stages` stages holds its content. */
function stageTime(site: CallSite, stages: number, moment: Moment): NodeId {
  const { graph } = site;
  const share = graph.binary('div', delayTime(site, moment), graph.constant(stages));
  if (vensimNames.test(site.name)) return share;
  return graph.binary('max', share, graph.constant(site.time.dt));
}

/** The second argument of every delay and smooth. */
function delayTime(site: CallSite, moment: Moment): NodeId {
  const time = site.value(1, moment);
  const value = site.graph.knownValue(time);
  if (value !== undefined && !(value >= 0)) {
    site.fail('builtin.negative', { function: site.name, parameter: 'time', value }, 1);
  }
  return time;
}

function initialValue(site: CallSite, places: Places): NodeId {
  return site.value(isGiven(site, places.initial) ? places.initial : 0, 'initial');
}

/** Stages that each hold inflow · stage time in balance and lose content / stage time. */
function lowerMaterialDelay(site: CallSite, places: Places): NodeId {
  const { graph } = site;
  const stages = orderOf(site, places);
  if (site.moment === 'initial') return initialValue(site, places);
  const flows: NodeId[] = [];
  const into = (stage: number): NodeId => (stage === 0 ? site.value(0, 'step') : flows[stage - 1]!);
  const time = stageTime(site, stages, 'step');
  for (let stage = 0; stage < stages; stage += 1) {
    const content = site.stock(`stage${stage}`, {
      initial: () => graph.binary('mul', initialValue(site, places), stageTime(site, stages, 'initial')),
      rate: () => graph.binary('sub', into(stage), flows[stage]!),
    });
    flows.push(graph.binary('div', content, time));
  }
  return flows[stages - 1]!;
}

function lowerSmooth(site: CallSite, places: Places): NodeId {
  const { graph } = site;
  const stages = orderOf(site, places);
  if (site.moment === 'initial') return initialValue(site, places);
  const levels: NodeId[] = [];
  const into = (stage: number): NodeId => (stage === 0 ? site.value(0, 'step') : levels[stage - 1]!);
  for (let stage = 0; stage < stages; stage += 1) {
    levels.push(
      site.stock(`stage${stage}`, {
        initial: () => initialValue(site, places),
        rate: () =>
          graph.binary('div', graph.binary('sub', into(stage), levels[stage]!), stageTime(site, stages, 'step')),
      }),
    );
  }
  return levels[stages - 1]!;
}

/** (input - average) / (size of the average · averaging time), 0 where that has no value. */
function trend(
  site: CallSite,
  initialTrend: number,
  sizeOf: (graph: CallSite['graph'], average: NodeId) => NodeId,
): NodeId {
  const { graph } = site;
  const average = site.stock('average', {
    initial: () => averageAtStart(site, initialTrend),
    rate: () => graph.binary('div', graph.binary('sub', site.value(0, 'step'), average), stageTime(site, 1, 'step')),
  });
  const size = graph.binary('mul', sizeOf(graph, average), stageTime(site, 1, site.moment));
  const change = graph.binary('div', graph.binary('sub', site.value(0), average), size);
  return graph.select(graph.binary('eq', size, graph.constant(0)), graph.constant(0), change);
}

function averageAtStart(site: CallSite, initialTrend: number): NodeId {
  const { graph } = site;
  const input = site.value(0, 'initial');
  if (!isGiven(site, initialTrend)) return input;
  const growth = graph.binary('mul', site.value(initialTrend, 'initial'), stageTime(site, 1, 'initial'));
  return graph.binary('div', input, graph.binary('add', graph.constant(1), growth));
}

function lowerFixedDelay(site: CallSite): NodeId {
  const { graph } = site;
  const initial = (): NodeId => site.value(isGiven(site, 2) ? 2 : 0, 'initial');
  if (site.moment === 'initial') return initial();
  const delay = delayTime(site, 'initial');
  const known = graph.knownValue(delay);
  return site.history('past', {
    initial,
    input: () => site.value(0, 'step'),
    lag: graph.binary('div', delay, graph.constant(site.time.dt)),
    maxLag: known === undefined ? undefined : lagLimit(site, known),
  });
}

/** A lag in whole steps; what lies further back than the start is the initial value whatever the lag. */
function lagLimit({ time: { start, stop, dt } }: CallSite, delay: number): number {
  return Math.max(1, Math.round(Math.min(delay, stop - start + dt) / dt));
}
