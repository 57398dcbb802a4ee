import type { Builtin, UnitRule } from '../builtins/builtin.ts';
import type { Details, DiagnosticCode, Place } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import { shortened } from '../expression/lexer.ts';
import { printExpression } from '../expression/printer.ts';
import { childrenOf, foldExpression } from '../expression/walk.ts';
import type { BinaryOperation } from '../program/operations.ts';
import { dimensionless, power, product, sameUnit, type Unit } from './unit.ts';

/**
 * What is known of the units of a value. `any`: made of literal numbers alone, which take on the units of what stands
 * beside them. `unknown` makes everything unknown that depends on it, so that nothing false is said.
 */
export type Inferred = Unit | 'any' | 'unknown';

/** What an equation is read against. */
export interface UnitScope {
  /** Units of time, for TIME and DT and what runs over time. */
  readonly time: Inferred;
  /** Declared units of a variable; undefined when there is none of that name. */
  variable(name: string): Inferred | undefined;
  /** Units of a call of a macro; undefined when there is none of that name. */
  macro(name: string): Inferred | undefined;
  builtin(name: string): Builtin | undefined;
  format(unit: Unit): string;
  report(code: DiagnosticCode, details: Details, place: Place): void;
}

interface Value {
  units: Inferred;
  /** When the value is a literal number. */
  constant: number | undefined;
  of: Expression;
}

/** The units of an expression, bottom up. What contradicts is reported to the scope and unknown from there on. */
export function inferUnits(expression: Expression, scope: UnitScope): Inferred {
  const inference = new Inference(scope);
  return foldExpression<Value>(expression, (of, children) => inference.valueOf(of, children), operandsOf).units;
}

/** Subscripts are left out: what stands there is an index, and names there are elements before they are variables. */
function operandsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'name') return [];
  return expression.kind === 'call' ? expression.args : childrenOf(expression);
}

const symbols: Partial<Record<BinaryOperation, string>> = {
  add: '+',
  sub: '-',
  mod: 'MOD',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '=',
  ne: '<>',
};

class Inference {
  readonly #scope: UnitScope;

  constructor(scope: UnitScope) {
    this.#scope = scope;
  }

  valueOf(of: Expression, operands: readonly Value[]): Value {
    const [first, second, third] = operands;
    switch (of.kind) {
      case 'number':
        return { units: 'any', constant: of.value, of };
      case 'name':
        return { units: this.#name(of.name), constant: undefined, of };
      case 'call':
        return { units: this.#call(of, operands), constant: undefined, of };
      case 'transposed':
        return { units: first!.units, constant: undefined, of };
      case 'if': {
        const units = this.#common(second!, third!, 'units.branches', {}, of.place);
        return { units, constant: undefined, of };
      }
      case 'unary': {
        if (of.operation === 'not') return { units: truth(first!.units), constant: undefined, of };
        const sign = of.operation === 'neg' ? -1 : 1;
        return { units: first!.units, constant: first!.constant && sign * first!.constant, of };
      }
      case 'binary':
        return { ...this.#binary(of, first!, second!), of };
    }
  }

  #name(name: string): Inferred {
    const declared = this.#scope.variable(name);
    if (declared !== undefined) return declared;
    const builtin = this.#scope.builtin(name);
    return builtin === undefined ? 'unknown' : this.#byRule(builtin.units, builtin.name, []);
  }

  #call(of: Extract<Expression, { kind: 'call' }>, args: readonly Value[]): Inferred {
    // A variable that is called is a graphical function, or an array with a flat index: either has its own units.
    const own = this.#scope.variable(of.name) ?? this.#scope.macro(of.name);
    if (own !== undefined) return own;
    const builtin = this.#scope.builtin(of.name);
    if (builtin === undefined) return 'unknown';
    if (builtin.name === 'SQRT' && args.length === 1) return root(args[0]!.units);
    return this.#byRule(builtin.units, builtin.name, args);
  }

  #byRule(rule: UnitRule, name: string, args: readonly Value[]): Inferred {
    switch (rule.kind) {
      case 'same': {
        const meant = rule.args === 'all' ? args : rule.args.flatMap((at) => args[at] ?? []);
        const [head, ...rest] = meant;
        if (head === undefined) return 'unknown';
        return rest.reduce<Value>((left, right) => {
          const units = this.#common(left, right, 'units.arguments', { function: name }, right.of.place);
          return { units, constant: undefined, of: left.units === 'any' ? right.of : left.of };
        }, head).units;
      }
      case 'dimensionless':
        for (const arg of args) this.#needPure(arg, name);
        return args.every(({ units }) => units === 'any') ? 'any' : dimensionless;
      case 'result':
        return this.#result(rule.of, args);
    }
  }

