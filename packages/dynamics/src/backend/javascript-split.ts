import type { NodeId, Program } from '../program/program.ts';
import { attemptsMax, dormandPrince, historyCapacity, stageTime45, stepControl, stepTime } from './integration.ts';
import { expressionText, type Names } from './javascript-expression.ts';
import type { Phases } from './javascript-phases.ts';

/** Evaluates some nodes: reads and writes `v`, laid out by `layoutOf`. */
type Part = (v: Float64Array, k: number, seed: number, run: number, past: Float64Array) => void;

export interface SplitParts {
  run: readonly Part[];
  step: readonly Part[];
  save: readonly Part[];
  stage: readonly Part[];
}

/**
 * Nodes in one function of a split program. Measured: V8 optimises functions of this size within a few milliseconds, and
 * halving or doubling it changes the speed of a run by less than a tenth.
 */
const nodesPerPart = 300;

/** Where in the array of a split program things are: first the nodes, each at its id. */
function layoutOf({ nodes, stocks, memories, inputs }: Program) {
  const stock = nodes.length;
  const memory = stock + stocks.length;
  const input = memory + memories.length;
  const time = input + inputs.length;
  return { stock, memory, input, time, stepTime: time + 1, size: time + 2 };
}

/** The text of an object of `SplitParts`: a program too large for one function, its values in one array. */
export function splitSource(program: Program, phases: Phases): string {
  const lists = (['run', 'step', 'save', 'stage'] as const).map((phase) => {
    const ids = phases[phase];
    const parts: string[] = [];
    for (let at = 0; at < ids.length; at += nodesPerPart) {
      parts.push(partText(program, ids.slice(at, at + nodesPerPart)));
    }
    return `${phase}: [${parts.join(',\n')}]`;
  });
  return `({ ${lists.join(',\n')} })`;
}

function partText(program: Program, ids: readonly NodeId[]): string {
  const layout = layoutOf(program);
  const here = new Set<NodeId>();
  const names: Names = {
    value: (id) => (here.has(id) ? `n${id}` : `v[${id}]`),
    stock: (stock) => `v[${layout.stock + stock}]`,
    memory: (memory) => `v[${layout.memory + memory}]`,
    input: (input) => `v[${layout.input + input}]`,
    time: `v[${layout.time}]`,
    stepTime: `v[${layout.stepTime}]`,
    step: 'k',
  };
  const lines = ids.map((id) => {
    const line = `const n${id} = v[${id}] = ${expressionText(program, id, names)};`;
    here.add(id);
    return line;
  });
  return `(v, k, seed, run, past) => {\n${lines.join('\n')}\n}`;
}

export interface SplitRun {
  inputs: Float64Array;
  results: Float64Array;
  lanes: number;
  lane: number;
  seed: number;
  run: number;
}

/** Integrates runs of a split program one after the other. */
export class SplitIntegrator {
  readonly #program: Program;
  readonly #phases: Phases;
  readonly #parts: SplitParts;
  readonly #rings: readonly Float64Array[];
  readonly #v: Float64Array;
  readonly #past: Float64Array;
  /** Levels at the beginning of the step, and the net flows of each stage. */
  readonly #levels: Float64Array;
  readonly #k: readonly Float64Array[];
  readonly #next: Float64Array;
  readonly #at: ReturnType<typeof layoutOf>;
  #seed = 0;
  #run = 0;
  #step = 0;
  #depth = 0;
  #attempts = 0;

  constructor(program: Program, phases: Phases, parts: SplitParts, rings: readonly Float64Array[]) {
    this.#program = program;
    this.#phases = phases;
    this.#parts = parts;
    this.#rings = rings;
    this.#at = layoutOf(program);
    this.#v = new Float64Array(this.#at.size);
    this.#past = new Float64Array(program.histories.length);
    this.#levels = new Float64Array(program.stocks.length);
    this.#k = Array.from({ length: 7 }, () => new Float64Array(program.stocks.length));
    this.#next = new Float64Array(program.memories.length);
  }

