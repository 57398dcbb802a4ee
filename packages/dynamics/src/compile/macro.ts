import type { Moment } from '../builtins/builtin.ts';
import type { Expression } from '../expression/expression.ts';
import { canonical, plain } from '../expression/name.ts';
import type { NodeId } from '../program/program.ts';
import type { SourceMacro, SourceVariable } from '../xmile/source.ts';
import { refuse } from './findings.ts';
import { elementName, type Frame, frameKey, frameOf } from './frame.ts';
import { innerRun } from './inner-run.ts';
import type { Lowering } from './lowering.ts';
import { emptyScope, pathSeparator, type Scope, type Variable, variableOf } from './model.ts';

/** How often a macro may call itself: FACT(170) is the largest factorial that a double holds. */
const depthMax = 500;
/** Bounds macros that call themselves twice. */
const callsMax = 50_000;
const between = ' · ';

/** Calls of macros. Each call has variables of its own, made once (XMILE 1.0 §4.8). */
export class MacroCalls {
  readonly #lowering: Lowering;
  readonly #values = new Map<string, Variable>();
  #next: number;

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
    this.#next = lowering.model.size;
  }

  call(macro: SourceMacro, call: Extract<Expression, { kind: 'call' }>, frame: Frame, moment: Moment): NodeId {
    const key = `${frameKey(frame)}/${this.#lowering.equations.callNumber(call)}${pathSeparator}`;
    let value = this.#values.get(key);
    if (value === undefined) {
      value = this.#expanded(macro, call, frame, key);
      this.#values.set(key, value);
    }
    if (macro.timeSpecs !== undefined) return innerRun(macro, value, this.#lowering);
    return this.#lowering.element(value, 0, moment);
  }

  /** The variable that stands for the value of this call, with those that it depends on around it. */
  #expanded(macro: SourceMacro, call: Extract<Expression, { kind: 'call' }>, frame: Frame, key: string): Variable {
    const { findings, model } = this.#lowering;
    const name = plain(macro.name);
    const least = macro.parameters.findLastIndex((parameter) => parameter.default === undefined) + 1;
    if (call.args.length < least || call.args.length > macro.parameters.length) {
      const most = macro.parameters.length;
      const expected = least === most ? most : `${least}–${most}`;
      return refuse('macro.arguments', { name, expected, count: call.args.length }, call.place);
    }
    const caller = frame.variable.scope;
    // Calls inside calls are told by the variable of the model that they begin in.
    const of = caller.macroDepth === 0 ? elementName(frame.variable, frame.offset) : caller.prefix.split(between)[0]!;
    const scope = emptyScope(`${of}${between}${name}.`, key, caller);
    scope.macroDepth = caller.macroDepth + 1;
    if (scope.macroDepth > depthMax) return refuse('macro.too_deep', { name, limit: depthMax }, call.place);
    if (this.#values.size >= callsMax) return refuse('macro.too_many', { limit: callsMax }, call.place);
    const value = this.#add({ ...auxiliary(macro.name, macro), equation: macro.equation }, scope);
    // A variable inside may have the macro's name, as in translations from Vensim, and state of its own.
    value.key = `${key}=`;
    macro.parameters.forEach((parameter, at) => {
      const own = this.#add(auxiliary(parameter.name, macro), scope);
      const argument = call.args[at];
      if (argument !== undefined) own.parameter = { expression: argument, frame };
      else own.parameter = this.#default(parameter.default, own);
    });
    for (const source of macro.variables) {
      const own = variableOf(source, scope, this.#next, model.dimensions, findings);
      this.#next += own.size;
      scope.variables.set(canonical(source.name), own);
    }
    return value;
  }

  #add(source: SourceVariable, scope: Scope): Variable {
    const { model, findings } = this.#lowering;
    const own = variableOf(source, scope, this.#next++, model.dimensions, findings);
    scope.variables.set(canonical(source.name), own);
    return own;
  }

  #default(text: SourceMacro['parameters'][number]['default'], own: Variable): Variable['parameter'] {
    const equation = this.#lowering.equations.read(text);
    if (equation.kind === 'broken') this.#lowering.findings.take(equation.errors, own.name);
    if (equation.kind !== 'tree') return refuse('model.no_equation', { name: own.name }, text?.place);
    return { expression: equation.expression, frame: frameOf(own, 0) };
  }
}

function auxiliary(name: string, { place }: SourceMacro): SourceVariable {
  return {
    kind: 'aux',
    name,
    place,
    dimensions: [],
    equation: undefined,
    elements: [],
    graphicalFunction: undefined,
    initialEquation: undefined,
    inflows: [],
    outflows: [],
    nonNegative: undefined,
    special: undefined,
    units: undefined,
    documentation: undefined,
    access: undefined,
    range: undefined,
  };
}
