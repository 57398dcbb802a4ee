import { functions } from '../numerics/functions.ts';
import { internalRate } from '../numerics/internal-rate.ts';
import { draw } from '../numerics/random.ts';
import { lookUp } from '../numerics/table.ts';
import { readsHistory } from '../program/operands.ts';
import { type BinaryOperation, binaryOperations, type UnaryOperation, unaryOperations } from '../program/operations.ts';
import type { Node, NodeId, Program } from '../program/program.ts';
import {
  attemptsMax,
  dormandPrince,
  historyCapacity,
  historySlot,
  stageTime45,
  stepControl,
  stepTime,
} from './integration.ts';
import { defaultInputs, type Kernel, type KernelFactory, savedPoints } from './kernel.ts';

/** Past inputs of one history of one run. */
interface Past {
  initial: number;
  ring: Float64Array;
}

/**
 * One run of a program that can be looked into: every node's value at every step. Slow and plain; what it gives is what
 * the other back ends must give.
 *
 * ```ts
 * const run = createEvaluator(program);
 * run.begin(inputs);
 * do {
 *   run.time;                                    // time of this step
 *   program.variables.map((v) => run.values[v.node]);
 * } while (run.advance());
 * ```
 */
export class Evaluator {
  readonly program: Program;
  /** Value of every node at the beginning of the step that the run stands at. */
  readonly values: Float64Array;
  /** May be written to between steps; `refresh` then brings `values` up to date. */
  readonly stocks: Float64Array;
  readonly memories: Float64Array;
  readonly inputs: Float64Array;
  /** The steps of RK45 became too small; the stocks are NaN from there on. */
  stalled = false;
  #step = 0;
  #time: number;
  #stepTime: number;
  #seed = 0;
  #run = 0;
  #depth = 0;
  #attempts = 0;
  readonly #uniforms: Float64Array;
  readonly #initialUniforms: Float64Array;
  readonly #pasts: Past[];
  readonly #stage: Float64Array;

