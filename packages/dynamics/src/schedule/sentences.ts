import type { Sentence } from '../diagnostic.ts';

/** What is said about schedules. */
export const scheduleSentences = {
  'schedule.unknown': {
    en: '{variable} cannot follow a schedule: there is no scalar flow or auxiliary of this name that stands in one place alone. Nothing was changed: name another.',
    zh: '{variable} 无法按时间表变化：没有唯一位置上的同名标量流量或辅助变量。未作任何更改：请换一个变量。',
  },
  'schedule.twice': {
    en: '{variable} is given two schedules. Nothing was changed: leave one out.',
    zh: '{variable} 有两份时间表。未作任何更改：请去掉一份。',
  },
  'schedule.bad_steps': {
    en: 'The schedule of {variable} needs from one to {most} steps with finite values at rising times. Nothing was changed.',
    zh: '{variable} 的时间表需要 1 到 {most} 个步骤，时间递增且数值有限。未作任何更改。',
  },
  'schedule.bad_periods': {
    en: 'The periods of {variable} need a finite start, a length above 0 and a count from 1 to {most}. Nothing was changed.',
    zh: '{variable} 的分期需要有限的起点、大于 0 的长度和 1 到 {most} 的期数。未作任何更改。',
  },
} satisfies Record<string, Sentence>;
