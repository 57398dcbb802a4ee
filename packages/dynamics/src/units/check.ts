import { findBuiltin } from '../builtins/index.ts';
import { type Details, type Diagnostic, type DiagnosticCode, type Place, warning } from '../diagnostic.ts';
import { shortened } from '../expression/lexer.ts';
import { canonical, pathOf } from '../expression/name.ts';
import { parseExpression } from '../expression/parser.ts';
import type { SourceFile, SourceMacro, SourceModel, SourceText, SourceVariable } from '../xmile/source.ts';
import { type Inferred, inferUnits, type UnitScope } from './inference.ts';
import { ModelUnits } from './model-units.ts';
import { product, sameUnit } from './unit.ts';
import { UnitTable } from './unit-table.ts';

/**
 * Checks the units of a file by dimensional analysis: both sides of sums and comparisons, branches, arguments of
 * builtins, equations against declared units, stocks against their flows, and the two ends of connections between
 * modules. Everything found is a warning; values never depend on units. A variable without units is unknown, and so is
 * all that depends on it. Literal numbers take on the units of what they are added to or compared with, and multiply as
 * pure numbers. An equation that cannot be read is left to those who compile it.
 */
export function checkUnits(file: SourceFile): Diagnostic[] {
  return new UnitCheck(file).findings();
}

class UnitCheck {
  readonly #file: SourceFile;
  readonly #table: UnitTable;
  readonly #units: ModelUnits;
  readonly #macros: ReadonlyMap<string, Inferred>;
  readonly #findings: Diagnostic[] = [];

  constructor(file: SourceFile) {
    this.#file = file;
    this.#table = new UnitTable(file.units);
    this.#units = new ModelUnits(file, this.#table);
    this.#macros = new Map(file.macros.map((macro) => [canonical(macro.name), this.#macroUnits(macro)]));
  }

  findings(): Diagnostic[] {
    for (const model of this.#file.models) {
      const time = this.#timeUnits(model);
      for (const variable of model.variables) {
        this.#readable(variable, model);
        this.#equations(variable, model, time);
        if (variable.kind === 'stock') this.#flows(variable, model, time);
      }
      this.#connections(model);
    }
    return [...this.#table.findings, ...this.#findings];
  }

  #timeUnits(model: SourceModel): Inferred {
    const text = (model.timeSpecs?.timeUnits ?? this.#file.timeSpecs.timeUnits)?.trim() ?? '';
    const units = text === '' ? 'unknown' : this.#table.read(text);
    return units === 'unreadable' ? 'unknown' : units;
  }

  #readable(variable: SourceVariable, model: SourceModel): void {
    const text = variable.units?.trim() ?? '';
    if (text === '' || this.#table.read(text) !== 'unreadable') return;
    this.#report('units.unreadable', { units: shortened(text) }, fullName(variable, model), variable.place);
  }

  #equations(variable: SourceVariable, model: SourceModel, time: Inferred): void {
    const scope = this.#scope(variable, model, time);
    const declared = this.#units.declared(variable);
    for (const { equation, initialEquation, graphicalFunction } of [variable, ...variable.elements]) {
      // What goes into a graphical function, or into a leakage, has units of its own.
      const isInput = (graphicalFunction ?? variable.graphicalFunction ?? variable.special) !== undefined;
      this.#equation(equation, isInput ? 'unknown' : declared, scope);
      this.#equation(initialEquation, variable.special === undefined ? declared : 'unknown', scope);
    }
  }

  #equation(text: SourceText | undefined, declared: Inferred, scope: UnitScope): void {
    if (text === undefined) return;
    const read = parseExpression(text);
    if (!read.ok) return;
    const found = inferUnits(read.value, scope);
    if (typeof found === 'string' || typeof declared === 'string' || sameUnit(found, declared)) return;
    const details = { declared: scope.format(declared), found: scope.format(found) };
    scope.report('units.equation', details, read.value.place);
  }

  #scope(variable: SourceVariable, model: SourceModel, time: Inferred): UnitScope {
    const name = fullName(variable, model);
    return {
      time,
      variable: (reference) => {
        if (canonical(reference) === 'self') return this.#units.declared(variable);
        const found = this.#units.find(reference, model);
        return found && this.#units.declared(found);
      },
      macro: (reference) => this.#macros.get(canonical(reference)),
      builtin: (reference) => {
        const path = pathOf(reference);
        const own = path[0] === 'std' ? path.slice(1) : path;
        return own.length === 1 ? findBuiltin(own[0]!) : undefined;
      },
      format: (unit) => this.#table.format(unit),
      report: (code, details, place) => this.#report(code, details, name, place),
    };
  }

  #flows(stock: SourceVariable, model: SourceModel, time: Inferred): void {
    const stockUnits = this.#units.declared(stock);
    if (typeof stockUnits === 'string' || typeof time === 'string') return;
    const expected = product(stockUnits, time, -1);
    if (expected === undefined) return;
    for (const name of new Set([...stock.inflows, ...stock.outflows])) {
      const flow = this.#units.find(name, model);
      const found = flow && this.#units.declared(flow);
      if (flow === undefined || typeof found !== 'object' || sameUnit(found, expected)) continue;
      const details = {
        flow: flow.name,
        found: this.#table.format(found),
        stock: stock.name,
        stockUnits: this.#table.format(stockUnits),
        expected: this.#table.format(expected),
      };
      this.#report('units.flow', details, fullName(stock, model), stock.place);
    }
  }

  #connections(model: SourceModel): void {
    for (const module of model.modules) {
      const inner = this.#units.modelOf(module);
      if (inner === undefined) continue;
      for (const { to, from, place } of module.connections) {
        const input = this.#units.find(to, inner);
        const source = this.#units.find(from, model);
        if (input === undefined || source === undefined) continue;
        const left = this.#units.declared(input);
        const right = this.#units.declared(source);
        if (typeof left === 'string' || typeof right === 'string' || sameUnit(left, right)) continue;
        const details = { to, left: this.#table.format(left), from, right: this.#table.format(right) };
        this.#report('units.connection', details, fullName(input, inner), place);
      }
    }
  }

  /**
   * A macro has units when its value is a variable of its own that declares them, by other names than those of its
   * parameters, which stand for the units of the arguments in Vensim.
   */
  #macroUnits(macro: SourceMacro): Inferred {
    const read = parseExpression(macro.equation);
    if (!read.ok || read.value.kind !== 'name') return 'unknown';
    const name = canonical(read.value.name);
    const variable = macro.variables.find((own) => canonical(own.name) === name);
    const units = variable === undefined ? 'unknown' : this.#units.declared(variable);
    if (typeof units === 'string') return units;
    const parameters = new Set(macro.parameters.map((parameter) => canonical(parameter.name)));
    return [...units.keys()].some((base) => parameters.has(base)) ? 'unknown' : units;
  }

  #report(code: DiagnosticCode, details: Details, variable: string, place: Place): void {
    this.#findings.push(warning(code, details, { variable, place }));
  }
}

function fullName(variable: SourceVariable, model: SourceModel): string {
  return model.name === '' ? variable.name : `${model.name}.${variable.name}`;
}