  constructor(program: Program) {
    this.program = program;
    this.values = new Float64Array(program.nodes.length);
    this.#stage = new Float64Array(program.nodes.length);
    this.stocks = new Float64Array(program.stocks.length);
    this.memories = new Float64Array(program.memories.length);
    this.inputs = Float64Array.from(program.inputs, (input) => input.value);
    this.#uniforms = new Float64Array(program.draws.length);
    this.#initialUniforms = new Float64Array(program.draws.length);
    this.#pasts = program.histories.map((history) => ({
      initial: Number.NaN,
      ring: new Float64Array(historyCapacity(history, program.time)),
    }));
    this.#time = program.time.start;
    this.#stepTime = program.time.start;
  }

  /** The step that the run stands at, from 0 to `program.time.steps`. */
  get step(): number {
    return this.#step;
  }

  /** Time of that step. */
  get time(): number {
    return this.#stepTime;
  }

  /** Starts a run: all values are those of the start. Without inputs the ones of the last run, at first the defaults. */
  begin(inputs: ArrayLike<number> = this.inputs, { seed = 0, run = 0 }: { seed?: number; run?: number } = {}): void {
    const { program } = this;
    if (inputs.length !== program.inputs.length) throw new Error(`${program.inputs.length} inputs are needed`);
    this.inputs.set(inputs);
    this.#seed = seed;
    this.#run = run;
    this.#depth = 0;
    this.#attempts = 0;
    this.stalled = false;
    this.#enterStep(0);
    this.#initialUniforms.set(this.#uniforms);
    this.stocks.fill(Number.NaN);
    this.memories.fill(Number.NaN);
    for (const past of this.#pasts) past.initial = Number.NaN;
    // Initial values depend on no state, so that one evaluation without any gives them all.
    this.#evaluate(this.values, true);
    program.stocks.forEach(({ initial }, stock) => {
      this.stocks[stock] = this.values[initial]!;
    });
    program.memories.forEach(({ initial }, memory) => {
      this.memories[memory] = this.values[initial]!;
    });
    program.histories.forEach(({ initial }, history) => {
      this.#pasts[history]!.initial = this.values[initial]!;
    });
    this.refresh();
  }

  /** Evaluates every node again at the step that the run stands at. */
  refresh(): void {
    this.#time = this.#stepTime;
    this.#evaluate(this.values, true);
  }

  /** One dt on; false at the end of the run, where nothing changes. */
  advance(): boolean {
    const { program, values } = this;
    if (this.#step === program.time.steps) return false;
    const memories = program.memories.map(({ next }) => values[next]!);
    const past = program.histories.map(({ input }) => values[input]!);
    this.#integrate();
    this.memories.set(memories);
    past.forEach((value, history) => {
      const { ring } = this.#pasts[history]!;
      ring[this.#step % ring.length] = value;
    });
    this.#enterStep(this.#step + 1);
    this.refresh();
    return true;
  }

  /**
   * Net flows of other stocks (written to `rates`) at another time, with the memories, histories and draws of the step
   * that the run stands at: the right-hand side of the differential equation. `values` stay as they are; `into`
   * (as long as `program.nodes`) takes all node values of this evaluation.
   */
  derivative(time: number, stocks: ArrayLike<number>, rates: Float64Array, into: Float64Array = this.#stage): void {
    const kept = Float64Array.from(this.stocks);
    into.set(this.values);
    this.stocks.set(stocks);
    this.#time = time;
    this.#evaluate(into, false);
    this.stocks.set(kept);
    this.#time = this.#stepTime;
    this.program.stocks.forEach(({ rate }, stock) => {
      rates[stock] = into[rate]!;
    });
  }

  /**
   * The value of one node, given those of its operands in `values`; leaves are taken from the state of the run. For
   * asking what a variable would be if only some of what it depends on had changed.
   */
  evaluateNode(id: NodeId, values: Float64Array = this.values): number {
    const node: Node = this.program.nodes[id]!;
    switch (node.op) {
      case 'constant':
        return node.value;
      case 'input':
        return this.inputs[node.input]!;
      case 'time':
        return this.#time;
      case 'stepTime':
        return this.#stepTime;
      case 'stock':
        return this.stocks[node.stock]!;
      case 'memory':
        return this.memories[node.memory]!;
      case 'history':
        return this.#remember(node.history, values[node.lag]!);
      case 'internalRate': {
        const { ring } = this.#pasts[node.history]!;
        const rule = { missing: values[node.missing]!, dt: this.program.time.dt };
        return internalRate(ring, this.#step, values[node.present]!, rule);
      }
      case 'uniform':
        return this.#uniforms[node.draw]!;
      case 'initialUniform':
        return this.#initialUniforms[node.draw]!;
      case 'select':
        return values[node.condition] !== 0 ? values[node.then]! : values[node.otherwise]!;
      case 'lookup':
        return lookUp(this.program.tables[node.table]!, values[node.x]!);
      case 'pick':
        return values[node.choices[Math.floor(values[node.index]!) - 1] ?? -1] ?? 0;
      case 'call':
        return callFunction(
          node.name,
          node.args.map((arg) => values[arg]!),
        );
      case 'variable':
        return values[node.a]!;
      default:
        return 'b' in node
          ? binaryOperations[node.op satisfies BinaryOperation](values[node.a]!, values[node.b]!)
          : unaryOperations[node.op satisfies UnaryOperation](values[node.a]!);
    }
  }

  #evaluate(values: Float64Array, first: boolean): void {
    const { nodes } = this.program;
    for (let id = 0; id < nodes.length; id++) {
      // At the later stages of a step a history keeps its value whatever its lag does.
      if (first || !readsHistory(nodes[id]!)) values[id] = this.evaluateNode(id, values);
    }
  }

  #remember(history: number, lag: number): number {
    const { initial, ring } = this.#pasts[history]!;
    const slot = historySlot(this.#step, lag, ring.length);
    return slot === -1 ? initial : (ring[slot] ?? Number.NaN);
  }

  #enterStep(step: number): void {
    this.#step = step;
    this.#stepTime = stepTime(this.program.time, step);
    this.#time = this.#stepTime;
    this.program.draws.forEach(({ key, seed }, site) => {
      this.#uniforms[site] = seed === undefined ? draw(this.#seed, this.#run, key, step) : draw(seed, 0, key, step);
    });
  }

  #rates(): Float64Array {
    return Float64Array.from(this.program.stocks, ({ rate }) => this.values[rate]!);
  }

  #at(time: number, stocks: Float64Array): Float64Array {
    const rates = new Float64Array(stocks.length);
    this.derivative(time, stocks, rates);
    return rates;
  }

  #integrate(): void {
    const { dt, method } = this.program.time;
    const y = this.stocks;
    const t = this.#stepTime;
    const k1 = this.#rates();
    switch (method) {
      case 'euler':
        y.set(y.map((level, i) => level + dt * k1[i]!));
        return;
      case 'rk2': {
        const k2 = this.#at(
          t + dt,
          y.map((level, i) => level + dt * k1[i]!),
        );
        y.set(y.map((level, i) => level + (dt / 2) * (k1[i]! + k2[i]!)));
        return;
      }
      case 'rk4': {
        const k2 = this.#at(
          t + dt / 2,
          y.map((level, i) => level + (dt / 2) * k1[i]!),
        );
        const k3 = this.#at(
          t + dt / 2,
          y.map((level, i) => level + (dt / 2) * k2[i]!),
        );
        const k4 = this.#at(
          t + dt,
          y.map((level, i) => level + dt * k3[i]!),
        );
        y.set(y.map((level, i) => level + (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!)));
        return;
      }
      case 'rk45':
        this.#integrate45(k1);
        return;
      default:
        method satisfies never;
    }
  }

  #integrate45(rates: Float64Array): void {
    const { dt } = this.program.time;
    const { deepest, easy, unitsPerStep } = stepControl;
    const most = attemptsMax(this.program.time);
    let k1 = rates;
    let position = 0;
    if (!this.stocks.every(Number.isFinite)) this.#depth = 0;
    while (position < unitsPerStep) {
      const subStep = unitsPerStep / 2 ** this.#depth;
      const { next, last, worst } = this.#subStep45(k1, position, subStep, dt);
      if (worst <= 1 || !this.stocks.every(Number.isFinite)) {
        this.stocks.set(next);
        k1 = last;
        position += subStep;
        if (worst < easy && this.#depth > 0 && position % (2 * subStep) === 0) this.#depth--;
      } else {
        this.#depth++;
      }
      if (++this.#attempts > most || this.#depth > deepest) {
        this.stalled = true;
        this.#depth = 0;
        this.stocks.fill(Number.NaN);
        return;
      }
    }
  }

  #subStep45(k1: Float64Array, position: number, subStep: number, dt: number) {
    const { a, c, error } = dormandPrince;
    const { absolute, relative, unitsPerStep } = stepControl;
    const y = this.stocks;
    const h = dt * (subStep / unitsPerStep);
    const k = [k1];
    let next = y;
    for (const [i, row] of a.entries()) {
      next = y.map((level, stock) => level + h * weigh(row, k, stock));
      k.push(this.#at(stageTime45(this.#stepTime, dt, position, subStep, c[i]!), next));
    }
    let worst = 0;
    for (const [stock, level] of y.entries()) {
      const tolerance = absolute + relative * Math.max(Math.abs(level), Math.abs(next[stock]!));
      worst = Math.max(worst, Math.abs(h * weigh(error, k, stock)) / tolerance);
    }
    return { next, last: k[6]!, worst };
  }
}

