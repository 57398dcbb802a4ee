import { type FunctionName, functions } from '../src/numerics/functions.ts';
import type { Table } from '../src/numerics/table.ts';
import type { BinaryOperation, UnaryOperation } from '../src/program/operations.ts';
import type {
  Draw,
  History,
  Memory,
  Method,
  Node,
  NodeId,
  Program,
  ProgramVariable,
  Stock,
  TimeGrid,
} from '../src/program/program.ts';

/** Uniform numbers from [0, 1) for test material; the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A random program with every kind of node. Values that stocks depend on stay within [-2, 2] and change little for a
 * small change of what they are made of, so that back ends whose rounding differs stay close; `wild` outputs look at
 * the edges (infinities, undefined values, huge and tiny numbers) of exact arguments and go nowhere else.
 */
export function generatedProgram(seed: number): Program {
  return new Generator(seed).program();
}

/** Values within [-2, 2]; `held` ones do not change within a step. */
interface Pool {
  held: NodeId[];
  moving: NodeId[];
}

const methods: readonly Method[] = ['euler', 'rk2', 'rk4', 'rk45'];
const edges = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-300, 1e300, -1e300, 709, -745, 1000, Infinity, -Infinity, NaN];

class Generator {
  readonly #random: () => number;
  readonly #nodes: Node[] = [];
  readonly #pool: Pool = { held: [], moving: [] };
  readonly #stocks: Stock[] = [];
  readonly #memories: Memory[] = [];
  readonly #histories: History[] = [];
  readonly #draws: Draw[] = [];
  readonly #tables: Table[] = [];
  readonly #variables: ProgramVariable[] = [];
  readonly #time: TimeGrid;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const stepsPerUnit = this.#chance(0.5) ? this.#whole(1, 10) : undefined;
    const steps = this.#chance(0.05) ? 0 : this.#whole(1, 12);
    this.#time = {
      start: this.#chance(0.5) ? 0 : this.#whole(-3, 2000),
      dt: stepsPerUnit === undefined ? 0.03 + this.#random() * 0.9 : 1 / stepsPerUnit,
      stepsPerUnit,
      steps,
      method: this.#one(methods),
      saveEvery: this.#whole(1, 5),
    };
  }

  program(): Program {
    const inputs = Array.from({ length: this.#whole(1, 4) }, (_, i) => ({ name: `input ${i}`, value: this.#near() }));
    const fixed = inputs.map((_, input) => this.#add({ op: 'input', input }));
    for (let i = 0; i < 3; i++) fixed.push(this.#add({ op: 'constant', value: this.#near() }));
    this.#pool.held.push(...fixed);
    for (let i = 0; i < 4; i++) fixed.push(this.#mix(() => this.#one(fixed)));
    this.#pool.held.push(...fixed);
    this.#leaves(fixed);
    for (let i = this.#whole(5, 60); i > 0; i--) {
      const held = this.#chance(0.3);
      this.#pool[held ? 'held' : 'moving'].push(this.#value(held));
    }
    this.#close(fixed);
    const outputs = Array.from({ length: this.#whole(1, 6) }, (_, i) => ({
      name: `output ${i}`,
      node: this.#chance(0.25) ? this.#wild() : this.#any(),
    }));
    return {
      time: this.#time,
      nodes: this.#nodes,
      inputs,
      stocks: this.#stocks,
      memories: this.#memories,
      histories: this.#histories,
      draws: this.#draws,
      tables: this.#tables,
      outputs,
      variables: this.#variables,
    };
  }

  /** What the values are made of: the state of the run and time. What the state does next is decided by `#close`. */
  #leaves(fixed: NodeId[]): void {
    const { start, dt, steps } = this.#time;
    const span = Math.max(1, steps) * dt;
    for (const op of ['time', 'stepTime'] as const) {
      const since = this.#binary('sub', this.#add({ op }), this.#constant(start));
      this.#pool[op === 'time' ? 'moving' : 'held'].push(this.#binary('div', since, this.#constant(span)));
    }
    for (let stock = this.#whole(0, 5); stock >= 0; stock--) {
      const place = this.#stocks.push({ name: `stock ${stock}`, initial: this.#one(fixed), rate: -1 }) - 1;
      this.#pool.moving.push(this.#add({ op: 'stock', stock: place }));
    }
    for (let i = this.#whole(0, 2); i > 0; i--) {
      const memory = this.#memories.push({ initial: this.#one(fixed), next: -1 }) - 1;
      this.#pool.held.push(this.#add({ op: 'memory', memory }));
    }
    for (let i = this.#whole(0, 2); i > 0; i--) {
      const seed = this.#chance(0.3) ? this.#whole(0, 1e6) : undefined;
      const draw = this.#draws.push({ key: Math.floor(this.#random() * 2 ** 32), seed }) - 1;
      this.#pool.held.push(this.#add({ op: 'uniform', draw }));
      if (this.#chance(0.5)) this.#pool.held.push(this.#add({ op: 'initialUniform', draw }));
    }
    for (let i = this.#whole(0, 2); i > 0; i--) this.#remember(fixed);
    for (let i = this.#whole(1, 3); i > 0; i--) this.#tables.push(this.#table());
  }

  #remember(fixed: NodeId[]): void {
    const maxLag = this.#chance(0.5) ? this.#whole(1, 6) : undefined;
    const history = this.#histories.push({ initial: this.#one(fixed), input: -1, maxLag }) - 1;
    for (let i = this.#whole(1, 2); i > 0; i--) {
      // A draw or a level, spread over the allowed lags and also below 1; a level makes a lag that moves within a step.
      const part = this.#binary('mul', this.#unary('abs', this.#any()), this.#constant((maxLag ?? 14) / 2));
      const lag = maxLag === undefined ? part : this.#binary('min', part, this.#constant(maxLag));
      this.#pool.held.push(this.#add({ op: 'history', history, lag }));
    }
  }

  /** Every level is drawn to a target within [-2, 2] and so never leaves that range (Euler with k dt < 1). */
  #close(fixed: NodeId[]): void {
    this.#stocks.forEach((stock, place) => {
      const level = this.#nodes.findIndex((node) => node.op === 'stock' && node.stock === place);
      const speed = this.#constant((0.05 + 0.5 * this.#random()) / Math.max(1, this.#time.dt));
      stock.rate = this.#binary('mul', speed, this.#binary('sub', this.#any(), level));
      if (this.#chance(0.1)) stock.rate = this.#one(this.#chance(0.5) ? fixed : this.#pool.held);
    });
    for (const memory of this.#memories) memory.next = this.#any();
    for (const history of this.#histories) history.input = this.#any();
  }

  #value(held: boolean): NodeId {
    const operand = () => (held ? this.#one(this.#pool.held) : this.#any());
    // With steps of its own RK45 would crawl along jumps within a step; for it they depend on what holds during one.
    const steady = this.#time.method === 'rk45' ? () => this.#one(this.#pool.held) : operand;
    const kind = this.#whole(0, 9);
    if (kind <= 3) return this.#mix(operand);
    if (kind === 4) return this.#jump(steady);
    if (kind === 5) {
      return this.#select(this.#jump(steady), operand(), operand());
    }
    if (kind === 6) return this.#lookup(operand, steady);
    if (kind === 7) {
      const index = this.#binary('mul', this.#constant(2.5), steady());
      return this.#add({ op: 'pick', index, choices: Array.from({ length: this.#whole(0, 5) }, operand) });
    }
    return kind === 8 ? this.#call(operand) : this.#variable(operand());
  }

  #variable(a: NodeId): NodeId {
    const variable = this.#variables.length;
    const node = this.#add({ op: 'variable', variable, a });
    this.#variables.push({ name: `variable ${variable}`, kind: 'aux', units: undefined, node });
    return node;
  }

  /** Smooth operations, each followed by what brings the value back into [-2, 2]. */
  #mix(operand: () => NodeId): NodeId {
    const [a, b] = [operand(), operand()];
    const half = this.#constant(0.5);
    const positive = (x: NodeId) => this.#binary('add', this.#unary('abs', x), half);
    const recipes: (() => NodeId)[] = [
      () => this.#binary('mul', half, this.#binary('add', a, b)),
      () => this.#binary('mul', half, this.#binary('sub', a, b)),
      () => this.#binary('mul', half, this.#binary('mul', a, b)),
      () => this.#binary('div', a, this.#binary('add', this.#constant(1), this.#binary('mul', b, b))),
      () => this.#binary('min', a, b),
      () => this.#binary('max', a, b),
      () => this.#unary('neg', a),
      () => this.#unary('abs', a),
      () => this.#unary('sin', a),
      () => this.#unary('cos', this.#binary('mul', a, this.#constant(this.#whole(1, 3)))),
      () => this.#unary('sqrt', positive(a)),
      () => this.#unary('ln', positive(a)),
      () => this.#unary('exp', this.#binary('mul', half, this.#unary('sin', a))),
      () => this.#unary('sin', this.#binary('pow', positive(a), this.#binary('mul', half, b))),
    ];
    return this.#one(recipes)();
  }

  #jump(operand: () => NodeId): NodeId {
    const [a, b] = [operand(), operand()];
    const logic: BinaryOperation[] = ['lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or'];
    const recipes: (() => NodeId)[] = [
      () => this.#binary(this.#one(logic), a, b),
      () => this.#binary(this.#one(logic), this.#binary('lt', a, b), this.#binary('ge', a, this.#constant(0.3))),
      () => this.#unary('not', this.#binary('gt', a, b)),
      () => this.#unary('not', a),
      () => this.#unary('floor', a),
      () => this.#binary('mod', a, this.#constant(this.#chance(0.5) ? 0.7 : -0.7)),
    ];
    return this.#one(recipes)();
  }

  #lookup(operand: () => NodeId, steady: () => NodeId): NodeId {
    const table = this.#whole(0, this.#tables.length - 1);
    const x = this.#tables[table]!.kind === 'discrete' ? steady() : operand();
    const value = this.#add({ op: 'lookup', table, x });
    return this.#tables[table]!.kind === 'extrapolate' ? this.#unary('sin', value) : value;
  }

  #call(operand: () => NodeId): NodeId {
    const name = this.#one(Object.keys(functions) as FunctionName[]);
    const callee: (...args: number[]) => number = functions[name];
    const args = Array.from({ length: callee.length }, operand);
    const value = this.#add({ op: 'call', name, args });
    const finite = this.#binary('mul', value, this.#constant(0));
    // Logarithms and arcs are undefined for some arguments, tangents are large for others.
    const safe = this.#select(this.#binary('eq', finite, this.#constant(0)), value, this.#constant(0.1));
    return name === 'atan2' || name === 'atan' || name === 'tanh' ? value : this.#unary('sin', this.#limit(safe));
  }

  /** Within [-2, 2], held at the ends: where a tangent is steep nothing is made of it. */
  #limit(a: NodeId): NodeId {
    return this.#binary('max', this.#constant(-2), this.#binary('min', a, this.#constant(2)));
  }

  #wild(): NodeId {
    const unary: UnaryOperation[] = ['neg', 'not', 'abs', 'sqrt', 'exp', 'ln', 'sin', 'cos', 'floor'];
    const binary: BinaryOperation[] = ['add', 'sub', 'mul', 'div', 'pow', 'mod', 'min', 'max', 'lt', 'eq', 'and', 'or'];
    const exact = () => {
      const step = this.#unary('floor', this.#one(this.#pool.held));
      return this.#chance(0.3) ? step : this.#constant(this.#one(edges));
    };
    if (this.#chance(0.2)) {
      return this.#select(exact(), exact(), this.#any());
    }
    if (this.#chance(0.1)) return this.#add({ op: 'lookup', table: 0, x: exact() });
    if (this.#chance(0.1)) return this.#add({ op: 'pick', index: exact(), choices: [this.#any(), exact()] });
    // Sine and cosine of huge arguments differ between implementations in every digit, which is known and allowed.
    const op = this.#one(unary);
    const a = op === 'sin' || op === 'cos' ? this.#limit(exact()) : exact();
    return this.#chance(0.4) ? this.#unary(op, a) : this.#binary(this.#one(binary), a, exact());
  }

  #table(): Table {
    const count = this.#whole(1, 7);
    const x: number[] = [];
    for (let i = 0, at = -1.5; i < count; i++, at += this.#chance(0.1) ? 0 : 0.2 + this.#random()) x.push(at);
    const kind = this.#one(['continuous', 'extrapolate', 'discrete'] as const);
    // Points with the same x are a jump.
    const jumps = x.some((at, i) => at === x[i - 1]);
    return { kind: jumps ? 'discrete' : kind, x, y: x.map(() => this.#near()) };
  }

  #any(): NodeId {
    const { held, moving } = this.#pool;
    return this.#one(this.#chance(0.6) ? moving : held);
  }

  #add(node: Node): NodeId {
    return this.#nodes.push(node) - 1;
  }

  #constant(value: number): NodeId {
    return this.#add({ op: 'constant', value });
  }

  #unary(op: UnaryOperation, a: NodeId): NodeId {
    return this.#add({ op, a });
  }

  #binary(op: BinaryOperation, a: NodeId, b: NodeId): NodeId {
    return this.#add({ op, a, b });
  }

  #select(condition: NodeId, then: NodeId, otherwise: NodeId): NodeId {
    return this.#add({ op: 'select', condition, then, otherwise });
  }

  #near(): number {
    return this.#chance(0.2) ? this.#whole(-2, 2) : this.#random() * 4 - 2;
  }

  #whole(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #one<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }
}
