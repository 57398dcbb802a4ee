import {
  createEvaluator,
  describeModel,
  type Evaluator,
  operandsOf,
  type Program,
  type SourceFile,
} from '@tandem/dynamics';
import { driveModel } from '../model/index.ts';
import type { ExplainResult, TracedVariable } from './result.ts';
import { labelsOf, plainName, type Subject } from './subject.ts';

type NodeId = number;

/** Days before today whose movement is told. */
const recentDays = 28;
const variablesMost = 500;
const nudge = 1e-4;

interface Vertex {
  name: string;
  kind: TracedVariable['kind'];
  units: string | undefined;
  value: NodeId;
  /** Node of its equation, for a stock that of its net flow. */
  equation: NodeId;
  causes: number[];
  /** Nodes of the equation, operands first. */
  inner: NodeId[];
}

/**
 * For every variable its equation, what it is worked out from and what is worked out from it, with the share that each
 * cause had in its movement of the last four weeks: link scores as in Schoenberg et al. (2020), each step's made to add up
 * to 1 over the causes, and their mean; and the elasticity today. In the run of the fitted median.
 */
export function explainCauses(subject: Subject): ExplainResult['causes'] {
  const { loaded, days, paths, names, median, setup } = subject;
  const outputs = describeModel(loaded.file)
    .filter(({ kind }) => kind !== 'input')
    .flatMap(({ elements }) => elements.map(({ name }) => name));
  const stop = Math.max(days, 1);
  const { program } = driveModel(loaded, { stop, paths, inputs: names, outputs, traced: true });
  const vertices = verticesOf(program).slice(0, variablesMost);
  const evaluator = createEvaluator(program);
  evaluator.begin(median);
  const sums = vertices.map(({ causes }) => new Float64Array(causes.length));
  const moved = new Float64Array(vertices.length);
  let before = evaluator.values.slice();
  const firstStep = program.time.steps - Math.round(recentDays / program.time.dt);
  while (evaluator.advance()) {
    if (evaluator.step > firstStep) {
      for (const [i, vertex] of vertices.entries()) {
        const scores = linkShares(vertex, vertices, evaluator, before);
        if (scores === undefined) continue;
        moved[i]! += 1;
        for (const [c, score] of scores.entries()) sums[i]![c]! += score;
      }
    }
    before = evaluator.values.slice();
  }
  const effects = vertices.map((): string[] => []);
  for (const { name, causes } of vertices) for (const cause of causes) effects[cause]?.push(name);
  const written = writtenOf(loaded.file);
  const label = labelsOf(setup);
  return vertices.map((vertex, i): TracedVariable => {
    const { name, kind, units, causes, value } = vertex;
    const source = written.get(plainName(name)) ?? written.get(plainName(name.split('[')[0]!));
    return {
      variable: name,
      kind,
      label: label(name).en,
      labelZh: label(name).zh,
      unit: units ?? '',
      equation: source?.equation ?? '',
      documentation: source?.documentation ?? null,
      part:
        setup.parts.find(({ variables }) => variables.some((own) => plainName(own) === plainName(name)))?.id ?? null,
      value: evaluator.values[value]!,
      causes: causes.flatMap((cause, c) => {
        const other = vertices[cause];
        if (other === undefined) return [];
        const influence = moved[i]! > 0 ? sums[i]![c]! / moved[i]! : 0;
        return [{ variable: other.name, influence, elasticity: elasticityOf(vertex, other, evaluator) }];
      }),
      effects: effects[i]!,
    };
  });
}

/** Variables with what they name, as the traced program has them. */
function verticesOf(program: Program): Vertex[] {
  const { nodes } = program;
  const owner = new Map<NodeId, number>();
  const vertices: Vertex[] = [];
  for (const { name, node: value, kind, units } of program.variables) {
    const marked = nodes[value]!;
    if (marked.op !== 'variable' || owner.has(value) || kind === 'time') continue;
    const held = nodes[marked.a]!;
    const isStock = kind === 'stock' && held.op === 'stock';
    owner.set(value, vertices.length);
    if (isStock) owner.set(marked.a, vertices.length);
    const equation = isStock ? program.stocks[held.stock]!.rate : marked.a;
    vertices.push({
      name,
      kind: kind === 'stock' && !isStock ? 'aux' : kind,
      units,
      value,
      equation,
      causes: [],
      inner: [],
    });
  }
  for (const vertex of vertices) {
    const inner = new Set<NodeId>();
    const causes = new Set<number>();
    const waiting = [vertex.equation];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const cause = owner.get(id);
      if (cause !== undefined) causes.add(cause);
      else if (!inner.has(id)) {
        inner.add(id);
        waiting.push(...operandsOf(nodes[id]!));
      }
    }
    vertex.causes = [...causes].sort((a, b) => a - b);
    vertex.inner = [...inner].sort((a, b) => a - b);
  }
  return vertices;
}