/** See `Evaluator`. */
export function createEvaluator(program: Program): Evaluator {
  return new Evaluator(program);
}

/** The oracle: evaluates the nodes one by one, a lane at a time. */
export const interpreterKernel: KernelFactory = (program, lanes): Kernel => {
  const { time, outputs } = program;
  const evaluator = createEvaluator(program);
  const results = new Float64Array(savedPoints(program) * outputs.length * lanes);
  const inputs = defaultInputs(program, lanes);
  const faults = new Int32Array(lanes);

  function save(point: number, lane: number): void {
    let finite = evaluator.stocks.every(Number.isFinite);
    outputs.forEach(({ node }, output) => {
      const value = evaluator.values[node]!;
      finite &&= Number.isFinite(value);
      results[(point * outputs.length + output) * lanes + lane] = value;
    });
    if (faults[lane] === -1 && evaluator.stalled) faults[lane] = -2;
    if (faults[lane] === -1 && !finite) faults[lane] = point;
  }

  return {
    backend: 'interp',
    lanes,
    inputs,
    results,
    faults,
    run(seed, firstRun) {
      for (let lane = 0; lane < lanes; lane++) {
        faults[lane] = -1;
        const point = program.inputs.map((_, input) => inputs[input * lanes + lane]!);
        evaluator.begin(point, { seed, run: firstRun + lane });
        do {
          const { step } = evaluator;
          if (step % time.saveEvery === 0 || step === time.steps) save(Math.ceil(step / time.saveEvery), lane);
        } while (evaluator.advance());
      }
    },
  };
};

function weigh(coefficients: readonly number[], k: readonly Float64Array[], stock: number): number {
  let sum = 0;
  for (const [i, coefficient] of coefficients.entries()) {
    if (coefficient !== 0) sum += coefficient * k[i]![stock]!;
  }
  return sum;
}

function callFunction(name: keyof typeof functions, args: readonly number[]): number {
  const callee: (...args: number[]) => number = functions[name];
  return callee(...args);
}
