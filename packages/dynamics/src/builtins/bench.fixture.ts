import { interpreterKernel } from '../backend/interpreter.ts';
import { type Details, type DiagnosticCode, DynamicsError, error, expectValue } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import { canonical } from '../expression/name.ts';
import { parseExpression } from '../expression/parser.ts';
import type { Table } from '../numerics/table.ts';
import { Graph } from '../program/graph.ts';
import type { Draw, Method, NodeId, Program, Stock } from '../program/program.ts';
import type { CallSite, Moment } from './builtin.ts';
import { findBuiltin } from './index.ts';

/** A bench to try builtins on: scalar equations that may name each other, arrays of numbers and graphical functions. */
export interface Bench {
  start?: number;
  stop?: number;
  dt?: number;
  method?: Method;
  seed?: number;
  runs?: number;
  equations?: Record<string, string>;
  /** Stocks by name: initial value and net flow. */
  stocks?: Record<string, readonly [initial: string, rate: string]>;
  arrays?: Record<string, { shape: number[]; values: number[] }>;
  tables?: Record<string, Table>;
}

/** The value of an equation at every step of one run. */
export function series(equation: string, bench: Bench = {}): number[] {
  return ensemble(equation, bench)[0]!;
}

/** The value of an equation at the start. */
export function startValue(equation: string, bench: Bench = {}): number {
  return series(equation, { stop: 0, ...bench })[0]!;
}

/** The code of the error that an equation is refused with. */
export function refusalOf(equation: string, bench: Bench = {}): string {
  try {
    series(equation, bench);
  } catch (failure) {
    if (failure instanceof DynamicsError) return failure.diagnostics[0]!.code;
    throw failure;
  }
  return 'accepted';
}

/** The value of an equation at every step of each run. */
export function ensemble(equation: string, bench: Bench): number[][] {
  const program = new Workbench(bench).program(equation);
  const kernel = interpreterKernel(program, bench.runs ?? 1);
  kernel.run(bench.seed ?? 1, 0);
  const points = kernel.results.length / kernel.lanes;
  return Array.from({ length: bench.runs ?? 1 }, (_, lane) =>
    Array.from({ length: points }, (_, point) => kernel.results[point * kernel.lanes + lane]!),
  );
}

class Workbench {
  readonly graph = new Graph();
  readonly bench: Bench;
  readonly time: { start: number; stop: number; dt: number };
  readonly stocks: Stock[] = [];
  readonly memories: { initial: NodeId; next: NodeId }[] = [];
  readonly histories: { initial: NodeId; input: NodeId; maxLag: number | undefined }[] = [];
  readonly draws: Draw[] = [];
  readonly tables: Table[] = [];
  readonly places = new Map<string, number>();
  readonly pending: (() => void)[] = [];
  readonly sites = new Map<Expression, number>();
  readonly parsed = new Map<string, Expression>();

  constructor(bench: Bench) {
    this.bench = bench;
    this.time = { start: bench.start ?? 0, stop: bench.stop ?? 10, dt: bench.dt ?? 1 };
  }

  program(equation: string): Program {
    const node = this.lower(this.parse(equation), 'step');
    for (let make = this.pending.shift(); make !== undefined; make = this.pending.shift()) make();
    const { start, stop, dt } = this.time;
    const perUnit = Math.round(1 / dt);
    return {
      time: {
        start,
        dt,
        stepsPerUnit: Math.abs(perUnit * dt - 1) < 1e-9 ? perUnit : undefined,
        steps: Math.floor((stop - start) / dt + 1e-6),
        method: this.bench.method ?? 'euler',
        saveEvery: 1,
      },
      nodes: this.graph.nodes,
      inputs: [],
      stocks: this.stocks,
      memories: this.memories,
      histories: this.histories,
      draws: this.draws,
      tables: this.tables,
      outputs: [{ name: 'x', node }],
      variables: [],
    };
  }

  parse(text: string): Expression {
    const known = this.parsed.get(text);
    if (known !== undefined) return known;
    const parsed = expectValue(parseExpression({ text, place: { line: 1, column: 1 } }));
    this.parsed.set(text, parsed);
    return parsed;
  }

  lower(expression: Expression, moment: Moment): NodeId {
    const { graph } = this;
    switch (expression.kind) {
      case 'number':
        return graph.constant(expression.value);
      case 'unary': {
        const operand = this.lower(expression.operand, moment);
        return expression.operation === 'plus' ? operand : graph.unary(expression.operation, operand);
      }
      case 'binary':
        return graph.binary(
          expression.operation,
          this.lower(expression.left, moment),
          this.lower(expression.right, moment),
        );
      case 'if':
        return graph.select(
          this.lower(expression.condition, moment),
          this.lower(expression.then, moment),
          this.lower(expression.otherwise, moment),
        );
      case 'name':
        return this.named(expression, moment);
      case 'call':
        return this.called(expression, moment);
      case 'transposed':
        return this.named(expression.operand, moment);
    }
  }

  named(expression: Extract<Expression, { kind: 'name' }>, moment: Moment): NodeId {
    const name = canonical(expression.name);
    const equation = this.bench.equations?.[name];
    if (equation !== undefined) return this.lower(this.parse(equation), moment);
    const stock = this.bench.stocks?.[name];
    if (stock === undefined) return this.called({ ...expression, kind: 'call', args: [] }, moment);
    const [initial, rate] = stock;
    if (moment === 'initial') return this.lower(this.parse(initial), 'initial');
    return this.stockNode(
      name,
      () => this.lower(this.parse(initial), 'initial'),
      () => this.lower(this.parse(rate), 'step'),
    );
  }

