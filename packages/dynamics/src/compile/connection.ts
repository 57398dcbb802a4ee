import { canonical, pathOf, plain } from '../expression/name.ts';
import type { SourceModel, SourceModule } from '../xmile/source.ts';
import type { Findings } from './findings.ts';
import type { Model, Scope, Variable } from './model.ts';

type Connection = SourceModule['connections'][number];

/**
 * Makes every connected variable a name of the one it is connected to. A name begins with a dot when it is seen from the
 * whole, else it is seen from the model that holds the module; the side that is connected may also be seen from the
 * module itself, as the standard has it (XMILE 1.0 §4.7). Some tools write both sides as seen from the holding model.
 */
export function connect(model: Model, findings: Findings): void {
  const models = new Map(model.file.models.slice(1).map((source) => [canonical(source.name), source]));
  const whole = model.file.models[0];
  if (whole === undefined) return;
  const connector = new Connector(model, findings);
  const waiting: [Scope, SourceModel][] = [[model.root, whole]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [holder, source] = next;
    for (const module of source.modules) {
      const inner = holder.modules.get(canonical(module.name));
      const filled = models.get(canonical(module.model));
      if (inner === undefined || filled === undefined) continue;
      for (const connection of module.connections) connector.connection(connection, holder, inner);
      waiting.push([inner, filled]);
    }
  }
  for (const variable of model.variables) connector.check(variable);
}

class Connector {
  readonly #root: Scope;
  readonly #findings: Findings;

  constructor({ root }: Model, findings: Findings) {
    this.#root = root;
    this.#findings = findings;
  }

  connection(connection: Connection, holder: Scope, inner: Scope): void {
    const { to: toName, from: fromName, place } = connection;
    const to = this.#side(toName, connection, this.#inside(toName, holder, inner));
    if (to === undefined) return;
    // An output that is connected outward is named from inside the module; its target then lies outside.
    const outward = to.scope !== inner && !to.scope.key.startsWith(inner.key);
    const seen = outward ? this.#inside(fromName, holder, inner) : this.#outside(fromName, holder);
    const from = this.#side(fromName, connection, seen);
    if (from === undefined) return;
    if (to.alias !== undefined && to.alias !== from) {
      const details = { name: to.name, first: to.alias.name, second: from.name };
      this.#findings.error('module.connected_twice', details, { variable: to.name, place });
      return;
    }
    to.alias = from;
  }

  /** The variable of one side; told when there is none or more than one. */
  #side(name: string, connection: Connection, candidates: Variable[]): Variable | undefined {
    const { place } = connection;
    const details = { from: plain(connection.from), to: plain(connection.to), name: plain(name) };
    const [first, second] = [...new Set(candidates)];
    if (first === undefined) this.#findings.error('module.connection_unknown', details, { place });
    else if (second !== undefined) {
      const both = { ...details, first: first.name, second: second.name };
      this.#findings.error('module.connection_ambiguous', both, { place });
      return undefined;
    }
    return first;
  }

  /** Seen from the module, or through its name from the model that holds it; only else anything outside. */
  #inside(name: string, holder: Scope, inner: Scope): Variable[] {
    const path = pathOf(name);
    if (path[0] === '') return found(this.#root, path.slice(1));
    const own = found(inner, path);
    const through = found(holder, path).filter(({ scope }) => scope.key.startsWith(inner.key));
    const within = [...own, ...through];
    return within.length > 0 ? within : this.#outside(name, holder);
  }

  #outside(name: string, holder: Scope): Variable[] {
    const path = pathOf(name);
    if (path[0] === '') return found(this.#root, path.slice(1));
    const near = found(holder, path);
    return near.length > 0 ? near : found(this.#root, path);
  }

  /** Connections that run in a circle, and arrays of different shapes. */
  check(variable: Variable): void {
    if (variable.alias === undefined) return;
    const about = { variable: variable.name, place: variable.source.place };
    const seen: Variable[] = [];
    for (let next: Variable | undefined = variable; next !== undefined; next = next.alias) {
      if (seen.includes(next)) {
        const loop = [...seen.slice(seen.indexOf(next)), next].map(({ name }) => name).join(' → ');
        this.#findings.error('module.connection_cycle', { name: variable.name, loop }, about);
        for (const one of seen) one.alias = undefined;
        return;
      }
      seen.push(next);
    }
    const from = variable.alias;
    if (shape(variable) === shape(from)) return;
    this.#findings.error(
      'module.connection_shape',
      { to: variable.name, from: from.name, toDimensions: shape(variable), fromDimensions: shape(from) },
      about,
    );
    variable.alias = undefined;
  }
}

function shape({ dimensions }: Variable): string {
  return dimensions.map(({ name }) => name).join(', ');
}

/** The variable at a path seen from `scope`; a list of one or none. */
export function found(scope: Scope, path: readonly string[]): Variable[] {
  let at: Scope | undefined = scope;
  for (const name of path.slice(0, -1)) at = at?.modules.get(name);
  const variable = at?.variables.get(path.at(-1) ?? '');
  return variable === undefined ? [] : [variable];
}
