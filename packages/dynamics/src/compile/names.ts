import type { Builtin } from '../builtins/builtin.ts';
import { findBuiltin } from '../builtins/index.ts';
import { pathOf, plain } from '../expression/name.ts';
import { found } from './connection.ts';
import type { Dimension } from './dimension.ts';
import type { Findings } from './findings.ts';
import type { Model, Scope, Variable } from './model.ts';

/** What Vensim calls the parts of the time grid; its models may define variables of these names. */
const timeNames: ReadonlyMap<string, TimePart> = new Map([
  ['initial_time', 'start'],
  ['final_time', 'stop'],
  ['time_step', 'dt'],
  ['saveper', 'saveStep'],
]);

export type TimePart = 'start' | 'stop' | 'dt' | 'saveStep';

/** What a name stands for outside of subscripts. */
export type Meaning =
  /** `otherwise`: what the name means in the equation of this very variable; `dimension`: one of the same name. */
  | { kind: 'variable'; variable: Variable; otherwise: Meaning | undefined; dimension?: Dimension | undefined }
  | { kind: 'dimension'; dimension: Dimension }
  | { kind: 'number'; value: number }
  | { kind: 'time'; part: TimePart }
  | { kind: 'value'; builtin: Builtin }
  | { kind: 'function'; builtin: Builtin }
  | { kind: 'self' }
  | { kind: 'unknown' };

/**
 * Looks names up. What the model defines comes before what is built in, a variable before a dimension; inside a module or
 * macro its own variables are all that is seen without a path (XMILE 1.0 §2.2.1 and §3.2.2.2).
 */
export class Names {
  readonly #model: Model;
  readonly #findings: Findings;
  readonly #known = new Map<Scope, Map<string, Meaning>>();

  constructor(model: Model, findings: Findings) {
    this.#model = model;
    this.#findings = findings;
  }

  meaning(name: string, scope: Scope): Meaning {
    let known = this.#known.get(scope);
    if (known === undefined) {
      known = new Map();
      this.#known.set(scope, known);
    }
    let meaning = known.get(name);
    if (meaning === undefined) {
      meaning = this.#find(name, scope);
      known.set(name, meaning);
    }
    return meaning;
  }

  /** Forgets a scope that names are no longer looked up in. */
  forget(scope: Scope): void {
    this.#known.delete(scope);
  }

  #find(name: string, scope: Scope): Meaning {
    const path = pathOf(name);
    if (path.length > 1) return this.#atPath(path, scope);
    const key = path[0]!;
    const builtin = this.#builtin(key);
    const dimension = this.#model.dimensions.get(key);
    const [variable] = found(scope, path);
    if (variable !== undefined) {
      const otherwise = builtin?.kind === 'function' ? undefined : builtin;
      if (otherwise?.kind === 'value') {
        const about = { variable: variable.name, place: variable.source.place };
        this.#findings.warning('model.shadows_builtin', { name: plain(variable.source.name) }, about);
      }
      return { kind: 'variable', variable, otherwise, dimension };
    }
    if (dimension !== undefined) return { kind: 'dimension', dimension };
    return builtin ?? (key === 'self' ? { kind: 'self' } : { kind: 'unknown' });
  }

  #atPath(path: readonly string[], scope: Scope): Meaning {
    const { root, dimensions } = this.#model;
    const [variable] = path[0] === '' ? found(root, path.slice(1)) : found(scope, path);
    if (variable !== undefined) return { kind: 'variable', variable, otherwise: undefined };
    const position = path.length === 2 ? dimensions.get(path[0]!)?.positions.get(path[1]!) : undefined;
    if (position !== undefined) return { kind: 'number', value: position + 1 };
    const [fromWhole] = found(root, path);
    if (fromWhole !== undefined) return { kind: 'variable', variable: fromWhole, otherwise: undefined };
    return this.#builtin(path.join('.')) ?? { kind: 'unknown' };
  }

  #builtin(key: string): Meaning | undefined {
    if (key === 'self') return undefined;
    const part = timeNames.get(key);
    if (part !== undefined) return { kind: 'time', part };
    const builtin = findBuiltin(key);
    if (builtin === undefined) return undefined;
    return { kind: builtin.arity[0] === 0 ? 'value' : 'function', builtin };
  }
}
