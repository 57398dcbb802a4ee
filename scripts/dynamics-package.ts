/** Builds the dynamics package for use outside this checkout: plain JavaScript with types, nothing to install beside it. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { rolldown } from 'rolldown';
import { readTypes } from './law/dynamics-types.ts';

const source = 'packages/dynamics';

/** What a stranger imports, and what runs in the workers. */
const entries = {
  index: 'packages/dynamics/src/index.ts',
  node: 'packages/dynamics/src/node.ts',
  'node-worker': 'packages/dynamics/src/node-worker.ts',
  'browser-worker': 'packages/dynamics/src/browser-worker.ts',
};

/** Writes the package to `folder`, which is emptied first; `npm install folder` then uses it anywhere. */
export async function buildDynamicsPackage(root: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bundled = await bundle(root, folder);
  for (const [path, text] of readTypes(root)) put(folder, `types/${path}`, text);
  put(folder, 'package.json', `${JSON.stringify(manifest(root), null, 2)}\n`);
  put(folder, 'third-party-licences.txt', licencesOf(bundled));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const readme = readFileSync(join(root, source, 'README.md'), 'utf8');
  put(folder, 'README.md', readme.replaceAll('../../docs/dynamics/', 'docs/').replaceAll('../../LICENSE', 'LICENSE'));
  for (const page of readdirSync(join(root, 'docs', 'dynamics'))) {
    const text = readFileSync(join(root, 'docs', 'dynamics', page), 'utf8');
    put(folder, `docs/${page}`, text.replaceAll('../../packages/dynamics/README.md', '../README.md'));
  }
}

/** Bundles the code and gives the folders of the packages that went into it. */
async function bundle(root: string, folder: string): Promise<Set<string>> {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
    platform: 'neutral',
    external: /^node:/,
    resolve: { conditionNames: ['browser', 'import', 'default'] },
    plugins: [builtWorkers],
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
  });
  await build.close();
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  return new Set(modules.filter((id) => id.includes('/node_modules/')).map(packageFolder));
}

/** Workers are named by their file beside the module that starts them; built files end in .js. */
const builtWorkers = {
  name: 'built-workers',
  transform: (code: string) => code.replaceAll(/'(\.\/(?:node|browser)-worker)\.ts'/g, `'$1.js'`),
};

function packageFolder(module: string): string {
  let folder = dirname(module);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function licencesOf(folders: ReadonlySet<string>): string {
  const texts = [...folders].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  return `The code of these packages is part of this one.\n\n${texts.join('\n\n')}`;
}

function manifest(root: string): unknown {
  const { name, version, license, description } = JSON.parse(readFileSync(join(root, source, 'package.json'), 'utf8'));
  const exported = (entry: keyof typeof entries) => ({ types: `./types/${entry}.d.ts`, default: `./${entry}.js` });
  return {
    name,
    version,
    license,
    description,
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: ['./node-worker.js', './browser-worker.js'],
    exports: {
      '.': exported('index'),
      './node': exported('node'),
      './browser-worker.js': './browser-worker.js',
      './package.json': './package.json',
    },
  };
}

function put(folder: string, path: string, text: string): void {
  const file = join(folder, ...path.split(posix.sep));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node scripts/dynamics-package.ts FOLDER');
  await buildDynamicsPackage(join(import.meta.dirname, '..'), folder);
}
