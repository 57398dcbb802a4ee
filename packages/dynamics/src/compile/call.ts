import type { Builtin, CallSite, Moment } from '../builtins/builtin.ts';
import { findBuiltin } from '../builtins/index.ts';
import type { Details, DiagnosticCode } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import { canonical, plain } from '../expression/name.ts';
import type { Table } from '../numerics/table.ts';
import type { Graph } from '../program/graph.ts';
import type { NodeId } from '../program/program.ts';
import { refuse } from './findings.ts';
import { elementName, type Frame, frameKey } from './frame.ts';
import type { Lowering } from './lowering.ts';
import { originOf } from './model.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** The value of a call: of a graphical function, else of a macro, else of a builtin. */
export function lowerCall(call: Call, frame: Frame, moment: Moment, lowering: Lowering): NodeId {
  const name = plain(call.name);
  const meaning = lowering.names.meaning(call.name, frame.variable.scope);
  const holder =
    meaning.kind === 'variable' ? meaning.variable : lowering.tables.holder(call.name, frame.variable.scope);
  const table = holder !== undefined && lowering.tables.has(holder) ? holder : undefined;
  if (table !== undefined) {
    const [x] = call.args;
    if (x === undefined || call.args.length !== 1) {
      return refuse('model.table_arguments', { name, count: call.args.length }, call.place);
    }
    return lowering.tables.called(table, call, x, frame, moment);
  }
  const macro = lowering.model.macros.get(canonical(call.name));
  if (macro === undefined && call.subscripts.length > 0) refuse('model.not_function', { name }, call.place);
  const builtin = findBuiltin(call.name);
  if (macro !== undefined) {
    if (builtin !== undefined) lowering.findings.warning('model.shadows_builtin', { name }, { place: macro.place });
    return lowering.macros.call(macro, call, frame, moment);
  }
  if (builtin === undefined && meaning.kind === 'variable' && call.subscripts.length === 0) {
    const variable = lowering.arrays.givenFor(originOf(meaning.variable));
    if (variable.dimensions.length > 0) return lowering.arrays.flat(variable, call, frame, moment);
  }
  if (builtin === undefined) {
    const code = meaning.kind === 'variable' ? 'model.not_function' : 'model.unknown_function';
    return refuse(code, { name }, call.place);
  }
  const [least, most] = builtin.arity;
  if (call.args.length < least || call.args.length > most) {
    const expected = least === most ? least : most === Number.POSITIVE_INFINITY ? `${least}+` : `${least}–${most}`;
    refuse('builtin.arguments', { function: name, expected, count: call.args.length }, call.place);
  }
  return builtin.lower(new Site(call, builtin, frame, moment, lowering));
}

/** One call of a builtin at one moment; see `CallSite`. */
class Site implements CallSite {
  readonly moment: Moment;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly #call: Call;
  readonly #builtin: Builtin;
  readonly #frame: Frame;
  readonly #lowering: Lowering;

  constructor(call: Call, builtin: Builtin, frame: Frame, moment: Moment, lowering: Lowering) {
    this.moment = moment;
    this.name = plain(call.name);
    this.args = call.args;
    this.#call = call;
    this.#builtin = builtin;
    this.#frame = frame;
    this.#lowering = lowering;
  }

  get graph(): Graph {
    return this.#lowering.graph;
  }

