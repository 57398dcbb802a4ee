import type { NodeId } from '../program/program.ts';
import { isGiven, requireNotNegative, requirePositive, stepTimeOf, timeOf, timeTolerance } from './arguments.ts';
import type { Builtin, CallSite } from './builtin.ts';

export const testInputBuiltins: readonly Builtin[] = [
  {
    name: 'PULSE',
    synonyms: [],
    arity: [1, 3],
    units: { kind: 'result', of: { over: [0, 'time'] } },
    summary:
      'magnitude / dt during one step, the first that begins at or after the first time, and again at each interval above 0; without an interval once (XMILE 1.0 §3.5.4, which differs here from Stella). With the magnitude alone it is magnitude / dt in every step (Stella reference).',
    parameters: ['magnitude', 'first time', 'interval'],
    lower: lowerPulse,
  },
  {
    name: 'RAMP',
    synonyms: [],
    arity: [1, 3],
    units: { kind: 'result', of: 'unknown' },
    summary:
      '0 up to the start time (by default that of the run), then rising by the slope per unit of time, up to the end time where one is given (XMILE 1.0 §3.5.4; end: Stella and Vensim reference).',
    parameters: ['slope', 'start time', 'end time'],
    lower: lowerRamp,
  },
  {
    name: 'STEP',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 0 },
    summary: '0 before the start time and the height from then on (XMILE 1.0 §3.5.4).',
    parameters: ['height', 'start time'],
    lower: (site) => {
      const { graph } = site;
      return graph.select(reached(site, timeOf(site), site.value(1)), site.value(0), graph.constant(0));
    },
  },
  {
    name: 'vensim.PULSE',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 'none' },
    summary:
      '1 from the start for the width, at least one step, else 0: start < t + dt/2 < start + width at the beginning of the step (Vensim reference). PULSE without `vensim.` is that of the standard.',
    parameters: ['start', 'width'],
    lower: (site) => vensimPulse(site, halfwayTime(site), site.value(0)),
  },
  {
    name: 'PULSE TRAIN',
    synonyms: [],
    arity: [4, 4],
    units: { kind: 'result', of: 'none' },
    summary:
      '1 for the width, at least one step, from the start and from every interval after it up to the end, else 0; times are compared as in vensim.PULSE (Vensim reference).',
    parameters: ['start', 'width', 'interval', 'end'],
    lower: lowerPulseTrain,
  },
  wave('SINWAVE', 'sin', 'A sine wave: |amplitude| · sin(2π · TIME / period) (Stella reference).'),
  wave('COSWAVE', 'cos', 'A cosine wave: |amplitude| · cos(2π · TIME / period) (Stella reference).'),
  {
    name: 'COUNTER',
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'same', args: 'all' },
    summary:
      'Rises with time from the first number at the start of the run and begins anew on reaching the second (Stella reference).',
    parameters: ['start', 'end'],
    lower: lowerCounter,
  },
];

/** Whether `time` is at or after `start`, roundings of the grid apart. */
function reached(site: CallSite, time: NodeId, start: NodeId): NodeId {
  const { graph } = site;
  return graph.binary('ge', time, graph.binary('sub', start, graph.constant(timeTolerance(site))));
}

function lowerPulse(site: CallSite): NodeId {
  const { graph } = site;
  const dt = graph.constant(site.time.dt);
  const height = graph.binary('div', site.value(0), dt);
  if (!isGiven(site, 1)) return height;
  requireNotNegative(site, 2, 'interval');
  const sinceFirst = graph.binary('sub', stepTimeOf(site), site.value(1));
  const elapsed = graph.binary('add', sinceFirst, graph.constant(timeTolerance(site)));
  const hasBegun = graph.binary('ge', elapsed, graph.constant(0));
  const inFirst = graph.binary('lt', elapsed, dt);
  let inPulse = inFirst;
  if (isGiven(site, 2)) {
    const interval = site.value(2);
    const inLater = graph.binary('lt', graph.binary('mod', elapsed, interval), dt);
    inPulse = graph.select(graph.binary('gt', interval, graph.constant(0)), inLater, inFirst);
  }
  return graph.select(graph.binary('and', hasBegun, inPulse), height, graph.constant(0));
}

function lowerRamp(site: CallSite): NodeId {
  const { graph } = site;
  const start = isGiven(site, 1) ? site.value(1) : graph.constant(site.time.start);
  const time = isGiven(site, 2) ? graph.binary('min', timeOf(site), site.value(2)) : timeOf(site);
  const run = graph.binary('max', graph.binary('sub', time, start), graph.constant(0));
  return graph.binary('mul', site.value(0), run);
}

/** The middle of the step: what Vensim compares, so that roundings of times do not matter. */
function halfwayTime(site: CallSite): NodeId {
  return site.graph.binary('add', stepTimeOf(site), site.graph.constant(site.time.dt / 2));
}

function vensimPulse(site: CallSite, time: NodeId, start: NodeId): NodeId {
  const { graph } = site;
  const end = graph.binary('add', start, pulseWidth(site));
  return graph.binary('and', graph.binary('gt', time, start), graph.binary('lt', time, end));
}

function pulseWidth(site: CallSite): NodeId {
  return site.graph.binary('max', site.value(1), site.graph.constant(site.time.dt));
}

function lowerPulseTrain(site: CallSite): NodeId {
  const { graph } = site;
  requirePositive(site, 2, 'interval');
  const time = halfwayTime(site);
  const elapsed = graph.binary('sub', time, site.value(0));
  const inPulse = graph.binary('lt', graph.binary('mod', elapsed, site.value(2)), pulseWidth(site));
  const hasBegun = graph.binary('gt', elapsed, graph.constant(0));
  const notOver = reached(site, site.value(3), stepTimeOf(site));
  return graph.binary('and', graph.binary('and', hasBegun, notOver), inPulse);
}

function wave(name: string, op: 'sin' | 'cos', summary: string): Builtin {
  return {
    name,
    synonyms: [],
    arity: [2, 2],
    units: { kind: 'result', of: 0 },
    summary,
    parameters: ['amplitude', 'period'],
    lower: (site) => {
      const { graph } = site;
      requirePositive(site, 1, 'period');
      const turns = graph.binary('div', timeOf(site), site.value(1));
      const angle = graph.binary('mul', graph.constant(2 * Math.PI), turns);
      return graph.binary('mul', graph.unary('abs', site.value(0)), graph.unary(op, angle));
    },
  };
}

function lowerCounter(site: CallSite): NodeId {
  const { graph } = site;
  const tolerance = graph.constant(timeTolerance(site));
  const length = graph.binary('sub', site.value(1), site.value(0));
  const elapsed = graph.binary('sub', timeOf(site), graph.constant(site.time.start));
  // Without the tolerance a time just short of a whole turn by rounding would give the end instead of the start.
  const turned = graph.binary('mod', graph.binary('add', elapsed, tolerance), length);
  const phase = graph.binary('max', graph.binary('sub', turned, tolerance), graph.constant(0));
  return graph.binary('add', site.value(0), phase);
}
