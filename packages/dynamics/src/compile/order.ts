import type { Moment } from '../builtins/builtin.ts';
import type { Place } from '../diagnostic.ts';
import type { Graph } from '../program/graph.ts';
import type { NodeId } from '../program/program.ts';
import { type Findings, Refusal, refuse } from './findings.ts';
import { elementName } from './frame.ts';
import type { Variable } from './model.ts';

/** Expressions inside one another, over all variables in between, before the lowering begins again from further in. */
const depthMax = 150;
/** Leaves room for one equation of the deepest nesting that the parser reads; well within the call stack. */
const ownDepthMax = 700;

/** Some seconds of work, a hundred times what the largest published models take; arrays of arrays multiply quickly. */
const workMax = 8_000_000;

/** Values that a program may have: five for each scalar of the largest model, and some hundred megabytes. */
const nodesMax = 1_000_000;

const inProgress = -1;

/** One value that is being lowered. */
interface Step {
  variable: Variable;
  offset: number;
  moment: Moment;
}

/** Thrown where a value is asked for too deep inside of others; it is lowered first, and they again after it. */
class Suspension extends Error {
  readonly step: Step;
  readonly trail: readonly Step[];

  constructor(step: Step, trail: readonly Step[]) {
    super('suspended');
    this.step = step;
    this.trail = trail;
  }
}

/**
 * Puts values in order by asking for what each needs. A value is lowered once for each moment and known from then on; one
 * that is asked for while it is being lowered closes a loop, which is told with all its variables. The call stack stays
 * small, however long a chain of variables is.
 */
export class Order {
  readonly #findings: Findings;
  readonly #graph: Graph;
  readonly #lower: (variable: Variable, offset: number, moment: Moment) => NodeId;
  readonly #values: Record<Moment, (NodeId | undefined)[]> = { initial: [], step: [] };
  readonly #trail: Step[] = [];
  readonly #loops = new Set<string>();
  #depth = 0;
  #work = 0;

  constructor(findings: Findings, graph: Graph, lower: (variable: Variable, offset: number, moment: Moment) => NodeId) {
    this.#findings = findings;
    this.#graph = graph;
    this.#lower = lower;
  }

  /** Runs `make`, which asks for values; those too deep inside of others are lowered before it runs again. */
  complete<T>(make: () => T): T {
    const waiting: { step: Step; trail: readonly Step[] }[] = [];
    const outside = new Set<number>();
    for (;;) {
      const top = waiting.at(-1);
      this.#depth = 0;
      this.#trail.length = 0;
      try {
        if (top === undefined) return make();
        this.element(top.step.variable, top.step.offset, top.step.moment);
        waiting.pop();
        for (const step of top.trail) outside.delete(keyOf(step));
      } catch (reason) {
        if (!(reason instanceof Suspension)) throw reason;
        const { step, trail } = reason;
        const closing =
          [...trail, step].find((one) => outside.has(keyOf(one))) ?? (isIn(trail, step) ? step : undefined);
        if (closing === undefined) {
          for (const one of trail) outside.add(keyOf(one));
          waiting.push({ step, trail });
        } else {
          const path = [...waiting.flatMap((before) => before.trail), ...trail, step];
          this.#loop(path.slice(path.findIndex((one) => keyOf(one) === keyOf(closing))));
        }
      }
    }
  }

  /** The value of an element that is no other's name. Where its equation cannot be lowered this is told, and it is NaN. */
  element(variable: Variable, offset: number, moment: Moment): NodeId {
    const values = this.#values[moment];
    const id = variable.first + offset;
    const known = values[id];
    if (known !== undefined && known !== inProgress) return known;
    const step: Step = { variable, offset, moment };
    if (known === inProgress) {
      const from = this.#trail.findIndex((before) => keyOf(before) === keyOf(step));
      return this.#loop([...this.#trail.slice(from), step]);
    }
    if (this.#depth > depthMax) throw new Suspension(step, [...this.#trail]);
    const depth = this.#depth;
    const length = this.#trail.push(step);
    values[id] = inProgress;
    let node: NodeId;
    try {
      node = this.#lower(variable, offset, moment);
    } catch (reason) {
      values[id] = undefined;
      if (!(reason instanceof Refusal)) throw reason;
      const about = { variable: variable.name, place: reason.place ?? variable.source.place };
      this.#findings.error(reason.code, reason.details, about);
      node = this.#graph.constant(Number.NaN);
    }
    this.#trail.length = length - 1;
    this.#depth = depth;
    values[id] = node;
    return node;
  }

  /** Around each expression that holds others. */
  enter(place: Place): void {
    if (++this.#depth > ownDepthMax) refuse('model.too_deep', { limit: ownDepthMax }, place);
    this.count(1, place);
  }

  /** Refuses to go on when a model takes more work than any that makes sense. */
  count(work: number, place: Place): void {
    this.#work += work;
    if (this.#work > workMax) refuse('model.too_large', { what: 'operations', limit: workMax }, place);
    if (this.#graph.nodes.length > nodesMax) refuse('model.too_large', { what: 'values', limit: nodesMax }, place);
  }

  leave(): void {
    this.#depth--;
  }

  /** Tells a loop, whose last step is its first again, and breaks it there. */
  #loop(steps: readonly Step[]): NodeId {
    const last = steps.at(-1)!;
    const inside = steps.slice(0, -1);
    const node = this.#graph.constant(Number.NaN);
    const values = this.#values[last.moment];
    values[last.variable.first + last.offset] ??= node;
    const key = [...new Set(inside.map(({ variable }) => variable.key))].sort().join();
    if (this.#loops.has(key)) return node;
    this.#loops.add(key);
    const names = steps.map(({ variable, offset }) => {
      return `${elementName(variable, offset)} (${variable.source.place.line}:${variable.source.place.column})`;
    });
    const about = { variable: elementName(last.variable, last.offset), place: last.variable.source.place };
    this.#findings.error('model.cycle', { loop: shortened(names).join(' → ') }, about);
    return node;
  }
}

function keyOf({ variable, offset, moment }: Step): number {
  return (variable.first + offset) * 2 + (moment === 'initial' ? 1 : 0);
}

function isIn(trail: readonly Step[], step: Step): boolean {
  return trail.some((one) => keyOf(one) === keyOf(step));
}

/** A loop through thousands of variables is told by its ends. */
function shortened(names: readonly string[]): readonly string[] {
  return names.length <= 24 ? names : [...names.slice(0, 12), '…', ...names.slice(-11)];
}
