export { type Effort, explainModel } from './explain.ts';
export type * from './result.ts';
export { type Finding, figure, growthSentence, loopSentence, percent, percentRange } from './sentences.ts';
