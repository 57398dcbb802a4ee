import type { About } from './event.ts';
import { delist, enlist, status } from './people.ts';
import { happen, type JoinSource, type Today, type World } from './world.ts';

const channels: Record<JoinSource, About> = {
  invitation: { channel: 'invitation' },
  live: { channel: 'live' },
  content: { channel: 'content' },
  koc: { channel: 'koc' },
  order: { channel: 'shop' },
  offline: { channel: 'offline' },
};
/** Chance that a new member also joins a group. */
const groupShare: Record<JoinSource, number> = {
  invitation: 0.85,
  live: 0.55,
  content: 0.45,
  koc: 0.6,
  order: 0.3,
  offline: 0.6,
};

/** Whether a person could become a member today. */
export function isWithinReach(world: World, i: number, index: number): boolean {
  const { people } = world;
  return people.status[i] !== status.member && people.reachDay[i]! <= index && people.movedDay[i] !== index;
}

/** Makes a person a member, and perhaps one of a group. */
export function join(world: World, today: Today, i: number, atMs: number, source: JoinSource, inviter = -1): void {
  const { people, chance } = world;
  if (people.status[i] === status.left) today.tally.rejoined++;
  enlist(people, i);
  people.interest[i] = 0.45 + 0.4 * chance.uniform();
  people.fatigue[i] = 0;
  people.lastAct[i] = today.index;
  people.movedDay[i] = today.index;
  if (source === 'koc') people.seedling[i] = 1;
  today.tally.joined[source]++;
  happen(today, 'member.joined', i, atMs, { about: channels[source] });
  if (chance.happens(groupShare[source])) joinGroup(world, today, i, atMs + 60_000 * chance.wait(8), inviter);
}

/** Puts a member into a group with places left: the friend's own, or the newest of the city. */
export function joinGroup(world: World, today: Today, i: number, atMs: number, inviter = -1): void {
  const { people, groups, plan, chance } = world;
  const own = inviter >= 0 ? people.group[inviter]! : -1;
  const hasRoom = own >= 0 && groups[own]!.size < plan.nature.groupCapacity && chance.happens(0.7);
  const at = hasRoom ? own : openGroup(world, people.city[i]!);
  groups[at]!.size++;
  people.group[i] = at;
  happen(today, 'group.joined', i, atMs, { about: groups[at]!.about });
}

function openGroup(world: World, city: number): number {
  const { groups, openGroups, plan } = world;
  const open = openGroups.get(city);
  if (open !== undefined && groups[open]!.size < plan.nature.groupCapacity) return open;
  const about = { groupId: `group-${groups.length + 1}`, communityId: `city-${city + 1}` };
  openGroups.set(city, groups.push({ about, city, size: 0, posts: 0, buzz: 0 }) - 1);
  return groups.length - 1;
}

/** Takes a member out of the group. */
export function leaveGroup(world: World, today: Today, i: number, atMs: number): void {
  const { people, groups, openGroups } = world;
  const at = people.group[i]!;
  if (at < 0) return;
  const group = groups[at]!;
  group.size--;
  world.people.movedDay[i] = today.index;
  openGroups.set(group.city, at);
  people.group[i] = -1;
  happen(today, 'group.left', i, atMs, { about: group.about });
}

/** Ends a membership. */
export function leave(world: World, today: Today, i: number, atMs: number): void {
  leaveGroup(world, today, i, atMs);
  delist(world.people, i);
  world.people.movedDay[i] = today.index;
  today.tally.left++;
  happen(today, 'member.left', i, atMs + 1_000);
}

/** A member asks friends to join; each ask makes the next less welcome, friends who are there already make it more so. */
export function inviteFriends(world: World, today: Today, i: number, atMs: number): void {
  const { people, chance, plan } = world;
  const from = people.friendsFrom[i]!;
  const degree = people.friendsFrom[i + 1]! - from;
  if (degree === 0) return;
  const seed = people.seedling[i] === 1;
  const props = { seed, inviterPersonId: `person-${i}` };
  const group = people.group[i]! >= 0 ? world.groups[people.group[i]!]!.about : undefined;
  const asks = 1 + chance.count(0.8);
  for (let k = 0; k < asks; k++) {
    const j = people.friends[from + chance.below(degree)]!;
    // Friends who are there already, or have said no often, are not asked.
    if (!isWithinReach(world, j, today.index) || people.asked[j]! > 7) continue;
    happen(today, 'invite.sent', i, atMs + 1_000 * k, { props: { seed }, ...(group && { about: group }) });
    const asked = people.asked[j]!++;
    const ready = plan.nature.inviteAcceptance * 0.72 ** asked * (people.status[j] === status.left ? 0.35 : 1);
    if (!chance.happens(Math.min(0.8, ready * (1 + 0.5 * friendsWithin(world, j))))) continue;
    const acceptedMs = atMs + 60_000 * (1 + chance.wait(40));
    happen(today, 'invite.accepted', j, acceptedMs, { props, ...(group && { about: group }) });
    join(world, today, j, acceptedMs + 2_000, 'invitation', i);
  }
}

/** Friends who are members, at most three of them counted, from a look at up to six. */
function friendsWithin(world: World, j: number): number {
  const { people, chance } = world;
  const from = people.friendsFrom[j]!;
  const degree = people.friendsFrom[j + 1]! - from;
  let found = 0;
  for (let k = 0; k < Math.min(6, degree); k++) {
    if (people.status[people.friends[from + chance.below(degree)]!] === status.member) found++;
  }
  return Math.min(3, Math.max(0, found - 1));
}
