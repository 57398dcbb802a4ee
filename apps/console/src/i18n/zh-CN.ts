import { access } from './zh-CN/access.ts';
import { data } from './zh-CN/data.ts';
import { events } from './zh-CN/events.ts';
import { imports } from './zh-CN/imports.ts';
import { metrics } from './zh-CN/metrics.ts';
import { people } from './zh-CN/people.ts';
import { shell } from './zh-CN/shell.ts';

/** The sentences that every page may need, in Chinese. The keys here are the keys there are. */
export const zhCN = { ...shell, ...access, ...metrics, ...imports, ...people, ...data, ...events } as const;
