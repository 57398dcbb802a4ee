import { canonical } from '../expression/name.ts';
import { childrenOf, plainTextOf, type Reading, readEquation } from './content.ts';
import type { SourceElement, SourceText } from './source.ts';
import type { XmlElement } from './xml.ts';

interface Equations {
  equation: SourceText | undefined;
  elements: SourceElement[];
}

/** Numbers with commas between elements and semicolons between rows, as Vensim writes a constant array. */
const list = /^[-+\d.eE\s]+[,;][-+\d.eE\s,;]+$/;

/**
 * The equations of a variable and of its elements. Vensim's own export writes those of the elements as a list: one
 * `<eqn>` for each element, or all constants in one. Where their number is that of the elements, the last subscript
 * changes first; otherwise several equations are an error, and a list is left for the expression parser to refuse.
 */
export function spreadEquations(
  variable: XmlElement,
  dimensions: string[],
  elements: SourceElement[],
  reading: Reading,
): Equations {
  const equations = childrenOf(variable, 'eqn');
  const first = equations[0];
  if (first === undefined) return { equation: undefined, elements };
  const texts = equations.map((equation) => plainTextOf(equation, reading));
  const values = equations.length === 1 ? constants(texts[0]) : texts;
  const places =
    values === undefined || elements.length > 0 ? undefined : subscriptsOf(dimensions, values.length, reading);
  if (values === undefined || places === undefined) {
    return { equation: readEquation(variable, 'eqn', reading), elements };
  }
  reading.findings.warn('dimension.list', {}, { variable: reading.variable, place: first.place });
  return {
    equation: undefined,
    elements: places.map((subscripts, index) => ({
      subscripts,
      equation: values[index],
      graphicalFunction: undefined,
      initialEquation: undefined,
      nonNegative: undefined,
      place: values[index]?.place ?? first.place,
    })),
  };
}

function constants(text: SourceText | undefined): SourceText[] | undefined {
  if (text === undefined || !list.test(text.text)) return undefined;
  const parts = text.text.replace(/;\s*$/, '').split(/[,;]/);
  return parts.map((part) => ({ text: part.trim(), place: text.place }));
}

/** The subscripts of all elements in order, when there are `count` of them. */
function subscriptsOf(names: string[], count: number, { dimensions }: Reading): string[][] | undefined {
  const lists = names.map((name) => dimensions?.get(canonical(name))?.elements ?? []);
  const total = lists.reduce((product, elements) => product * elements.length, 1);
  if (names.length === 0 || total !== count) return undefined;
  return lists.reduce<string[][]>(
    (all, elements) => all.flatMap((before) => elements.map((element) => [...before, element])),
    [[]],
  );
}
