import { refuse } from '#errors.ts';
import { dayIn, isDay } from '#lib/time.ts';
import { bucketsOf, daysBetween } from './calendar.ts';
import type { Ask, KpiDefinition } from './kpi.ts';
import { type Grain, type KpiQuery, Split } from './schema.ts';

/** Days that a question may span, and points that an answer may hold: beyond that nobody reads it, and it only costs. */
export const maxDays = 7_400;
export const maxPoints = 100_000;
/** Keys of a split that are answered unless the question says otherwise. */
export const defaultKeys = 50;

const splits = new Set<string>(Split.anyOf.map((literal) => literal.const));

/** Checks that a range is one: real days, the first before the second, not endless. */
export function checkRange(from: string, to: string): void {
  for (const day of [from, to]) {
    if (!isDay(day)) throw refuse('kpi.query_invalid', { detail: `"${day}" is not a day of the calendar.` });
  }
  if (from >= to) {
    throw refuse('kpi.query_invalid', {
      detail: `The range is empty: "to" (${to}) is not included and must be after "from" (${from}).`,
    });
  }
  if (daysBetween(from, to) > maxDays) {
    throw refuse('kpi.query_invalid', { detail: `The range spans more than ${maxDays} days. Ask for a shorter one.` });
  }
}

/** Turns a query into a checked question to one KPI; what it cannot be asked is refused in words. */
export function askOf(kpi: KpiDefinition, query: KpiQuery, zone: string, nowMs: number): Ask {
  checkRange(query.from, query.to);
  const grain: Grain = query.grain ?? 'day';
  const natural = kpi.grains.includes(grain) ? grain : undefined;
  if (!natural) {
    throw refuse('kpi.query_invalid', {
      detail: `${kpi.id} has no grain "${grain}". Grains: ${kpi.grains.join(', ')}.`,
    });
  }
  const ask: Ask = {
    from: query.from,
    to: query.to,
    grain,
    by: query.by,
    filters: filtersOf(query.filter),
    keep: undefined,
    today: dayIn(zone)(nowMs),
  };
  for (const split of [...(ask.by ? [ask.by] : []), ...ask.filters.map((filter) => filter.split)]) {
    if (!kpi.splits.includes(split)) {
      const known = kpi.splits.length > 0 ? `Splits and filters: ${kpi.splits.join(', ')}.` : 'It has none.';
      throw refuse('kpi.query_invalid', { detail: `${kpi.id} cannot be split or filtered by "${split}". ${known}` });
    }
  }
  if (bucketsOf(ask.from, ask.to, grain).length > maxPoints) {
    throw refuse('kpi.query_invalid', {
      detail: `This asks for more than ${maxPoints} points. Choose a coarser grain.`,
    });
  }
  return ask;
}

/** `split:value`, repeatable: values of one split are alternatives, different splits must all hold. */
export function filtersOf(filter: KpiQuery['filter']): Ask['filters'] {
  const bySplit = new Map<Split, string[]>();
  for (const text of typeof filter === 'string' ? [filter] : (filter ?? [])) {
    const colon = text.indexOf(':');
    const split = text.slice(0, Math.max(0, colon));
    if (!isSplit(split)) {
      throw refuse('kpi.query_invalid', {
        detail: `The filter "${text}" is not of the form split:value. Splits: ${[...splits].join(', ')}.`,
      });
    }
    bySplit.set(split, [...(bySplit.get(split) ?? []), text.slice(colon + 1)]);
  }
  return [...bySplit].map(([split, values]) => ({ split, values }));
}

function isSplit(text: string): text is Split {
  return splits.has(text);
}
