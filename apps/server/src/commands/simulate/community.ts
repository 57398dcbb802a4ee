import { viewPiece } from './content.ts';
import { inviteFriends, joinGroup, leave, leaveGroup } from './joining.ts';
import { buzzKept, furtherActs, messageWeight, talk } from './talk.ts';
import { couponOf, happen, momentAround, type Today, type World } from './world.ts';

/** Interest that is left after a day, and the share of what is missing that a day with an act gives back. */
export const interestKept = 0.965;
export const interestGained = 0.13;

/**
 * How ready a member is to act today, as an expected number of times. What the own group shows decides: above the
 * person's own threshold of posts the person is set off (Granovetter 1978), below it held back; there is no formula for
 * the whole community.
 */
export function readiness(
  world: World,
  today: Today,
  i: number,
  postsSeen: number,
  interest = world.people.interest[i]!,
): number {
  const { people, plan } = world;
  const { nature } = plan;
  const inGroup = people.group[i]! >= 0;
  const isSetOff = inGroup && postsSeen >= people.threshold[i]!;
  const company = inGroup ? (isSetOff ? 1 + nature.ignition : 0.7) : 0.6;
  const pull = today.levers.couponDepth * (0.8 + 1.6 * people.priceSense[i]!);
  const reminded = 1 + 0.25 * Math.min(1, today.levers.messagesPerMember);
  return (
    nature.liveliness *
    people.liveliness[i]! *
    (0.02 + 0.55 * interest) *
    company *
    (1 - 0.6 * people.fatigue[i]!) *
    (0.7 + 0.5 * people.satisfaction[i]!) *
    reminded *
    (1 + pull) *
    nature.weekActivity[today.weekday]! *
    today.mood
  );
}

/** Lets every member live the day outside the live rooms; what they show each other works tomorrow and, less, the days after. */
export function communityDay(world: World, today: Today, freshness: number): void {
  const { people, chance, plan, groups } = world;
  const { levers } = today;
  const { nature } = plan;
  const tiring = 0.05 * levers.messagesPerMember;
  // A copy: members come and go while the day runs.
  for (const i of people.members.slice()) {
    const at = people.group[i]!;
    const noise = 0.75 + 0.5 * chance.uniform();
    const seen = at >= 0 ? groups[at]!.buzz * noise : 0;
    if (at >= 0 && seen >= people.threshold[i]!) today.tally.pastThreshold++;
    let rate = readiness(world, today, i, seen);
    if (levers.couponDepth > 0 && chance.happens(levers.couponAudience)) {
      // Who is told of the coupon may wake, however long asleep.
      rate += 0.35 * levers.couponDepth * people.priceSense[i]! * Math.min(1.5, people.liveliness[i]!);
    }
    people.interest[i]! *= interestKept;
    if (chance.uniform() < nature.movingOn) moveOn(world, i);
    people.fatigue[i]! += tiring * (1 - people.fatigue[i]!) - 0.06 * people.fatigue[i]!;
    if (chance.uniform() < 1 - Math.exp(-rate)) act(world, today, i, freshness);
    else if (people.movedDay[i] !== today.index && chance.happens(leavingChance(world, today, i))) {
      const ms = momentAround(world, today, people.hour[i]!, 2);
      if (at >= 0 && chance.happens(0.45)) leaveGroup(world, today, i, ms);
      else leave(world, today, i, ms);
    }
  }
  for (const group of groups) {
    group.buzz = buzzKept * group.buzz + group.posts;
    group.posts = 0;
  }
}

/** Lives change: a member loses most of the leisure or the liking there was for the brand. */
function moveOn({ people, chance }: World, i: number): void {
  people.liveliness[i]! *= 0.15 + 0.35 * chance.uniform();
  people.liveLiking[i]! *= 0.15 + 0.5 * chance.uniform();
}

function leavingChance(world: World, today: Today, i: number): number {
  const { people, plan } = world;
  const isQuiet = today.index - people.lastAct[i]! > 30;
  const unhappy = 1.6 - people.satisfaction[i]!;
  return 0.0011 * plan.nature.leaving * (1 + 4 * people.fatigue[i]!) * (isQuiet ? 2 : 1) * unhappy * unhappy;
}

/** One member's acts of a day: looking, talking, checking in, taking the coupon, inviting. */
function act(world: World, today: Today, i: number, freshness: number): void {
  const { people, chance } = world;
  const { levers } = today;
  today.tally.acted++;
  people.lastAct[i] = today.index;
  people.interest[i]! += interestGained * freshness * (1 - people.interest[i]!);
  const startMs = momentAround(world, today, people.hour[i]!, 1.5);
  const at = people.group[i]!;
  const group = at >= 0 ? world.groups[at]! : undefined;
  const times = 1 + chance.count(furtherActs(people.interest[i]!));
  let ms = startMs;
  for (let k = 0; k < times; k++) {
    ms += 60_000 * chance.wait(9);
    const which = chance.uniform();
    if (which < talk.looking || !group) viewPiece(world, today, i, ms);
    else if (which < talk.looking + talk.messages) {
      group.posts += messageWeight;
      happen(today, 'message.sent', i, ms, { about: group.about });
    } else if (which < talk.looking + talk.messages + talk.posts) {
      group.posts++;
      happen(today, 'post.created', i, ms, { about: group.about });
    } else happen(today, 'checkin.done', i, ms, { about: group.about });
  }
  if (levers.couponDepth > 0 && chance.happens(0.25 + 0.5 * people.priceSense[i]!)) {
    happen(today, 'coupon.claimed', i, ms + 20_000, { about: { couponId: couponOf(today) } });
  }
  const tellsFriends = levers.invitations * (0.3 + people.satisfaction[i]!) * (today.promotion ? 1.6 : 1);
  if (chance.happens(tellsFriends)) inviteFriends(world, today, i, ms + 30_000);
  if (!group && people.movedDay[i] !== today.index && chance.happens(0.004)) joinGroup(world, today, i, ms + 45_000);
}
