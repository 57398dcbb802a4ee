import type { Moment } from '../builtins/builtin.ts';
import type { Place } from '../diagnostic.ts';
import type { Expression, NameExpression } from '../expression/expression.ts';
import { pathOf, plain } from '../expression/name.ts';
import { visit } from '../expression/walk.ts';
import type { Graph } from '../program/graph.ts';
import type { NodeId, TimeGrid } from '../program/program.ts';
import { Arrays } from './arrays.ts';
import { lowerCall } from './call.ts';
import { type Equation, Equations } from './equation.ts';
import { type Findings, Refusal, refuse } from './findings.ts';
import { Flows } from './flow.ts';
import { elementName, type Frame, frameOf } from './frame.ts';
import { MacroCalls } from './macro.ts';
import { type Model, originOf, type Variable } from './model.ts';
import { type Meaning, Names, type TimePart } from './names.ts';
import { Order } from './order.ts';
import { mustStandOnce, type Surroundings } from './reference.ts';
import { State } from './state.ts';
import { GraphicalFunctions } from './table.ts';

/** What of a model is lowered, and how. */
export interface LoweringOptions {
  model: Model;
  graph: Graph;
  findings: Findings;
  time: TimeGrid;
  saveStep: number;
  /** As the file or the caller says; the last step may be before it. */
  stop: number;
  /** Whether the caller gave another start, stop or dt than the file. */
  timeChanged: boolean;
  /** Steps that inner runs of macros may still take, all together. */
  innerSteps: { left: number };
  /** Place of an element among the program's inputs. */
  inputs: ReadonlyMap<number, number>;
  /** Place of an element among the variables of a traced program. */
  traced: ReadonlyMap<number, number> | undefined;
}

/**
 * Turns equations into nodes, each scalar once for each of the two moments, when it is first asked for. Values that are
 * being lowered are marked, so that a loop is found and named.
 */
export class Lowering implements Surroundings {
  readonly model: Model;
  readonly graph: Graph;
  readonly findings: Findings;
  readonly time: TimeGrid;
  readonly names: Names;
  readonly equations: Equations;
  readonly state = new State();
  readonly tables: GraphicalFunctions;
  readonly macros: MacroCalls;
  readonly arrays: Arrays;
  readonly #flows: Flows;
  readonly innerSteps: { left: number };
  readonly #options: LoweringOptions;
  readonly #order: Order;

  constructor(options: LoweringOptions) {
    this.#options = options;
    this.model = options.model;
    this.graph = options.graph;
    this.findings = options.findings;
    this.time = options.time;
    this.innerSteps = options.innerSteps;
    this.names = new Names(options.model, options.findings);
    this.equations = new Equations(options.findings, options.model.dimensions);
    this.tables = new GraphicalFunctions(this);
    this.macros = new MacroCalls(this);
    this.arrays = new Arrays(this);
    this.#flows = new Flows(this);
    this.#order = new Order(this.findings, this.graph, (...step) => this.#element(...step));
  }

  /** The value of an element, whatever it takes; findings are told, and the value is then NaN. */
  demand(variable: Variable, offset: number, moment: Moment): NodeId {
    return this.#order.complete(() => this.element(variable, offset, moment));
  }

  /** Lowers the equations of all state that was met, until none is left. */
  finish(): void {
    const { pending } = this.state;
    for (let at = 0; at < pending.length; at++) {
      const { variable, make } = pending[at]!;
      try {
        this.#order.complete(make);
      } catch (reason) {
        if (!(reason instanceof Refusal)) throw reason;
        this.findings.error(reason.code, reason.details, { variable, place: reason.place });
      }
    }
  }

  /** The value of an element where another needs it. */
  element(variable: Variable, offset: number, moment: Moment): NodeId {
    return this.#order.element(originOf(variable), offset, moment);
  }

  /** Another lowering of the same model, for a run inside of this one. */
  inner(own: Pick<LoweringOptions, 'graph' | 'findings' | 'time' | 'saveStep' | 'stop'>): Lowering {
    const { model, innerSteps } = this;
    return new Lowering({ ...own, model, innerSteps, inputs: new Map(), traced: undefined, timeChanged: false });
  }

  /** Counts work that no expression stands for. */
  count(work: number, place: Place): void {
    this.#order.count(work, place);
  }

  /** Whether the caller sets any element of it. */
  isReplaced({ first, size }: Variable): boolean {
    const { inputs } = this.#options;
    if (inputs.size === 0) return false;
    for (let id = first; id < first + size; id++) if (inputs.has(id)) return true;
    return false;
  }

