import { createEvaluator, type Evaluator, operandsOf, type Program, type VectorField } from '@tandem/dynamics';
import { plainName } from './subject.ts';

type NodeId = number;

/** Stocks that settle within this many days belong to the fast part of the model. */
const fastDays = 90;
const differenceStep = 6e-6;

/** How stocks of a model take part when activity is looked at alone. */
export interface FastPart {
  /** Places in `program.stocks` of those that move. */
  moving: number[];
  /** Those among `moving` whose sum is held, because activity depends on their mix alone. */
  mixed: number[];
  /** Stocks that are held at their level. */
  held: number[];
}

/** A program that stands still at one moment, with one of its constants to be varied. */
export interface FrozenModel {
  program: Program;
  evaluator: Evaluator;
  /** Levels at that moment. */
  levels: Float64Array;
  activity: NodeId;
  theta: NodeId;
  /** Place of the control among the inputs. */
  control: number;
  time: number;
}

/** `inputs` are those of the program; the run stands still at its start. */
export function freeze(
  program: Program,
  inputs: ArrayLike<number>,
  names: { activity: string; theta: string; control: string },
): FrozenModel {
  const evaluator = createEvaluator(program);
  evaluator.begin(inputs);
  const node = (name: string) => program.outputs.find((output) => plainName(output.name) === plainName(name))!.node;
  return {
    program,
    evaluator,
    levels: evaluator.stocks.slice(),
    activity: node(names.activity),
    theta: node(names.theta),
    control: program.inputs.findIndex(({ name }) => plainName(name) === plainName(names.control)),
    time: evaluator.time,
  };
}

/**
 * Splits the stocks by what they do within a quarter: those that act on activity and are acted on by it, and that by
 * themselves return within `fastDays` (the diagonal of the Jacobian tells), move; all others are held. Where activity is a
 * share of stocks it does not change when all of them grow alike: then their sum is held and their mix moves.
 */
export function fastPartOf(model: FrozenModel): FastPart {
  const { program } = model;
  const size = program.stocks.length;
  const jacobian = jacobianOf(model);
  const direct = stocksBehind(program, model.activity);
  const share = isShareOf(model, direct);
  const loop = onLoopsWith(jacobian, size, direct);
  const moving: number[] = [];
  for (let i = 0; i < size; i += 1) {
    const returning = -jacobian[i * size + i]!;
    const fast = returning * fastDays > 1;
    if (direct.includes(i) || (loop.has(i) && fast)) moving.push(i);
  }
  const held = Array.from({ length: size }, (_, i) => i).filter((i) => !moving.includes(i));
  return { moving, mixed: share && direct.length > 1 ? direct : [], held };
}

/** Derivatives of all rates by all levels, row-major. */
function jacobianOf({ program, evaluator, levels, time }: FrozenModel): Float64Array {
  const size = levels.length;
  const matrix = new Float64Array(size * size);
  const [above, below] = [new Float64Array(size), new Float64Array(size)];
  const state = levels.slice();
  for (let j = 0; j < program.stocks.length; j += 1) {
    const step = differenceStep * Math.max(1e-3, Math.abs(levels[j]!));
    state[j] = levels[j]! + step;
    evaluator.derivative(time, state, above);
    state[j] = levels[j]! - step;
    evaluator.derivative(time, state, below);
    state[j] = levels[j]!;
    for (let i = 0; i < size; i += 1) matrix[i * size + j] = (above[i]! - below[i]!) / (2 * step);
  }
  return matrix;
}

/** Stocks that a node is worked out from at the same moment. */
function stocksBehind(program: Program, from: NodeId): number[] {
  const seen = new Set([from]);
  const stocks = new Set<number>();
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = program.nodes[id]!;
    if (node.op === 'stock') stocks.add(node.stock);
    for (const operand of operandsOf(node)) {
      if (!seen.has(operand)) waiting.push(operand);
      seen.add(operand);
    }
  }
  return [...stocks].sort((a, b) => a - b);
}

/** Whether activity is the same when all its stocks are half as large again. */
function isShareOf(model: FrozenModel, direct: readonly number[]): boolean {
  const { evaluator, levels, time, program, activity } = model;
  const into = new Float64Array(program.nodes.length);
  const rates = new Float64Array(levels.length);
  evaluator.derivative(time, levels, rates, into);
  const now = into[activity]!;
  const larger = levels.map((level, i) => (direct.includes(i) ? 1.5 * level : level));
  evaluator.derivative(time, larger, rates, into);
  return Math.abs(into[activity]! - now) < 1e-9 * Math.max(1e-9, Math.abs(now));
}

