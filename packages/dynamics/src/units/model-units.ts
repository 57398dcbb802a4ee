import { canonical, pathOf } from '../expression/name.ts';
import type { SourceFile, SourceModel, SourceVariable } from '../xmile/source.ts';
import type { Inferred } from './inference.ts';
import type { UnitTable } from './unit-table.ts';

/** The declared units of a file's variables, found by name. */
export class ModelUnits {
  readonly #table: UnitTable;
  readonly #models = new Map<string, SourceModel>();
  readonly #whole: SourceModel | undefined;
  readonly #variables = new Map<SourceModel, ReadonlyMap<string, SourceVariable>>();
  readonly #modules = new Map<SourceModel, ReadonlyMap<string, string>>();

  constructor(file: SourceFile, table: UnitTable) {
    this.#table = table;
    this.#whole = file.models[0];
    for (const model of file.models) {
      const name = canonical(model.name);
      if (!this.#models.has(name)) this.#models.set(name, model);
      this.#variables.set(
        model,
        firstByName(model.variables, (variable) => variable),
      );
      this.#modules.set(
        model,
        firstByName(model.modules, (module) => canonical(module.model)),
      );
    }
  }

  /** The variable that a reference in `model` means; a path goes through modules. */
  find(reference: string, model: SourceModel): SourceVariable | undefined {
    const path = pathOf(reference);
    const name = path.pop()!;
    const isFromWhole = path[0] === '';
    let holder = isFromWhole ? this.#whole : model;
    for (const [at, segment] of (isFromWhole ? path.slice(1) : path).entries()) {
      holder = this.#step(holder, segment, at === 0);
    }
    return holder && this.#variables.get(holder)?.get(name);
  }

  /** The model that a module stands for. */
  modelOf(module: { model: string }): SourceModel | undefined {
    return this.#models.get(canonical(module.model));
  }

  declared(variable: SourceVariable): Inferred {
    const text = variable.units?.trim() ?? '';
    if (text === '') return 'unknown';
    const units = this.#table.read(text);
    return units === 'unreadable' ? 'unknown' : units;
  }

  /** A module's name leads to its model; from anywhere else too, as names of models are unique (XMILE 1.0 §3.7.4). */
  #step(holder: SourceModel | undefined, segment: string, isFirst: boolean): SourceModel | undefined {
    const own = holder && this.#modules.get(holder)?.get(segment);
    if (own !== undefined) return this.#models.get(own);
    if (!isFirst) return undefined;
    const inWhole = this.#whole && this.#modules.get(this.#whole)?.get(segment);
    return this.#models.get(inWhole ?? segment);
  }
}

function firstByName<T extends { name: string }, V>(items: readonly T[], value: (item: T) => V): Map<string, V> {
  const found = new Map<string, V>();
  for (const item of items) {
    const name = canonical(item.name);
    if (!found.has(name)) found.set(name, value(item));
  }
  return found;
}
