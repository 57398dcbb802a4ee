import type { Expression } from '../expression/expression.ts';
import { canonical, isBareName, plain, quoteName } from '../expression/name.ts';
import type { SourceFile, SourceMacro, SourceModel, SourceVariable } from '../xmile/source.ts';
import { type Dimension, dimensionsOf } from './dimension.ts';
import type { Findings } from './findings.ts';
import type { Frame } from './frame.ts';

/** Bounds the memory of a model, not what models are like: the largest published ones have some 40,000 scalars. */
export const scalarsMax = 200_000;
const modulesMax = 10_000;
/** Modules inside one another, each of which takes a part of the call stack and of every path below it. */
const moduleLevelsMax = 100;

/** Between the identifiers of a path; no identifier has it. */
export const pathSeparator = '\u001f';

/** One variable of one instance of a model or macro. */
export interface Variable {
  /** Path as people write it. */
  name: string;
  /** Canonical path. */
  key: string;
  source: SourceVariable;
  scope: Scope;
  dimensions: readonly Dimension[];
  size: number;
  /** Number of its first element among all scalars. */
  first: number;
  /** The variable that a connection makes this one a name of. */
  alias: Variable | undefined;
  /** What the caller of a macro gives for this parameter, and in which equation it stands. */
  parameter: { expression: Expression; frame: Frame } | undefined;
  /** Stands for the name of a macro inside it, so that its value is that of the macro. */
  macro: SourceMacro | undefined;
}

/** Where names are looked up: an instance of a model or of a macro. */
export interface Scope {
  /** Before the names of its variables; empty for the whole. */
  prefix: string;
  key: string;
  parent: Scope | undefined;
  variables: Map<string, Variable>;
  modules: Map<string, Scope>;
  /** How many calls of macros this one stands in. */
  macroDepth: number;
}

/** A file with its modules laid out. */
export interface Model {
  file: SourceFile;
  dimensions: ReadonlyMap<string, Dimension>;
  root: Scope;
  /** All variables, those of the whole first, each model's in the order of the file. */
  variables: Variable[];
  macros: ReadonlyMap<string, SourceMacro>;
  /** Number of scalars. */
  size: number;
}

/** Follows connections to the variable that has the equation. */
export function originOf(variable: Variable): Variable {
  let origin = variable;
  while (origin.alias !== undefined) origin = origin.alias;
  return origin;
}

/** Lays out the modules of a file; what is wrong with them is told to `findings`. */
export function layOut(file: SourceFile, findings: Findings): Model {
  const model: Model = {
    file,
    dimensions: dimensionsOf(file, findings),
    root: emptyScope('', '', undefined),
    variables: [],
    macros: new Map(file.macros.flatMap((macro) => namesOf(macro).map((name) => [name, macro]))),
    size: 0,
  };
  const whole = file.models[0];
  if (whole === undefined) findings.error('model.empty');
  else new Layout(model, findings).scope(model.root, whole);
  return model;
}

export function emptyScope(prefix: string, key: string, parent: Scope | undefined): Scope {
  return { prefix, key, parent, variables: new Map(), modules: new Map(), macroDepth: parent?.macroDepth ?? 0 };
}

/** A variable of `scope` as the file has it; its dimensions that do not exist are told to `findings` and left out. */
export function variableOf(
  source: SourceVariable,
  scope: Scope,
  first: number,
  dimensions: ReadonlyMap<string, Dimension>,
  findings: Findings,
): Variable {
  const name = scope.prefix + shown(source.name);
  const own: Dimension[] = [];
  for (const wanted of source.dimensions) {
    const dimension = dimensions.get(canonical(wanted));
    if (dimension !== undefined) own.push(dimension);
    else findings.error('dimension.unknown', { name: wanted }, { variable: name, place: source.place });
  }
  return {
    name,
    key: scope.key + canonical(source.name),
    source,
    scope,
    dimensions: own,
    size: own.reduce((size, { elements }) => size * elements.length, 1),
    first,
    alias: undefined,
    parameter: undefined,
    macro: undefined,
  };
}