/** Stocks from which the direct ones can be reached along influences, and that can be reached from them. */
function onLoopsWith(jacobian: Float64Array, size: number, direct: readonly number[]): Set<number> {
  const reach = (acts: (from: number, to: number) => boolean) => {
    const seen = new Set(direct);
    const waiting = [...direct];
    for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
      for (let to = 0; to < size; to += 1) {
        if (seen.has(to) || to === from || !acts(from, to)) continue;
        seen.add(to);
        waiting.push(to);
      }
    }
    return seen;
  };
  const after = reach((from, to) => jacobian[to * size + from] !== 0);
  const before = reach((from, to) => jacobian[from * size + to] !== 0);
  return new Set([...after].filter((place) => before.has(place)));
}

/** The fast part as a field along the control, and activity at its states. */
export interface FastField {
  field: VectorField;
  /** Levels of today as a state of the field. */
  start: Float64Array;
  /** Size of each coordinate. */
  scale: Float64Array;
  activityAt(state: ArrayLike<number>, control: number): number;
  /** Whether no level of a state is below nothing. */
  isPossible(state: ArrayLike<number>): boolean;
}

/**
 * Rates of the fast stocks with the others held. Of mixed stocks the state has shares of their sum, all but the last: a
 * share s of a sum M changes by (rate - s * rate of M) / M, also while M itself grows.
 */
export function fastField(model: FrozenModel, { moving, mixed }: FastPart): FastField {
  const { program, evaluator, levels, control, time, activity } = model;
  const shares = mixed.slice(0, -1);
  const own = moving.filter((place) => !mixed.includes(place));
  const total = mixed.reduce((sum, place) => sum + levels[place]!, 0);
  const evaluate = frozenEvaluation(model, moving);
  const expand = (state: ArrayLike<number>) => {
    const whole = levels.slice();
    let rest = 1;
    for (const [i, place] of shares.entries()) {
      whole[place] = state[i]! * total;
      rest -= state[i]!;
    }
    if (mixed.length > 0) whole[mixed.at(-1)!] = rest * total;
    for (const [i, place] of own.entries()) whole[place] = state[shares.length + i]!;
    return whole;
  };
  const start = Float64Array.from([
    ...shares.map((place) => levels[place]! / total),
    ...own.map((place) => levels[place]!),
  ]);
  const rateOf = (place: number, values: Float64Array) => values[program.stocks[place]!.rate]!;
  return {
    field: {
      size: start.length,
      names: [...shares, ...own].map((place) => program.stocks[place]!.name),
      initial: () => start.slice(),
      rates: (state, parameter) => {
        const values = evaluate(expand(state), parameter);
        const growth = mixed.reduce((sum, place) => sum + rateOf(place, values), 0);
        const result = new Float64Array(start.length);
        for (const [i, place] of shares.entries()) result[i] = (rateOf(place, values) - state[i]! * growth) / total;
        for (const [i, place] of own.entries()) result[shares.length + i] = rateOf(place, values);
        return result;
      },
    },
    start,
    scale: start.map((value, i) => (i < shares.length ? 1 : Math.max(Math.abs(value), 1e-6))),
    activityAt: (state, parameter) => evaluate(expand(state), parameter)[activity]!,
    isPossible: (state) =>
      expand(state).every((level, place) => level >= -1e-9 * Math.max(1, Math.abs(levels[place]!))),
  };

  // Time stands still, so that only what depends on moving stocks or on the control has to be worked out again.
  function frozenEvaluation(frozen: FrozenModel, places: readonly number[]) {
    const moves = new Uint8Array(program.nodes.length);
    const changing: NodeId[] = [];
    for (const [id, node] of program.nodes.entries()) {
      const leaf =
        (node.op === 'stock' && places.includes(node.stock)) || (node.op === 'input' && node.input === frozen.control);
      if (leaf || operandsOf(node).some((operand) => moves[operand] === 1)) {
        moves[id] = 1;
        changing.push(id);
      }
    }
    const needed = neededFor(program, [activity, frozen.theta, ...places.map((place) => program.stocks[place]!.rate)]);
    const order = changing.filter((id) => needed[id] === 1);
    const values = new Float64Array(program.nodes.length);
    evaluator.derivative(time, levels, new Float64Array(levels.length), values);
    return (whole: Float64Array, parameter: number) => {
      evaluator.inputs[control] = parameter;
      evaluator.stocks.set(whole);
      for (const id of order) values[id] = evaluator.evaluateNode(id, values);
      return values;
    };
  }
}

function neededFor(program: Program, from: readonly NodeId[]): Uint8Array {
  const needed = new Uint8Array(program.nodes.length);
  const waiting = [...from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (needed[id] === 1) continue;
    needed[id] = 1;
    waiting.push(...operandsOf(program.nodes[id]!));
  }
  return needed;
}
