import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './law/boundaries.ts';
import type { DomainPolicy } from './law/policy.ts';
import { withTree } from './planted-tree.fixture.ts';

const policy: DomainPolicy = {
  domains: {
    access: [],
    people: ['access'],
    events: ['access', 'people'],
    commerce: ['access', 'people', 'events'],
    risk: ['access'],
  },
  planned: ['risk'],
  composition: ['app.ts'],
  http: ['access'],
};

const src = 'apps/server/src';
const soundTree: Record<string, string> = {
  [`${src}/app.ts`]: `import { a } from '#domains/access/index.ts';\nimport { r } from './domains/people/routes.ts';\nexport const app = [a, r];\n`,
  [`${src}/http/auth.ts`]: `export { a } from '#domains/access/index.ts';\n`,
  [`${src}/lib/money.ts`]: `import { parse } from 'csv-parse';\nexport { parse };\n`,
  [`${src}/adapters/postgres.ts`]: `import pg from 'pg';\nimport '#lib/money.ts';\nexport default pg;\n`,
  [`${src}/client.ts`]: `import type { Order } from './domains/commerce/schema.ts';\nexport type { Order };\n`,
  [`${src}/domains/access/index.ts`]: 'export const a = 1;\n',
  [`${src}/domains/people/index.ts`]: `export * from './merge.ts';\n`,
  [`${src}/domains/people/merge.ts`]: 'export const merged = (at: number) => new Date(at);\n',
  [`${src}/domains/people/routes.ts`]: 'export const r = () => Date.now();\n',
  [`${src}/domains/people/store.ts`]:
    'export const q = (sql: (t: TemplateStringsArray) => string) => sql`select * from people.persons`;\n',
  [`${src}/domains/events/index.ts`]: `import { merged } from '#domains/people/index.ts';\nexport { merged };\n`,
  [`${src}/domains/commerce/index.ts`]: `import type { S } from '#domains/events/schema.ts';\nexport type { S };\n`,
  [`${src}/domains/commerce/schema.ts`]: 'export interface Order { id: string }\n',
  [`${src}/domains/events/schema.ts`]: 'export type S = string;\n',
  [`${src}/domains/commerce/sql/0001-orders.pg.sql`]:
    '-- rows come from people.persons\ncreate table commerce.orders (brand_id uuid references access.brands (id));\ncreate index o on commerce.orders (brand_id);\n',
  'apps/console/src/page.tsx': `import type { Order } from '@tandem/server/schema/commerce';\nimport { x } from './figures/x.ts';\nexport type { Order };\nexport { x };\n`,
  'apps/console/src/figures/x.ts': 'export const x = 1;\n',
  'packages/dynamics/src/run.ts': `export { step } from './step.ts';\n`,
  'packages/dynamics/src/step.ts': 'export const step = 1;\n',
};

function faultsOf(changes: Record<string, string>, changedPolicy: Partial<DomainPolicy> = {}): string[] {
  const files = {
    ...soundTree,
    ...changes,
    'scripts/domain-policy.json': JSON.stringify({ ...policy, ...changedPolicy }),
  };
  return withTree(files, checkBoundaries).map(
    (fault) => `${fault.rule} ${fault.file.replace(`${src}/`, '')}:${fault.line}`,
  );
}

