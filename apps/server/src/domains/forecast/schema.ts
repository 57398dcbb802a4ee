/** Requests and replies of models, runs and scenarios, and what a page needs to run a fitted model itself. */
export * from './model/index.ts';
export * from './predict/browser.ts';
export * from './schema-models.ts';
export * from './schema-runs.ts';
export * from './schema-scenarios.ts';
export * from './setup.ts';
export type * from './task.ts';
