import { addDays, type Day } from '#lib/time.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Nature, natureOf } from './nature.ts';
import { calendarOf, type Promotion } from './promotion.ts';

/** Longest history that can be asked for; levers and promotions are drawn for all of it, whatever part is asked for. */
export const daysMax = 1_830;

/** What the brand decides on a day. Money in units of the currency. */
export interface Levers {
  sessionsPerDay: number;
  /** On content, by kind as `split` says. */
  budgetPerDay: number;
  split: { community: number; live: number; shortVideo: number; offline: number };
  /** On paid traffic. */
  adSpendPerDay: number;
  kocPerDay: number;
  /** Readiness of an acting member to invite, as the rewards of the day make it. */
  invitations: number;
  messagesPerMember: number;
  /** Of the usual price. */
  priceLevel: number;
  /** Share of the price given away today, 0 on ordinary days. */
  couponDepth: number;
  /** Share of members who are told of the coupon. */
  couponAudience: number;
  offlineEventsPerDay: number;
}

/** All that is settled before the first day. */
export interface BrandPlan {
  seed: number;
  /** The size of brand that was asked for. */
  members: number;
  /** People within reach, now or in the coming years. */
  reach: number;
  start: Day;
  zone: string;
  currency: string;
  nature: Nature;
  promotions: Promotion[];
  /** Levers by day from the first. */
  leversOn(index: number): Levers;
  promotionOn(index: number): Promotion | undefined;
  /** What the platform makes of the brand's rooms on a day, 1 = usual; nobody at the brand knows. */
  favourOn(index: number): number;
}

export interface PlanOptions {
  seed: number;
  members: number;
  start: Day;
  zone: string;
  currency: string;
}

const streams = { nature: 1, levers: 2, promotions: 3, favour: 5 } as const;

/** Draws a brand: what it is like, what it will decide and when. */
export function brandPlan(options: PlanOptions): BrandPlan {
  const { seed, members, start } = options;
  const nature = natureOf(chanceOf(seed, streams.nature));
  const promotions = calendarOf(start, addDays(start, daysMax), chanceOf(seed, streams.promotions), nature.couponDepth);
  const byDay = new Map<Day, Promotion>();
  for (const promotion of promotions) {
    for (let day = promotion.from; day < promotion.to; day = addDays(day, 1)) byDay.set(day, promotion);
  }
  const paths = leverPaths(chanceOf(seed, streams.levers), nature, members);
  const favour = path({ level: 1, low: 0.5, high: 2, step: 0.28, holdDays: 150 }, chanceOf(seed, streams.favour));
  const promotionOn = (index: number) => byDay.get(addDays(start, index));
  return {
    ...options,
    nature,
    reach: Math.round(members * nature.reachPerMember),
    promotions,
    promotionOn,
    favourOn: (index) => favour[Math.min(Math.max(index, 0), daysMax - 1)]!,
    leversOn(index) {
      const at = Math.min(Math.max(index, 0), daysMax - 1);
      const value = (name: PathName) => paths[name][at]!;
      const kinds = [value('community'), value('live'), value('shortVideo'), value('offline')] as const;
      const sum = kinds[0] + kinds[1] + kinds[2] + kinds[3];
      return {
        sessionsPerDay: value('sessionsPerDay'),
        budgetPerDay: value('budgetPerDay'),
        split: {
          community: kinds[0] / sum,
          live: kinds[1] / sum,
          shortVideo: kinds[2] / sum,
          offline: kinds[3] / sum,
        },
        adSpendPerDay: value('adSpendPerDay'),
        kocPerDay: value('kocPerDay'),
        invitations: value('invitations'),
        messagesPerMember: value('messagesPerMember'),
        priceLevel: value('priceLevel'),
        couponDepth: index < 0 ? 0 : (promotionOn(index)?.depth ?? 0),
        couponAudience: value('couponAudience'),
        offlineEventsPerDay: value('offlineEventsPerDay'),
      };
    },
  };
}

type PathName =
  | 'sessionsPerDay'
  | 'budgetPerDay'
  | 'adSpendPerDay'
  | 'kocPerDay'
  | 'invitations'
  | 'messagesPerMember'
  | 'priceLevel'
  | 'couponAudience'
  | 'offlineEventsPerDay'
  | 'community'
  | 'live'
  | 'shortVideo'
  | 'offline';

interface Course {
  /** Level at the start, and bounds. */
  level: number;
  low: number;
  high: number;
  /** How far a change goes, on the logarithm, and how long a level holds on average, in days. */
  step: number;
  holdDays: number;
  /** Growth a year on the logarithm that the brand aims at. */
  drift?: number;
}

/** Levels that hold for months, change at a decision and sometimes over a fortnight, as budgets and plans do. */
function leverPaths(chance: Chance, nature: Nature, members: number): Record<PathName, Float64Array> {
  const { ambition } = nature;
  const money = members * nature.budgetPerMember * chance.around(0.3);
  const ads = members * nature.adSpendPerMember * chance.around(0.4);
  const koc = Math.max(0.03, members / 20_000) * chance.around(0.6);
  const mix = (share: number): Course => ({
    level: share * chance.around(0.2),
    low: 0.04,
    high: 1,
    step: 0.25,
    holdDays: 120,
  });
  const courses: Record<PathName, Course> = {
    sessionsPerDay: { level: chance.between(0.7, 3), low: 0.3, high: 6, step: 0.35, holdDays: 100, drift: ambition },
    budgetPerDay: { level: money, low: money / 5, high: money * 4, step: 0.4, holdDays: 80, drift: ambition },
    adSpendPerDay: { level: ads, low: ads / 6, high: ads * 5, step: 0.55, holdDays: 60, drift: ambition },
    kocPerDay: { level: koc, low: koc / 10, high: koc * 6, step: 0.7, holdDays: 75 },
    invitations: { level: chance.between(0.03, 0.12), low: 0.01, high: 0.3, step: 0.6, holdDays: 55 },
    messagesPerMember: { level: chance.between(0.1, 0.6), low: 0.03, high: 1.5, step: 0.4, holdDays: 90 },
    priceLevel: { level: 1, low: 0.85, high: 1.25, step: 0.05, holdDays: 130, drift: 0.03 },
    couponAudience: { level: chance.between(0.4, 0.9), low: 0.2, high: 1, step: 0.2, holdDays: 90 },
    offlineEventsPerDay: { level: chance.between(0.01, 0.08), low: 0.003, high: 0.3, step: 0.5, holdDays: 90 },
    community: mix(0.4),
    live: mix(0.3),
    shortVideo: mix(0.2),
    offline: mix(0.1),
  };
  const names = Object.keys(courses) as PathName[];
  return Object.fromEntries(names.map((name) => [name, path(courses[name], chance)])) as Record<PathName, Float64Array>;
}

const holdDaysMin = 21;
const rampDays = 14;

function path({ level, low, high, step, holdDays, drift = 0 }: Course, chance: Chance): Float64Array {
  const values = new Float64Array(daysMax);
  let now = level;
  let day = 0;
  while (day < daysMax) {
    const hold = Math.round(holdDaysMin + chance.wait(holdDays - holdDaysMin));
    const until = Math.min(daysMax, day + hold);
    values.fill(now, day, until);
    const next = Math.min(high, Math.max(low, now * Math.exp(step * chance.normal() + (drift * hold) / 365)));
    if (chance.happens(0.35)) {
      for (let i = 0; i < rampDays && until + i < daysMax; i++)
        values[until + i] = now + ((next - now) * (i + 1)) / rampDays;
      day = Math.min(daysMax, until + rampDays);
    } else day = until;
    now = next;
  }
  return values;
}
