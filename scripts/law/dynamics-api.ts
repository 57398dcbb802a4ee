import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Declaration, type Declarations, readDeclarations } from './declarations.ts';

/** The chapters of the page, each with the folders (or files) of the source whose exports belong to it. */
const chapters: { title: string; about: string; parts: string[] }[] = [
  {
    title: 'Files',
    about: 'XMILE text to a value that says what the file says, and back.',
    parts: ['xmile', 'expression'],
  },
  {
    title: 'Checking and compiling',
    about: 'From a file to a program that can be run, with everything that is wrong with it.',
    parts: ['compile', 'units', 'builtins'],
  },
  {
    title: 'Findings',
    about: 'How errors and warnings are told; the codes are in [errors.md](errors.md).',
    parts: ['diagnostic'],
  },
  {
    title: 'One run',
    about: 'A model and its values over time, and variables that follow schedules.',
    parts: ['run', 'schedule'],
  },
  {
    title: 'Ensembles',
    about: 'Many runs of one program, in the own thread or in workers, with what is kept of each.',
    parts: ['ensemble', 'node'],
  },
  {
    title: 'Sampling',
    about: 'Points in the unit cube and in the ranges of parameters, repeatable by their seed.',
    parts: ['sampling'],
  },
  {
    title: 'Experiments',
    about: 'What experiments ask of a model, or of any other function.',
    parts: ['experiment', 'sensitivity'],
  },
  {
    title: 'Fitting and optimising',
    about: 'Parameters from data, with what is known of them, and levers that make the best of an output.',
    parts: ['fit', 'optimise'],
  },
  {
    title: 'Structure and behaviour',
    about: 'Equilibria, eigenvalues, loops, and whether the time step is small enough.',
    parts: ['equilibria', 'linear', 'loops', 'audit'],
  },
  {
    title: 'Programs and back ends',
    about: 'What a model is compiled to, and what runs it. Ensembles use these by themselves.',
    parts: ['program', 'backend', 'numerics'],
  },
];

const entries = [
  { module: 'index.d.ts', from: '@tandem/dynamics' },
  { module: 'node.d.ts', from: '@tandem/dynamics/node' },
];

interface Entry {
  key: string;
  declaration: Declaration;
  /** The module specifier that it is imported from; undefined for a type that only others mention. */
  from: string | undefined;
}

/** Writes `docs/dynamics/api.md` from the type declarations of the package, given by their path below `src`. */
export function apiPage(root: string, types: ReadonlyMap<string, string>): string {
  const declarations = readDeclarations(types);
  const found = entriesOf(declarations);
  const texts = formatted(
    root,
    found.map(({ declaration }) => declaration.text),
  );
  const anchors = anchorsOf(found);
  const section = (entry: Entry): string => {
    const text = texts[found.indexOf(entry)] ?? '';
    return entrySection(entry, text, anchors);
  };
  const told = chapters.flatMap((chapter) => {
    const members = found.filter((entry) => entry.from !== undefined && chapterOf(entry.declaration) === chapter);
    return members.length === 0 ? [] : [{ chapter, members }];
  });
  const body = told.map(
    ({ chapter, members }) => `## ${chapter.title}\n\n${chapter.about}\n\n${members.map(section).join('\n\n')}`,
  );
  const others = found.filter(({ from }) => from === undefined);
  const contents = told.map(({ chapter, members }) => {
    const links = members.map(({ key, declaration }) => `[\`${declaration.name}\`](#${anchors.get(key)})`);
    return `- **${chapter.title}**: ${links.join(', ')}`;
  });
  return `${[
    '# API of @tandem/dynamics',
    '<!-- Generated from the doc comments of packages/dynamics/src by "npm run check -- --write". -->',
    introduction,
    contents.join('\n'),
    ...body,
    '## Types mentioned above',
    "Parts of the types above. They cannot be imported by name; where a name is needed, `SourceFile['models'][number]` and the like give one.",
    ...others.map(section),
  ].join('\n\n')}\n`;
}

const introduction = [
  'Everything is imported from `@tandem/dynamics`, except `nodeThread`, which Node alone has and which is in',
  '`@tandem/dynamics/node`. `@tandem/dynamics/browser-worker.js` is the file that a web worker of a page runs. The',
  '[README](../../packages/dynamics/README.md) shows how the parts are used together.',
  '',
  'A failure that is to be expected is a value (`Outcome`, or a list of `Diagnostic`) where a text or a model is judged,',
  'and a thrown `DynamicsError` where a caller asks for what cannot be; the codes are in [errors.md](errors.md). Matrices',
  'and points are flat `Float64Array`s, row after row.',
].join('\n');

