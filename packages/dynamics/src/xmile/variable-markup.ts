import { equationMarkup, isOwn, keptMarkup, leafMarkup, type Markup, markupOf, numeral, textMarkup } from './markup.ts';
import type { SourceElement, SourceGraphicalFunction, SourceSpecial, SourceVariable } from './source.ts';

/** A variable as an element of XMILE 1.0. */
export function variableMarkup(variable: SourceVariable): Markup {
  const { kind, name, access, documentation, units, kept } = variable;
  const table = variable.graphicalFunction;
  const standsAlone = kind === 'gf' ? table : undefined;
  return {
    name: kind,
    attributes: { name, access, type: standsAlone && typeOf(standsAlone), ...kept?.attributes },
    children: [
      textMarkup('doc', documentation, kept),
      variable.dimensions.length === 0 ? undefined : dimensionsMarkup(variable.dimensions),
      equationMarkup('eqn', variable.equation),
      equationMarkup('init_eqn', variable.initialEquation),
      ...variable.elements.map(elementMarkup),
      ...variable.inflows.map((flow) => leafMarkup('inflow', flow)),
      ...variable.outflows.map((flow) => leafMarkup('outflow', flow)),
      nonNegativeMarkup(variable.nonNegative),
      ...(standsAlone === undefined ? [table && tableMarkup(table)] : pointsMarkup(standsAlone)),
      leafMarkup('units', units),
      rangeMarkup(variable),
      specialMarkup(variable),
      ...keptMarkup(kept, ['doc', 'range']),
    ],
  };
}

function dimensionsMarkup(dimensions: string[]): Markup {
  return { name: 'dimensions', children: dimensions.map((name) => ({ name: 'dim', attributes: { name } })) };
}

function elementMarkup(element: SourceElement): Markup {
  const { subscripts, equation, initialEquation, graphicalFunction, nonNegative, kept } = element;
  const written = subscripts.map((name) => (name.includes(',') && !name.startsWith('"') ? `"${name}"` : name));
  return {
    name: 'element',
    attributes: { subscript: written.join(', '), ...kept?.attributes },
    children: [
      equationMarkup('eqn', equation),
      equationMarkup('init_eqn', initialEquation),
      graphicalFunction && tableMarkup(graphicalFunction),
      nonNegativeMarkup(nonNegative),
      ...keptMarkup(kept),
    ],
  };
}

function nonNegativeMarkup(mark: boolean | undefined): Markup | undefined {
  if (mark === undefined) return undefined;
  return { name: 'non_negative', children: mark ? [] : ['false'] };
}

function tableMarkup(table: SourceGraphicalFunction): Markup {
  return {
    name: 'gf',
    attributes: { name: table.name, type: typeOf(table), ...table.kept?.attributes },
    children: [...(table.y.length === 0 ? [] : pointsMarkup(table)), ...keptMarkup(table.kept)],
  };
}

function typeOf({ kind }: SourceGraphicalFunction): string | undefined {
  return kind === 'continuous' ? undefined : kind;
}

function pointsMarkup({ x, y }: SourceGraphicalFunction): (Markup | undefined)[] {
  return [leafMarkup('xpts', x.map(numeral).join(',')), leafMarkup('ypts', y.map(numeral).join(','))];
}

function rangeMarkup({ range, kept }: SourceVariable): Markup | undefined {
  const whole = kept?.elements?.find((element) => isOwn(element, 'range'));
  const bounds = range && { min: numeral(range.min), max: numeral(range.max) };
  if (whole !== undefined) return { ...markupOf(whole), attributes: { ...whole.attributes, ...bounds } };
  return bounds && { name: 'range', attributes: bounds };
}

/** A special variable has its details among what was kept; without any, the mark alone is written. */
function specialMarkup({ special, elements, kept }: SourceVariable): Markup | undefined {
  if (special === undefined) return undefined;
  const name = special.kind === 'event' ? 'event_poster' : special.kind;
  const all = [kept, ...elements.map((element) => element.kept)];
  return all.some((part) => part?.elements?.some((element) => element.name === name))
    ? undefined
    : bareSpecial(special);
}

function bareSpecial({ kind }: SourceSpecial): Markup {
  if (kind !== 'event') return { name: kind };
  const event: Markup = { name: 'event', attributes: { sim_action: 'stop' } };
  return { name: 'event_poster', children: [{ name: 'threshold', children: [event] }] };
}
