import { canonical, segmentsOf } from '../expression/name.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  keptField,
  keptOf,
  leaf,
  localName,
  nameOf,
  plainTextOf,
  type Reading,
  shown,
  sift,
  withElements,
} from './content.ts';
import { Names } from './names.ts';
import type { SourceGroup, SourceModel, SourceModule } from './source.ts';
import { readTimeSpecs } from './time-specs.ts';
import { type Behavior, documentationOf, isVariable, keptLeaves, readMark, readVariable } from './variable.ts';
import {
  behaviorPartWords,
  behaviorWords,
  modelWords,
  moduleWords,
  variableElements,
  variablesWords,
} from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** A `<model>` (XMILE 1.0); files before 1.0 put variables into it without `<variables>`. */
export function readModel(element: XmlElement, reading: Reading): SourceModel {
  const { findings } = reading;
  const name = nameOf(attributeOf(element, 'name') ?? '');
  const resource = attributeOf(element, 'resource')?.trim();
  if (resource) {
    findings.error('file.outside', { element: 'model', resource: shown(resource) }, { place: element.place });
  }
  const specs = childOf(element, 'sim_specs', reading);
  const inner = childOf(element, 'variables', reading);
  const kept = sift(element, modelWords, reading);
  const innerKept = inner === undefined ? {} : sift(inner, variablesWords, reading);
  return {
    name,
    timeSpecs: specs && readTimeSpecs(specs, reading),
    ...readContents(inner === undefined ? [element] : [inner, element], name, readBehavior(element, reading), reading),
    place: element.place,
    ...keptField({
      ...withElements(kept, innerKept.elements ?? []),
      ...(kept.attributes === undefined && innerKept.attributes === undefined
        ? {}
        : { attributes: { ...innerKept.attributes, ...kept.attributes } }),
    }),
  };
}

/** Whether variables stand in the model itself, as they did before 1.0. */
export function isOldLayout(element: XmlElement): boolean {
  return variableElements.some((name) => childrenOf(element, name).length > 0);
}

function readContents(parents: XmlElement[], path: string, behavior: Behavior, reading: Reading) {
  const names = new Names('the variable', reading.findings);
  const contents: Pick<SourceModel, 'variables' | 'modules' | 'groups'> = { variables: [], modules: [], groups: [] };
  for (const child of parents.flatMap((parent) => parent.children)) {
    if (child.kind !== 'element' || child.vendor !== undefined) continue;
    if (isVariable(child.name)) {
      const variable = readVariable(child, reading, path, behavior);
      if (names.add(variable.name, child.place)) contents.variables.push(variable);
    } else if (child.name === 'module') {
      const module = readModule(child, reading);
      if (names.add(module.name, child.place)) contents.modules.push(module);
    } else if (child.name === 'group') contents.groups.push(readGroup(child, reading));
  }
  return contents;
}

/** `<behavior>` of a file or a model (XMILE 1.0): a mark for all, and marks for stocks and for flows. */
export function readBehavior(parent: XmlElement, reading: Reading): Behavior {
  const element = childOf(parent, 'behavior', reading);
  if (element === undefined) return { stock: undefined, flow: undefined };
  refuseKept(element, sift(element, behaviorWords, reading), reading);
  const marks = new Map<string, boolean | undefined>();
  for (const name of ['all', 'stock', 'flow']) {
    const part = childOf(element, name, reading);
    if (part === undefined) continue;
    refuseKept(part, sift(part, behaviorPartWords, reading), reading);
    const mark = childOf(part, 'non_negative', reading);
    if (mark !== undefined) marks.set(name, readMark(mark, reading));
  }
  const general = childOf(element, 'non_negative', reading);
  const all = marks.get('all') ?? (general && readMark(general, reading));
  return { stock: marks.get('stock') ?? all, flow: marks.get('flow') ?? all };
}

/** Nothing in `<behavior>` is for the eye. */
function refuseKept(element: XmlElement, kept: ReturnType<typeof sift>, { findings }: Reading): void {
  for (const name of [...Object.keys(kept.attributes ?? {}), ...(kept.elements ?? []).map((child) => child.name)]) {
    const details = { what: name, element: element.name };
    findings.warnOnce(`${name} ${element.name}`, 'file.vendor-dropped', details, { place: element.place });
  }
}

