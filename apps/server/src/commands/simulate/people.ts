import type { Chance } from './chance.ts';
import type { BrandPlan } from './plan.ts';
import { postsOfActing } from './talk.ts';

export const status = { outside: 0, member: 1, left: 2 } as const;

/** Everybody within reach, by number: what they are like, and what has happened to them. */
export interface People {
  count: number;
  city: Uint8Array;
  /** What people are like: mean 1 each, save for the share in [0, 1]. */
  liveliness: Float32Array;
  liveLiking: Float32Array;
  means: Float32Array;
  priceSense: Float32Array;
  /** Posts in the own group that set the person off. */
  threshold: Float32Array;
  /** Hour of the day at which the person is usually there. */
  hour: Float32Array;
  /** First day within reach. */
  reachDay: Int16Array;
  /** Friends of person i: `friends[friendsFrom[i] .. friendsFrom[i + 1]]`. */
  friendsFrom: Int32Array;
  friends: Int32Array;
  status: Uint8Array;
  group: Int32Array;
  interest: Float32Array;
  fatigue: Float32Array;
  satisfaction: Float32Array;
  habit: Float32Array;
  lastAct: Int16Array;
  /** Day of the last coming or going; nobody moves twice a day, so that a day's end does not hang on the hour. */
  movedDay: Int16Array;
  lastContent: Int16Array;
  /** KOC whose piece was seen last, -1 for none. */
  lastPartner: Int32Array;
  buys: Uint16Array;
  /** Day on which the person next needs something, -1 for never. */
  needDay: Int16Array;
  /** How often the person was asked to join. */
  asked: Uint8Array;
  /** Founders and who came by KOC: the first generation of invitations. */
  seedling: Uint8Array;
  /** Members as a list, and each one's place in it. */
  members: number[];
  place: Int32Array;
}

/** Makes the people: traits of their own, cities, and friends. */
export function peopleOf(plan: BrandPlan, chance: Chance): People {
  const { reach: count, nature } = plan;
  const floats = (draw: () => number) => Float32Array.from({ length: count }, draw);
  const city = Uint8Array.from({ length: count }, (_, i) => Math.floor(nature.cities * (i / count) ** 1.6));
  const medianPosts = nature.thresholdShare * nature.groupCapacity * postsOfActing(0.35);
  const graph = friendsOf(city, chance);
  return {
    count,
    city,
    liveliness: floats(() => chance.gamma(1.3)),
    liveLiking: floats(() => chance.gamma(0.9)),
    means: floats(() => chance.around(0.5)),
    priceSense: floats(() => chance.uniform()),
    threshold: floats(() => medianPosts * chance.around(nature.thresholdSpread)),
    hour: floats(() => Math.min(23, Math.max(7, (chance.happens(0.65) ? 20 : 12.5) + 2 * chance.normal()))),
    reachDay: Int16Array.from({ length: count }, () =>
      chance.happens(nature.lateShare) ? chance.below(1_000) : -32_000,
    ),
    ...graph,
    status: new Uint8Array(count),
    group: new Int32Array(count).fill(-1),
    interest: new Float32Array(count),
    fatigue: new Float32Array(count),
    satisfaction: new Float32Array(count).fill(0.6),
    habit: new Float32Array(count),
    lastAct: new Int16Array(count).fill(-32_000),
    movedDay: new Int16Array(count).fill(-32_000),
    lastContent: new Int16Array(count).fill(-32_000),
    lastPartner: new Int32Array(count).fill(-1),
    buys: new Uint16Array(count),
    needDay: new Int16Array(count).fill(-1),
    asked: new Uint8Array(count),
    seedling: new Uint8Array(count),
    members: [],
    place: new Int32Array(count).fill(-1),
  };
}

/**
 * Friendships: most with people near in one's own city (a ring with short cuts, as in Watts and Strogatz 1998), some with
 * anybody, and a few people with very many (numbers from a log-normal with a heavy tail).
 */
function friendsOf(city: Uint8Array, chance: Chance): Pick<People, 'friends' | 'friendsFrom'> {
  const count = city.length;
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i < count; i++) {
    const wanted = Math.min(60, Math.round(2.2 * chance.around(0.9)));
    for (let k = 0; k < wanted; k++) {
      const near = i + (chance.happens(0.5) ? 1 : -1) * (1 + Math.floor(chance.wait(6)));
      const isNear = near >= 0 && near < count && city[near] === city[i] && chance.happens(0.75);
      const j = isNear ? near : chance.below(count);
      if (j === i) continue;
      from.push(i);
      to.push(j);
    }
  }
  const friendsFrom = new Int32Array(count + 1);
  for (const ends of [from, to]) for (const i of ends) friendsFrom[i + 1]!++;
  for (let i = 0; i < count; i++) friendsFrom[i + 1]! += friendsFrom[i]!;
  const next = friendsFrom.slice();
  const friends = new Int32Array(from.length * 2);
  for (let e = 0; e < from.length; e++) {
    friends[next[from[e]!]!++] = to[e]!;
    friends[next[to[e]!]!++] = from[e]!;
  }
  return { friends, friendsFrom };
}

/** Enters a person in the list of members. */
export function enlist(people: People, i: number): void {
  people.status[i] = status.member;
  people.place[i] = people.members.push(i) - 1;
}

/** Takes a person off the list of members. */
export function delist(people: People, i: number): void {
  const at = people.place[i]!;
  const last = people.members.pop()!;
  if (last !== i) {
    people.members[at] = last;
    people.place[last] = at;
  }
  people.place[i] = -1;
  people.status[i] = status.left;
}
