import { access } from './en/access.ts';
import { data } from './en/data.ts';
import { events } from './en/events.ts';
import { imports } from './en/imports.ts';
import { metrics } from './en/metrics.ts';
import { people } from './en/people.ts';
import { shell } from './en/shell.ts';
import type { WordKey } from './zh-CN.ts';

/** Every sentence of the console in English. */
export const en: Record<WordKey, string> = {
  ...shell,
  ...access,
  ...metrics,
  ...imports,
  ...people,
  ...data,
  ...events,
};
