import { Graph } from '../program/graph.ts';
import type { SourceFile } from '../xmile/source.ts';
import { constantsOf, hasValue } from './compile.ts';
import { connect } from './connection.ts';
import { Findings } from './findings.ts';
import { elementName } from './frame.ts';
import { innerStepsMax } from './inner-run.ts';
import { Lowering } from './lowering.ts';
import { layOut, originOf, type Variable } from './model.ts';
import { anyTime, timeGridOf } from './time.ts';

/** One variable of a model, for people and user interfaces. */
export interface VariableDescription {
  /** Path as people write it, e.g. `hares.births`. */
  name: string;
  /** `input` for the name that a module gives a variable from outside. */
  kind: 'stock' | 'flow' | 'aux' | 'gf' | 'input';
  /** Names of its dimensions; none for a scalar. */
  dimensions: string[];
  units: string | undefined;
  documentation: string | undefined;
  /** What the file says people may set it to. */
  range: { min: number; max: number } | undefined;
  /**
   * Its elements in row-major order, a scalar having one, each with its value where that is the same in every run and at
   * every time. That of a stock is its initial value.
   */
  elements: { name: string; value: number | undefined }[];
  /** Whether all elements have such values and it is no stock. */
  constant: boolean;
}

/** What a model is made of. Says as much as can be known of a file with errors; `checkModel` tells those. */
export function describeModel(file: SourceFile): VariableDescription[] {
  const findings = new Findings();
  const model = layOut(file, findings);
  connect(model, findings);
  const time = timeGridOf(file.timeSpecs, undefined, findings) ?? anyTime;
  const lowering = new Lowering({
    model,
    graph: new Graph(),
    findings,
    time,
    saveStep: file.timeSpecs.saveStep ?? time.dt,
    stop: file.timeSpecs.stop,
    timeChanged: false,
    innerSteps: { left: innerStepsMax },
    inputs: new Map(),
    traced: undefined,
  });
  const known = constantsOf(lowering);
  return model.variables.map((variable) => described(variable, known));
}

function described(variable: Variable, known: ReturnType<typeof constantsOf>): VariableDescription {
  const origin = originOf(variable);
  const isTable = !hasValue(variable);
  const elements = Array.from({ length: variable.size }, (_, offset) => {
    const value = isTable ? undefined : known({ variable, offset });
    return { name: elementName(variable, offset), value: Number.isNaN(value) ? undefined : value };
  });
  const { kind, units, documentation, range } = variable.source;
  const isConstant = origin.source.kind !== 'stock' && elements.every(({ value }) => value !== undefined);
  return {
    name: variable.name,
    kind: variable.alias !== undefined ? 'input' : isTable ? 'gf' : kind === 'gf' ? 'aux' : kind,
    dimensions: variable.dimensions.map(({ name }) => name),
    units,
    documentation,
    range,
    elements,
    constant: isConstant,
  };
}
