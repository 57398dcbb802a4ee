import type { Expression } from '../expression/expression.ts';
import { canonical } from '../expression/name.ts';
import { visit } from '../expression/walk.ts';
import { Refusal } from './findings.ts';
import type { Flows } from './flow.ts';
import type { Lowering } from './lowering.ts';
import { originOf, type Variable } from './model.ts';

/** What holds a flow back: the stock that it drains, what fills that, and the outflows that come before it. */
export interface Limit {
  stock: Variable;
  inflows: readonly Variable[];
  before: readonly Variable[];
  /** Whether all earlier outflows count, so that with what flows in the stock cannot fall below 0. */
  isEnough: boolean;
}

/** Functions whose value does not depend on that of their arguments at the same moment. */
const carried = /^(?:init|initial|previous|delay|smth|smooth|trend|forcst|forecast|history|sample)/;

/** Which flows are held back by which stocks; the same whatever part of the model is asked for. */
export class Limits {
  readonly #limits = new Map<Variable, Limit>();

  constructor(lowering: Lowering, flows: Flows) {
    const candidates = new Map<Variable, Limit | undefined>();
    for (const stock of lowering.model.variables) {
      if (stock.source.kind !== 'stock' || stock.alias !== undefined) continue;
      for (const [flow, limit] of limitsOf(stock, flows)) {
        const isOwn = !candidates.has(flow) && isAlike(flow, stock) && flow.source.kind === 'flow';
        candidates.set(flow, isOwn && !lowering.isReplaced(flow) ? limit : undefined);
      }
    }
    for (const [flow, limit] of candidates) {
      if (limit !== undefined && flows.mayBeNonNegative(limit.stock)) this.#limits.set(flow, limit);
    }
    if (this.#limits.size > 0) this.#leaveOutLoops(lowering);
  }

  of(flow: Variable): Limit | undefined {
    return this.#limits.get(flow);
  }

  /**
   * First the outflows that come before and need the flow itself, which is a rare thing; then what flows in and needs it,
   * as in every circle of stocks. The order matters: outflows that did not know of each other would take too much.
   */
  #leaveOutLoops(lowering: Lowering): void {
    const flows = [...this.#limits.keys()];
    const needs = (more: (limit: Limit) => readonly Variable[]) =>
      componentsOf(flows, (variable) => {
        const limit = this.#limits.get(variable);
        return [...neededBy(variable, lowering), ...(limit === undefined ? [] : more(limit))].map(originOf);
      });
    const firstComponents = needs(({ before }) => before);
    for (const flow of flows) {
      const limit = this.#limits.get(flow)!;
      const before = limit.before.filter((other) => firstComponents.get(originOf(other)) !== firstComponents.get(flow));
      this.#limits.set(flow, { ...limit, before, isEnough: before.length === limit.before.length });
    }
    const components = needs(({ before, inflows }) => [...before, ...inflows]);
    for (const flow of flows) {
      const limit = this.#limits.get(flow)!;
      const inflows = limit.inflows.filter((other) => components.get(originOf(other)) !== components.get(flow));
      this.#limits.set(flow, { ...limit, inflows });
    }
  }
}

function limitsOf(stock: Variable, flows: Flows): [Variable, Limit][] {
  try {
    const { inflows, outflows } = flows.of(stock);
    const isLimit = flows.mayBeNonNegative(stock);
    return outflows.map((flow, at) => {
      return [originOf(flow), { stock, inflows, before: isLimit ? outflows.slice(0, at) : [], isEnough: true }];
    });
  } catch (reason) {
    // Told where the stock itself is lowered.
    if (reason instanceof Refusal) return [];
    throw reason;
  }
}

function isAlike(flow: Variable, stock: Variable): boolean {
  const { dimensions } = flow;
  return dimensions.length === stock.dimensions.length && dimensions.every((own, at) => own === stock.dimensions[at]);
}

/** The variables whose values an equation may need at the same moment; rather one too many than one too few. */
function neededBy(variable: Variable, lowering: Lowering): Variable[] {
  if (variable.source.kind === 'stock') return [];
  const needed: Variable[] = [];
  const collect = (expression: Expression): void =>
    visit(expression, (inner) => {
      if (inner.kind === 'call' && carried.test(canonical(inner.name))) return false;
      if (inner.kind !== 'name' && inner.kind !== 'call') return true;
      const meaning = lowering.names.meaning(inner.name, variable.scope);
      if (meaning.kind === 'variable') needed.push(meaning.variable);
      return true;
    });
  const { equation, elements } = variable.source;
  for (const text of [equation, ...elements.map((element) => element.equation)]) {
    const read = lowering.equations.read(text);
    if (read.kind === 'tree') collect(read.expression);
  }
  return needed;
}

/** Number of the strongly connected component of each variable reached (R. Tarjan, SIAM J. Comput. 1, 1972). */
function componentsOf(
  roots: readonly Variable[],
  needs: (variable: Variable) => readonly Variable[],
): ReadonlyMap<Variable, number> {
  const component = new Map<Variable, number>();
  const found = new Map<Variable, number>();
  const lowest = new Map<Variable, number>();
  const open: Variable[] = [];
  const path: { variable: Variable; needs: readonly Variable[]; next: number }[] = [];
  const enter = (variable: Variable) => {
    found.set(variable, found.size);
    lowest.set(variable, found.size - 1);
    open.push(variable);
    path.push({ variable, needs: needs(variable), next: 0 });
  };
  const lower = (variable: Variable, value: number) => lowest.set(variable, Math.min(lowest.get(variable)!, value));
  for (const root of roots) {
    if (!found.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const needed = top.needs[top.next++];
      if (needed !== undefined) {
        if (!found.has(needed)) enter(needed);
        else if (!component.has(needed)) lower(top.variable, found.get(needed)!);
        continue;
      }
      path.pop();
      const { variable } = top;
      const holder = path.at(-1);
      if (holder !== undefined) lower(holder.variable, lowest.get(variable)!);
      if (lowest.get(variable) !== found.get(variable)) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component.set(member, found.get(variable)!);
        if (member === variable) break;
      }
    }
  }
  return component;
}
