import { canonical } from '../src/expression/name.ts';

/** Published output of a model: for each column its values by time; a blank cell says nothing. */
export interface ExpectedTable {
  times: number[];
  columns: { name: string; values: (number | undefined)[] }[];
}

/** Reads tab- or comma-separated output. Lines may end in CR alone; headers may have commas inside brackets or quotes. */
export function readExpectedTable(text: string, separator: '\t' | ','): ExpectedTable {
  const rows = text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => cellsOf(line, separator));
  const [header, ...lines] = rows;
  if (header === undefined) throw new Error('the table is empty');
  const times = lines.map((cells) => Number(cells[0]));
  const columns = header.slice(1).map((name, at) => ({
    name,
    values: lines.map((cells) => {
      const cell = cells[at + 1]?.trim() ?? '';
      return cell === '' ? undefined : numberOf(cell);
    }),
  }));
  return { times, columns };
}

/** The form of a column's name that does not depend on who printed it. */
export function columnKey(name: string): string {
  const [path, ...subscripts] = name.replace(/\]\s*$/, '').split('[');
  const plainPath = path!.split('.').map(canonical).join('.');
  if (subscripts.length === 0) return plainPath;
  return `${plainPath}[${subscripts.join('[').split(',').map(canonical).join(',')}]`;
}

function numberOf(cell: string): number {
  const words: Record<string, number> = { true: 1, false: 0, inf: Number.POSITIVE_INFINITY, nan: Number.NaN };
  return words[cell.toLowerCase()] ?? Number(cell);
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  let depth = 0;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === '[') depth++;
    else if (character === ']') depth--;
    if (character === separator && !quoted && depth === 0) {
      cells.push(cell.trim());
      cell = '';
    } else if (character !== '"') cell += character;
  }
  return [...cells, cell.trim()];
}
