import { addPiece, considerJoining, viewPiece } from './content.ts';
import { isWithinReach } from './joining.ts';
import { status } from './people.ts';
import { happen, momentAround, type Today, type World } from './world.ts';

const publishChance = 0.13;

/** Recruits KOC from content members and from outside, lets them publish, and lets go those without success. */
export function partnerDay(world: World, today: Today): void {
  const { chance, partners } = world;
  for (let k = chance.count(today.levers.kocPerDay); k > 0; k--) recruit(world, today);
  for (const [at, partner] of partners.entries()) {
    if (!partner.isActive) continue;
    const idle = today.index - partner.lastSaleDay;
    if (chance.happens(idle > 45 ? 0.012 : 0.0015)) {
      partner.isActive = false;
      happen(today, 'partner.left', -1, momentAround(world, today, 18, 1), { about: partner.about });
    } else if (chance.happens(publishChance)) spread(world, today, at);
  }
}

/** Takes on a KOC: the one of a few candidates with the most friends. */
export function recruit(world: World, today: Today): void {
  const { chance, people, partners, plan } = world;
  const inside = people.members.length > 20 && chance.happens(0.6);
  let best = -1;
  for (let k = 0; k < 6; k++) {
    const i = inside ? people.members[chance.below(people.members.length)]! : chance.below(people.count);
    const degree = people.friendsFrom[i + 1]! - people.friendsFrom[i]!;
    if (best < 0 || degree > people.friendsFrom[best + 1]! - people.friendsFrom[best]!) best = i;
  }
  const about = { partnerId: `koc-${partners.length + 1}` };
  const size = Math.min(2_000, 12 + Math.round(0.004 * plan.reach * chance.around(0.7)));
  const own = people.friends.subarray(people.friendsFrom[best]!, people.friendsFrom[best + 1]!);
  const audience = Int32Array.from([...own, ...Array.from({ length: size }, () => chance.below(people.count))]);
  partners.push({ about, person: best, audience, isActive: true, lastSaleDay: today.index });
  people.seedling[best] = 1;
  happen(today, 'partner.joined', -1, momentAround(world, today, 10, 1), { about });
}

/** A KOC shows a piece to the audience: members enjoy it, strangers get to know the brand. */
function spread(world: World, today: Today, at: number): void {
  const { chance, people, plan, partners } = world;
  const { audience, person } = partners[at]!;
  const kind = chance.happens(0.7) ? 'short_video' : 'community';
  const piece = addPiece(world, today, kind, at, 0.35);
  const trust = people.satisfaction[person]!;
  const seenBy = Math.min(0.5, 0.16 * plan.nature.contentQuality * chance.around(0.5));
  for (const i of audience) {
    if (!chance.happens(seenBy) || people.reachDay[i]! > today.index) continue;
    const ms = momentAround(world, today, people.hour[i]!, 2);
    viewPiece(world, today, i, ms, piece);
    if (people.status[i] !== status.member && isWithinReach(world, i, today.index)) {
      considerJoining(world, today, i, ms, 0.03 * (0.5 + trust));
    }
  }
}
