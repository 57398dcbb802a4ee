import type { Place } from '../diagnostic.ts';
import type { BinaryOperation } from '../program/operations.ts';

/**
 * The text of an equation as a tree. Names are as written, quotes included; `pathOf` and `canonical` of name.ts make
 * them comparable. A chain such as a + b + c is as deep as it is long: walk it with `visit` or `foldExpression`.
 */
export type Expression =
  | { kind: 'number'; value: number; place: Place }
  | NameExpression
  /** A builtin, a macro, or a graphical function called with an expression. Subscripts belong to a graphical function. */
  | { kind: 'call'; name: string; subscripts: readonly Subscript[]; args: readonly Expression[]; place: Place }
  | { kind: 'unary'; operation: 'neg' | 'plus' | 'not'; operand: Expression; place: Place }
  | { kind: 'binary'; operation: BinaryOperation; left: Expression; right: Expression; place: Place }
  | { kind: 'if'; condition: Expression; then: Expression; otherwise: Expression; place: Place }
  /** `A'`: the array with its dimensions in reverse order (XMILE 1.0 §3.7.1). */
  | { kind: 'transposed'; operand: NameExpression; place: Place };

/** A variable, a dimension, an element of a dimension, or a builtin value such as TIME; `a.b` goes through modules. */
export interface NameExpression {
  kind: 'name';
  name: string;
  subscripts: readonly Subscript[];
  place: Place;
}

export type Subscript =
  /** `*`: the whole dimension. */
  | { kind: 'all'; place: Place }
  /** `*:Part`: the elements that belong to the named dimension, a part of the whole one. */
  | { kind: 'part'; dimension: string; place: Place }
  /** `Part!` of Vensim: those elements one by one, for the function that sums them up or the like. */
  | { kind: 'each'; dimension: string; place: Place }
  /** `low:high`: elements by name or number, both ends included. */
  | { kind: 'range'; low: Expression; high: Expression; place: Place }
  /** `@n`: the index of the equation's own variable in its n-th dimension, from 1 (XMILE 1.0 §3.7.1). */
  | { kind: 'position'; dimension: number; place: Place }
  /** An element, a dimension, or a number computed at run time. */
  | { kind: 'one'; value: Expression; place: Place };
