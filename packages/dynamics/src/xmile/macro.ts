import {
  attributeOf,
  childOf,
  childrenOf,
  keptField,
  keptOf,
  nameOf,
  plainTextOf,
  type Reading,
  readEquation,
  sift,
  withElements,
} from './content.ts';
import { Names } from './names.ts';
import type { SourceMacro, SourceText, SourceVariable, TimeExpressions } from './source.ts';
import { readTimeSpecs } from './time-specs.ts';
import { documentationOf, isVariable, keptLeaves, readVariable } from './variable.ts';
import { macroWords, variablesWords } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** A `<macro>` (XMILE 1.0): a function that the file defines, with parameters, and variables of its own. */
export function readMacro(element: XmlElement, outer: Reading): SourceMacro {
  const name = nameOf(attributeOf(element, 'name') ?? '');
  const reading: Reading = { ...outer, variable: name };
  const about = { variable: name, place: element.place };
  if (name === '') outer.findings.error('file.missing', { parent: 'macro', what: 'name' }, { place: element.place });
  const equation = readEquation(element, 'eqn', reading);
  if (equation === undefined) outer.findings.error('file.missing', { parent: 'macro', what: '<eqn>' }, about);
  const names = new Names('the variable', outer.findings);
  const specs = childOf(element, 'sim_specs', reading);
  const timeExpressions: TimeExpressions = {};
  const timeSpecs = specs && readTimeSpecs(specs, reading, timeExpressions);
  const namespace = nameOf(attributeOf(element, 'namespace') ?? '');
  const inner = childOf(element, 'variables', reading);
  const kept = sift(element, macroWords, reading);
  const innerKept = inner === undefined ? [] : (sift(inner, variablesWords, reading).elements ?? []);
  const groups = inner === undefined ? [] : childrenOf(inner, 'group').map((child) => keptOf(child));
  return {
    name,
    parameters: readParameters(element, names, reading),
    equation: equation ?? { text: '0', place: element.place },
    variables: inner === undefined ? [] : readVariables(inner, name, names, reading),
    timeSpecs,
    ...(Object.keys(timeExpressions).length === 0 ? {} : { timeExpressions }),
    ...(namespace === '' ? {} : { namespace }),
    documentation: documentationOf(element, reading),
    place: element.place,
    ...keptField(withElements(kept, [...innerKept, ...groups, ...keptLeaves(element)])),
  };
}

function readParameters(element: XmlElement, names: Names, reading: Reading): SourceMacro['parameters'] {
  return childrenOf(element, 'parm').map((parm) => {
    const name = nameOf(plainTextOf(parm, reading, ['default'])?.text ?? '');
    const about = { variable: reading.variable, place: parm.place };
    if (name === '') reading.findings.error('file.missing', { parent: 'parm', what: 'name' }, about);
    else names.add(name, parm.place, reading.variable);
    const written = attributeOf(parm, 'default')?.trim() ?? '';
    const fallback: SourceText | undefined = written === '' ? undefined : { text: written, place: parm.place };
    return { name, default: fallback };
  });
}

function readVariables(inner: XmlElement, macro: string, names: Names, reading: Reading): SourceVariable[] {
  const variables: SourceVariable[] = [];
  for (const child of inner.children) {
    if (child.kind !== 'element' || child.vendor !== undefined) continue;
    if (child.name === 'module') {
      const about = { variable: macro, place: child.place };
      reading.findings.error('file.unsupported', { what: 'a module inside a macro' }, about);
    }
    if (!isVariable(child.name)) continue;
    const variable = readVariable(child, reading, macro, { stock: undefined, flow: undefined });
    if (names.add(variable.name, child.place, macro)) variables.push(variable);
  }
  return variables;
}
