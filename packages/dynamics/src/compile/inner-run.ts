import { interpreterKernel } from '../backend/interpreter.ts';
import { describe } from '../diagnostic.ts';
import { plain } from '../expression/name.ts';
import { Graph } from '../program/graph.ts';
import type { NodeId, Program } from '../program/program.ts';
import { pruned } from '../program/prune.ts';
import type { SourceMacro, SourceTimeSpecs } from '../xmile/source.ts';
import { Findings, refuse } from './findings.ts';
import type { Lowering } from './lowering.ts';
import type { Variable } from './model.ts';
import { timeGridOf } from './time.ts';

/** Inner runs happen while a model is compiled, so that all of them together must not take long. */
export const innerStepsMax = 1_000_000;

/**
 * The value of a macro that runs a simulation of its own at each call: that of its equation when the run ends. It is
 * known before the model runs, as its arguments are (XMILE 1.0 §4.8.2).
 */
export function innerRun(macro: SourceMacro, specs: SourceTimeSpecs, value: Variable, outer: Lowering): NodeId {
  const name = plain(macro.name);
  const failed = (reason: string) => refuse('macro.inner_failed', { name, reason }, macro.place);
  const { scope } = value;
  for (const own of scope.variables.values()) {
    const { parameter } = own;
    if (parameter === undefined || parameter.expression.kind === 'number') continue;
    const { expression, frame } = parameter;
    const known = outer.graph.knownValue(outer.expression(expression, frame, 'step'));
    if (known === undefined) refuse('macro.own_time', { name, parameter: own.name }, expression.place);
    own.parameter = { expression: { kind: 'number', value: known, place: expression.place }, frame };
  }
  const findings = new Findings();
  const time = timeGridOf(specs, undefined, findings);
  if (time === undefined) return failed(findings.errors.map(describe).join(' '));
  outer.innerSteps.left -= time.steps;
  if (outer.innerSteps.left < 0) return refuse('macro.inner_steps', { name, limit: innerStepsMax }, macro.place);
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
  const kernel = interpreterKernel(program, 1);
  kernel.run(0, 0);
  return outer.graph.constant(kernel.results[(kernel.results.length / kernel.lanes - 1) * kernel.lanes]!);
}
