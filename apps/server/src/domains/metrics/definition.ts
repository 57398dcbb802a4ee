import type { Grain, Split } from './schema.ts';

/** Grains that most KPIs have. */
export const allGrains: Grain[] = ['day', 'week', 'month', 'quarter', 'total'];
/** Grains of KPIs that compare a period with the one before: a single day would say nothing. */
export const periodGrains: Grain[] = ['week', 'month', 'quarter', 'total'];

/** Splits of what events of every kind carry. */
export const anySplit: Split[] = ['room', 'session', 'community', 'group', 'koc', 'channel', 'product', 'customer'];
/** Splits that a live session has. */
export const sessionSplits: Split[] = ['room', 'session', 'channel'];

/** Time and refund bases, in the words that the catalogue uses. */
export const basis = {
  paidGross: { time: 'paid time', refund: 'gross of refunds' },
  paidNet: { time: 'paid time', refund: 'refunds on their own date' },
  event: { time: 'event time', refund: 'not applicable' },
  session: { time: 'session start', refund: 'not applicable' },
  sessionSales: { time: 'session start', refund: 'gross of refunds' },
};
