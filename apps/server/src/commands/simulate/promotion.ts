import { addDays, type Day } from '#lib/time.ts';
import type { Chance } from './chance.ts';

/** Days on which everything costs less; known in advance. */
export interface Promotion {
  name: string;
  from: Day;
  /** The day after the last. */
  to: Day;
  /** Share of the price given away, 0 to 1. */
  depth: number;
}

/** The big sales of the Chinese year, and in most other months a promotion of the brand's own. */
export function calendarOf(from: Day, to: Day, chance: Chance, usualDepth: number): Promotion[] {
  const promotions: Promotion[] = [];
  for (let month = `${from.slice(0, 7)}-01`; month < to; month = addDays(month, 32).slice(0, 8).concat('01')) {
    const [year, number] = [month.slice(0, 4), month.slice(5, 7)];
    const draws = {
      is: chance.uniform(),
      start: chance.below(21),
      length: 2 + chance.below(3),
      depth: chance.around(0.25),
    };
    const depth = Math.round(100 * Math.min(0.4, usualDepth * draws.depth)) / 100;
    const big = Math.round(100 * Math.min(0.5, usualDepth * 1.6 * draws.depth)) / 100;
    if (number === '06') promotions.push({ name: '6.18', from: `${year}-06-16`, to: `${year}-06-19`, depth: big });
    else if (number === '11')
      promotions.push({ name: '11.11', from: `${year}-11-09`, to: `${year}-11-12`, depth: big });
    else if (draws.is < 0.85) {
      const first = addDays(month, 3 + draws.start);
      promotions.push({ name: '会员日 Member days', from: first, to: addDays(first, draws.length), depth });
    }
  }
  return promotions.filter((promotion) => promotion.from >= from && promotion.to <= to);
}

/** First days of the lunar year (Hong Kong Observatory), when shops and parcels rest for a week. */
const lunarNewYears: readonly Day[] = [
  ...['2019-02-05', '2020-01-25', '2021-02-12', '2022-02-01', '2023-01-22', '2024-02-10', '2025-01-29', '2026-02-17'],
  ...['2027-02-06', '2028-01-26', '2029-02-13', '2030-02-03', '2031-01-23', '2032-02-11', '2033-01-31', '2034-02-19'],
];

/** Whether a day lies in the week of the Spring Festival: its eve and the six days after. */
export function isSpringFestival(day: Day): boolean {
  return lunarNewYears.some((first) => day >= addDays(first, -1) && day < addDays(first, 6));
}
