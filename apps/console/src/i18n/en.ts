import { access } from './en/access.ts';
import { data } from './en/data.ts';
import { events } from './en/events.ts';
import { imports } from './en/imports.ts';
import { metrics } from './en/metrics.ts';
import { people } from './en/people.ts';
import { shell } from './en/shell.ts';
import type { zhCN } from './zh-CN.ts';

/** The sentences that every page may need, in English. */
export const en: Record<keyof typeof zhCN, string> = {
  ...shell,
  ...access,
  ...metrics,
  ...imports,
  ...people,
  ...data,
  ...events,
};
