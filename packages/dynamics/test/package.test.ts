import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage, readmeBlock, readmeBlocks, runOrThrow, strangersFolder, tools } from './built-package.ts';

const folder = strangersFolder();
const installed = join(folder, 'node_modules', '@tandem', 'dynamics');

/** The commands of the README, in a folder that has nothing but the built package. */
beforeAll(() => {
  buildPackage(join(folder, 'packages', 'dynamics', 'dist'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true }\n');
  for (const command of readmeBlock('sh').trim().split('\n')) {
    const [program = '', ...args] = command.split(' ');
    runOrThrow(program, [...args, '--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')], folder);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** This Node, and the machine's own where it has another one that the package supports. */
const nodes = [process.execPath, ...['/usr/local/bin/node', '/usr/bin/node'].filter(isOldNode)];

function isOldNode(path: string): boolean {
  if (!existsSync(path)) return false;
  const major = Number(/^v(\d+)/.exec(runOrThrow(path, ['--version'], folder))?.[1]);
  return major >= 20 && major < 24;
}

const first = readmeBlocks().find(({ language }) => language === 'js')?.code ?? '';

const threaded = `
import { compileModel, createEnsemble, expectValue, readXmile } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
import { readFileSync } from 'node:fs';
const file = expectValue(readXmile(readFileSync('model.xmile')));
const program = expectValue(compileModel(file, { inputs: ['growth'], outputs: ['members'] }));
const columns = [{ output: 'members', reduce: { kind: 'final' } }];
const points = Float64Array.from({ length: 400 }, (_, i) => 0.1 + i / 2000);
const sums = [];
for (const backend of ['wasm', 'js', 'interp']) {
  for (const threads of [{}, { spawn: nodeThread, threads: 2 }]) {
    const ensemble = createEnsemble(program, { columns, backend, ...threads });
    const { values, complete } = await ensemble.run(points, { seed: 1 });
    ensemble.close();
    if (!complete) throw new Error('some runs are missing');
    sums.push([...values].reduce((sum, value) => sum + value));
  }
}
console.log(JSON.stringify(sums));
`;

describe.each(nodes)('the package installed from its file, with %s', (node) => {
  it('runs the first model of the README', () => {
    writeFileSync(join(folder, 'first.mjs'), first);
    expect(runOrThrow(node, ['first.mjs'], folder)).toBe('4998.5 members at time 30\n');
  });

  it('gives the same numbers in worker threads, by every back end', { timeout: 60_000 }, () => {
    writeFileSync(join(folder, 'model.xmile'), /<xmile[\s\S]*<\/xmile>/.exec(first)?.[0] ?? '');
    writeFileSync(join(folder, 'threaded.mjs'), threaded);
    const sums: number[] = JSON.parse(runOrThrow(node, ['threaded.mjs'], folder));
    const [wasm = 0, wasmThreads, js = 0, jsThreads, interp = 0, interpThreads] = sums;
    expect([wasmThreads, jsThreads, interpThreads]).toEqual([wasm, js, interp]);
    for (const other of [wasm, js]) expect(Math.abs(other / interp - 1)).toBeLessThan(1e-12);
  });
});

const typed = `
import { createEnsemble, compileModel, readXmile, type EnsembleResult, type Outcome, type Program } from '@tandem/dynamics';
import { nodeThread } from '@tandem/dynamics/node';
const read = readXmile('<xmile/>');
if (!read.ok) throw new Error(read.errors.map(({ code, place }) => \`\${place?.line ?? 0} \${code}\`).join());
const program: Outcome<Program> = compileModel(read.value, { outputs: ['x'] });
if (!program.ok) throw new Error('not a model');
const columns = [{ output: 'x', reduce: { kind: 'crossing', level: 1, direction: 'up' } }] as const;
export const result: Promise<EnsembleResult> = createEnsemble(program.value, { columns, spawn: nodeThread }).run(
  new Float64Array(3),
);
// @ts-expect-error a reducer that does not exist
createEnsemble(program.value, { columns: [{ output: 'x', reduce: { kind: 'median' } }] });
`;

describe('the types', () => {
  it.each([
    ['a page', ['es2023', 'dom'], []],
    ['a program of Node', ['es2023'], ['node']],
  ])('serve %s', (_, lib, types) => {
    writeFileSync(join(folder, 'typed.ts'), typed);
    const typeRoots = [join(tools, '..', '@types')];
    const how = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
    const compilerOptions = { ...how, module: 'nodenext', target: 'es2022', lib, types, typeRoots };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    expect(runOrThrow(join(tools, 'tsc'), ['-p', folder, '--pretty', 'false'], folder)).toBe('');
  });
});

describe('what is in it', () => {
  it('depends on nothing and names every file that it promises', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(manifest.dependencies).toBeUndefined();
    const promised: string[] = JSON.stringify(manifest.exports).match(/\.\/[\w./-]+\.(?:d\.ts|json|js)/g) ?? [];
    expect(promised.length).toBeGreaterThan(4);
    expect(promised.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });

  it('names no file of the checkout and keeps the licences', () => {
    const texts = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(js|ts|md)$/.test(path),
    );
    const odd = texts.filter((path) =>
      /\/work\/|from '[^']*\.ts'|\.\.\/\.\.\/docs/.test(readFileSync(join(installed, path), 'utf8')),
    );
    expect(odd).toEqual([]);
    expect(readFileSync(join(installed, 'third-party-licences.txt'), 'utf8')).toMatch(
      /@rgrove\/parse-xml[\s\S]*ISC License/,
    );
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toContain('Apache License');
  });

  it('has no links that lead nowhere', () => {
    const pages = ['README.md', ...readdirSync(join(installed, 'docs')).map((page) => `docs/${page}`)];
    const links = pages.flatMap((page) =>
      [...readFileSync(join(installed, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) =>
        join(installed, page, '..', link),
      ),
    );
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});