function readModule(element: XmlElement, outer: Reading): SourceModule {
  const name = nameOf(attributeOf(element, 'name') ?? '');
  const reading: Reading = { ...outer, variable: name };
  if (name === '') outer.findings.error('file.missing', { parent: 'module', what: 'name' }, { place: element.place });
  // Simlin writes the model that a module stands for into an attribute of its own.
  const named = element.attributes.find((attribute) => localName(attribute.name) === 'model_name');
  const attributes = element.attributes.filter((attribute) => attribute !== named);
  const kept = sift({ ...element, attributes }, moduleWords, reading);
  const resource = attributeOf(element, 'resource')?.trim();
  return {
    name,
    model: nameOf(named?.value ?? '') || name,
    connections: readConnections(element, name, reading),
    place: element.place,
    ...keptField(resource ? { ...kept, attributes: { ...kept.attributes, resource } } : kept),
  };
}

/**
 * The connections of a module (XMILE 1.0). Stella writes each a second time as `<connect2>`, and may put the name
 * of the module before `to`.
 */
function readConnections(element: XmlElement, module: string, reading: Reading): SourceModule['connections'] {
  const connections: SourceModule['connections'] = [];
  const known = new Map<string, string>();
  for (const child of [...childrenOf(element, 'connect'), ...childrenOf(element, 'connect2')]) {
    leaf(child, reading, ['to', 'from']);
    const to = withoutModule(attributeOf(child, 'to') ?? '', module);
    const from = pathOf(attributeOf(child, 'from') ?? '');
    const about = { variable: reading.variable, place: child.place };
    if (to === '' || from === '') {
      const what = to === '' ? 'to' : 'from';
      reading.findings.error('file.missing', { parent: child.name, what }, about);
      continue;
    }
    const key = canonical(to);
    const first = known.get(key);
    if (first === undefined) {
      known.set(key, from);
      connections.push({ to, from, place: child.place });
    } else if (lastOf(first) !== lastOf(from) || (child.name === 'connect' && canonical(first) !== canonical(from))) {
      const details = { module, to, first: shown(first), second: shown(from) };
      reading.findings.error('module.connection', details, about);
    }
  }
  return connections;
}

function pathOf(text: string): string {
  return segmentsOf(text.trim())
    .map((segment) => segment.replace(/(?:\s|(?<!\\)\\n)+/gu, ' ').trim())
    .join('.');
}

/** `to` may be written as a path that ends in the module and its variable. */
function withoutModule(text: string, module: string): string {
  const path = pathOf(text);
  const segments = segmentsOf(path);
  const holder = segments.at(-2);
  return holder !== undefined && canonical(holder) === canonical(module) ? segments.at(-1)! : path;
}

function lastOf(path: string): string {
  return canonical(segmentsOf(path).at(-1) ?? '');
}

/** The marks that a group has for the eye are kept, whatever they are: a group has no values. */
function readGroup(element: XmlElement, reading: Reading): SourceGroup {
  const variables: string[] = [];
  const elements = [];
  for (const child of element.children) {
    if (child.kind !== 'element') continue;
    if (child.vendor === undefined && child.name === 'var') variables.push(plainTextOf(child, reading)?.text ?? '');
    else if (child.vendor === undefined && child.name === 'entity') variables.push(attributeOf(child, 'name') ?? '');
    else if (child.vendor !== undefined || child.name !== 'doc') elements.push(keptOf(child));
  }
  const attributes = element.attributes.filter(({ name }) => name !== 'name');
  const kept = {
    ...(attributes.length === 0
      ? {}
      : { attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])) }),
    ...(elements.length === 0 ? {} : { elements }),
  };
  return {
    name: nameOf(attributeOf(element, 'name') ?? ''),
    variables: variables.map(nameOf).filter((name) => name !== ''),
    documentation: documentationOf(element, reading),
    place: element.place,
    ...keptField(withElements(kept, keptLeaves(element))),
  };
}
