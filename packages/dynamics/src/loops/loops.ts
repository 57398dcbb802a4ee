import { Evaluator } from '../backend/interpreter.ts';
import { savedPoints } from '../backend/kernel.ts';
import { error, type Outcome, warning } from '../diagnostic.ts';
import type { Watch } from '../experiment/evaluate.ts';
import type { Program } from '../program/program.ts';
import { type CausalGraph, causalGraph } from './causal-graph.ts';
import { components, elementaryCycles } from './cycles.ts';
import { linkScores } from './link-scores.ts';
import { strongestLoops } from './strongest-loops.ts';

export interface LoopOptions extends Watch {
  /** Loops to list at most; beyond that the strongest are searched for instead. Default 1,000. */
  loopsMax?: number;
  /**
   * Scores these loops and no others, each by its variables in the order of cause and effect, as a report has them: for
   * the same loops under other inputs. Loops that the program does not have are left out.
   */
  only?: readonly (readonly string[])[];
  /** Values of the program's inputs; default: what the model says. */
  inputs?: readonly number[];
}

/** One feedback loop and what it did over the run. */
export interface Loop {
  /** R for reinforcing, B for balancing, U for one that was both, numbered by strength. */
  name: string;
  polarity: 'reinforcing' | 'balancing' | 'both' | 'none';
  /** Variables in the order of cause and effect; the last acts on the first. */
  variables: string[];
  /**
   * Relative loop score at each saved point, between -1 and 1: the share of this loop in what all loops of its group do
   * to behaviour at that time, negative when balancing. 0 at the start, where nothing has moved yet.
   */
  scores: Float64Array;
  /** Mean of |score| over the run. */
  share: number;
}

export interface LoopReport {
  times: Float64Array;
  /** The strongest first. */
  loops: Loop[];
  /** Groups of loops that share variables: scores of a group add up (as absolute values) to 1. */
  groups: number[][];
  /** Variables that act a step later; loops through them are not scored. */
  cut: string[];
  /** False when only the strongest loops were searched for, or the caller stopped. */
  complete: boolean;
}

/**
 * Which feedback loops drive a run, by Loops That Matter (Schoenberg, Davidsen and Eberlein 2020, "Understanding model
 * behavior using the Loops that Matter method", System Dynamics Review 36(2)): the score of a loop is the product of
 * the scores of its links. Where there are more loops than `loopsMax` those that are strongest at some time are found
 * by the search of Eberlein and Schoenberg (2020, "Finding the loops that matter").
 *
 * @param program a traced program (see `Selection.traced`)
 */
export async function scoreLoops(program: Program, options: LoopOptions = {}): Promise<Outcome<LoopReport>> {
  const graph = causalGraph(program);
  const successors = effectsOf(graph);
  const loopsMax = options.loopsMax ?? 1000;
  const all = options.only
    ? { cycles: cyclesNamed(graph, options.only), complete: true }
    : elementaryCycles(successors, loopsMax);
  const run = await walk(program, graph, all.complete ? undefined : { successors, loopsMax }, options);
  const cycles = all.complete ? all.cycles : run.found;
  if (cycles.length === 0) return { ok: false, errors: [error('loops.none')], warnings: [] };
  const raw = cycles.map((cycle) => productsAlong(graph, cycle, run.scores, run.times.length));
  const component = components(successors);
  const groupOf = cycles.map((cycle) => component[cycle[0]!]!);
  const relative = relativeScores(raw, groupOf, run.times.length);
  const { loops, order } = namedLoops(graph, cycles, relative);
  const groups = [...new Set(order.map((index) => groupOf[index]!))].map((group) =>
    order.flatMap((index, place) => (groupOf[index] === group ? [place] : [])),
  );
  const warnings = graph.cut.length > 0 ? [warning('loops.cut', { names: graph.cut.slice(0, 8).join(', ') })] : [];
  const complete = all.complete && run.complete;
  return { ok: true, value: { times: run.times, loops, groups, cut: graph.cut, complete }, warnings };
}

/** Scores of each vertex's links at each saved point: `scores[point][vertex][cause]`. */
interface Walk {
  times: Float64Array;
  scores: Float64Array[][];
  found: number[][];
  complete: boolean;
}