  #result(of: Extract<UnitRule, { kind: 'result' }>['of'], args: readonly Value[]): Inferred {
    if (of === 'unknown') return 'unknown';
    if (of === 'time') return this.#scope.time;
    if (of === 'none') return args.every(({ units }) => units === 'any') ? 'any' : dimensionless;
    const unitsOf = (at: number | 'time') => (at === 'time' ? this.#scope.time : (args[at]?.units ?? 'unknown'));
    if (typeof of === 'number') return unitsOf(of);
    const [above, below] = of.over.map(unitsOf) as [Inferred, Inferred];
    if (above === 'any') return 'any';
    // A literal below stands for a duration or the like, of which only the caller knows the units.
    return above === 'unknown' || typeof below === 'string' ? 'unknown' : (product(above, below, -1) ?? 'unknown');
  }

  #binary(of: Extract<Expression, { kind: 'binary' }>, left: Value, right: Value): Omit<Value, 'of'> {
    const constant = undefined;
    switch (of.operation) {
      case 'mul':
      case 'div': {
        const units = quotient(left.units, right.units, of.operation === 'mul' ? 1 : -1);
        const literal = literalResult(of.operation, left.constant, right.constant);
        return { units, constant: literal };
      }
      case 'pow':
        return { units: this.#power(left, right), constant };
      case 'and':
      case 'or':
        return { units: both(truth(left.units), truth(right.units)), constant };
      case 'add':
      case 'sub':
      case 'mod':
      case 'min':
      case 'max':
        return { units: this.#joined(of, left, right), constant };
      default: {
        const units = this.#joined(of, left, right);
        return { units: truth(units), constant };
      }
    }
  }

  #joined(of: Extract<Expression, { kind: 'binary' }>, left: Value, right: Value): Inferred {
    const operator = symbols[of.operation] ?? of.operation.toUpperCase();
    return this.#common(left, right, 'units.mismatch', { operator }, of.place);
  }

  #power(base: Value, exponent: Value): Inferred {
    this.#needPure(exponent, '^');
    if (base.units === 'unknown') return 'unknown';
    if (base.units === 'any') return exponent.units === 'any' ? 'any' : dimensionless;
    if (base.units.size === 0) return dimensionless;
    if (exponent.constant === undefined) return 'unknown';
    return power(base.units, exponent.constant) ?? 'unknown';
  }

  /** The units that two values have in common; literals take on those of the other. */
  #common(left: Value, right: Value, code: DiagnosticCode, details: Details, place: Place): Inferred {
    if (left.units === 'unknown' || right.units === 'unknown') return 'unknown';
    if (left.units === 'any') return right.units;
    if (right.units === 'any' || sameUnit(left.units, right.units)) return left.units;
    const terms = {
      leftTerm: term(left.of),
      left: this.#scope.format(left.units),
      rightTerm: term(right.of),
      right: this.#scope.format(right.units),
    };
    this.#scope.report(code, { ...details, ...terms }, place);
    return 'unknown';
  }

  #needPure({ units, of }: Value, name: string): void {
    if (typeof units === 'string' || units.size === 0 || isAngle(units)) return;
    const details = { function: name, term: term(of), units: this.#scope.format(units) };
    this.#scope.report('units.not_dimensionless', details, of.place);
  }
}

function term(expression: Expression): string {
  return shortened(printExpression(expression));
}

/** Angles are pure numbers (SI), and some people give them a name. */
function isAngle(units: Unit): boolean {
  return [...units.keys()].every((base) => ['radians', 'radian', 'rad'].includes(base));
}

/** Truth of literals is a literal; truth of anything else, known or not, is a pure number. */
function truth(units: Inferred): Inferred {
  return units === 'any' ? 'any' : dimensionless;
}

function both(left: Inferred, right: Inferred): Inferred {
  return left === 'any' ? right : left;
}

function quotient(left: Inferred, right: Inferred, exponent: 1 | -1): Inferred {
  if (left === 'unknown' || right === 'unknown') return 'unknown';
  if (left === 'any' && right === 'any') return 'any';
  const above = left === 'any' ? dimensionless : left;
  const below = right === 'any' ? dimensionless : right;
  return product(above, below, exponent) ?? 'unknown';
}

function root(units: Inferred): Inferred {
  return typeof units === 'string' ? units : (power(units, 0.5) ?? 'unknown');
}

function literalResult(operation: 'mul' | 'div', left: number | undefined, right: number | undefined) {
  if (left === undefined || right === undefined) return undefined;
  return operation === 'mul' ? left * right : left / right;
}
