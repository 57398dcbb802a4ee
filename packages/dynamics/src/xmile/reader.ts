import type { Outcome } from '../diagnostic.ts';
import { canonical } from '../expression/name.ts';
import {
  attributeOf,
  childOf,
  childrenOf,
  keptField,
  keptOf,
  nameOf,
  numeralOf,
  type Reading,
  shown,
  sift,
  textOf,
  withElements,
} from './content.ts';
import { readDimensions } from './dimension.ts';
import { decodeXml } from './encoding.ts';
import { Findings } from './findings.ts';
import { readMacro } from './macro.ts';
import { isOldLayout, readBehavior, readModel } from './model.ts';
import { Names } from './names.ts';
import type { Kept, SourceFile, SourceHeader, SourceModel, SourceTimeSpecs } from './source.ts';
import { readTimeSpecs } from './time-specs.ts';
import { readUnits } from './units.ts';
import { fileWords } from './vocabulary.ts';
import { isXmileNamespace, readXml, type XmlDocument, type XmlElement } from './xml.ts';

/**
 * Reads an XMILE file: version 1.0 and the layouts before it, with the marks of Stella, Vensim's translators and Simlin.
 * Equations stay text. Whatever could change values and is not understood is an error with its place; drawings and
 * tools' own marks are kept aside for the writer. All errors of a file are listed, not only the first.
 *
 * @param source The text, or the bytes of the file in any declared encoding.
 */
export function readXmile(source: string | Uint8Array): Outcome<SourceFile> {
  const decoded = typeof source === 'string' ? { ok: true as const, value: source, warnings: [] } : decodeXml(source);
  if (!decoded.ok) return decoded;
  const xml = readXml(decoded.value);
  if (!xml.ok) return { ...xml, warnings: decoded.warnings };
  const findings = new Findings();
  const { root } = xml.value;
  if (root.name !== 'xmile') {
    findings.error('file.not-xmile', { element: shown(root.name) }, { place: root.place });
    return findings.outcome(emptyFile(), decoded.warnings) as Outcome<SourceFile>;
  }
  return findings.outcome(readFile(xml.value, { findings }), decoded.warnings);
}

function readFile({ root, namespaces, format }: XmlDocument, reading: Reading): SourceFile {
  const { findings } = reading;
  if (!isXmileNamespace(format)) {
    findings.warn('file.namespace', { namespace: shown(format) }, { place: root.place });
  }
  checkVersion(root, reading);
  const models = childrenOf(root, 'model');
  const header = childOf(root, 'header', reading);
  const behavior = readBehavior(root, reading);
  const dimensions = childOf(root, 'dimensions', reading);
  const units = childOf(root, 'model_units', reading);
  const known = dimensions === undefined ? [] : readDimensions(dimensions, reading);
  const inner = { ...reading, dimensions: new Map(known.map((dimension) => [canonical(dimension.name), dimension])) };
  const read = models.map((model) => readModel(model, inner));
  const data = childrenOf(root, 'data');
  for (const element of data) checkData(element, reading);
  const file: SourceFile = {
    header: readHeader(header, models.some(isOldLayout), reading),
    timeSpecs: readFileTime(root, read, reading),
    units: units === undefined ? [] : readUnits(units, reading),
    dimensions: known,
    behavior: { stockNonNegative: behavior.stock ?? false, flowNonNegative: behavior.flow ?? false },
    models: orderModels(read, root, reading),
    macros: readMacros(root, inner),
    ...readOptions(header, reading),
  };
  const kept = withElements(
    sift(root, fileWords, reading),
    data.map((child) => keptOf(child)),
  );
  const headerKept = header === undefined ? {} : keepHeader(header);
  const whole = {
    ...kept,
    ...(Object.keys(namespaces).length === 0 ? {} : { namespaces }),
    ...('kept' in headerKept ? { header: headerKept.kept } : {}),
  };
  linkModules(file, reading);
  return Object.keys(whole).length === 0 ? file : { ...file, kept: whole as NonNullable<SourceFile['kept']> };
}

function checkVersion(root: XmlElement, { findings }: Reading): void {
  const version = attributeOf(root, 'version')?.trim() ?? '';
  const number = numeralOf(version);
  if (version === '' || (number !== undefined && number <= 1)) return;
  findings.warn('file.version', { version: shown(version) }, { place: root.place });
}

function readHeader(header: XmlElement | undefined, old: boolean, reading: Reading): SourceHeader {
  const word = (name: string) => {
    const child = header && childOf(header, name, reading);
    return (child && textOf(child)) || undefined;
  };
  return { vendor: word('vendor'), product: word('product'), name: word('name'), version: old ? '0' : '1' };
}

const headerFields = ['vendor', 'product', 'name'];

/** Fields whose elements have nothing more are written from the fields. */
function keepHeader(header: XmlElement): { kept?: Kept } {
  const elements = header.children.filter((child) => child.kind === 'element');
  const isField = ({ name, vendor }: XmlElement) => vendor === undefined && headerFields.includes(name);
  const hasMore = ({ attributes, children }: XmlElement) =>
    attributes.length > 0 || children.some((inner) => inner.kind === 'element');
  const fields = headerFields.flatMap((name) => childrenOf(header, name)).filter(hasMore);
  const kept = [...fields, ...elements.filter((child) => !isField(child))];
  const attributes = Object.fromEntries(header.attributes.map(({ name, value }) => [name, value]));
  return keptField({
    ...(header.attributes.length === 0 ? {} : { attributes }),
    ...(kept.length === 0 ? {} : { elements: kept.map((child) => keptOf(child)) }),
  });
}

