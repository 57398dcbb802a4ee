import type { NameExpression, Subscript } from '../expression/expression.ts';
import { refuse } from './findings.ts';
import type { Frame } from './frame.ts';
import { originOf } from './model.ts';
import type { Names } from './names.ts';
import type { Subject } from './reference.ts';

/**
 * A parameter of a macro with subscripts is the array that the caller gives for it, with these subscripts instead of the
 * caller's wildcards (XMILE 1.0 §4.8.3).
 */
export function substituted(subject: Subject, names: Names): Subject {
  let { variable, subscripts, frames = subscripts.map(() => subject.frame) } = subject;
  if (subscripts.length === 0 || variable.parameter === undefined) return subject;
  for (let given = variable.parameter; given !== undefined; given = variable.parameter!) {
    const { expression, frame } = given;
    const meaning = expression.kind === 'name' ? names.meaning(expression.name, frame.variable.scope) : undefined;
    if (expression.kind !== 'name' || meaning?.kind !== 'variable') {
      return refuse('array.scalar_subscripted', { name: variable.name }, subject.place);
    }
    if (expression.subscripts.length > 0) {
      const merged = filled({ subscripts, frames }, { expression, frame }, variable.name);
      subscripts = merged.subscripts;
      frames = merged.frames;
    }
    variable = originOf(meaning.variable);
  }
  return { ...subject, variable, subscripts, frames };
}

/** The caller's subscripts with those of the macro instead of its wildcards. */
function filled(
  inside: { subscripts: readonly Subscript[]; frames: readonly Frame[] },
  { expression, frame }: { expression: NameExpression; frame: Frame },
  name: string,
): { subscripts: Subscript[]; frames: Frame[] } {
  const subscripts: Subscript[] = [];
  const frames: Frame[] = [];
  let next = 0;
  for (const outside of expression.subscripts) {
    if (outside.kind === 'range' || outside.kind === 'part' || outside.kind === 'each')
      refuse('macro.slice', { name }, outside.place);
    const from = outside.kind === 'all' ? next++ : undefined;
    subscripts.push(from === undefined ? outside : (inside.subscripts[from] ?? outside));
    frames.push(from === undefined ? frame : (inside.frames[from] ?? frame));
  }
  if (next === inside.subscripts.length) return { subscripts, frames };
  const details = { name, expected: next, count: inside.subscripts.length };
  return refuse('array.subscript_count', details, inside.subscripts[0]!.place);
}
