import type { Moment } from '../builtins/builtin.ts';
import { canonical, pathOf } from '../expression/name.ts';
import type { NodeId } from '../program/program.ts';
import { refuse } from './findings.ts';
import { elementName, type Frame, frameKey, frameOf } from './frame.ts';
import { type Limit, Limits } from './limit.ts';
import type { Lowering } from './lowering.ts';
import { originOf, type Variable } from './model.ts';

/** The flows that fill and drain a stock, in the order of the file. */
export interface StockFlows {
  inflows: readonly Variable[];
  outflows: readonly Variable[];
}

/** Each outflow of a non-negative stock is held back by all before it, so that this many make 125,000 sums. */
const outflowsMax = 500;

/**
 * Stocks and what flows through them. The outflows of a non-negative stock are held back, one after the other as the file
 * lists them, to what is there and flows in during the step (XMILE 1.0 §4.2); a flow that drains several stocks at once
 * cannot be held back for one of them, so it stays as it is and each such stock stops at 0 by itself. Flows that are
 * held back to what flows in, where that depends on themselves, are held back to what is there alone.
 */
export class Flows {
  readonly #lowering: Lowering;
  readonly #flows = new Map<Variable, StockFlows>();
  #limits: Limits | undefined;

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
  }

  /** A level during the run. */
  level(stock: Variable, offset: number, input: number | undefined): NodeId {
    const { state, graph } = this.#lowering;
    this.#mustBeOrdinary(stock);
    const name = elementName(stock, offset);
    const initial = () =>
      input === undefined ? this.#lowering.element(stock, offset, 'initial') : graph.node({ op: 'input', input });
    const rate = () => this.#rate(stock, offset);
    const place = state.stock(frameKey(frameOf(stock, offset)), name, name, initial, rate);
    return graph.node({ op: 'stock', stock: place });
  }

  /** A level when the run begins. */
  initial(stock: Variable, offset: number): NodeId {
    const { graph, findings } = this.#lowering;
    this.#mustBeOrdinary(stock);
    const value = this.#lowering.equation(stock, offset, 'initial');
    if (!this.isNonNegative(stock, offset)) return value;
    const known = graph.knownValue(value);
    if (known !== undefined && known >= 0) return value;
    if (known !== undefined && known < 0) {
      const about = { variable: elementName(stock, offset), place: stock.source.place };
      findings.warning('model.negative_start', { value: known }, about);
    }
    return graph.binary('max', value, graph.constant(0));
  }

  /** A flow, as far as its sign and what it drains allow. */
  flow(flow: Variable, offset: number, moment: Moment): NodeId {
    const { graph } = this.#lowering;
    let value = this.#lowering.equation(flow, offset, moment);
    if (this.isNonNegative(flow, offset)) value = graph.binary('max', value, graph.constant(0));
    // What a run begins with is asked for before there is a level that could hold a flow back.
    const limit = moment === 'initial' ? undefined : this.#limitsOfModel.of(flow);
    return limit === undefined ? value : this.#heldBack(value, limit, offset);
  }

  isNonNegative(variable: Variable, offset: number): boolean {
    const { equations, model } = this.#lowering;
    const { kind, nonNegative } = variable.source;
    const { stockNonNegative, flowNonNegative } = model.file.behavior;
    const own = equations.elementOf(variable, offset)?.nonNegative ?? nonNegative;
    return own ?? (kind === 'stock' ? stockNonNegative : kind === 'flow' && flowNonNegative);
  }

  /** Whether any element is. */
  mayBeNonNegative(stock: Variable): boolean {
    return this.isNonNegative(stock, 0) || stock.source.elements.some(({ nonNegative }) => nonNegative === true);
  }

  /** What fills and drains a stock. */
  of(stock: Variable): StockFlows {
    let flows = this.#flows.get(stock);
    if (flows === undefined) {
      const { inflows, outflows } = stock.source;
      if (outflows.length > outflowsMax && this.mayBeNonNegative(stock)) {
        const what = 'outflows of a stock that must not fall below 0';
        refuse('model.too_large', { what, limit: outflowsMax }, stock.source.place);
      }
      const variables = (names: readonly string[]) => names.map((name) => this.#variable(name, stock));
      flows = { inflows: variables(inflows), outflows: variables(outflows) };
      this.#flows.set(stock, flows);
    }
    return flows;
  }

  get #limitsOfModel(): Limits {
    this.#limits ??= new Limits(this.#lowering, this);
    return this.#limits;
  }

  #variable(name: string, stock: Variable): Variable {
    const { scope, source } = stock;
    const meaning = this.#lowering.names.meaning(name, scope);
    // Vensim writes names here without the quotes that a dot in them would need.
    const variable = meaning.kind === 'variable' ? meaning.variable : scope.variables.get(canonical(name));
    if (variable === undefined) return refuse('model.flow_unknown', { name }, source.place);
    if (variable.source.kind === 'stock')
      return refuse('model.not_flow', { name: pathOf(name).join('.') }, source.place);
    return variable;
  }

  #rate(stock: Variable, offset: number): NodeId {
    const { graph } = this.#lowering;
    const { inflows, outflows } = this.of(stock);
    const frame = frameOf(stock, offset);
    const sum = (flows: readonly Variable[]) => this.#sum(flows, frame);
    const filled = inflows.length === 0 ? undefined : sum(inflows);
    const drained = outflows.length === 0 ? undefined : sum(outflows);
    let rate: NodeId;
    if (drained === undefined) rate = filled ?? graph.constant(0);
    else if (filled === undefined) rate = graph.unary('neg', drained);
    else rate = graph.binary('sub', filled, drained);
    if (!this.isNonNegative(stock, offset) || this.#isSafe(stock, offset)) return rate;
    return graph.binary('max', rate, graph.unary('neg', this.#perStep(stock, offset)));
  }

  /** Whether the flows by themselves keep the stock from falling below 0. */
  #isSafe(stock: Variable, offset: number): boolean {
    const { inflows, outflows } = this.of(stock);
    const fills = inflows.every((flow) => {
      const isFlow = flow.size === stock.size && flow.source.kind === 'flow';
      return isFlow && this.isNonNegative(flow, offset) && !this.#lowering.isReplaced(originOf(flow));
    });
    return fills && outflows.every((flow) => this.#limitsOfModel.of(originOf(flow))?.isEnough === true);
  }

  #sum(flows: readonly Variable[], frame: Frame): NodeId {
    const values = flows.map((flow) => this.#value(flow, frame));
    return values.slice(1).reduce((sum, value) => this.#lowering.graph.binary('add', sum, value), values[0]!);
  }

  #value(flow: Variable, frame: Frame): NodeId {
    const { place } = frame.variable.source;
    return this.#lowering.arrays.reference({ variable: flow, subscripts: [], frame, moment: 'step', place });
  }

  /** The level as a flow that would empty it within a step. */
  #perStep(stock: Variable, offset: number): NodeId {
    const { graph, time } = this.#lowering;
    return graph.binary('div', this.#lowering.element(stock, offset, 'step'), graph.constant(time.dt));
  }

  #heldBack(value: NodeId, { stock, inflows, before }: Limit, offset: number): NodeId {
    const { graph } = this.#lowering;
    if (!this.isNonNegative(stock, offset)) return value;
    const frame = frameOf(stock, offset);
    let available = this.#perStep(stock, offset);
    if (inflows.length > 0) available = graph.binary('add', available, this.#sum(inflows, frame));
    if (before.length > 0) available = graph.binary('sub', available, this.#sum(before, frame));
    return graph.binary('min', value, graph.binary('max', available, graph.constant(0)));
  }

  #mustBeOrdinary({ name, source }: Variable): void {
    if (source.special === undefined) return;
    refuse('model.special', { name, kind: source.special.kind }, source.special.place);
  }
}
