import type { Moment } from '../builtins/builtin.ts';
import { findBuiltin } from '../builtins/index.ts';
import type { Expression, NameExpression } from '../expression/expression.ts';
import { canonical } from '../expression/name.ts';
import { refuse } from './findings.ts';
import type { Frame } from './frame.ts';
import type { Lowering } from './lowering.ts';
import { originOf } from './model.ts';
import { type Axis, isOneElement, partsOf } from './reference.ts';
import { substituted } from './substitution.ts';

/**
 * What an array expression runs over, in the order of the text. Parts of one dimension run together; different
 * dimensions give every combination, as in SUM(a[*] + b[*]) for arrays of different dimensions. An array that is itself
 * the argument of an array function inside does not count.
 */
export function axesOf(expression: Expression, frame: Frame, moment: Moment, lowering: Lowering): Axis[] {
  const axes = new Map<string, Axis>();
  const bound = new Set<string>();
  const references: Axis[][] = [];
  const waiting: Child[] = [{ inner: expression, frame }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { inner } = next;
    const children = childrenOf(next, moment, lowering, (own, names) => {
      references.push(own);
      for (const axis of own) join(axes, axis, inner);
      for (const name of names) bound.add(name);
    });
    for (let at = children.length - 1; at >= 0; at--) waiting.push(children[at]!);
  }
  for (const { key, dimension } of axes.values()) {
    // A name of the array expression around this one, and a wildcard of this one for the same dimension.
    if (bound.has(key)) refuse('array.repeated_dimension', { name: dimension.name }, expression.place);
  }
  mustBeClear([...axes.values()], references, expression);
  return [...axes.values()];
}

interface Child {
  inner: Expression;
  frame: Frame;
  /** Stands where slices belong to an array function around it, inside of the expression. */
  bareOnly?: boolean;
}

/** Takes the axes of one reference, and those of the array expression around it that names in it stand for. */
type Tell = (axes: Axis[], bound: string[]) => void;

function childrenOf(
  { inner, frame, bareOnly = false }: Child,
  moment: Moment,
  lowering: Lowering,
  tell: Tell,
): Child[] {
  const children = (...all: Expression[]): Child[] => all.map((one) => ({ inner: one, frame, bareOnly }));
  const reference = (written: Written, transposed: boolean) =>
    inReference(written, { frame, bareOnly, transposed }, moment, lowering, tell);
  switch (inner.kind) {
    case 'number':
      return [];
    case 'unary':
      return children(inner.operand);
    case 'binary':
      return children(inner.left, inner.right);
    case 'if':
      return children(inner.condition, inner.then, inner.otherwise);
    case 'name':
      return reference(inner, false);
    case 'transposed':
      return reference(inner.operand, true);
    case 'call': {
      const called = isTable(inner, frame, lowering) ? reference(inner, false) : [];
      const builtin = lowering.model.macros.has(canonical(inner.name)) ? undefined : findBuiltin(inner.name);
      const own = inner.args.flatMap((arg, at): Child[] => {
        if (builtin?.arrays !== 'all' && builtin?.arrays?.includes(at) !== true) return children(arg);
        if (inner.args.length < (builtin.spreadFrom ?? Number.POSITIVE_INFINITY)) return [];
        return [{ inner: arg, frame, bareOnly: true }];
      });
      return [...called, ...own];
    }
  }
}

/** The element of an array by its number (`A(10)`) is no array, but a graphical function of an array is. */
function isTable({ name }: Written, frame: Frame, lowering: Lowering): boolean {
  const meaning = lowering.names.meaning(name, frame.variable.scope);
  return meaning.kind === 'variable' && lowering.tables.has(meaning.variable);
}

type Written = Pick<NameExpression, 'name' | 'subscripts' | 'place'>;

function inReference(
  { name, subscripts, place }: Written,
  { frame, bareOnly, transposed }: { frame: Frame; bareOnly: boolean; transposed: boolean },
  moment: Moment,
  lowering: Lowering,
  tell: Tell,
): Child[] {
  const meaning = lowering.names.meaning(name, frame.variable.scope);
  if (meaning.kind !== 'variable' && meaning.kind !== 'self') return [];
  const variable = meaning.kind === 'self' ? frame.variable : originOf(meaning.variable);
  if (variable.parameter !== undefined && subscripts.length === 0) {
    const { spread, slices } = frame;
    return [{ inner: variable.parameter.expression, frame: { ...variable.parameter.frame, spread, slices }, bareOnly }];
  }
  const subject = substituted({ variable, subscripts, frame, place, moment, transposed }, lowering.names);
  if (subject.variable.dimensions.length === 0 && lowering.tables.has(subject.variable)) return [];
  const written = transposed ? subject.subscripts.toReversed() : subject.subscripts;
  const parts = partsOf(subject, lowering);
  const bound = parts.flatMap(({ choice }) =>
    choice.kind === 'at' && choice.bound !== undefined ? [choice.bound] : [],
  );
  const axes = parts.flatMap(({ choice }, at): Axis[] => {
    if (choice.kind !== 'axis') return [];
    // A slice belongs to the array function that it stands in, a named dimension to the whole expression.
    const kind = written[at]?.kind;
    return bareOnly && kind !== undefined && kind !== 'one' && kind !== 'each' ? [] : [choice.axis];
  });
  if (axes.length === 0 || !isOneElement(axes, subject)) tell(axes, bound);
  return [];
}

function join(axes: Map<string, Axis>, axis: Axis, { place }: Expression): void {
  const same = axes.get(axis.key);
  if (same === undefined) axes.set(axis.key, axis);
  else if (same.size !== axis.size) refuse('array.sizes', { first: same.size, second: axis.size }, place);
}

/**
 * Numbered dimensions of one size are run together by some tools and combined by others. Where one array has both it is
 * clear that they are two.
 */
function mustBeClear(axes: readonly Axis[], references: readonly Axis[][], { place }: Expression): void {
  const numbered = axes.filter(({ dimension }) => dimension.numbered);
  for (const [at, first] of numbered.entries()) {
    for (const second of numbered.slice(at + 1)) {
      if (first.dimension === second.dimension || first.size !== second.size) continue;
      const together = references.some((own) =>
        [first, second].every(({ key }) => own.some((axis) => axis.key === key)),
      );
      if (together) continue;
      refuse('array.ambiguous_axes', { first: first.dimension.name, second: second.dimension.name }, place);
    }
  }
}
