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

/** Vensim's arrays have at most eight dimensions; all choices of them are looked at. */
const dimensionsMax = 8;

/**
 * The equations of a variable and of its elements. Vensim's own export writes those of the elements as a list: one
 * `<eqn>` for each element, or all constants in one, or in one for each place in some of the dimensions. Where their
 * number and rows leave one reading, the last subscript changes first; otherwise several equations are an error, and a
 * list is left for the expression parser to refuse.
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
  const placed = elements.length > 0 ? undefined : placedTexts(texts, listsOf(dimensions, reading));
  if (placed === undefined) return { equation: readEquation(variable, 'eqn', reading), elements };
  reading.findings.warn('dimension.list', {}, { variable: reading.variable, place: first.place });
  return {
    equation: undefined,
    elements: placed.map(({ subscripts, text }) => ({
      subscripts,
      equation: text,
      graphicalFunction: undefined,
      initialEquation: undefined,
      nonNegative: undefined,
      place: text?.place ?? first.place,
    })),
  };
}

interface Placed {
  subscripts: string[];
  text: SourceText | undefined;
}

/** Which text belongs to which element, where there is one way to tell. */
function placedTexts(texts: readonly (SourceText | undefined)[], lists: readonly string[][]): Placed[] | undefined {
  if (lists.length === 0 || lists.length > dimensionsMax) return undefined;
  if (texts.length > 1 && texts.length === lists.reduce((product, elements) => product * elements.length, 1)) {
    return subscriptsOf(lists).map((subscripts, at) => ({ subscripts, text: texts[at] }));
  }
  const tables = texts.map(rowsOf);
  const [rows] = tables;
  if (rows === undefined || !tables.every((table) => table !== undefined && isAlike(table, rows))) return undefined;
  const inside = insidesOf(lists, rows, texts.length);
  return inside.length === 1 ? spread(tables as SourceText[][][], lists, inside[0]!) : undefined;
}

function isAlike(table: SourceText[][], other: SourceText[][]): boolean {
  return table.length === other.length && table.every((row, at) => row.length === other[at]!.length);
}

/**
 * The choices of dimensions that tables of these rows can run over, with one table for each place in the others: each
 * row as long as the last of them, or all in one row.
 */
function insidesOf(lists: readonly string[][], rows: SourceText[][], tables: number): number[][] {
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  const length = rows[0]!.length;
  if (rows.some((row) => row.length !== length)) return [];
  const choices = Array.from({ length: 2 ** lists.length }, (_, bits) =>
    lists.flatMap((_list, at) => ((bits >> at) & 1 ? [at] : [])),
  );
  const size = (own: readonly number[]) => own.reduce((product, at) => product * lists[at]!.length, 1);
  const total = size(lists.map((_, at) => at));
  return choices.filter((own) => {
    const last = own.at(-1);
    if (last === undefined || size(own) !== count || count * tables !== total) return false;
    return rows.length === 1 ? own.length === 1 || tables === 1 : length === lists[last]!.length;
  });
}

function spread(tables: readonly SourceText[][][], lists: readonly string[][], inside: readonly number[]): Placed[] {
  const outside = lists.map((_, at) => at).filter((at) => !inside.includes(at));
  const outer = subscriptsOf(outside.map((at) => lists[at]!));
  const inner = subscriptsOf(inside.map((at) => lists[at]!));
  return tables.flatMap((table, number) =>
    table.flat().map((text, place) => {
      const subscripts = lists.map((_, at) => {
        const own = inside.indexOf(at);
        return own < 0 ? outer[number]![outside.indexOf(at)]! : inner[place]![own]!;
      });
      return { subscripts, text };
    }),
  );
}

/** The constants of a list, row by row. */
function rowsOf(text: SourceText | undefined): SourceText[][] | undefined {
  if (text === undefined || !list.test(text.text)) return undefined;
  const rows = text.text.replace(/;\s*$/, '').split(';');
  return rows.map((row) => row.split(',').map((part) => ({ text: part.trim(), place: text.place })));
}

function listsOf(names: string[], { dimensions }: Reading): string[][] {
  return names.map((name) => dimensions?.get(canonical(name))?.elements ?? []);
}

/** The subscripts of all elements in order. */
function subscriptsOf(lists: readonly string[][]): string[][] {
  return lists.reduce<string[][]>(
    (all, elements) => all.flatMap((before) => elements.map((element) => [...before, element])),
    [[]],
  );
}
