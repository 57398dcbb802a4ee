import { describe, expect, it } from 'vitest';
import { checkTidy, linesMax } from './law/tidy.ts';
import { withTree } from './planted-tree.fixture.ts';

const soundTree: Record<string, string> = {
  'package.json': JSON.stringify({ scripts: { start: 'node scripts/run.mjs apps/server/src/main.ts serve' } }),
  'apps/server/package.json': JSON.stringify({
    bin: { tandem: './bin/tandem.mjs' },
    exports: { './schema/*': './src/domains/*/schema.ts' },
  }),
  'apps/server/bin/tandem.mjs': `import '../../../scripts/run.mjs';\n`,
  'apps/server/src/main.ts': `import { a } from '#lib/a.ts';\nconsole.log(a, new URL('./child.ts', import.meta.url));\n`,
  'apps/server/src/child.ts': 'export {};\n',
  'apps/server/src/lib/a.ts': 'export const a = 1;\n',
  'apps/server/src/lib/a.test.ts': `import './a.fixture.ts';\n`,
  'apps/server/src/lib/a.fixture.ts': 'export {};\n',
  'apps/server/src/domains/people/schema.ts': 'export {};\n',
  'apps/console/index.html': '<script type="module" src="/src/main.tsx"></script>',
  'apps/console/src/main.tsx': `import './i18n/zh-CN.ts';\nimport './i18n/zh-CN/people.ts';\n`,
  'apps/console/src/i18n/zh-CN.ts': `export const a = '\n';\n`.replace('\n', '\\n'),
  'apps/console/src/i18n/zh-CN/people.ts': 'export const b = [\n'.concat("  'x',\n".repeat(linesMax), '];\n'),
  'scripts/run.mjs': 'export {};\n',
  'docs/debt.md': '# Debt\n',
};

function faultsOf(changes: Record<string, string>): string[] {
  return withTree({ ...soundTree, ...changes }, checkTidy).map((fault) => `${fault.rule} ${fault.file}:${fault.line}`);
}

const a = 'apps/server/src/lib/a.ts';
const test = 'apps/server/src/lib/a.test.ts';

describe('tidy', () => {
  it('finds nothing in a sound tree', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['a long file', a, 'export const a = 1;\n'.concat('// line\n'.repeat(linesMax)), 'file-size', 0],
    ['a debt that is not written down', a, '\nexport const a = 1; // TODO: later\n', 'debt', 2],
    [
      'a suppression without a reason',
      a,
      '// biome-ignore lint/suspicious/noExplicitAny: <explanation>\nexport const a: any = 1;\n',
      'suppression',
      1,
    ],
    [
      'an expected type error without a reason',
      a,
      '// @ts-expect-error\nexport const a: string = 1;\n',
      'suppression',
      1,
    ],
    [
      'an ignored type error',
      a,
      '// @ts-ignore because it is what it is\nexport const a: string = 1;\n',
      'suppression',
      1,
    ],
    ['a print in the server', a, `export const a = 1;\nconsole.log('here');\n`, 'print', 2],
    ['a test that is skipped', test, `import './a.fixture.ts';\nit.skip('x', () => {});\n`, 'test-left-out', 2],
    [
      'a table of tests that is alone',
      test,
      `import './a.fixture.ts';\ndescribe.only.each([])('x', () => {});\n`,
      'test-left-out',
      2,
    ],
  ])('finds %s', (_, path, text, rule, line) => {
    const expected = `${rule} ${path}:${line}`;
    expect(faultsOf({ [path]: text })).toContain(expected);
    expect(faultsOf({ [path]: text }).filter((one) => one !== expected)).toEqual([]);
  });

  it('finds files that only import each other', () => {
    const changes = {
      'apps/server/src/lib/b.ts': `import './c.ts';\n`,
      'apps/server/src/lib/c.ts': `import './b.ts';\n`,
    };
    expect(faultsOf(changes)).toEqual(['dead-file apps/server/src/lib/b.ts:0', 'dead-file apps/server/src/lib/c.ts:0']);
  });

  it('finds names that are not in kebab-case', () => {
    expect(faultsOf({ 'apps/server/src/lib/fooBar.test.ts': '' })).toEqual([
      'name apps/server/src/lib/fooBar.test.ts:0',
    ]);
    expect(faultsOf({ 'apps/server/src/Lib/foo.test.ts': '' })).toEqual(['name apps/server/src/Lib/foo.test.ts:0']);
  });

  it('accepts a debt that docs/debt.md names, and suppressions that say why', () => {
    const changes = {
      [a]: '// FIXME: see docs\n// @ts-expect-error the package has no types for this call\nexport const a: string = 1;\n',
      'docs/debt.md': `# Debt\n\n- ${a}: what and why. Measured by \`npm run bench\`.\n`,
    };
    expect(faultsOf(changes)).toEqual([]);
  });
});
