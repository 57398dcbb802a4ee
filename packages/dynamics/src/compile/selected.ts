import { canonical, pathOf } from '../expression/name.ts';
import { found } from './connection.ts';
import { positionOf } from './equation.ts';
import type { Findings } from './findings.ts';
import type { Model, Variable } from './model.ts';

/** One element of a variable. */
export interface Element {
  variable: Variable;
  offset: number;
}

/** The elements that a name such as `x`, `hares.births` or `orders[north, phone]` means; none where it is not found. */
export function elementsNamed(name: string, model: Model, findings: Findings): Element[] {
  const bracket = /^([\s\S]*?)\[([^[\]]*)\]\s*$/.exec(name);
  const variable = variableNamed(bracket?.[1] ?? name, model);
  if (variable === undefined) {
    findings.error('selection.unknown', { name });
    return [];
  }
  if (bracket === null) return allElements(variable);
  const subscripts = bracket[2]!.split(',');
  const { dimensions } = variable;
  if (subscripts.length !== dimensions.length) {
    findings.error('array.subscript_count', { name, expected: dimensions.length, count: subscripts.length });
    return [];
  }
  let offset = 0;
  for (const [at, dimension] of dimensions.entries()) {
    const position = positionOf(subscripts[at]!, dimension);
    if (position === undefined) {
      findings.error('array.unknown_element', { element: subscripts[at]!.trim(), dimension: dimension.name });
      return [];
    }
    offset = offset * dimension.elements.length + position;
  }
  return [{ variable, offset }];
}

export function allElements(variable: Variable): Element[] {
  return Array.from({ length: variable.size }, (_, offset) => ({ variable, offset }));
}

/** A dot separates modules; a name that has one of its own need not stand between quotes. */
function variableNamed(name: string, { root }: Model): Variable | undefined {
  const path = pathOf(name);
  const [variable] = found(root, path[0] === '' ? path.slice(1) : path);
  return variable ?? root.variables.get(canonical(name));
}