  get time(): { start: number; stop: number; dt: number } {
    const { start, dt } = this.#lowering.time;
    return { start, dt, stop: this.#lowering.timePart('stop') };
  }

  value(index: number, moment: Moment = this.moment): NodeId {
    return this.#lowering.expression(this.#arg(index), this.#frame, moment);
  }

  elements(index: number, moment: Moment = this.moment): NodeId[] {
    const points = this.#points(index);
    if (points !== undefined) return points.map((y) => this.graph.constant(y));
    return this.#lowering.arrays.spread(this.#arg(index), this.#frame, moment, this.#slicesOnly).values;
  }

  shape(index: number): number[] {
    const points = this.#points(index);
    if (points !== undefined) return [points.length];
    const arg = this.#arg(index);
    if (arg.kind === 'name' && arg.subscripts.length === 0) {
      const meaning = this.#lowering.names.meaning(arg.name, this.#frame.variable.scope);
      if (meaning.kind === 'dimension') return [meaning.dimension.elements.length];
    }
    return this.#lowering.arrays.shape(this.#arg(index), this.#frame, this.moment, this.#slicesOnly).shape;
  }

  table(index: number): Table | undefined {
    return this.#lowering.tables.named(this.#arg(index), this.#frame, this.moment);
  }

  lookup(table: Table, x: NodeId): NodeId {
    return this.#lowering.tables.lookup(table, x);
  }

  constant(index: number): number | undefined {
    return this.graph.knownValue(this.value(index));
  }

  stock(slot: string, { initial, rate }: { initial: () => NodeId; rate: () => NodeId }): NodeId {
    if (this.moment === 'initial') return initial();
    const variable = this.#variable;
    const name = `${variable} · ${this.#builtin.name}${slot === '' ? '' : ` ${slot}`}`;
    const stock = this.#lowering.state.stock(this.#key(slot), name, variable, initial, rate);
    return this.graph.node({ op: 'stock', stock });
  }

  memory(slot: string, { initial, next }: { initial: () => NodeId; next: () => NodeId }): NodeId {
    if (this.moment === 'initial') return initial();
    const memory = this.#lowering.state.memory(this.#key(slot), this.#variable, initial, next);
    return this.graph.node({ op: 'memory', memory });
  }

  history(
    slot: string,
    spec: { initial: () => NodeId; input: () => NodeId; lag: NodeId; maxLag: number | undefined },
  ): NodeId {
    const { initial, input, lag, maxLag } = spec;
    if (this.moment === 'initial') return initial();
    const history = this.#lowering.state.history(this.#key(slot), this.#variable, maxLag, initial, input);
    return this.graph.node({ op: 'history', history, lag });
  }

  internalRate(slot: string, { input, missing }: { input: () => NodeId; missing: () => NodeId }): NodeId {
    if (this.moment === 'initial') return missing();
    const zero = () => this.graph.constant(0);
    const history = this.#lowering.state.history(this.#key(slot), this.#variable, undefined, zero, input);
    return this.graph.node({ op: 'internalRate', history, present: input(), missing: missing() });
  }

  uniform(slot: string, seed?: number): NodeId {
    const draw = this.#lowering.state.draw(this.#key(slot), seed);
    return this.graph.node({ op: this.moment === 'initial' ? 'initialUniform' : 'uniform', draw });
  }

  count(work: number): void {
    this.#lowering.count(work, this.#call.place);
  }

  fail(code: DiagnosticCode, details: Details = {}, argument?: number): never {
    const place = argument === undefined ? undefined : this.args[argument]?.place;
    return refuse(code, details, place ?? this.#call.place);
  }

  #arg(index: number): Expression {
    const arg = this.args[index];
    if (arg === undefined) throw new Error(`${this.name} reads its argument ${index}, which it was not given.`);
    return arg;
  }

  /** A graphical function that is no array is a list of its y values (XMILE 1.0 §3.7.1.3). */
  #points(index: number): readonly number[] | undefined {
    if (this.#slicesOnly) return undefined;
    return this.#lowering.tables.pointsOf(this.#arg(index), this.#frame);
  }

  get #slicesOnly(): boolean {
    return this.args.length >= (this.#builtin.spreadFrom ?? Number.POSITIVE_INFINITY);
  }

  get #variable(): string {
    return elementName(this.#frame.variable, this.#frame.offset);
  }

  #key(slot: string): string {
    return `${frameKey(this.#frame)}/${this.#lowering.equations.callNumber(this.#call)}:${slot}`;
  }
}