  stockNode(key: string, initial: () => NodeId, rate: () => NodeId): NodeId {
    const stock = this.once(`stock ${key}`, () => {
      const made = { name: key, initial: -1, rate: -1 };
      this.pending.push(() => void Object.assign(made, { initial: initial(), rate: rate() }));
      return this.stocks.push(made) - 1;
    });
    return this.graph.node({ op: 'stock', stock });
  }

  called(call: Extract<Expression, { kind: 'call' }>, moment: Moment): NodeId {
    const builtin = findBuiltin(call.name);
    if (builtin === undefined) throw new Error(`no builtin ${call.name}`);
    if (call.args.length < builtin.arity[0] || call.args.length > builtin.arity[1]) {
      throw new DynamicsError([error('builtin.arguments', { function: call.name, count: call.args.length })]);
    }
    return builtin.lower(new BenchSite(this, call, moment));
  }

  once(key: string, make: () => number): number {
    const place = this.places.get(key) ?? make();
    this.places.set(key, place);
    return place;
  }
}

class BenchSite implements CallSite {
  readonly moment: Moment;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly #bench: Workbench;
  readonly #key: number;

  constructor(bench: Workbench, call: Extract<Expression, { kind: 'call' }>, moment: Moment) {
    this.moment = moment;
    this.name = call.name;
    this.args = call.args;
    this.#bench = bench;
    this.#key = bench.sites.get(call) ?? bench.sites.size;
    bench.sites.set(call, this.#key);
  }

  get graph(): Graph {
    return this.#bench.graph;
  }

  get time(): { start: number; stop: number; dt: number } {
    return this.#bench.time;
  }

  value(index: number, moment: Moment = this.moment): NodeId {
    return this.#bench.lower(this.args[index]!, moment);
  }

  elements(index: number, moment: Moment = this.moment): NodeId[] {
    return this.#array(index)?.values.map((value) => this.graph.constant(value)) ?? [this.value(index, moment)];
  }

  shape(index: number): number[] {
    return this.#array(index)?.shape ?? [];
  }

  #array(index: number): { shape: number[]; values: number[] } | undefined {
    const argument = this.args[index]!;
    return argument.kind === 'name' ? this.#bench.bench.arrays?.[argument.name] : undefined;
  }

  table(index: number): Table | undefined {
    const argument = this.args[index]!;
    return argument.kind === 'name' ? this.#bench.bench.tables?.[argument.name] : undefined;
  }

  lookup(table: Table, x: NodeId): NodeId {
    return this.graph.node({ op: 'lookup', table: this.#bench.tables.push(table) - 1, x });
  }

  constant(index: number): number | undefined {
    return this.graph.knownValue(this.value(index));
  }

  stock(slot: string, { initial, rate }: { initial: () => NodeId; rate: () => NodeId }): NodeId {
    return this.moment === 'initial' ? initial() : this.#bench.stockNode(`${this.#key} ${slot}`, initial, rate);
  }

  memory(slot: string, { initial, next }: { initial: () => NodeId; next: () => NodeId }): NodeId {
    if (this.moment === 'initial') return initial();
    const memory = this.#bench.once(`memory ${this.#key} ${slot}`, () => {
      const made = { initial: -1, next: -1 };
      this.#bench.pending.push(() => void Object.assign(made, { initial: initial(), next: next() }));
      return this.#bench.memories.push(made) - 1;
    });
    return this.graph.node({ op: 'memory', memory });
  }

  history(
    slot: string,
    spec: { initial: () => NodeId; input: () => NodeId; lag: NodeId; maxLag: number | undefined },
  ): NodeId {
    if (this.moment === 'initial') return spec.initial();
    const history = this.#bench.once(`history ${this.#key} ${slot}`, () => {
      const made = { initial: -1, input: -1, maxLag: spec.maxLag };
      this.#bench.pending.push(() => void Object.assign(made, { initial: spec.initial(), input: spec.input() }));
      return this.#bench.histories.push(made) - 1;
    });
    return this.graph.node({ op: 'history', history, lag: spec.lag });
  }

  internalRate(slot: string, { input, missing }: { input: () => NodeId; missing: () => NodeId }): NodeId {
    if (this.moment === 'initial') return missing();
    const history = this.#bench.once(`history ${this.#key} ${slot}`, () => {
      const made = { initial: this.graph.constant(0), input: input(), maxLag: undefined };
      return this.#bench.histories.push(made) - 1;
    });
    return this.graph.node({ op: 'internalRate', history, present: input(), missing: missing() });
  }

  uniform(slot: string, seed?: number): NodeId {
    const draw = this.#bench.once(`draw ${this.#key} ${slot}`, () => {
      return this.#bench.draws.push({ key: 17 + this.#key, seed }) - 1;
    });
    return this.graph.node({ op: this.moment === 'initial' ? 'initialUniform' : 'uniform', draw });
  }

  count(): void {}

  fail(code: DiagnosticCode, details: Details = {}): never {
    throw new DynamicsError([error(code, details)]);
  }
}
