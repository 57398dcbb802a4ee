import { canonical } from '../expression/name.ts';
import {
  equationMarkup,
  keptMarkup,
  leafMarkup,
  type Markup,
  numeral,
  prefixesOf,
  printXml,
  textMarkup,
} from './markup.ts';
import type {
  SourceDimension,
  SourceFile,
  SourceGroup,
  SourceMacro,
  SourceModel,
  SourceModule,
  SourceTimeSpecs,
  SourceUnit,
  TimeExpressions,
} from './source.ts';
import { variableMarkup } from './variable-markup.ts';
import { standardNamespace, usualNamespaces } from './xml.ts';

/**
 * A model as XMILE 1.0 text. Read again it means the same: the same source but for places and the layout (`header.version`),
 * with all that was kept of the file it came from. Throws a DynamicsError (`file.character`) for text that XML cannot hold.
 */
export function writeXmile(file: SourceFile): string {
  const kept = file.kept ?? {};
  const root: Markup = {
    name: 'xmile',
    children: [
      headerMarkup(file),
      timeMarkup(file.timeSpecs),
      file.units.length === 0 ? undefined : { name: 'model_units', children: file.units.map(unitMarkup) },
      file.dimensions.length === 0 ? undefined : { name: 'dimensions', children: file.dimensions.map(dimensionMarkup) },
      behaviorMarkup(file.behavior),
      ...keptMarkup(kept),
      ...file.models.map((model, index) => modelMarkup(model, index > 0)),
      ...file.macros.map(macroMarkup),
    ],
  };
  const namespaces: Record<string, string> = { xmlns: standardNamespace };
  for (const prefix of prefixesOf({ ...root, attributes: kept.attributes })) {
    if (prefix === 'xml') continue;
    const known = kept.namespaces?.[prefix] ?? usualNamespaces.get(prefix);
    namespaces[`xmlns:${prefix}`] = known ?? `urn:undeclared:${prefix}`;
  }
  return printXml({ ...root, attributes: { version: '1.0', ...namespaces, ...kept.attributes } });
}

function headerMarkup({ header, kept, invalidIndex }: SourceFile): Markup {
  const fields = { vendor: header.vendor, product: header.product, name: header.name };
  const known = kept?.header?.elements ?? [];
  const children = Object.entries(fields).map(([name, text]) => textMarkup(name, text, kept?.header));
  const options: Markup = {
    name: 'options',
    children: [{ name: 'uses_arrays', attributes: { invalid_index_value: 'NaN' } }],
  };
  const said = known.some(({ name }) => name === 'options' || name === 'smile');
  return {
    name: 'header',
    attributes: kept?.header?.attributes,
    children: [
      ...children,
      ...keptMarkup(kept?.header, Object.keys(fields)),
      invalidIndex === 'nan' && !said ? options : undefined,
    ],
  };
}

function timeMarkup(specs: SourceTimeSpecs, expressions: TimeExpressions = {}): Markup {
  const { start, stop, dt, method, saveStep, pause, timeUnits, kept } = specs;
  // A step such as 1/3 is written as what it is; 0.25 says itself.
  const inverse = Math.round(1 / dt);
  const reciprocal = numeral(dt).length > 10 && 1 / inverse === dt;
  return {
    name: 'sim_specs',
    attributes: {
      method: method?.replace(/^euler$/, 'Euler').replace(/rk/g, 'RK'),
      time_units: timeUnits,
      pause: pause === undefined ? undefined : numeral(pause),
      'isee:save_interval': saveStep === undefined ? undefined : numeral(saveStep),
      ...kept?.attributes,
    },
    children: [
      leafMarkup('start', expressions.start?.text ?? numeral(start)),
      leafMarkup('stop', expressions.stop?.text ?? numeral(stop)),
      reciprocal
        ? { name: 'dt', attributes: { reciprocal: 'true' }, children: [numeral(inverse)] }
        : leafMarkup('dt', expressions.dt?.text ?? numeral(dt)),
      ...keptMarkup(kept),
    ],
  };
}

function unitMarkup({ name, equation, aliases, disabled, kept }: SourceUnit): Markup {
  return {
    name: 'unit',
    attributes: { name, disabled: disabled ? 'true' : undefined, ...kept?.attributes },
    children: [leafMarkup('eqn', equation), ...aliases.map((alias) => leafMarkup('alias', alias)), ...keptMarkup(kept)],
  };
}

function dimensionMarkup({ name, elements, numbered, mapsTo, kept }: SourceDimension): Markup {
  return {
    name: 'dim',
    attributes: { name, size: numeral(elements.length), ...kept?.attributes },
    children: [
      ...(numbered ? [] : elements.map((element) => ({ name: 'elem', attributes: { name: element } }))),
      leafMarkup('isee:maps_to', mapsTo),
      ...keptMarkup(kept),
    ],
  };
}

function behaviorMarkup({ stockNonNegative, flowNonNegative }: SourceFile['behavior']): Markup | undefined {
  const mark: Markup = { name: 'non_negative' };
  if (stockNonNegative && flowNonNegative) return { name: 'behavior', children: [mark] };
  if (stockNonNegative) return { name: 'behavior', children: [{ name: 'stock', children: [mark] }] };
  if (flowNonNegative) return { name: 'behavior', children: [{ name: 'flow', children: [mark] }] };
  return undefined;
}

function modelMarkup({ name, timeSpecs, variables, modules, groups, kept }: SourceModel, part: boolean): Markup {
  return {
    name: 'model',
    attributes: { name: name === '' ? undefined : name, ...kept?.attributes },
    children: [
      part && timeSpecs !== undefined ? timeMarkup(timeSpecs) : undefined,
      {
        name: 'variables',
        children: [...variables.map(variableMarkup), ...modules.map(moduleMarkup), ...groups.map(groupMarkup)],
      },
      ...keptMarkup(kept),
    ],
  };
}

/** A module for a model of another name says so as the standard does, by a resource, here one of the same file. */
function moduleMarkup({ name, model, connections, kept }: SourceModule): Markup {
  const resource = canonical(model) === canonical(name) ? undefined : `#${model}`;
  return {
    name: 'module',
    attributes: { name, resource, ...kept?.attributes },
    children: [
      ...connections.map(({ to, from }) => ({ name: 'connect', attributes: { to, from } })),
      ...keptMarkup(kept),
    ],
  };
}

function groupMarkup({ name, variables, documentation, kept }: SourceGroup): Markup {
  return {
    name: 'group',
    attributes: { name, ...kept?.attributes },
    children: [
      textMarkup('doc', documentation, kept),
      ...variables.map((variable) => leafMarkup('var', variable)),
      ...keptMarkup(kept, ['doc']),
    ],
  };
}

function macroMarkup(macro: SourceMacro): Markup {
  const { name, namespace, parameters, equation, variables, timeSpecs, documentation, kept } = macro;
  return {
    name: 'macro',
    attributes: { name, namespace, ...kept?.attributes },
    children: [
      textMarkup('doc', documentation, kept),
      ...parameters.map((parameter) => ({
        name: 'parm',
        attributes: { default: parameter.default?.text },
        children: [parameter.name],
      })),
      equationMarkup('eqn', equation),
      timeSpecs === undefined ? undefined : timeMarkup(timeSpecs, macro.timeExpressions),
      variables.length === 0 ? undefined : { name: 'variables', children: variables.map(variableMarkup) },
      ...keptMarkup(kept, ['doc']),
    ],
  };
}