/** An identifier in a path: as the file writes it, between quotes where a dot in it would look like a module. */
function shown(name: string): string {
  const text = plain(name);
  return text.includes('.') && !isBareName(text) ? quoteName(text) : text;
}

class Layout {
  readonly #model: Model;
  readonly #findings: Findings;
  readonly #models: ReadonlyMap<string, SourceModel>;
  /** Canonical names of the models that the instance at hand stands in. */
  readonly #around: string[] = [];
  #modules = 0;
  #full = false;

  constructor(model: Model, findings: Findings) {
    this.#model = model;
    this.#findings = findings;
    this.#models = new Map(model.file.models.slice(1).map((source) => [canonical(source.name), source]));
  }

  scope(scope: Scope, source: SourceModel): void {
    for (const variable of source.variables) this.#variable(scope, variable);
    for (const module of source.modules) {
      const key = canonical(module.name);
      const taken = scope.modules.has(key);
      if (taken)
        this.#findings.error(
          'model.duplicate',
          { name: module.name, line: source.place.line },
          { place: module.place },
        );
      const filled = this.#models.get(canonical(module.model));
      if (filled === undefined) {
        this.#findings.error(
          'module.unknown_model',
          { name: module.name, model: module.model },
          { place: module.place },
        );
      } else if (!taken) this.#module(scope, key, module.name, filled);
    }
  }

  #module(scope: Scope, key: string, name: string, source: SourceModel): void {
    const modelKey = canonical(source.name);
    const about = { variable: scope.prefix + plain(name), place: source.place };
    if (this.#around.includes(modelKey)) {
      const loop = [...this.#around.slice(this.#around.indexOf(modelKey)), modelKey].join(' → ');
      this.#findings.error('module.recursive', { model: source.name, loop }, about);
      return;
    }
    if (this.#around.length >= moduleLevelsMax) {
      this.#tooLarge('modules inside one another', moduleLevelsMax);
      return;
    }
    if (++this.#modules > modulesMax) {
      this.#tooLarge('modules', modulesMax);
      return;
    }
    const different = otherTime(source, this.#model.file);
    if (different !== undefined) {
      this.#findings.error('module.own_time', { model: source.name, what: different }, about);
    }
    const inner = emptyScope(`${scope.prefix}${shown(name)}.`, `${scope.key}${key}${pathSeparator}`, scope);
    scope.modules.set(key, inner);
    this.#around.push(modelKey);
    this.scope(inner, source);
    this.#around.pop();
  }

  #variable(scope: Scope, source: SourceVariable): void {
    if (this.#full) return;
    const variable = variableOf(source, scope, this.#model.size, this.#model.dimensions, this.#findings);
    const key = canonical(source.name);
    const same = scope.variables.get(key);
    if (same !== undefined) {
      const details = { name: variable.name, line: same.source.place.line };
      this.#findings.error('model.duplicate', details, { variable: variable.name, place: source.place });
      return;
    }
    if (this.#model.size + variable.size > scalarsMax) {
      this.#tooLarge('scalars', scalarsMax);
      return;
    }
    scope.variables.set(key, variable);
    this.#model.variables.push(variable);
    this.#model.size += variable.size;
  }

  #tooLarge(what: string, limit: number): void {
    if (!this.#full) this.#findings.error('model.too_large', { what, limit });
    this.#full = true;
  }
}

/** By its name alone and, where it has a namespace, by its qualified name (XMILE 1.0 §3.2.2.3). */
function namesOf({ name, namespace }: SourceMacro): string[] {
  return namespace === undefined ? [canonical(name)] : [canonical(name), canonical(`${namespace}.${name}`)];
}

/** What of a model's own time differs from that of the file; nothing where it has none. */
function otherTime(source: SourceModel, file: SourceFile): string | undefined {
  const own = source.timeSpecs;
  if (own === undefined) return undefined;
  if ((own.method ?? 'euler') !== (file.timeSpecs.method ?? 'euler')) return 'method';
  const names = ['start', 'stop', 'dt'] as const;
  return names.find((name) => own[name] !== file.timeSpecs[name]);
}
