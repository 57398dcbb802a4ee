import { interestGained, interestKept, readiness } from './community.ts';
import { freshnessOf } from './content.ts';
import { status } from './people.ts';
import type { BrandPlan, Levers } from './plan.ts';
import { postsOfActing } from './talk.ts';
import type { Tally, Today, World } from './world.ts';

/** The state of a brand at the end of a day, as only its maker knows it. */
export interface DayState extends Tally {
  members: number;
  outside: number;
  gone: number;
  /** Members without an act for 30 days. */
  quiet: number;
  groups: number;
  koc: number;
  heat: number;
  demand: number;
  favour: number;
  interest: number;
  fatigue: number;
  satisfaction: number;
  /** Share of the members of a typical group that must act for the group to set itself off, and where it rests; looked for every 28 days. */
  threshold: ThresholdPosition | null | undefined;
}

export interface ThresholdPosition {
  /** Share of members who acted. */
  activity: number;
  /** The unstable point, null where there is but one state. */
  threshold: number | null;
  /** Shares at which a group rests, lowest first. */
  rests: number[];
}

const thresholdEveryDays = 28;

export function stateOf(world: World, today: Today): DayState {
  const { people, partners, groups } = world;
  const { members } = people;
  let [interest, fatigue, satisfaction, quiet] = [0, 0, 0, 0];
  for (const i of members) {
    interest += people.interest[i]!;
    fatigue += people.fatigue[i]!;
    satisfaction += people.satisfaction[i]!;
    if (today.index - people.lastAct[i]! > 30) quiet++;
  }
  const per = Math.max(1, members.length);
  let [within, gone] = [0, 0];
  for (let i = 0; i < people.count; i++) {
    if (people.reachDay[i]! <= today.index) within++;
    if (people.status[i] === status.left) gone++;
  }
  return {
    ...today.tally,
    members: members.length,
    outside: within - members.length - gone,
    gone,
    quiet,
    groups: groups.filter((group) => group.size > 0).length,
    koc: partners.filter((partner) => partner.isActive).length,
    heat: world.heat,
    demand: today.demand,
    favour: today.favour,
    interest: interest / per,
    fatigue: fatigue / per,
    satisfaction: satisfaction / per,
    threshold: today.index % thresholdEveryDays === 0 ? thresholdOf(world, today, interest / per) : undefined,
  };
}

/**
 * Where a group of usual size would go by itself: from the share of its members that act, to the share that acts once
 * interest has followed, over a sample of real members under today's circumstances. Crossings of the diagonal are where it
 * rests or tips.
 */
function thresholdOf(world: World, today: Today, interest: number): ThresholdPosition | null {
  const { people, groups } = world;
  const grouped = people.members.filter((i) => people.group[i]! >= 0);
  if (grouped.length < 30) return null;
  const sample = grouped.filter((_, k) => k % Math.ceil(grouped.length / 400) === 0);
  const filled = groups.filter((group) => group.size > 0);
  const size = grouped.length / filled.length;
  const gained = interestGained * freshnessOf(world);
  const next = (share: number) => {
    const posts = share * size * postsOfActing(interest);
    const acting = sample.reduce((sum, i) => sum + lastingActivity(world, today, i, posts, gained), 0);
    return acting / sample.length;
  };
  const rests: number[] = [];
  let threshold: number | null = null;
  let before = next(0);
  for (let k = 1; k <= 100; k++) {
    const share = k / 100;
    const gap = next(share) - share;
    if (before > 0 && gap <= 0) rests.push(share);
    if (before < 0 && gap >= 0) threshold ??= share;
    before = gap;
  }
  return { activity: today.tally.acted / Math.max(1, people.members.length), threshold, rests };
}

const turnsMax = 12;

/** Chance of a day's act of one member who sees that many posts day after day: interest and activity make each other. */
function lastingActivity(world: World, today: Today, i: number, posts: number, gained: number): number {
  let interest = world.people.interest[i]!;
  let acting = 0;
  for (let turn = 0; turn < turnsMax; turn++) {
    acting = 1 - Math.exp(-readiness(world, today, i, posts, interest));
    const rests = (gained * acting) / (1 - interestKept + gained * acting);
    if (Math.abs(rests - interest) < 1e-3) break;
    interest = rests;
  }
  return acting;
}

/** Everything that was true of a simulated history, by name and by day. */
export interface Truth {
  seed: number;
  start: string;
  days: number;
  members: number;
  zone: string;
  currency: string;
  nature: BrandPlan['nature'];
  promotions: BrandPlan['promotions'];
  levers: Levers[];
  states: DayState[];
}

/** The truth of a plan with the days that were lived so far. */
export function truthOf(plan: BrandPlan, levers: Levers[], states: DayState[]): Truth {
  const { seed, start, members, zone, currency, nature, promotions } = plan;
  return { seed, start, days: states.length, members, zone, currency, nature, promotions, levers, states };
}
