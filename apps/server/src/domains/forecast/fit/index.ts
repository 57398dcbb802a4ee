export { fitModel } from './fit-model.ts';
export { type HistoryOptions, type MadeHistory, makeHistory } from './made-history.ts';
export { type QuickFit, type QuickFitOptions, quickFit } from './quick-fit.ts';
export { type RecoveredParameter, type RecoveryOptions, type RecoveryStudy, recoveryStudy } from './recovery.ts';