/** The options of a file say what it uses; one of them changes values, and included files could change anything. */
function readOptions(header: XmlElement | undefined, { findings }: Reading): Pick<SourceFile, 'invalidIndex'> {
  if (header === undefined) return {};
  for (const includes of childrenOf(header, 'includes')) {
    for (const include of childrenOf(includes, 'include')) {
      const resource = shown(attributeOf(include, 'resource') ?? '');
      findings.error('file.outside', { element: 'include', resource }, { place: include.place });
    }
  }
  const options = [...childrenOf(header, 'options'), ...childrenOf(header, 'smile')];
  const arrays = options.flatMap((option) => childrenOf(option, 'uses_arrays'));
  const nan = arrays.find((array) => /^nan$/i.test(attributeOf(array, 'invalid_index_value')?.trim() ?? ''));
  if (nan === undefined) return {};
  findings.warn('index.nan', {}, { place: nan.place });
  return { invalidIndex: 'nan' };
}

/** `<data>`: values that other files give before a run are not fetched. */
function checkData(data: XmlElement, { findings }: Reading): void {
  for (const child of childrenOf(data, 'import')) {
    if (attributeOf(child, 'enabled')?.trim().toLowerCase() === 'false') continue;
    findings.warn('file.import', { resource: shown(attributeOf(child, 'resource') ?? '') }, { place: child.place });
  }
}

/** Those of the whole's own model come before those of the file (XMILE 1.0). */
function readFileTime(root: XmlElement, models: SourceModel[], reading: Reading): SourceTimeSpecs {
  const element = childOf(root, 'sim_specs', reading);
  const specs = element && readTimeSpecs(element, reading);
  const whole = models.find((model) => model.name === '') ?? models[0];
  const own = whole?.timeSpecs;
  if (whole !== undefined) whole.timeSpecs = undefined;
  if (own !== undefined) return own;
  if (specs !== undefined) return specs;
  reading.findings.error('file.missing', { parent: 'xmile', what: '<sim_specs>' }, { place: root.place });
  return emptyFile().timeSpecs;
}

/** The whole, which has no name where there are several, comes first. */
function orderModels(models: SourceModel[], root: XmlElement, { findings }: Reading): SourceModel[] {
  if (models.length === 0) findings.error('file.missing', { parent: 'xmile', what: '<model>' }, { place: root.place });
  const names = new Names('the model', findings);
  for (const model of models) names.add(model.name, model.place);
  const whole = models.find((model) => model.name === '') ?? models[0];
  return whole === undefined ? [] : [whole, ...models.filter((model) => model !== whole)];
}

function readMacros(root: XmlElement, reading: Reading): SourceFile['macros'] {
  const names = new Names('the macro', reading.findings);
  const macros = childrenOf(root, 'macro').map((macro) => readMacro(macro, reading));
  return macros.filter((macro) => names.add(macro.name, macro.place));
}

/** Finds the model of each module: by a name of its own, by a resource that is a model here, or by its own name. */
function linkModules(file: SourceFile, { findings }: Reading): void {
  const known = new Map(file.models.map((model) => [canonical(model.name), model.name]));
  for (const module of file.models.flatMap((model) => model.modules)) {
    const resource = module.kept?.attributes?.resource;
    const about = { variable: module.name, place: module.place };
    const named = resource === undefined ? undefined : known.get(canonical(nameOf(resource.replace(/^#/, ''))));
    const model = named ?? known.get(canonical(module.model));
    if (model === undefined || model === '') {
      if (resource === undefined) findings.error('module.model', { module: module.name, model: module.model }, about);
      else findings.error('file.outside', { element: 'module', resource: shown(resource) }, about);
      continue;
    }
    if (resource !== undefined && named === undefined) {
      findings.warn('file.resource-unused', { module: module.name, resource: shown(resource) }, about);
    }
    module.model = model;
    // A resource that is a model of this file is understood, so that it is written from the field again.
    if (named !== undefined) Object.assign(module, { kept: undefined }, keptField(withoutResource(module.kept)));
  }
}

function withoutResource({ attributes: { resource: _, ...attributes } = {}, ...kept }: Kept = {}): Kept {
  return Object.keys(attributes).length === 0 ? kept : { ...kept, attributes };
}

function emptyFile(): SourceFile {
  const timeSpecs = {
    start: 0,
    stop: 0,
    dt: 1,
    method: undefined,
    saveStep: undefined,
    pause: undefined,
    timeUnits: undefined,
    place: undefined,
  };
  return {
    header: { vendor: undefined, product: undefined, name: undefined, version: undefined },
    timeSpecs,
    units: [],
    dimensions: [],
    behavior: { stockNonNegative: false, flowNonNegative: false },
    models: [],
    macros: [],
  };
}
