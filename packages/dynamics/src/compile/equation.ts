import type { Diagnostic } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import { canonical } from '../expression/name.ts';
import { parseExpression } from '../expression/parser.ts';
import { visit } from '../expression/walk.ts';
import type { SourceElement, SourceText } from '../xmile/source.ts';
import { type Dimension, elementsOf } from './dimension.ts';
import type { Findings } from './findings.ts';
import type { Variable } from './model.ts';

/** The tree of an equation's text. Blank text, or a comment alone, is no equation. */
export type Equation =
  | { kind: 'tree'; expression: Expression }
  | { kind: 'blank' }
  | { kind: 'broken'; errors: readonly Diagnostic[] };

const blank: Equation = { kind: 'blank' };

/** Reads each equation once and knows which one an element has. */
export class Equations {
  readonly #findings: Findings;
  readonly #dimensions: ReadonlyMap<string, Dimension>;
  readonly #read = new Map<SourceText, Equation>();
  readonly #elements = new Map<Variable, (SourceElement | undefined)[]>();
  readonly #calls = new Map<Expression, number>();

  constructor(findings: Findings, dimensions: ReadonlyMap<string, Dimension>) {
    this.#findings = findings;
    this.#dimensions = dimensions;
  }

  read(text: SourceText | undefined): Equation {
    if (text === undefined) return blank;
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const equation = this.#parse(text);
    this.#read.set(text, equation);
    return equation;
  }

  /** The equation of an element; that of a stock is its initial value. */
  of(variable: Variable, offset: number): Equation {
    const own = this.read(this.elementOf(variable, offset)?.equation);
    return own.kind === 'blank' ? this.read(variable.source.equation) : own;
  }

  /** The equation that stands beside it for the start of the run alone. */
  initialOf(variable: Variable, offset: number): Equation {
    const own = this.read(this.elementOf(variable, offset)?.initialEquation);
    return own.kind === 'blank' ? this.read(variable.source.initialEquation) : own;
  }

  /** Number of a call among those of its equation. */
  callNumber(call: Expression): number {
    return this.#calls.get(call) ?? 0;
  }

  /** What the file says of this element alone. */
  elementOf(variable: Variable, offset: number): SourceElement | undefined {
    if (variable.source.elements.length === 0) return undefined;
    let elements = this.#elements.get(variable);
    if (elements === undefined) {
      elements = this.#place(variable);
      this.#elements.set(variable, elements);
    }
    return elements[offset];
  }

  #parse(text: SourceText): Equation {
    const parsed = parseExpression(text);
    if (!parsed.ok) {
      return parsed.errors.every(({ code }) => code === 'equation.empty')
        ? blank
        : { kind: 'broken', errors: parsed.errors };
    }
    let calls = 0;
    visit(parsed.value, (inner) => {
      if (inner.kind === 'call') this.#calls.set(inner, calls++);
    });
    return { kind: 'tree', expression: parsed.value };
  }

  #place(variable: Variable): (SourceElement | undefined)[] {
    const placed = new Array<SourceElement | undefined>(variable.size).fill(undefined);
    for (const element of variable.source.elements) {
      for (const offset of this.#offsets(variable, element)) {
        if (placed[offset] !== undefined) {
          const about = { variable: variable.name, place: element.place };
          this.#findings.error('array.element_twice', { element: element.subscripts.join(', ') }, about);
        }
        placed[offset] = element;
      }
    }
    return placed;
  }

  /** The elements that an equation is for: one, or all of a dimension or of a part of it where that is named. */
  #offsets(variable: Variable, { subscripts, place }: SourceElement): number[] {
    const about = { variable: variable.name, place };
    const { dimensions, name } = variable;
    if (subscripts.length !== dimensions.length) {
      const details = { name, expected: dimensions.length, count: subscripts.length };
      this.#findings.error('array.subscript_count', details, about);
      return [];
    }
    let offsets = [0];
    for (const [at, dimension] of dimensions.entries()) {
      const subscript = subscripts[at]!;
      const position = positionOf(subscript, dimension);
      const positions = position === undefined ? elementsOf(subscript, dimension, this.#dimensions) : [position];
      if (positions === undefined) {
        this.#findings.error('array.unknown_element', { element: subscript, dimension: dimension.name }, about);
        return [];
      }
      const size = dimension.elements.length;
      offsets = offsets.flatMap((offset) => positions.map((own) => offset * size + own));
    }
    return offsets;
  }
}

/** Place (from 0) of an element given by name, or by number (from 1). */
export function positionOf(subscript: string, dimension: Dimension): number | undefined {
  const named = dimension.positions.get(canonical(subscript));
  if (named !== undefined) return named;
  if (!/^\s*\d+\s*$/.test(subscript)) return undefined;
  const number = Number(subscript);
  return number >= 1 && number <= dimension.elements.length ? number - 1 : undefined;
}