/** What the entries export, functions and classes of a module before its types, then all types that these mention. */
function entriesOf({ all, exported }: Declarations): Entry[] {
  const found = new Map<string, Entry>();
  const add = (key: string, from: string | undefined): void => {
    const declaration = all.get(key);
    if (declaration === undefined) throw new Error(`${key} is exported and not declared`);
    if (!found.has(key)) found.set(key, { key, declaration, from });
  };
  for (const { module, from } of entries) {
    const keys = exported.get(module) ?? [];
    for (const key of [...keys].sort(byPlace(all))) add(key, from);
  }
  for (const { declaration, from } of found.values()) {
    if (from !== undefined && !declaration.isType && declaration.comment === '') {
      throw new Error(`${declaration.name} of ${declaration.module} is public and has no doc comment`);
    }
    for (const key of declaration.mentions) add(key, undefined);
  }
  return [...found.values()];
}

function byPlace(all: ReadonlyMap<string, Declaration>): (a: string, b: string) => number {
  const rank = (key: string): number => {
    const declaration = all.get(key);
    if (declaration === undefined) return 0;
    const chapter = chapterOf(declaration);
    return 2 * chapter.parts.indexOf(partOf(declaration)) + (declaration.isType ? 1 : 0);
  };
  return (a, b) => rank(a) - rank(b);
}

function chapterOf(declaration: Declaration): (typeof chapters)[number] {
  const chapter = chapters.find(({ parts }) => parts.includes(partOf(declaration)));
  if (chapter === undefined) {
    throw new Error(
      `${declaration.module} exports ${declaration.name}: give it a chapter in scripts/law/dynamics-api.ts`,
    );
  }
  return chapter;
}

function partOf({ module }: Declaration): string {
  return (module.split('/')[0] ?? '').replace(/\.d\.ts$/, '');
}

function entrySection({ declaration, from }: Entry, text: string, anchors: ReadonlyMap<string, string>): string {
  const { name, comment, mentions } = declaration;
  const links = mentions.flatMap((key) => {
    const anchor = anchors.get(key);
    return anchor === undefined ? [] : [`[\`${key.slice(key.indexOf('#') + 1)}\`](#${anchor})`];
  });
  const door = from === undefined || from === '@tandem/dynamics' ? [] : [`From \`${from}\`.`];
  return [
    `### ${name}`,
    ...(comment === '' ? [] : [markdownOf(comment)]),
    ...door,
    `\`\`\`ts\n${text}\n\`\`\``,
    ...(links.length === 0 ? [] : [`See ${links.join(', ')}.`]),
  ].join('\n\n');
}

/** The tags of a doc comment as a list. */
function markdownOf(comment: string): string {
  return comment
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/^@param (\w+) (?:- )?/gm, '- `$1`: ')
    .replaceAll(/^@returns? /gm, '- gives ')
    .replaceAll(/^@throws /gm, '- throws ');
}

/** The anchors that headings get where Markdown is shown; of equal ones all but the first have a number. */
function anchorsOf(found: readonly Entry[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { title } of chapters) counts.set(title.toLowerCase().replaceAll(' ', '-'), 1);
  const inOrder = [
    ...chapters.flatMap((chapter) =>
      found.filter(({ from, declaration }) => from !== undefined && chapterOf(declaration) === chapter),
    ),
    ...found.filter(({ from }) => from === undefined),
  ];
  return new Map(
    inOrder.map(({ key, declaration }) => {
      const plain = declaration.name.toLowerCase();
      const before = counts.get(plain) ?? 0;
      counts.set(plain, before + 1);
      return [key, before === 0 ? plain : `${plain}-${before}`];
    }),
  );
}

const divider = '// next';

/** The declarations as Biome lays them out, so that none is a line of three hundred characters. */
function formatted(root: string, texts: readonly string[]): string[] {
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const input = texts.map(readable).join(`\n${divider}\n`);
  const args = ['format', '--stdin-file-path=api.d.ts', '--line-width=100', '--colors=off'];
  const { status, stdout, stderr } = spawnSync(biome, args, { cwd: root, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the declarations cannot be formatted: ${stderr}`);
  return stdout.split(divider).map((text) => text.trim());
}

/** Without private parts, and small object types on one line where they fit. */
function readable(text: string): string {
  const open = text.replaceAll(/^\s*#private;\n/gm, '');
  return open.replaceAll(/([:|<(&,=]\s*)\{\s*\n([^{}*]*?)\}/g, (_, before: string, body: string) => {
    return `${before}{ ${body.trim().replaceAll(/\s*\n\s*/g, ' ')} }`;
  });
}
