import type { Diagnostic, Outcome } from '../diagnostic.ts';
import { Graph } from '../program/graph.ts';
import type { NamedValue, Program, ProgramVariable, TimeGrid } from '../program/program.ts';
import { pruned } from '../program/prune.ts';
import type { SourceFile } from '../xmile/source.ts';
import { connect } from './connection.ts';
import { Findings } from './findings.ts';
import { elementName } from './frame.ts';
import { innerStepsMax } from './inner-run.ts';
import { Lowering } from './lowering.ts';
import { layOut, type Model, originOf, type Variable } from './model.ts';
import { allElements, type Element, elementsNamed } from './selected.ts';
import type { Selection } from './selection.ts';
import { anyTime, evaluationsMax, savedValuesMax, stagesOf, timeGridOf } from './time.ts';

/**
 * Makes the program of a model: modules laid out, arrays spread, values in order, with only what the selection's outputs
 * depend on. Fails with everything that is wrong, each finding with its variable and place.
 */
export function compileModel(file: SourceFile, selection: Selection = {}): Outcome<Program> {
  const findings = new Findings();
  const model = layOut(file, findings);
  connect(model, findings);
  const time = timeGridOf(file.timeSpecs, selection.time, findings);
  // Without a time grid there is no program; the rest of the model is looked at all the same.
  const program = new Compilation(model, selection, time ?? anyTime, findings).program();
  const { errors, warnings } = findings;
  if (errors.length > 0) return { ok: false, errors, warnings };
  return { ok: true, value: program, warnings };
}

/** Everything that is found in a model, errors and warnings, without stopping at the first. */
export function checkModel(file: SourceFile): Diagnostic[] {
  const outcome = compileModel(file);
  return outcome.ok ? outcome.warnings : [...outcome.errors, ...outcome.warnings];
}

/**
 * Whether a variable has a value: a graphical function that stands by itself has none, and a name of a variable in another
 * model has that one's.
 */
export function hasValue(variable: Variable): boolean {
  const { source } = originOf(variable);
  const hasTable =
    source.graphicalFunction !== undefined ||
    source.elements.some((element) => element.graphicalFunction !== undefined);
  if (!hasTable || source.kind === 'stock') return true;
  const texts = [source.equation, ...source.elements.map(({ equation }) => equation)];
  return texts.some((text) => text !== undefined && !isBlank(text.text));
}

/** Comments may hold anything but a closing brace (XMILE 1.0 §3.2.4). */
function isBlank(text: string): boolean {
  return text.replace(/\{[^}]*\}/g, '').trim() === '';
}

class Compilation {
  readonly #model: Model;
  readonly #selection: Selection;
  readonly #time: TimeGrid;
  readonly #findings: Findings;

  constructor(model: Model, selection: Selection, time: TimeGrid, findings: Findings) {
    this.#model = model;
    this.#selection = selection;
    this.#time = time;
    this.#findings = findings;
  }

  program(): Program {
    const { traced = false } = this.#selection;
    const inputs = this.#inputs();
    const tracedElements = traced ? this.#valued() : [];
    const graph = new Graph({ folding: !traced });
    const lowering = this.#lowering(graph, this.#findings, placesOf(inputs), placesOf(tracedElements));
    const outputs = this.#outputs(lowering);
    const variables = tracedElements.map((element): ProgramVariable => {
      const { kind, units } = originOf(element.variable).source;
      return { ...named(element, lowering), kind: kind === 'gf' ? 'aux' : kind, units };
    });
    lowering.finish();
    const { stocks, memories, histories, draws, tables } = lowering.state;
    const defaults = this.#defaults(inputs);
    this.#mustFit(outputs.length);
    if (this.#findings.errors.length > 0) return emptyProgram(this.#time);
    const program = pruned({
      time: this.#time,
      nodes: graph.nodes,
      inputs: inputs.map((element, at) => ({
        name: elementName(element.variable, element.offset),
        value: defaults[at]!,
      })),
      stocks,
      memories,
      histories,
      draws,
      tables,
      outputs,
      variables,
    });
    this.#mustEnd(program);
    return program;
  }

  #lowering(
    graph: Graph,
    findings: Findings,
    inputs: ReadonlyMap<number, number>,
    traced: ReadonlyMap<number, number>,
  ): Lowering {
    const { timeSpecs } = this.#model.file;
    const over = this.#selection.time;
    return new Lowering({
      model: this.#model,
      graph,
      findings,
      time: this.#time,
      saveStep: over?.saveStep ?? timeSpecs.saveStep ?? this.#time.dt,
      stop: over?.stop ?? timeSpecs.stop,
      timeChanged: over !== undefined,
      innerSteps: { left: innerStepsMax },
      inputs,
      traced: traced.size === 0 ? undefined : traced,
    });
  }

