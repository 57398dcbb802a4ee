import { configDefaults, defineConfig } from 'vitest/config';

const wholeServer = 'apps/server/test/**/*.test.ts';
const browser = ['apps/server/test/browser/**/*.test.ts', 'packages/dynamics/test/browser/**/*.test.ts'];
/** Computations of the server that know no store. */
const computations = [
  'apps/server/src/lib/**/*.test.ts',
  'apps/server/src/domains/forecast/template*.test.ts',
  'apps/server/src/domains/forecast/*/**/*.test.ts',
];
const rules = [
  ...computations,
  'apps/console/**/*.test.{ts,tsx}',
  'packages/**/*.test.ts',
  'scripts/**/*.test.ts',
  'bench/**/*.test.ts',
];

/**
 * Four projects, sized for two cores: rules need nothing; server tests share one PostgreSQL and one chDB, a database for
 * each file; whole servers and the browser run alone, because they measure times and kill processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'rules',
          include: rules,
          exclude: [...configDefaults.exclude, ...browser],
          testTimeout: 20_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'server',
          include: ['apps/server/src/**/*.test.ts'],
          exclude: computations,
          globalSetup: 'scripts/vitest-stores.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'whole',
          include: [wholeServer],
          exclude: browser,
          globalSetup: 'scripts/vitest-stores.ts',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'browser',
          include: browser,
          globalSetup: 'scripts/vitest-stores.ts',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