/** Runs the model once and scores every link at every saved point; with `search` the strongest loops are looked for. */
async function walk(
  program: Program,
  graph: CausalGraph,
  search: { successors: number[][]; loopsMax: number } | undefined,
  { inputs, signal, onProgress }: LoopOptions,
): Promise<Walk> {
  const { time } = program;
  const evaluator = new Evaluator(program);
  const points = savedPoints(program);
  const times = new Float64Array(points);
  const scores: Float64Array[][] = [];
  const found = new Map<string, number[]>();
  evaluator.begin(inputs);
  let before = evaluator.values.slice();
  for (let point = 0; point < points; point++) {
    const step = Math.min(point * time.saveEvery, time.steps);
    while (evaluator.step < step) {
      before = evaluator.values.slice();
      evaluator.advance();
    }
    times[point] = evaluator.time;
    const links = linkScores(graph, evaluator, before, evaluator.values);
    scores.push(links);
    if (search !== undefined && found.size < search.loopsMax) {
      for (const loop of strongestLoops(graph, search.successors, links)) found.set(loop.join(' '), loop);
    }
    onProgress?.(point + 1, points);
    if (signal?.aborted)
      return { times: times.slice(0, point + 1), scores, found: [...found.values()], complete: false };
    // Lets a caller's abort through.
    if (point % 64 === 63) await new Promise((done) => setTimeout(done, 0));
  }
  return { times, scores, found: [...found.values()].slice(0, search?.loopsMax), complete: true };
}

function effectsOf(graph: CausalGraph): number[][] {
  const effects: number[][] = graph.vertices.map(() => []);
  for (const [vertex, { causes }] of graph.vertices.entries()) for (const cause of causes) effects[cause]!.push(vertex);
  return effects;
}

/** The loops of the graph with these variables. */
function cyclesNamed(graph: CausalGraph, named: readonly (readonly string[])[]): number[][] {
  const places = new Map(graph.vertices.map(({ name }, vertex) => [name, vertex]));
  return named.flatMap((names) => {
    const cycle = names.map((name) => places.get(name) ?? -1);
    const exists = cycle.every((cause, i) => graph.vertices[cycle[(i + 1) % cycle.length]!]?.causes.includes(cause));
    return cycle.length > 0 && exists ? [cycle] : [];
  });
}

function productsAlong(graph: CausalGraph, cycle: readonly number[], scores: Float64Array[][], points: number) {
  const links = cycle.map((cause, place) => {
    const effect = cycle[(place + 1) % cycle.length]!;
    return { effect, place: graph.vertices[effect]!.causes.indexOf(cause) };
  });
  return Float64Array.from({ length: points }, (_, point) =>
    links.reduce((product, { effect, place }) => product * scores[point]![effect]![place]!, 1),
  );
}

function relativeScores(raw: readonly Float64Array[], groupOf: readonly number[], points: number): Float64Array[] {
  const sums = new Map<number, Float64Array>();
  for (const [index, scores] of raw.entries()) {
    const sum = sums.get(groupOf[index]!) ?? new Float64Array(points);
    sums.set(
      groupOf[index]!,
      sum.map((value, point) => value + Math.abs(scores[point]!)),
    );
  }
  return raw.map((scores, index) =>
    scores.map((score, point) => {
      const sum = sums.get(groupOf[index]!)![point]!;
      return sum > 0 ? score / sum : 0;
    }),
  );
}

function namedLoops(graph: CausalGraph, cycles: readonly number[][], relative: readonly Float64Array[]) {
  const shares = relative.map((scores) => scores.reduce((sum, score) => sum + Math.abs(score), 0) / scores.length);
  const order = cycles.map((_, index) => index).sort((a, b) => shares[b]! - shares[a]!);
  const counts = { R: 0, B: 0, U: 0 };
  const loops = order.map((index): Loop => {
    const scores = relative[index]!;
    const polarity = polarityOf(scores);
    const letter = polarity === 'reinforcing' ? 'R' : polarity === 'balancing' ? 'B' : 'U';
    return {
      name: `${letter}${++counts[letter]}`,
      polarity,
      variables: cycles[index]!.map((vertex) => graph.vertices[vertex]!.name),
      scores,
      share: shares[index]!,
    };
  });
  return { loops, order };
}

function polarityOf(scores: Float64Array): Loop['polarity'] {
  const up = scores.some((score) => score > 0);
  const down = scores.some((score) => score < 0);
  if (up && down) return 'both';
  return up ? 'reinforcing' : down ? 'balancing' : 'none';
}