  /** The elements that the caller sets. */
  #inputs(): Element[] {
    const inputs: Element[] = [];
    const seen = new Set<number>();
    for (const name of this.#selection.inputs ?? []) {
      for (const { variable, offset } of elementsNamed(name, this.#model, this.#findings)) {
        const origin = originOf(variable);
        if (!hasValue(origin)) this.#findings.error('selection.no_value', { name });
        if (seen.has(origin.first + offset)) this.#findings.error('selection.twice', { name });
        seen.add(origin.first + offset);
        inputs.push({ variable: origin, offset });
      }
    }
    return inputs;
  }

  /** What the model itself says of the inputs, NaN where that is not a constant. */
  #defaults(inputs: readonly Element[]): number[] {
    if (inputs.length === 0) return [];
    const known = constantsOf(this.#lowering(new Graph(), new Findings(), new Map(), new Map()));
    return inputs.map((element) => known(element) ?? Number.NaN);
  }

  #outputs(lowering: Lowering): NamedValue[] {
    const { outputs } = this.#selection;
    if (outputs === undefined) return this.#valued(true).map((element) => named(element, lowering));
    return outputs.flatMap((name) => {
      const elements = elementsNamed(name, this.#model, this.#findings);
      if (elements.every(({ variable }) => hasValue(variable))) return elements.map((one) => named(one, lowering));
      this.#findings.error('selection.no_value', { name });
      return [];
    });
  }

  /** Every element that has a value; without the further names that connections give them, unless asked for. */
  #valued(withNames = false): Element[] {
    const variables = this.#model.variables.filter((variable) => withNames || variable.alias === undefined);
    return variables.filter(hasValue).flatMap(allElements);
  }

  #mustEnd({ time: { steps, method }, nodes }: Program): void {
    const evaluations = steps * nodes.length * stagesOf[method];
    if (evaluations <= evaluationsMax) return;
    const details = { values: nodes.length, steps, evaluations, limit: evaluationsMax };
    this.#findings.error('time.too_many_evaluations', details, { place: this.#model.file.timeSpecs.place });
  }

  #mustFit(outputs: number): void {
    const { steps, saveEvery } = this.#time;
    const points = 1 + Math.ceil(steps / saveEvery);
    const values = points * outputs;
    if (values <= savedValuesMax) return;
    this.#findings.error('time.too_many_values', { values, points, outputs, limit: savedValuesMax });
  }
}

/** The value of an element where it is the same in every run and at every time; that of a stock is its initial one. */
export function constantsOf(lowering: Lowering): (element: Element) => number | undefined {
  return ({ variable, offset }) => {
    const moment = originOf(variable).source.kind === 'stock' ? 'initial' : 'step';
    return lowering.graph.knownValue(lowering.demand(variable, offset, moment));
  };
}

function named({ variable, offset }: Element, lowering: Lowering): NamedValue {
  return { name: elementName(variable, offset), node: lowering.demand(variable, offset, 'step') };
}

function placesOf(elements: readonly Element[]): Map<number, number> {
  return new Map(elements.map(({ variable, offset }, place) => [variable.first + offset, place]));
}

function emptyProgram(time: TimeGrid): Program {
  const none = { nodes: [], inputs: [], stocks: [], memories: [], histories: [], draws: [], tables: [] };
  return { time, ...none, outputs: [], variables: [] };
}
