import {
  attributeOf,
  childOf,
  childrenOf,
  flagOf,
  keptField,
  leaf,
  nameOf,
  plainTextOf,
  type Reading,
  sift,
} from './content.ts';
import type { SourceUnit } from './source.ts';
import { unitWords } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** `<model_units>` (XMILE 1.0): the units that a file defines. What they mean is left to the units check. */
export function readUnits(element: XmlElement, reading: Reading): SourceUnit[] {
  const units: SourceUnit[] = [];
  leaf(
    { ...element, children: element.children.filter((child) => child.kind === 'text' || child.name !== 'unit') },
    reading,
  );
  for (const unit of childrenOf(element, 'unit')) {
    const name = nameOf(attributeOf(unit, 'name') ?? '');
    if (name === '') reading.findings.error('file.missing', { parent: 'unit', what: 'name' }, { place: unit.place });
    const equation = childOf(unit, 'eqn', reading);
    const disabled = attributeOf(unit, 'disabled');
    const aliases = childrenOf(unit, 'alias').map((alias) => nameOf(plainTextOf(alias, reading)?.text ?? ''));
    units.push({
      name,
      equation: (equation && plainTextOf(equation, reading)?.text) ?? '',
      aliases: aliases.filter((alias) => alias !== ''),
      disabled: disabled !== undefined && flagOf(disabled, 'disabled', unit.place, reading) === true,
      place: unit.place,
      ...keptField(sift(unit, unitWords, reading)),
    });
  }
  return units;
}
