import { interpreterKernel } from '../backend/interpreter.ts';
import { describe } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import { plain } from '../expression/name.ts';
import { Graph } from '../program/graph.ts';
import type { NodeId, Program } from '../program/program.ts';
import { pruned } from '../program/prune.ts';
import type { SourceMacro, SourceTimeSpecs } from '../xmile/source.ts';
import { Findings, refuse } from './findings.ts';
import { type Frame, frameOf } from './frame.ts';
import type { Lowering } from './lowering.ts';
import { originOf, type Variable } from './model.ts';
import { partsOf, placesOn } from './reference.ts';
import { substituted } from './substitution.ts';
import { timeGridOf } from './time.ts';

/** Inner runs happen while a model is compiled, so that all of them together must not take long. */
export const innerStepsMax = 1_000_000;
/** What it takes to make an inner run ready, in steps. */
const stepsOfStart = 100;
/** Values of a step; a larger one counts as several. */
const valuesOfStep = 20;

/**
 * The value of a macro that runs a simulation of its own at each call: that of its equation when the run ends. It is
 * known before the model runs, as its arguments are (XMILE 1.0 §4.8.2).
 */
export function innerRun(macro: SourceMacro, value: Variable, outer: Lowering): NodeId {
  const name = plain(macro.name);
  const failed = (reason: string) => refuse('macro.inner_failed', { name, reason }, macro.place);
  const before = outer.findings.errors.length;
  for (const own of value.scope.variables.values()) fix(own, name, outer);
  // Arguments that need the value of this call itself would make runs inside runs without an end.
  if (outer.findings.errors.length > before) return outer.graph.constant(Number.NaN);
  const findings = new Findings();
  const specs = specsOf(macro, value, outer);
  const time = timeGridOf(specs, undefined, findings);
  if (time === undefined) return failed(findings.errors.map(describe).join(' '));
  const spend = (steps: number) => {
    outer.innerSteps.left -= steps;
    if (outer.innerSteps.left < 0) refuse('macro.inner_steps', { name, limit: innerStepsMax }, macro.place);
  };
  spend(time.steps + stepsOfStart);
  const graph = new Graph();
  const inner = outer.inner({ graph, findings, time, saveStep: specs.saveStep ?? specs.dt, stop: specs.stop });
  const node = inner.demand(value, 0, 'step');
  inner.finish();
  if (findings.errors.length > 0) return failed(findings.errors.map(describe).join(' '));
  const { stocks, memories, histories, draws, tables } = inner.state;
  if (draws.length > 0) return failed('RANDOM');
  const outputs = [{ name, node }];
  const program: Program = pruned({
    time: { ...time, saveEvery: Math.max(1, time.steps) },
    nodes: graph.nodes,
    inputs: [],
    stocks,
    memories,
    histories,
    draws,
    tables,
    outputs,
    variables: [],
  });
  spend(Math.floor(program.nodes.length / valuesOfStep) * (time.steps + 1));
  const kernel = interpreterKernel(program, 1);
  kernel.run(0, 0);
  return outer.graph.constant(kernel.results[(kernel.results.length / kernel.lanes - 1) * kernel.lanes]!);
}

/** Makes a parameter a number; an array or graphical function stays what it is, where all of it is known. */
function fix(own: Variable, macro: string, outer: Lowering): void {
  const { parameter } = own;
  if (parameter === undefined || parameter.expression.kind === 'number') return;
  const { expression, frame } = parameter;
  if (outer.tables.named(expression, frame, 'step') !== undefined) return;
  const isKnown = (node: NodeId) => outer.graph.knownValue(node) !== undefined;
  const told = () => refuse('macro.own_time', { name: macro, parameter: own.name }, expression.place);
  if (isArray(expression, frame, outer)) {
    if (!outer.arrays.spread(expression, frame, 'step', false).values.every(isKnown)) told();
    return;
  }
  const known = outer.graph.knownValue(outer.expression(expression, frame, 'step')) ?? told();
  own.parameter = { expression: { kind: 'number', value: known, place: expression.place }, frame };
}

/** Whether an argument is a whole array where it stands, and not the element of one that an equation is for. */
function isArray(expression: Expression, frame: Frame, outer: Lowering): boolean {
  if (expression.kind !== 'name') return false;
  const meaning = outer.names.meaning(expression.name, frame.variable.scope);
  if (meaning.kind !== 'variable') return false;
  const { subscripts, place } = expression;
  const variable = originOf(meaning.variable);
  if (variable.parameter !== undefined && subscripts.length === 0) {
    return isArray(variable.parameter.expression, variable.parameter.frame, outer);
  }
  const subject = substituted({ variable, subscripts, frame, moment: 'step', place }, outer.names);
  const axes = partsOf(subject, outer).flatMap(({ choice }) => (choice.kind === 'axis' ? [choice.axis] : []));
  return placesOn(axes, subject).includes(undefined);
}

/** Start, stop and dt may depend on the parameters, as in a loop over an array: `<stop>SIZE(A)</stop>`. */
function specsOf({ name, place, timeSpecs, timeExpressions = {} }: SourceMacro, value: Variable, outer: Lowering) {
  const specs: SourceTimeSpecs = { ...timeSpecs! };
  for (const key of ['start', 'stop', 'dt'] as const) {
    const equation = outer.equations.read(timeExpressions[key]);
    if (equation.kind === 'blank') continue;
    const known = outer.graph.knownValue(outer.tree(equation, frameOf(value, 0), 'step'));
    if (known === undefined) return refuse('macro.own_time', { name: plain(name), parameter: `<${key}>` }, place);
    specs[key] = known;
  }
  return specs;
}
