import type { Words } from '../setup.ts';

/** A time of the year in which trade is unlike the rest, as a calendar knows it. */
export interface Season {
  name: Words;
  /** Month and day, both included; a season may not cross the new year. */
  from: string;
  to: string;
  /** Where it is kept. */
  where: 'china' | 'west';
}

const seasons: readonly Season[] = [
  { name: { en: 'the Christmas season', zh: '圣诞季' }, from: '10-24', to: '12-25', where: 'west' },
  { name: { en: 'the 6.18 sales', zh: '“618”大促' }, from: '05-25', to: '06-20', where: 'china' },
  { name: { en: 'the National Day holidays', zh: '国庆假期' }, from: '09-26', to: '10-08', where: 'china' },
  { name: { en: 'the 11.11 sales', zh: '“双11”大促' }, from: '10-20', to: '11-14', where: 'china' },
  { name: { en: 'the 12.12 sales', zh: '“双12”大促' }, from: '12-05', to: '12-14', where: 'china' },
  {
    name: { en: 'the weeks before the Spring Festival', zh: '春节前的年货季' },
    from: '01-05',
    to: '02-18',
    where: 'china',
  },
];

const chineseZones = ['Asia/Shanghai', 'Asia/Urumqi', 'Asia/Chongqing', 'Asia/Harbin', 'PRC'];

/** The season that a day lies in, in the calendar of a zone. */
export function seasonOf(day: string, zone: string): Season | undefined {
  const where = chineseZones.includes(zone) ? 'china' : 'west';
  const date = day.slice(5);
  return seasons.find((season) => season.where === where && season.from <= date && date <= season.to);
}