/** Signed shares of the causes in what the variable moved by in one step; undefined where nothing moved. */
function linkShares(
  { equation, causes, inner }: Vertex,
  vertices: readonly Vertex[],
  evaluator: Evaluator,
  before: Float64Array,
) {
  const after = evaluator.values;
  if (causes.length === 0 || after[equation] === before[equation]) return undefined;
  const scores = causes.map((cause) => {
    const value = vertices[cause]?.value;
    if (value === undefined) return 0;
    const step = after[value]! - before[value]!;
    if (step === 0) return 0;
    const partial = after[equation]! - equationWith({ equation, inner }, evaluator, value, before[value]!);
    return Number.isFinite(partial) ? Math.abs(partial) * Math.sign(partial / step) : 0;
  });
  const sum = scores.reduce((total, score) => total + Math.abs(score), 0);
  return sum > 0 ? scores.map((score) => score / sum) : undefined;
}

/** Per cent of change of the variable (of a stock: of its net flow) for one per cent more of the cause. */
function elasticityOf(vertex: Vertex, cause: Vertex, evaluator: Evaluator): number | null {
  const now = evaluator.values[vertex.equation]!;
  const value = evaluator.values[cause.value]!;
  if (now === 0 || value === 0 || !Number.isFinite(now)) return null;
  const [more, less] = [1 + nudge, 1 - nudge].map((factor) =>
    equationWith(vertex, evaluator, cause.value, value * factor),
  );
  const elasticity = (more! - less!) / (2 * nudge * now);
  return Number.isFinite(elasticity) ? elasticity : null;
}

/** What an equation gives with one of its causes at another value; `evaluator.values` are left as they were. */
function equationWith(
  { equation, inner }: Pick<Vertex, 'equation' | 'inner'>,
  evaluator: Evaluator,
  cause: NodeId,
  value: number,
): number {
  const { values } = evaluator;
  const kept = inner.map((id) => values[id]!);
  const own = values[cause]!;
  values[cause] = value;
  for (const id of inner) if (!isLeaf(evaluator.program, id)) values[id] = evaluator.evaluateNode(id, values);
  const result = values[equation]!;
  values[cause] = own;
  for (const [i, id] of inner.entries()) values[id] = kept[i]!;
  return result;
}

function isLeaf({ nodes }: Program, id: NodeId): boolean {
  const node = nodes[id]!;
  return node.op === 'history' || node.op === 'internalRate' || operandsOf(node).length === 0;
}

/** Equations and notes as the file has them, by path and element. */
function writtenOf({ models }: SourceFile) {
  const written = new Map<string, { equation: string; documentation: string | null }>();
  const add = (prefix: string, at: number, depth: number) => {
    const model = models[at];
    if (model === undefined || depth > 8) return;
    for (const { name, equation, elements, documentation, inflows, outflows, kind } of model.variables) {
      const note = documentation ?? null;
      const flows = [...inflows, ...outflows.map((flow) => `− ${flow}`)].join(' + ').replaceAll('+ −', '−');
      const text =
        kind === 'stock' ? `∫ (${flows || '0'}) dt; ${equation?.text ?? ''} at the start` : (equation?.text ?? '');
      written.set(plainName(prefix + name), { equation: text, documentation: note });
      for (const { subscripts, equation: own } of elements) {
        written.set(plainName(`${prefix}${name}[${subscripts.join(', ')}]`), {
          equation: own?.text ?? text,
          documentation: note,
        });
      }
    }
    for (const { name, model: fills } of model.modules) {
      const next = models.findIndex((one, i) => i > 0 && plainName(one.name) === plainName(fills));
      if (next > 0) add(`${prefix}${name}.`, next, depth + 1);
    }
  };
  add('', 0, 0);
  return written;
}
