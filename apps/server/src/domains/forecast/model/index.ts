export { type DrivenModel, type DrivenOptions, driveModel, stocksOf } from './driven.ts';
export { dayNumber, dayOf, daysOf, type LeverHistory, leverHistories, leverPaths, weekBoundaries } from './levers.ts';
export { type LoadedModel, loadModel } from './model.ts';
export { type ObservedLayout, observedLayout } from './observed.ts';
