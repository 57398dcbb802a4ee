export { type ImportDeps, type ImportLimits, importLimits } from './deps.ts';
export { eraseFromReports } from './erasure.ts';
export type {
  ImportBrand,
  ImportRow,
  Preset,
  RowOutcome,
  RowProblem,
  WriteContext,
  WriteOutcome,
} from './preset.ts';
export { previewFile } from './preview.ts';
export { importRoutes } from './routes.ts';
export {
  cancelImport,
  type FileSource,
  importOf,
  importsOf,
  startImport,
  type WantedImport,
  writeReport,
} from './start.ts';
export type { ImportRecord } from './store.ts';
export { shownImport } from './view.ts';
export { importCrontab, importTasks, wakeImports, workImports } from './work.ts';
