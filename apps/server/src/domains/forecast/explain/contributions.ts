import { operandsOf, type Program } from '@tandem/dynamics';
import { plainName } from './subject.ts';

type Node = Program['nodes'][number];
type NodeId = number;

/** A share of a flow that one variable of one part is responsible for. */
export interface Term {
  /** Null where no part is met. */
  part: string | null;
  /** Name of the variable at which the part was met; empty without. */
  variable: string;
  node: NodeId;
}

/** A program to which nodes are added behind the others. */
export interface GrowingGraph {
  program: Program;
  nodes: Node[];
  add(node: Node): NodeId;
}

export function growingGraph(program: Program): GrowingGraph {
  const nodes = [...program.nodes];
  return { program, nodes, add: (node) => nodes.push(node) - 1 };
}

/** Which part each variable of a program belongs to, by the node that marks it. */
export function ownersOf(program: Program, parts: readonly { id: string; variables: readonly string[] }[]) {
  const partOf = new Map<string, string>();
  for (const { id, variables } of parts) {
    for (const variable of variables) if (!partOf.has(plainName(variable))) partOf.set(plainName(variable), id);
  }
  const owners = new Map<NodeId, { part: string; variable: string }>();
  for (const { name, node } of program.variables) {
    const part = partOf.get(plainName(name)) ?? partOf.get(plainName(name.split('[')[0]!));
    if (part !== undefined) owners.set(node, { part, variable: name });
  }
  return owners;
}

export type Owners = ReturnType<typeof ownersOf>;

/**
 * Splits what a variable grows by into what parts add to it, as nodes whose sum is its rate of change: the equation is
 * opened at sums, and at products and limits of which one side alone comes from parts, until a variable of a part is met.
 * Undefined where the variable is neither a stock nor a sum of stocks.
 */
export function contributionsOf(graph: GrowingGraph, variable: string, owners: Owners): Term[] | undefined {
  const { program, nodes } = graph;
  const start = [...program.outputs, ...program.variables].find(({ name }) => plainName(name) === plainName(variable));
  if (start === undefined) return undefined;
  const stocks: { stock: number; sign: 1 | -1 }[] = [];
  const waiting: { id: NodeId; sign: 1 | -1 }[] = [{ id: start.node, sign: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id, sign } = next;
    const node = nodes[id]!;
    if (node.op === 'stock') stocks.push({ stock: node.stock, sign });
    else if (node.op === 'variable' || node.op === 'neg')
      waiting.push({ id: node.a, sign: node.op === 'neg' ? minus(sign) : sign });
    else if (node.op === 'add') waiting.push({ id: node.b, sign }, { id: node.a, sign });
    else if (node.op === 'sub') waiting.push({ id: node.b, sign: minus(sign) }, { id: node.a, sign });
    else if (node.op !== 'constant') return undefined;
  }
  if (stocks.length === 0) return undefined;
  const flows = stocks.flatMap(({ stock, sign }) => flowsOf(graph, program.stocks[stock]!.rate, sign, owners));
  return withoutExchange(flows).flatMap(({ id, sign }) =>
    openSum(graph, id, owners).map((term) => (sign === 1 ? term : negated(graph, term))),
  );
}

interface Flow {
  id: NodeId;
  sign: 1 | -1;
}

/** What a rate is the sum of. */
function flowsOf({ nodes }: GrowingGraph, rate: NodeId, first: 1 | -1, owners: Owners): Flow[] {
  const flows: Flow[] = [];
  const waiting: Flow[] = [{ id: rate, sign: first }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id, sign } = next;
    const node = nodes[id]!;
    if (owners.has(id)) flows.push(next);
    else if (node.op === 'variable') waiting.push({ id: node.a, sign });
    else if (node.op === 'neg') waiting.push({ id: node.a, sign: minus(sign) });
    else if (node.op === 'add') waiting.push({ id: node.b, sign }, { id: node.a, sign });
    else if (node.op === 'sub') waiting.push({ id: node.b, sign: minus(sign) }, { id: node.a, sign });
    else flows.push(next);
  }
  return flows;
}

/** Flows from one of several stocks to another add nothing to their sum. */
function withoutExchange(flows: readonly Flow[]): Flow[] {
  const open: (Flow | undefined)[] = [...flows];
  for (const [i, flow] of open.entries()) {
    if (flow === undefined) continue;
    const other = open.findIndex((one, j) => j > i && one?.id === flow.id && one.sign !== flow.sign);
    if (other > 0) open[i] = open[other] = undefined;
  }
  return open.filter((flow) => flow !== undefined);
}

const minus = (sign: 1 | -1) => (sign === 1 ? -1 : 1);

function negated(graph: GrowingGraph, term: Term): Term {
  return { ...term, node: graph.add({ op: 'neg', a: term.node }) };
}

