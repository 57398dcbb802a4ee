import type { Moment } from '../builtins/builtin.ts';
import type { Expression } from '../expression/expression.ts';
import { canonical } from '../expression/name.ts';
import type { Table } from '../numerics/table.ts';
import type { NodeId } from '../program/program.ts';
import type { SourceGraphicalFunction } from '../xmile/source.ts';
import { refuse } from './findings.ts';
import type { Frame } from './frame.ts';
import type { Lowering } from './lowering.ts';
import { originOf, type Scope, type Variable } from './model.ts';
import { substituted } from './substitution.ts';

/** A graphical function may be used by name in another; more than a few in a row is a circle. */
const namesInARowMax = 10;

/** The graphical functions of a model, by the variables that hold them. */
export class GraphicalFunctions {
  readonly #lowering: Lowering;
  readonly #made = new Map<SourceGraphicalFunction, Table>();
  readonly #holders = new Map<Scope, Map<string, Variable>>();

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
  }

  /** Whether the variable, or any element of it, has one, so that it can be called. */
  has(variable: Variable): boolean {
    const { parameter } = variable;
    if (parameter !== undefined) {
      const { expression, frame } = parameter;
      const meaning = expression.kind === 'name' ? this.#meaning(expression.name, frame) : undefined;
      return meaning !== undefined && meaning !== variable && this.has(meaning);
    }
    const { graphicalFunction, elements } = originOf(variable).source;
    return graphicalFunction !== undefined || elements.some((element) => element.graphicalFunction !== undefined);
  }

  /** That of one element. */
  of(variable: Variable, offset: number): Table | undefined {
    let holder = originOf(variable);
    let source = this.#source(holder, offset);
    for (let count = 0; source?.name !== undefined && source.y.length === 0; count++) {
      const { name, place } = source;
      const named = this.#meaning(name, { variable: holder, offset, coordinates: [], spread: undefined });
      if (named === undefined || count > namesInARowMax) return refuse('model.table_unknown', { name }, place);
      holder = originOf(named);
      source = this.#source(holder, holder.size === variable.size ? offset : 0);
      if (source === undefined) return refuse('model.table_unknown', { name }, place);
    }
    return source === undefined ? undefined : this.#table(source);
  }

  lookup(table: Table, x: NodeId): NodeId {
    return this.#lowering.graph.lookup(table, this.#lowering.state.table(table), x);
  }

  /** `variable[subscripts](x)`. */
  called(
    variable: Variable,
    call: Extract<Expression, { kind: 'call' }>,
    x: Expression,
    frame: Frame,
    moment: Moment,
  ): NodeId {
    const value = this.#lowering.expression(x, frame, moment);
    if (variable.parameter !== undefined && call.subscripts.length === 0) {
      const table = this.named(variable.parameter.expression, variable.parameter.frame, moment);
      return this.#lookupOrRefuse(table, variable, call, value);
    }
    const { subscripts, place } = call;
    const subject = substituted(
      { variable: originOf(variable), subscripts, frame, moment, place },
      this.#lowering.names,
    );
    const holder = subject.variable;
    return this.#lowering.arrays.chosen(subject, (offset) =>
      this.#lookupOrRefuse(this.of(holder, offset), holder, call, value),
    );
  }

  /** The graphical function that an argument names; nothing where it is anything but the name of one. */
  named(argument: Expression, frame: Frame, moment: Moment): Table | undefined {
    if (argument.kind !== 'name') return undefined;
    const variable = this.#meaning(argument.name, frame);
    if (variable === undefined || !this.has(variable)) return undefined;
    if (variable.parameter !== undefined && argument.subscripts.length === 0) {
      return this.named(variable.parameter.expression, variable.parameter.frame, moment);
    }
    let table: Table | undefined;
    const { subscripts, place } = argument;
    const subject = substituted(
      { variable: originOf(variable), subscripts, frame, moment, place },
      this.#lowering.names,
    );
    const origin = subject.variable;
    let count = 0;
    this.#lowering.arrays.chosen(subject, (offset) => {
      table = this.of(origin, offset);
      count++;
      return this.#lowering.graph.constant(0);
    });
    return count === 1 ? table : undefined;
  }

  #lookupOrRefuse(table: Table | undefined, { name }: Variable, { place }: Expression, x: NodeId): NodeId {
    return table === undefined ? refuse('model.not_function', { name }, place) : this.lookup(table, x);
  }

  /** The variable whose graphical function has that name, which may be another than its own (XMILE 1.0 §4.1.3). */
  holder(name: string, scope: Scope): Variable | undefined {
    let holders = this.#holders.get(scope);
    if (holders === undefined) {
      holders = new Map();
      for (const variable of scope.variables.values()) {
        const table = variable.source.graphicalFunction;
        if (table?.name !== undefined && table.y.length > 0) holders.set(canonical(table.name), variable);
      }
      this.#holders.set(scope, holders);
    }
    return holders.get(canonical(name));
  }

  /** The y values of the graphical function that an argument names, where it is no array. */
  pointsOf(argument: Expression, frame: Frame): readonly number[] | undefined {
    if (argument.kind !== 'name' || argument.subscripts.length > 0) return undefined;
    const variable = this.#meaning(argument.name, frame);
    if (variable === undefined) return undefined;
    const { parameter } = variable;
    if (parameter !== undefined) return this.pointsOf(parameter.expression, parameter.frame);
    return variable.dimensions.length === 0 ? this.of(variable, 0)?.y : undefined;
  }

  #meaning(name: string, { variable: { scope } }: Frame): Variable | undefined {
    const meaning = this.#lowering.names.meaning(name, scope);
    return meaning.kind === 'variable' ? meaning.variable : this.holder(name, scope);
  }

  #source(variable: Variable, offset: number): SourceGraphicalFunction | undefined {
    const own = this.#lowering.equations.elementOf(variable, offset)?.graphicalFunction;
    return own ?? variable.source.graphicalFunction;
  }

  #table(source: SourceGraphicalFunction): Table {
    let table = this.#made.get(source);
    if (table === undefined) {
      const { kind, x, y, place } = source;
      if (y.length === 0 || x.length !== y.length) refuse('model.table_empty', {}, place);
      table = { kind, x, y };
      this.#made.set(source, table);
    }
    return table;
  }
}