  /** Gives the fault, as in `Kernel.faults`. */
  integrate({ inputs, results, lanes, lane, seed, run }: SplitRun): number {
    const { time, outputs } = this.#program;
    this.#program.inputs.forEach((_, input) => {
      this.#v[this.#at.input + input] = inputs[input * lanes + lane]!;
    });
    this.#begin(seed, run);
    let fault = -1;
    let saveAt = 0;
    for (let k = 0, point = 0; ; k++) {
      this.#enter(k);
      this.#evaluate(this.#parts.step);
      if (k === saveAt) {
        this.#evaluate(this.#parts.save);
        const finite = this.#save(results, point * outputs.length * lanes + lane, lanes);
        if (fault === -1 && !finite) fault = point;
        if (k === time.steps) return fault;
        point++;
        saveAt = Math.min(saveAt + time.saveEvery, time.steps);
      }
      if (!this.#advance() && fault === -1) fault = -2;
    }
  }

  #begin(seed: number, run: number): void {
    const { stocks, memories, histories } = this.#program;
    const v = this.#v;
    this.#seed = seed;
    this.#run = run;
    this.#depth = 0;
    this.#attempts = 0;
    this.#evaluate(this.#parts.run);
    stocks.forEach(({ initial }, stock) => {
      v[this.#at.stock + stock] = v[initial]!;
    });
    for (const memory of this.#phases.memories) v[this.#at.memory + memory] = v[memories[memory]!.initial]!;
    for (const history of this.#phases.histories) this.#past[history] = v[histories[history]!.initial]!;
  }

  #enter(step: number): void {
    this.#step = step;
    this.#v[this.#at.time] = this.#v[this.#at.stepTime] = stepTime(this.#program.time, step);
  }

  #evaluate(parts: readonly Part[]): void {
    for (const part of parts) part(this.#v, this.#step, this.#seed, this.#run, this.#past);
  }

  #save(results: Float64Array, at: number, lanes: number): boolean {
    const { outputs, stocks } = this.#program;
    let residue = 0;
    for (let output = 0; output < outputs.length; output++) {
      const value = this.#v[outputs[output]!.node]!;
      results[at + output * lanes] = value;
      residue += value - value;
    }
    for (let stock = 0; stock < stocks.length; stock++) {
      const level = this.#v[this.#at.stock + stock]!;
      residue += level - level;
    }
    return residue === 0;
  }

  /** False when the sub-steps of RK45 became too small. */
  #advance(): boolean {
    const { memories, histories } = this.#program;
    const v = this.#v;
    for (const memory of this.#phases.memories) this.#next[memory] = v[memories[memory]!.next]!;
    for (const history of this.#phases.histories) {
      const ring = this.#rings[history]!;
      ring[this.#step % ring.length] = v[histories[history]!.input]!;
    }
    const done = this.#integrate();
    for (const memory of this.#phases.memories) v[this.#at.memory + memory] = this.#next[memory]!;
    return done;
  }

  #integrate(): boolean {
    const { dt, method } = this.#program.time;
    const t = this.#v[this.#at.stepTime]!;
    const [k1, k2, k3, k4] = this.#k as [Float64Array, Float64Array, Float64Array, Float64Array];
    this.#levels.set(this.#v.subarray(this.#at.stock, this.#at.stock + this.#levels.length));
    this.#takeRates(k1);
    switch (method) {
      case 'euler':
        this.#set((i, level) => level + dt * k1[i]!);
        return true;
      case 'rk2':
        this.#stage(t + dt, k2, (i, level) => level + dt * k1[i]!);
        this.#set((i, level) => level + (dt / 2) * (k1[i]! + k2[i]!));
        return true;
      case 'rk4':
        this.#stage(t + dt / 2, k2, (i, level) => level + (dt / 2) * k1[i]!);
        this.#stage(t + dt / 2, k3, (i, level) => level + (dt / 2) * k2[i]!);
        this.#stage(t + dt, k4, (i, level) => level + dt * k3[i]!);
        this.#set((i, level) => level + (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
        return true;
      case 'rk45':
        return this.#integrate45(t, dt);
      default:
        return method satisfies never;
    }
  }

  #integrate45(t: number, dt: number): boolean {
    const { unitsPerStep, deepest, easy } = stepControl;
    const most = attemptsMax(this.#program.time);
    const { a, c } = dormandPrince;
    const levels = this.#levels;
    if (!levels.every(Number.isFinite)) this.#depth = 0;
    for (let position = 0; position < unitsPerStep; ) {
      const subStep = unitsPerStep >> this.#depth;
      const h = dt * (subStep / unitsPerStep);
      for (const [i, row] of a.entries()) {
        const time = stageTime45(t, dt, position, subStep, c[i]!);
        this.#stage(time, this.#k[i + 1]!, (stock, level) => level + h * this.#weigh(row, stock));
      }
      const worst = this.#worst(h);
      if (worst <= 1 || !levels.every(Number.isFinite)) {
        levels.set(this.#v.subarray(this.#at.stock, this.#at.stock + levels.length));
        this.#k[0]!.set(this.#k[6]!);
        position += subStep;
        if (worst < easy && this.#depth > 0 && position % (2 * subStep) === 0) this.#depth--;
      } else {
        this.#depth++;
      }
      if (++this.#attempts > most || this.#depth > deepest) {
        this.#depth = 0;
        this.#set(() => Number.NaN);
        return false;
      }
    }
    return true;
  }

  #worst(h: number): number {
    let worst = 0;
    for (let i = 0; i < this.#levels.length; i++) {
      const size = Math.max(Math.abs(this.#levels[i]!), Math.abs(this.#v[this.#at.stock + i]!));
      const error = Math.abs(h * this.#weigh(dormandPrince.error, i));
      worst = Math.max(worst, error / (stepControl.absolute + stepControl.relative * size));
    }
    return worst;
  }

  #weigh(coefficients: readonly number[], stock: number): number {
    let sum = 0;
    for (let i = 0; i < coefficients.length; i++) {
      if (coefficients[i] !== 0) sum += coefficients[i]! * this.#k[i]![stock]!;
    }
    return sum;
  }

  #stage(time: number, rates: Float64Array, level: (stock: number, level: number) => number): void {
    this.#set(level);
    this.#v[this.#at.time] = time;
    this.#evaluate(this.#parts.stage);
    this.#takeRates(rates);
  }

  #set(level: (stock: number, level: number) => number): void {
    for (let i = 0; i < this.#levels.length; i++) this.#v[this.#at.stock + i] = level(i, this.#levels[i]!);
  }

  #takeRates(rates: Float64Array): void {
    const { stocks } = this.#program;
    for (let i = 0; i < stocks.length; i++) rates[i] = this.#v[stocks[i]!.rate]!;
  }
}

/** One ring for each history of a program, used by all its runs in turn. */
export function ringsOf({ histories, time }: Program): Float64Array[] {
  return histories.map((history) => new Float64Array(historyCapacity(history, time)));
}
