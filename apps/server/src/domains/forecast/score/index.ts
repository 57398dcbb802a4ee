export { backtestModel } from './backtest.ts';
export { type BaselineForecast, type Baselines, baselinesOf } from './baselines.ts';
export { correctedForecast } from './corrected.ts';
export { type Grid, gridQuantile, medianOf, summaryOf } from './grid.ts';
export type { SeriesInput } from './history.ts';
export type { BacktestTask, LeverKnowledge } from './record.ts';
export { type BacktestStudy, backtestStudy, type StudyHorizon, type StudyOptions } from './study.ts';