  /** What an equation with expressions of its own gives; used for the equation of an element and all inside it. */
  expression(expression: Expression, frame: Frame, moment: Moment): NodeId {
    this.#order.enter(expression.place);
    const node = this.#expression(expression, frame, moment);
    this.#order.leave();
    return node;
  }

  #expression(expression: Expression, frame: Frame, moment: Moment): NodeId {
    switch (expression.kind) {
      case 'number':
        return this.graph.constant(expression.value);
      case 'name':
        return this.#name(expression, false, frame, moment);
      case 'transposed':
        return this.#name(expression.operand, true, frame, moment);
      case 'call':
        return lowerCall(expression, frame, moment, this);
      case 'unary': {
        const operand = this.expression(expression.operand, frame, moment);
        return expression.operation === 'plus' ? operand : this.graph.unary(expression.operation, operand);
      }
      case 'binary':
        return this.#binary(expression, frame, moment);
      case 'if':
        return this.#choice(expression, frame, moment);
    }
  }

  /** A chain such as a + b + c ... leans to the left; it is walked down without the call stack. */
  #binary(expression: Extract<Expression, { kind: 'binary' }>, frame: Frame, moment: Moment): NodeId {
    const chain = [expression];
    let first = expression.left;
    for (; first.kind === 'binary'; first = first.left) chain.push(first);
    let value = this.expression(first, frame, moment);
    for (let at = chain.length - 1; at >= 0; at--) {
      const { operation, right } = chain[at]!;
      value = this.graph.binary(operation, value, this.expression(right, frame, moment));
    }
    return value;
  }

  /** Where the condition is known, as in equations about the place in an array, the other arm may need what there is not. */
  #choice(expression: Extract<Expression, { kind: 'if' }>, frame: Frame, moment: Moment): NodeId {
    const condition = this.expression(expression.condition, frame, moment);
    const known = this.graph.knownValue(condition);
    if (known === undefined) {
      const then = this.expression(expression.then, frame, moment);
      return this.graph.select(condition, then, this.expression(expression.otherwise, frame, moment));
    }
    this.#namesExist(known !== 0 ? expression.otherwise : expression.then, frame);
    return this.expression(known !== 0 ? expression.then : expression.otherwise, frame, moment);
  }

  #namesExist(expression: Expression, frame: Frame): void {
    visit(expression, (inner) => {
      if (inner.kind !== 'name' || this.names.meaning(inner.name, frame.variable.scope).kind !== 'unknown') {
        return inner.kind !== 'name';
      }
      if (elementNumber(inner.name, frame) !== undefined) return false;
      return refuse('model.unknown_name', { name: plain(inner.name) }, inner.place);
    });
  }

  #name(written: NameExpression, transposed: boolean, frame: Frame, moment: Moment): NodeId {
    const meaning = this.names.meaning(written.name, frame.variable.scope);
    const { subscripts, place } = written;
    if (meaning.kind === 'variable') {
      const { variable, otherwise, dimension } = meaning;
      if (dimension !== undefined && subscripts.length === 0 && frame.variable.dimensions.includes(dimension)) {
        refuse('array.variable_or_dimension', { name: plain(written.name) }, place);
      }
      if (variable === frame.variable && otherwise !== undefined) return this.#other(otherwise, written, frame, moment);
      return this.arrays.reference({ variable, subscripts, frame, moment, place, transposed });
    }
    if (meaning.kind === 'self') {
      return this.arrays.reference({ variable: frame.variable, subscripts, frame, moment, place, transposed });
    }
    return this.#other(meaning, written, frame, moment);
  }

  /** A name that stands for no variable. */
  #other(meaning: Meaning, { name, subscripts, place }: NameExpression, frame: Frame, moment: Moment): NodeId {
    if (subscripts.length > 0) refuse('array.scalar_subscripted', { name: plain(name) }, place);
    switch (meaning.kind) {
      case 'number':
        return this.graph.constant(meaning.value);
      case 'time':
        return this.graph.constant(this.timePart(meaning.part));
      case 'value':
        return lowerCall({ kind: 'call', name, subscripts: [], args: [], place }, frame, moment, this);
      case 'dimension':
        return this.#dimensionIndex(meaning, frame, place);
      case 'function':
        return refuse('model.not_called', { name: plain(name) }, place);
      default: {
        const number = elementNumber(name, frame);
        return number === undefined
          ? refuse('model.unknown_name', { name: plain(name) }, place)
          : this.graph.constant(number);
      }
    }
  }

  /** A dimension outside of brackets is the number of the element that the equation is for. */
  #dimensionIndex({ dimension }: Extract<Meaning, { kind: 'dimension' }>, frame: Frame, place: Place): NodeId {
    mustStandOnce(dimension, frame, place);
    const at = frame.variable.dimensions.indexOf(dimension);
    if (at < 0) refuse('array.dimension_elsewhere', { name: dimension.name }, place);
    return this.graph.constant(frame.coordinates[at]! + 1);
  }

  timePart(part: TimePart): number {
    const { start, dt } = this.time;
    switch (part) {
      case 'start':
        return start;
      case 'dt':
        return dt;
      case 'stop':
        return this.#options.stop;
      case 'saveStep':
        return this.#options.saveStep;
    }
  }

  value(expression: Expression, frame: Frame, moment: Moment): { node: NodeId; known: number | undefined } {
    const node = this.expression(expression, frame, moment);
    return { node, known: this.graph.knownValue(node) };
  }

  #element(variable: Variable, offset: number, moment: Moment): NodeId {
    const { graph } = this;
    const { inputs, traced } = this.#options;
    const id = variable.first + offset;
    if (variable.parameter !== undefined) {
      return this.expression(variable.parameter.expression, variable.parameter.frame, moment);
    }
    const input = inputs.get(id);
    const isStock = variable.source.kind === 'stock';
    let node: NodeId;
    if (isStock && moment === 'step') node = this.#flows.level(variable, offset, input);
    else if (input !== undefined) node = graph.node({ op: 'input', input });
    else if (isStock) node = this.#flows.initial(variable, offset);
    else if (variable.source.kind === 'flow') node = this.#flows.flow(variable, offset, moment);
    else node = this.equation(variable, offset, moment);
    const place = moment === 'step' ? traced?.get(id) : undefined;
    return place === undefined ? node : graph.node({ op: 'variable', variable: place, a: node });
  }

  /** The value of an element's equation, with its graphical function. */
  equation(variable: Variable, offset: number, moment: Moment): NodeId {
    const frame = frameOf(variable, offset);
    const { special } = variable.source;
    if (special !== undefined) {
      refuse('model.special', { name: variable.name, kind: special.kind }, special.place);
    }
    const changed = this.#changedTime(variable);
    if (changed !== undefined) return changed;
    const table = this.tables.of(variable, offset);
    const own = this.equations.of(variable, offset);
    const initial = moment === 'initial' ? this.equations.initialOf(variable, offset) : undefined;
    const equation = initial === undefined || initial.kind === 'blank' ? own : initial;
    if (equation.kind === 'blank') return this.#missing(variable, offset, table !== undefined);
    const value = this.tree(equation, frame, moment);
    return table === undefined ? value : this.tables.lookup(table, value);
  }

  tree(equation: Equation, frame: Frame, moment: Moment): NodeId {
    if (equation.kind === 'tree') return this.expression(equation.expression, frame, moment);
    if (equation.kind === 'broken') this.findings.take(equation.errors, frame.variable.name);
    return this.graph.constant(Number.NaN);
  }

  #missing(variable: Variable, offset: number, hasTable: boolean): never {
    const { name, dimensions } = variable;
    const place = variable.source.place;
    if (hasTable) return refuse('model.table_without_equation', { name }, place);
    if (dimensions.length === 0 || variable.source.elements.length === 0) {
      return refuse('model.no_equation', { name }, place);
    }
    const element = elementName(variable, offset).slice(name.length + 1, -1);
    return refuse('array.no_equation', { name, element }, place);
  }

  /** A model that states its own time grid as variables follows a grid that the caller asks for instead. */
  #changedTime(variable: Variable): NodeId | undefined {
    if (!this.#options.timeChanged || variable.scope !== this.model.root) return undefined;
    const meaning = this.names.meaning(variable.key, this.model.root);
    const part = meaning.kind === 'variable' && meaning.otherwise?.kind === 'time' ? meaning.otherwise.part : undefined;
    if (part === undefined) return undefined;
    const equation = this.equations.of(variable, 0);
    if (equation.kind !== 'tree' || equation.expression.kind !== 'number') return undefined;
    const { start, stop, dt, saveStep } = this.model.file.timeSpecs;
    const said = { start, stop, dt, saveStep: saveStep ?? dt }[part];
    return equation.expression.value === said ? this.graph.constant(this.timePart(part)) : undefined;
  }
}

/**
 * The number of an element by its name alone, as Vensim compares dimensions with elements (`Region = North`): it is that
 * in the one dimension of the equation that has the element.
 */
function elementNumber(name: string, { variable }: Frame): number | undefined {
  const path = pathOf(name);
  if (path.length > 1) return undefined;
  const [first, ...others] = new Set(variable.dimensions.filter(({ positions }) => positions.has(path[0]!)));
  return first === undefined || others.length > 0 ? undefined : first.positions.get(path[0]!)! + 1;
}
