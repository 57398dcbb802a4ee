import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConformanceRun } from '../../packages/dynamics/test/conformance-runs.ts';
import { apiPage } from './dynamics-api.ts';
import { readTypes } from './dynamics-types.ts';

/** The pages under docs/dynamics/: what the engine knows, says and was held against. */
export const dynamicsPages = [
  { file: 'docs/dynamics/api.md', make: async (root: string) => apiPage(root, readTypes(root)) },
  { file: 'docs/dynamics/builtins.md', make: builtinPage },
  { file: 'docs/dynamics/errors.md', make: errorPage },
  { file: 'docs/dynamics/conformance.md', make: conformancePage },
];

async function load(root: string, file: string): Promise<unknown> {
  return import(pathToFileURL(join(root, 'packages', 'dynamics', file)).href);
}

async function builtinPage(root: string): Promise<string> {
  const { builtinReference } = (await load(root, 'src/builtins/reference.ts')) as { builtinReference(): string };
  const [title, ...rest] = builtinReference().split('\n');
  return [title, '', generatedFrom('packages/dynamics/src/builtins'), ...rest].join('\n');
}

/** What the codes of an area are about, by the first part of the code. */
const areas: Readonly<Record<string, string>> = {
  file: 'Reading a file',
  equation: 'The text of an equation',
  builtin: 'Calls of builtin functions',
  model: 'Variables and equations',
  module: 'Modules and their connections',
  macro: 'Macros',
  dimension: 'Dimensions',
  array: 'Arrays and subscripts',
  index: 'Index values',
  table: 'Graphical functions',
  time: 'Time specifications',
  units: 'Units',
  selection: 'What to vary and to store',
  run: 'Runs and ensembles',
  experiment: 'Sampling and experiments',
  fit: 'Fitting to data',
  optimise: 'Optimising levers',
  equilibria: 'Equilibria',
  loops: 'Feedback loops',
  schedule: 'Schedules',
};

type Sentences = Readonly<Record<string, { en: string; zh: string }>>;

async function errorPage(root: string): Promise<string> {
  const { sentenceTable } = (await load(root, 'src/diagnostic.ts')) as { sentenceTable: Sentences };
  const codes = Object.keys(sentenceTable);
  const areaOf = (code: string): string => code.slice(0, code.indexOf('.'));
  const unknown = codes.find((code) => areas[areaOf(code)] === undefined);
  if (unknown !== undefined) throw new Error(`say in scripts/law/dynamics-pages.ts what ${areaOf(unknown)}.* is about`);
  const sections = Object.entries(areas).map(([area, title]) => {
    const rows = codes
      .filter((code) => areaOf(code) === area)
      .sort()
      .map((code) => `| \`${code}\` | ${cell(sentenceTable[code]?.en)} | ${cell(sentenceTable[code]?.zh)} |`);
    return [`## ${title}`, '', '| code | English | 中文 |', '|---|---|---|', ...rows].join('\n');
  });
  const introduction = [
    'Every finding about a file, a model, a run or an experiment has one of these codes; a code keeps its meaning. A',
    '`Diagnostic` carries the code, `message` (the English sentence, filled in), `details` (the values that stand in',
    'braces below), and where they are known the variable and the place in the file; `sentenceOf(diagnostic, language)`',
    'gives either sentence. Errors keep a value from being made, warnings go with it. See [api.md](api.md#findings).',
  ].join('\n');
  return `${['# Findings of the dynamics engine', generatedFrom('packages/dynamics/src/*/sentences.ts'), introduction, ...sections].join('\n\n')}\n`;
}

interface Runner {
  conformanceRuns(folder: string): ConformanceRun[];
  differenceMax: number;
}

async function conformancePage(root: string): Promise<string> {
  const { conformanceRuns, differenceMax } = (await load(root, 'test/conformance-runs.ts')) as Runner;
  const runs = conformanceRuns(join(root, 'packages', 'dynamics', 'test', 'conformance'));
  const passed = runs.filter(({ failure }) => failure === undefined).length;
  const rows = runs.map((run) => {
    const { folder, file, source, columns, values, difference, failure, remark } = run;
    const result = failure === undefined ? 'passed' : `failed: ${failure}`;
    const cells = [folder, file, `\`${source}\``, columns, values, differenceText(difference)];
    return `| ${cells.join(' | ')} | ${cell(remark === undefined ? result : `${result}; ${remark}`)} |`;
  });
  return `${[
    '# Conformance of the dynamics engine',
    '',
    generatedFrom(
      'the models in packages/dynamics/test/conformance, run by packages/dynamics/test/conformance-runs.ts',
    ),
    '',
    'Sample models of [SDXorg/test-models](https://github.com/SDXorg/test-models) (MIT licence, kept beside the copies), each',
    'run by the interpreter, by JavaScript and by WebAssembly and held against every value of the output that is published',
    `beside it. **${passed} of ${runs.length} pass.**`,
    '',
    'The difference is the largest of all values and back ends: as a share of the published value, or of 0.1 where that is',
    `smaller. Up to ${differenceMax} passes; most published values have six digits.`,
    '',
    '| folder | model | expected output | columns | values | largest difference | result |',
    '|---|---|---|---:|---:|---:|---|',
    ...rows,
  ].join('\n')}\n`;
}

/** Differences of the last bits depend on the machine. */
function differenceText(difference: number): string {
  if (difference === 0 || !Number.isFinite(difference)) return difference === 0 ? '0' : '–';
  return difference < 1e-9 ? '< 1e-9' : difference.toExponential(1);
}

function generatedFrom(source: string): string {
  return `<!-- Generated from ${source} by "npm run check -- --write". -->`;
}

/** Text of a table's cell: bars would end it, and tags would be taken for markup. */
function cell(text = ''): string {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