function openSum(graph: GrowingGraph, id: NodeId, owners: Owners): Term[] {
  const owner = owners.get(id);
  if (owner !== undefined) return [{ ...owner, node: id }];
  const node = graph.nodes[id]!;
  switch (node.op) {
    case 'variable':
      return openSum(graph, node.a, owners);
    case 'add':
      return [...openSum(graph, node.a, owners), ...openSum(graph, node.b, owners)];
    case 'sub':
      return [...openSum(graph, node.a, owners), ...openSum(graph, node.b, owners).map((term) => negated(graph, term))];
    case 'neg':
      return openSum(graph, node.a, owners).map((term) => negated(graph, term));
    default:
      return openWhole(graph, id, owners);
  }
}

/** A product, a quotient, a limit: what comes from parts on one side is scaled so that the whole adds up. */
function openWhole(graph: GrowingGraph, id: NodeId, owners: Owners): Term[] {
  const reach = operandsOf(graph.nodes[id]!).map((operand) => ({
    operand,
    found: nearestOwner(graph, operand, owners),
  }));
  const leading = reach.filter(({ found }) => found !== undefined).sort((a, b) => a.found!.depth - b.found!.depth);
  const [first] = leading;
  if (first?.found === undefined) return [{ part: null, variable: '', node: id }];
  const node = graph.nodes[id]!;
  const linear = node.op === 'mul' || (node.op === 'div' && node.a === first.operand);
  const limits = node.op === 'max' || node.op === 'min' || (node.op === 'select' && node.condition !== first.operand);
  if (!(linear || limits) || (leading.length > 1 && limits)) {
    return [{ part: first.found.part, variable: first.found.variable, node: id }];
  }
  return openSum(graph, first.operand, owners).map((term) => ({
    ...term,
    node: scaled(graph, term.node, id, first.operand),
  }));
}

/** `part` times `whole` over `operand`; 0 where the operand is. */
function scaled(graph: GrowingGraph, part: NodeId, whole: NodeId, operand: NodeId): NodeId {
  if (part === operand) return whole;
  const ratio = graph.add({ op: 'div', a: whole, b: operand });
  const otherwise = graph.add({ op: 'constant', value: 0 });
  const then = graph.add({ op: 'mul', a: part, b: ratio });
  return graph.add({ op: 'select', condition: operand, then, otherwise });
}

/** The variable of a part that is met first on the way back from a node, not through stocks. */
function nearestOwner(graph: GrowingGraph, from: NodeId, owners: Owners) {
  const seen = new Set([from]);
  let ring = [from];
  for (let depth = 0; ring.length > 0; depth += 1) {
    for (const id of ring) {
      const owner = owners.get(id);
      if (owner !== undefined) return { ...owner, depth };
    }
    ring = ring.flatMap((id) =>
      operandsOf(graph.nodes[id]!).filter((operand) => !seen.has(operand) && seen.add(operand)),
    );
  }
  return undefined;
}

/**
 * The same terms, each opened further where it is a sum (times what belongs to no part) of variables of parts, such as
 * sales of impulse and of habitual orders.
 */
export function sourcesOf(graph: GrowingGraph, terms: readonly Term[], owners: Owners): Term[] {
  return terms.flatMap((term) => {
    const marked = [...owners].find(([, { variable }]) => variable === term.variable)?.[0];
    const node = marked === undefined ? undefined : graph.nodes[marked];
    if (term.part === null || node?.op !== 'variable') return [term];
    const inside = new Map([...owners].filter(([, { part }]) => part !== term.part));
    const opened = openSum(graph, node.a, inside);
    const plain = opened.every(({ part }) => part !== null);
    if (opened.length < 2 || !plain || !isSum(graph, node.a, inside)) return [term];
    return opened.map((inner) => ({
      ...inner,
      node: marked === term.node ? inner.node : scaled(graph, inner.node, term.node, marked!),
    }));
  });
}

/** Whether a node is a sum, or such a sum times factors that come from no part. */
function isSum(graph: GrowingGraph, id: NodeId, owners: Owners): boolean {
  const node = graph.nodes[id]!;
  if (owners.has(id)) return false;
  if (node.op === 'add' || node.op === 'sub') return true;
  if (node.op === 'variable' || node.op === 'neg') return isSum(graph, node.a, owners);
  if (node.op !== 'mul' && node.op !== 'div' && node.op !== 'max') return false;
  const leading = operandsOf(node).filter((operand) => nearestOwner(graph, operand, owners) !== undefined);
  return leading.length === 1 && isSum(graph, leading[0]!, owners);
}

/** The program with a stock for each node, which counts it up from 0 as the run counts its own stocks. */
export function countingUp(graph: GrowingGraph, nodes: readonly NodeId[], name: (place: number) => string): Program {
  const { program } = graph;
  const zero = graph.add({ op: 'constant', value: 0 });
  const first = program.stocks.length;
  const stocks = nodes.map((node, i) => ({ name: name(i), initial: zero, rate: node }));
  const outputs = nodes.map((_, i) => ({ name: name(i), node: graph.add({ op: 'stock', stock: first + i }) }));
  return {
    ...program,
    nodes: graph.nodes,
    stocks: [...program.stocks, ...stocks],
    outputs: [...program.outputs, ...outputs],
  };
}
