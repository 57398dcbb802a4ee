/** What pages use: forecasts of plans without a round trip. Nothing here needs Node. */
export { daysOfWeek, dayWeights, firstWeekday, type Pattern, promotionDays, promotionLift } from './days.ts';
export { type Draws, decodeDraws, modelPoints, scaleName } from './draws.ts';
export { createFan, type Fan, type FanResult, type FanSeries } from './fan.ts';
export { mixWeek, movedBy, type Offers, recordOf, spreadFactor } from './mix.ts';
export { leversOutside } from './outside.ts';
export type { ForecastBasis } from './past.ts';
export { averageQuantiles, quantileAt, quantilesOf, spreadQuantiles } from './quantiles.ts';
