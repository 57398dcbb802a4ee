import type { Moment } from '../builtins/builtin.ts';
import type { Expression, Subscript } from '../expression/expression.ts';
import type { NodeId } from '../program/program.ts';
import { axesOf } from './axes.ts';
import { refuse } from './findings.ts';
import type { Frame } from './frame.ts';
import type { Lowering } from './lowering.ts';
import { originOf, type Variable } from './model.ts';
import { type Axis, type Part, partsOf, placesOn, type Subject } from './reference.ts';
import { substituted } from './substitution.ts';

/** Elements that one expression over arrays may spread over. */
const spreadMax = 1_000_000;

/** What it takes to be at one element of an array expression, beside its operations. */
const spreadWork = 3;

/** References to arrays, and expressions over them. */
export class Arrays {
  readonly #lowering: Lowering;

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
  }

  /** The value of a variable, or of the element of it that the subscripts choose. */
  reference(subject: Subject): NodeId {
    const { variable, subscripts, frame, moment } = subject;
    const { parameter } = variable;
    if (parameter !== undefined && frame.spread !== undefined && subscripts.length === 0) {
      const { spread, slices } = frame;
      return this.#lowering.expression(parameter.expression, { ...parameter.frame, spread, slices }, moment);
    }
    if (variable.dimensions.length === 0 && subscripts.length === 0) return this.#lowering.element(variable, 0, moment);
    const given = substituted(subject, this.#lowering.names);
    const points = this.#pointsOf(given);
    if (points !== undefined) return this.#numbered(given, given.subscripts[0]!, points);
    return this.chosen(given, (offset) => this.#lowering.element(given.variable, offset, moment));
  }

  /** `A(10)`: the element of that number, the last dimension counted fastest (XMILE 1.0 §3.3.2). */
  flat(variable: Variable, call: Extract<Expression, { kind: 'call' }>, frame: Frame, moment: Moment): NodeId {
    const [value] = call.args;
    if (value === undefined || call.args.length > 1) {
      return refuse('array.flat_arguments', { name: variable.name, count: call.args.length }, call.place);
    }
    const subject = { variable, subscripts: [], frame, moment, place: call.place };
    const elements = Array.from({ length: variable.size }, (_, offset) => () => {
      return this.#lowering.element(variable, offset, moment);
    });
    return this.#numbered(subject, { kind: 'one', value, place: value.place }, elements);
  }

  /** What the caller gives for a parameter of a macro, where that is a variable by its name alone. */
  givenFor(variable: Variable): Variable {
    let given = variable;
    for (let { parameter } = given; parameter !== undefined; { parameter } = given) {
      const { expression, frame } = parameter;
      if (expression.kind !== 'name' || expression.subscripts.length > 0) break;
      const meaning = this.#lowering.names.meaning(expression.name, frame.variable.scope);
      if (meaning.kind !== 'variable') break;
      given = originOf(meaning.variable);
    }
    return given;
  }

  /** The y values of a graphical function, whose brackets hold the number of a point (XMILE 1.0 §3.7.1.3). */
  #pointsOf({ variable, subscripts }: Subject): (() => NodeId)[] | undefined {
    if (variable.dimensions.length > 0 || subscripts.length !== 1 || subscripts[0]!.kind !== 'one') return undefined;
    return this.#lowering.tables.of(variable, 0)?.y.map((y) => () => this.#lowering.graph.constant(y));
  }

  #numbered(subject: Subject, subscript: Subscript, elements: readonly (() => NodeId)[]): NodeId {
    if (subscript.kind !== 'one') throw new Error('Only one number can choose an element.');
    const { variable, frame, moment } = subject;
    const { node, known } = this.#lowering.value(subscript.value, subject.frames?.[0] ?? frame, moment);
    if (known === undefined) {
      return this.#picked(
        node,
        elements.map((element) => element()),
      );
    }
    const position = Number.isNaN(known) ? -1 : Math.floor(known) - 1;
    const element = elements[position];
    if (element !== undefined) return element();
    return this.#outside(position, { dimension: variable, size: elements.length, place: subscript.place }, frame);
  }

  /** The one element that a reference chooses; `element` gives the value of each by its number. */
  chosen(subject: Subject, element: (offset: number) => NodeId): NodeId {
    const parts = partsOf(subject, this.#lowering);
    const { frame } = subject;
    const positions = this.#positions(parts, subject);
    const walk = (at: number, offset: number): NodeId => {
      const part = parts[at];
      if (part === undefined) return element(offset);
      if (part.choice.kind === 'computed') {
        this.#lowering.count(part.size, part.place);
        const choices = Array.from({ length: part.size }, (_, place) => walk(at + 1, offset + place * part.stride));
        return this.#picked(part.choice.index, choices);
      }
      const position = positions[at]!;
      if (position >= 0 && position < part.size) return walk(at + 1, offset + position * part.stride);
      return this.#outside(position, part, frame);
    };
    return walk(0, 0);
  }

  #positions(parts: readonly Part[], subject: Subject): (number | undefined)[] {
    const axes = parts.flatMap(({ choice }) => (choice.kind === 'axis' ? [choice.axis] : []));
    const places = placesOn(axes, subject);
    let next = 0;
    return parts.map(({ choice, dimension, place }) => {
      if (choice.kind === 'at') return choice.position;
      if (choice.kind === 'computed') return undefined;
      const along = places[next++];
      if (along === undefined) {
        return refuse('array.needs_one', { name: subject.variable.name, dimension: dimension.name }, place);
      }
      return choice.positions === undefined ? along : choice.positions[along]!;
    });
  }

  #picked(index: NodeId, choices: readonly NodeId[]): NodeId {
    const picked = this.#lowering.graph.pick(index, choices);
    if (this.#lowering.model.file.invalidIndex !== 'nan') return picked;
    const least = this.#lowering.graph.binary('ge', index, this.#lowering.graph.constant(1));
    const most = this.#lowering.graph.binary('lt', index, this.#lowering.graph.constant(choices.length + 1));
    return this.#lowering.graph.select(
      this.#lowering.graph.binary('and', least, most),
      picked,
      this.#lowering.graph.constant(Number.NaN),
    );
  }

  #outside(position: number, part: Pick<Part, 'dimension' | 'size' | 'place'>, frame: Frame): NodeId {
    const value = this.#lowering.model.file.invalidIndex === 'nan' ? Number.NaN : 0;
    const details = { index: position + 1, dimension: part.dimension.name, size: part.size, value };
    this.#lowering.findings.warning('array.out_of_range', details, {
      variable: frame.variable.name,
      place: part.place,
    });
    return this.#lowering.graph.constant(value);
  }

  /**
   * The values of an array expression in row-major order, with the sizes of its axes. With `slicesOnly` an array without
   * subscripts is the one element that is meant around it, if there is such.
   */
  spread(
    expression: Expression,
    frame: Frame,
    moment: Moment,
    slicesOnly: boolean,
  ): { values: NodeId[]; shape: number[] } {
    const inside = insideOf(frame, slicesOnly);
    const { axes, shape, count } = this.shape(expression, frame, moment, slicesOnly);
    if (count > spreadMax) refuse('array.too_large', { limit: spreadMax }, expression.place);
    this.#lowering.count(count * spreadWork, expression.place);
    const values: NodeId[] = [];
    const places = axes.map(() => 0);
    for (let number = 0; number < count; number++) {
      const spread = new Map(inside.spread);
      axes.forEach(({ key }, at) => void spread.set(key, places[at]!));
      values.push(this.#lowering.expression(expression, { ...inside, spread }, moment));
      for (let at = axes.length - 1; at >= 0 && ++places[at]! === axes[at]!.size; at--) places[at] = 0;
    }
    return { values, shape };
  }

  /** What an array expression runs over. */
  shape(
    expression: Expression,
    frame: Frame,
    moment: Moment,
    slicesOnly: boolean,
  ): { axes: Axis[]; shape: number[]; count: number } {
    const axes = axesOf(expression, insideOf(frame, slicesOnly), moment, this.#lowering);
    const shape = axes.map(({ size }) => size);
    return { axes, shape, count: shape.reduce((product, size) => product * size, 1) };
  }
}

/** The equation inside an array expression, before it is at any place on the axes of that. */
function insideOf(frame: Frame, slicesOnly: boolean): Frame {
  const around = frame.slices === undefined ? frame.spread : frame.slices.around;
  return { ...frame, spread: frame.spread ?? new Map(), slices: slicesOnly ? { around } : undefined };
}
