import type { SourceFile, SourceModel, SourceUnit, SourceVariable } from '../xmile/source.ts';

const place = { line: 1, column: 1 };

export interface PlainUnit {
  name: string;
  equation?: string;
  aliases?: string[];
  disabled?: boolean;
}

export function sourceUnits(units: readonly PlainUnit[]): SourceUnit[] {
  return units.map(({ name, equation = '', aliases = [], disabled = false }, at) => {
    return { name, equation, aliases, disabled, place: { line: at + 1, column: 1 } };
  });
}

/** A variable from its equation and units; `more` says what else it is. */
export function variable(
  name: string,
  equation: string | undefined,
  units?: string,
  more: Partial<SourceVariable> = {},
): SourceVariable {
  return {
    kind: 'aux',
    name,
    place,
    dimensions: [],
    equation: equation === undefined ? undefined : { text: equation, place },
    elements: [],
    graphicalFunction: undefined,
    initialEquation: undefined,
    inflows: [],
    outflows: [],
    nonNegative: undefined,
    special: undefined,
    units,
    documentation: undefined,
    access: undefined,
    range: undefined,
    ...more,
  };
}

export function sourceModel(variables: SourceVariable[], name = '', modules: SourceModel['modules'] = []): SourceModel {
  return { name, timeSpecs: undefined, variables, modules, groups: [], place };
}

export function sourceFile(
  models: SourceModel[],
  more: { timeUnits?: string; units?: readonly PlainUnit[]; macros?: SourceFile['macros'] } = {},
): SourceFile {
  return {
    header: { vendor: undefined, product: undefined, name: undefined, version: '1.0' },
    timeSpecs: {
      start: 0,
      stop: 10,
      dt: 1,
      method: undefined,
      saveStep: undefined,
      pause: undefined,
      timeUnits: more.timeUnits,
      place: undefined,
    },
    units: sourceUnits(more.units ?? []),
    dimensions: [],
    behavior: { stockNonNegative: false, flowNonNegative: false },
    models,
    macros: more.macros ?? [],
  };
}
