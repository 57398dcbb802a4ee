import type { Place } from '../diagnostic.ts';
import type { Expression } from './expression.ts';

/** The expressions directly inside one: those of the subscripts first, then the operands, in the order of the text. */
export function childrenOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return inSubscripts(expression);
    case 'call':
      return [...inSubscripts(expression), ...expression.args];
    case 'unary':
    case 'transposed':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'if':
      return [expression.condition, expression.then, expression.otherwise];
  }
}

/**
 * Calls `enter` for the expression and everything inside it, in the order of the text, what holds before what is held.
 * `false` leaves out what is inside. Needs no call stack, whatever the length of a chain such as a + b + c ….
 */
export function visit(expression: Expression, enter: (inner: Expression) => unknown): void {
  const waiting = [expression];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (enter(next) === false) continue;
    const children = childrenOf(next);
    for (let at = children.length - 1; at >= 0; at--) waiting.push(children[at]!);
  }
}

/**
 * Builds a value from the inside out: `combine` gets an expression and the values of what `inside` gives for it, all of
 * its `childrenOf` where nothing else is said. Needs no call stack.
 */
export function foldExpression<T>(
  expression: Expression,
  combine: (inner: Expression, children: T[]) => T,
  inside: (holder: Expression) => readonly Expression[] = childrenOf,
): T {
  const frames: { of: Expression; children: readonly Expression[]; values: T[] }[] = [];
  const open = (of: Expression) => frames.push({ of, children: inside(of), values: [] });
  open(expression);
  for (;;) {
    const frame = frames.at(-1)!;
    const child = frame.children[frame.values.length];
    if (child !== undefined) {
      open(child);
      continue;
    }
    frames.pop();
    const value = combine(frame.of, frame.values);
    const holder = frames.at(-1);
    if (holder === undefined) return value;
    holder.values.push(value);
  }
}

/** A name in an equation: of a variable, a builtin value, a dimension or an element, or of what is called. */
export interface Reference {
  /** As written; `pathOf` makes it comparable. */
  name: string;
  called: boolean;
  place: Place;
}

/** Every name in an expression, those inside subscripts too, what holds before what is held. */
export function referencesOf(expression: Expression): Reference[] {
  const references: Reference[] = [];
  visit(expression, (inner) => {
    if (inner.kind !== 'name' && inner.kind !== 'call') return;
    references.push({ name: inner.name, called: inner.kind === 'call', place: inner.place });
    for (const subscript of inner.subscripts) {
      if (subscript.kind !== 'part' && subscript.kind !== 'each') continue;
      references.push({ name: subscript.dimension, called: false, place: subscript.place });
    }
  });
  return references;
}

function inSubscripts(expression: Extract<Expression, { kind: 'name' | 'call' }>): Expression[] {
  return expression.subscripts.flatMap((subscript) => {
    if (subscript.kind === 'one') return [subscript.value];
    return subscript.kind === 'range' ? [subscript.low, subscript.high] : [];
  });
}