describe('a sound tree', () => {
  it('has no faults', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it('is not misled by imports and tables in comments and strings', () => {
    const text = `// import '#domains/commerce/store.ts'\n/* select * from commerce.orders */\nexport const s = "import x from '#domains/commerce/index.ts'";\n`;
    expect(faultsOf({ [`${src}/domains/people/merge.ts`]: text })).toEqual([]);
  });

  it('lets tests look where they need to', () => {
    const text = `import '#domains/commerce/store.ts';\nimport '#app.ts';\nexport const now = Date.now();\n`;
    expect(faultsOf({ [`${src}/domains/people/merge.test.ts`]: text })).toEqual([]);
  });
});

const planted: [fault: string, path: string, text: string, expected: string][] = [
  [
    'an import past the door of another domain',
    'domains/events/accept.ts',
    `import { q } from '#domains/people/store.ts';`,
    'deep-import',
  ],
  ['the same by a relative path', 'domains/events/accept.ts', `import { q } from '../people/store.ts';`, 'deep-import'],
  [
    'the same for types only',
    'domains/events/accept.ts',
    `import type { q } from '#domains/people/merge.ts';`,
    'deep-import',
  ],
  [
    'the same by a type in place',
    'domains/events/accept.ts',
    `export type Q = import('#domains/people/merge.ts').Q;`,
    'deep-import',
  ],
  [
    'an arrow that is not there',
    'domains/people/merge.ts',
    `import { merged } from '#domains/events/index.ts';`,
    'arrow',
  ],
  ['the same by a re-export', 'domains/people/merge.ts', `export * from '../commerce/index.ts';`, 'arrow'],
  [
    'the same by a dynamic import',
    'domains/people/merge.ts',
    `export const m = await import('#domains/commerce/index.ts');`,
    'arrow',
  ],
  ['the same for a schema', 'domains/people/merge.ts', `import type { S } from '#domains/events/schema.ts';`, 'arrow'],
  ['a domain that imports the composition root', 'domains/people/jobs.ts', `import { app } from '#app.ts';`, 'upward'],
  [
    'another file than app.ts that knows a domain',
    'commands/kpi.ts',
    `import { a } from '#domains/access/index.ts';`,
    'composition',
  ],
  [
    'http that knows more than access',
    'http/auth.ts',
    `import { merged } from '#domains/people/index.ts';`,
    'composition',
  ],
  ['app.ts that reaches into a domain', 'app.ts', `import { q } from '#domains/people/merge.ts';`, 'deep-import'],
  ['lib that imports an adapter', 'lib/money.ts', `import db from '#adapters/postgres.ts';`, 'lib'],
  [
    'an adapter that imports a domain',
    'adapters/postgres.ts',
    `import { a } from '#domains/access/index.ts';`,
    'adapters',
  ],
  ['the clock in a rule', 'domains/people/merge.ts', 'export const now = () => Date.now();', 'pure'],
  ['the clock handed on in a rule', 'domains/people/merge.ts', 'export const now = { clock: Date.now };', 'pure'],
  ['a date of now in a rule', 'domains/people/merge.ts', 'export const now = () => new Date();', 'pure'],
  ['chance in a rule', 'domains/people/merge.ts', `export const roll = () => Math['random']();`, 'pure'],
  ['settings in a rule', 'domains/people/merge.ts', 'export const level = process.env.LEVEL;', 'pure'],
  [
    'a foreign table in SQL',
    'domains/people/store.ts',
    'export const q = `select 1 from people.persons p join commerce.orders o on o.id = p.id`;',
    'table',
  ],
  [
    'a foreign table after a comma',
    'domains/people/store.ts',
    'export const q = `select 1 from people.persons p, commerce.orders o where true`;',
    'table',
  ],
  [
    'a foreign table that is written',
    'domains/people/store.ts',
    `export const q = 'UPDATE "commerce".orders set x = 1';`,
    'table',
  ],
  [
    'a foreign table in the query builder',
    'domains/people/store.ts',
    `export const q = (db: any) => db.selectFrom('commerce.orders as o');`,
    'table',
  ],
];

describe('planted faults are found', () => {
  it.each(planted)('%s', (_, path, text, expected) => {
    expect(faultsOf({ [`${src}/${path}`]: `\n${text}\n` })).toEqual([`${expected} ${path}:2`]);
  });

  it('a foreign table in a migration', () => {
    const path = 'domains/people/sql/0001-people.pg.sql';
    expect(
      faultsOf({
        [`${src}/${path}`]: 'create table people.x (id uuid);\ninsert into people.x select id from commerce.orders;\n',
      }),
    ).toEqual([`table ${path}:2`]);
  });

  it('a foreign key against the arrows', () => {
    const path = 'domains/people/sql/0001-people.pg.sql';
    expect(
      faultsOf({ [`${src}/${path}`]: 'create table people.x (id uuid references commerce.orders (id));\n' }),
    ).toEqual([`table ${path}:1`]);
  });

  it('Node in what browsers load, also at second hand', () => {
    const changes = {
      [`${src}/domains/events/schema.ts`]: `import { kind } from './kind.ts';\nexport type S = typeof kind;\n`,
      [`${src}/domains/events/kind.ts`]: `import { hostname } from 'node:os';\nexport const kind = hostname();\n`,
    };
    expect(faultsOf(changes)).toEqual(['browser-safe domains/events/schema.ts:1']);
  });

  it.each([
    ['@tandem/server/src/errors.ts'],
    ['@tandem/server'],
    ['@tandem/server/schema/commerce/store'],
    ['../../server/src/domains/commerce/schema.ts'],
  ])('a web app that imports %s', (specifier) => {
    expect(faultsOf({ 'apps/console/src/page.tsx': `import type { X } from '${specifier}';\n` })).toEqual([
      'web-app apps/console/src/page.tsx:1',
    ]);
  });

  it('a package that knows of Node where a browser runs it', () => {
    const reading = `import 'node:fs';\n`;
    expect(faultsOf({ 'packages/dynamics/src/step.ts': reading, 'packages/dynamics/src/node.ts': reading })).toEqual([
      'package packages/dynamics/src/step.ts:1',
    ]);
  });

  it('a package that leans on the server', () => {
    expect(faultsOf({ 'packages/dynamics/src/step.ts': `import '../../../apps/server/src/lib/money.ts';\n` })).toEqual([
      'package packages/dynamics/src/step.ts:1',
    ]);
  });

  it('a domain folder without arrows', () => {
    expect(faultsOf({ [`${src}/domains/loyalty/index.ts`]: 'export {};\n' })).toEqual([
      'domain-undeclared scripts/domain-policy.json:0',
    ]);
  });

  it('a cycle of arrows, reported once', () => {
    const domains = { ...policy.domains, access: ['events'] };
    const faults = faultsOf({}, { domains });
    expect(new Set(faults)).toEqual(new Set(['policy-cycle scripts/domain-policy.json:0']));
    expect(faults).toHaveLength(2);
  });

  it('an arrow to nowhere', () => {
    expect(faultsOf({}, { domains: { ...policy.domains, risk: ['weather'] } })).toEqual([
      'policy-unknown scripts/domain-policy.json:0',
    ]);
  });

  it('arrows for a domain that is neither there nor planned, and a plan that is done', () => {
    expect(faultsOf({}, { planned: [] })).toEqual(['policy-stale scripts/domain-policy.json:0']);
    expect(faultsOf({}, { planned: ['risk', 'people'] })).toEqual(['policy-stale scripts/domain-policy.json:0']);
  });
});
