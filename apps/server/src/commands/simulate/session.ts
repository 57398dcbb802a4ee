import type { About } from './event.ts';
import { isWithinReach, join, joinGroup } from './joining.ts';
import { placeOrder } from './order.ts';
import { status } from './people.ts';
import { couponOf, happen, type Today, type World } from './world.ts';

const slots: readonly { hour: number; hours: number; draw: number }[] = [
  { hour: 19.5, hours: 3.2, draw: 1.3 },
  { hour: 12, hours: 2, draw: 0.8 },
  { hour: 15.5, hours: 2, draw: 0.7 },
  { hour: 9.5, hours: 2, draw: 0.6 },
  { hour: 17, hours: 2, draw: 0.85 },
  { hour: 7, hours: 1.8, draw: 0.5 },
];

/** A session while it runs, with what its report will say. */
interface Session {
  about: About;
  room: About;
  startMs: number;
  lengthMs: number;
  quality: number;
  draw: number;
  views: number;
  viewers: number;
  watchSeconds: number;
  comments: number;
  likes: number;
  shares: number;
  interacting: number;
  followers: number;
  clicks: number;
  clickers: number;
  orders: number;
  buyers: number;
  items: number;
  gmvMinor: number;
  exposures: number;
  newGroupMembers: number;
}

/** Holds the sessions of the day: members come by their liking, strangers as the algorithm and the ads bring them. */
export function liveDay(world: World, today: Today): void {
  const sessions = schedule(world, today);
  if (sessions.length === 0) {
    world.heat *= 0.985;
    return;
  }
  const draws = sessions.map((session) => session.draw * session.quality);
  const total = draws.reduce((sum, draw) => sum + draw, 0);
  inviteMembers(world, today, sessions, draws, total);
  for (const [k, session] of sessions.entries()) {
    bringStrangers(world, today, session, (today.levers.adSpendPerDay * draws[k]!) / total);
    report(today, session, Math.round((today.levers.adSpendPerDay * 100 * draws[k]!) / total));
  }
  warm(world, today, sessions);
}

function schedule(world: World, today: Today): Session[] {
  const { chance, hosts } = world;
  const { sessionsPerDay } = today.levers;
  const wanted = sessionsPerDay * (today.promotion ? 1.35 : 1) * (today.isHoliday ? 0.4 : 1);
  // A plan, not a lottery: five sessions a week are five in every week.
  world.counters.sessionsDue += wanted;
  const count = Math.min(slots.length, Math.floor(world.counters.sessionsDue));
  world.counters.sessionsDue %= 1;
  return Array.from({ length: count }, (_, k) => {
    const { hour, hours, draw } = slots[k]!;
    const host = chance.below(hosts.length);
    const room = { roomId: `room-${(k % 2) + 1}`, channel: k % 2 === 0 ? 'douyin' : 'wechat-channels' };
    return {
      room,
      about: { sessionId: `session-${today.day}-${k + 1}`, ...room },
      startMs: today.startMs + (hour / 24) * today.lengthMs + 60_000 * Math.floor(chance.between(0, 12)),
      lengthMs: hours * 3_600_000 * (0.85 + 0.3 * chance.uniform()),
      quality: hosts[host]! * chance.around(0.18),
      draw,
      ...nothingYet,
    };
  });
}

const nothingYet = {
  views: 0,
  viewers: 0,
  watchSeconds: 0,
  comments: 0,
  likes: 0,
  shares: 0,
  interacting: 0,
  followers: 0,
  clicks: 0,
  clickers: 0,
  orders: 0,
  buyers: 0,
  items: 0,
  gmvMinor: 0,
  exposures: 0,
  newGroupMembers: 0,
};

/** Members come to one session of the day, likelier when they were about in the community today. */
function inviteMembers(world: World, today: Today, sessions: Session[], draws: number[], total: number): void {
  const { people, chance, plan } = world;
  const offer = 1 - Math.exp(-0.55 * total);
  const pull = 1 + 2.2 * today.levers.couponDepth;
  const weekday = plan.nature.weekActivity[today.weekday]!;
  for (const i of people.members.slice()) {
    const about = people.lastAct[i] === today.index ? 1.7 : 0.75;
    const wish = 0.22 * people.liveLiking[i]! * (0.12 + people.interest[i]!) * (1 - 0.5 * people.fatigue[i]!);
    const rate = wish * about * offer * pull * weekday * today.mood * (0.6 + 0.6 * people.satisfaction[i]!);
    if (chance.uniform() >= 1 - Math.exp(-rate)) continue;
    const session = pick(sessions, draws, chance.uniform() * total);
    if (chance.happens(0.15)) {
      happen(today, 'live.subscribed', i, session.startMs - 60_000 * (10 + chance.wait(120)), { about: session.about });
    }
    watch(world, today, session, i);
  }
}

function pick(sessions: Session[], draws: number[], at: number): Session {
  let k = 0;
  for (let rest = at - draws[0]!; rest > 0 && k < sessions.length - 1; rest -= draws[k]!) k++;
  return sessions[k]!;
}

/** Exposures by the algorithm (as hot as the rooms are) and by ads (less for each further unit of money), and who enters. */
function bringStrangers(world: World, today: Today, session: Session, adSpend: number): void {
  const { chance, plan, people, heat } = world;
  const { nature } = plan;
  const organic =
    nature.exposure * plan.reach * (0.15 + 1.7 * heat) * session.draw * session.quality * today.mood * today.favour;
  const scale = 0.05 * plan.members;
  const paid = 26 * scale * Math.log1p(adSpend / scale);
  session.exposures = Math.round((organic + paid) * chance.around(0.25));
  const entering = chance.count(
    0.045 * Math.sqrt(session.quality) * session.exposures * nature.weekActivity[today.weekday]!,
  );
  const within = Math.round(0.3 * entering);
  for (let k = 0; k < within; k++) {
    const i = chance.below(people.count);
    if (people.reachDay[i]! > today.index || people.status[i] === status.member) passBy(world, today, session, 1);
    else if (people.status[i] === status.outside || chance.happens(0.3)) watch(world, today, session, i);
  }
  passBy(world, today, session, entering - within);
}

/** People outside the brand's market: a number, no persons. */
function passBy(world: World, today: Today, session: Session, count: number): void {
  const { chance, plan } = world;
  session.views += Math.round(count * 1.08);
  session.viewers += count;
  session.watchSeconds += count * 40 * session.quality;
  const interacting = chance.count(0.02 * count);
  session.interacting += interacting;
  session.likes += 2 * interacting;
  const clickers = chance.count(0.03 * count);
  session.clicks += clickers;
  session.clickers += clickers;
  const buyers = chance.count(count * plan.nature.conversion * 0.02 * (1 + 2 * today.levers.couponDepth));
  for (let k = 0; k < buyers; k++)
    buy(world, today, session, -1, session.startMs + chance.uniform() * session.lengthMs);
}

/** One person in a room: enters, watches, takes part, buys, perhaps joins. */
function watch(world: World, today: Today, session: Session, i: number): void {
  const { people, chance, plan } = world;
  const isMember = people.status[i] === status.member;
  const fond = isMember ? 0.4 + people.interest[i]! : 0.35;
  const watched = Math.max(8, Math.min(session.lengthMs / 1_000, 420 * fond * session.quality * chance.around(0.9)));
  const enteredMs = session.startMs + chance.uniform() * Math.max(1_000, session.lengthMs - watched * 1_000);
  const leftMs = enteredMs + watched * 1_000;
  session.views++;
  session.viewers++;
  session.watchSeconds += watched;
  takePart(world, today, session, i, enteredMs, watched);
  people.interest[i]! += isMember ? 0.06 * (1 - people.interest[i]!) : 0;
  if (isMember) people.lastAct[i] = today.index;
  if (chance.happens(buyChance(world, today, session, i))) buy(world, today, session, i, leftMs - 1_000);
  if (people.status[i] !== status.member && isWithinReach(world, i, today.index)) {
    const again = people.status[i] === status.left ? 0.3 : 1;
    if (chance.happens(0.05 * again * plan.nature.joinEase * Math.min(1.5, session.quality))) {
      join(world, today, i, leftMs + 5_000, 'live');
      if (people.group[i]! >= 0) session.newGroupMembers++;
    }
  } else if (isMember && people.group[i]! < 0 && people.movedDay[i] !== today.index && chance.happens(0.03)) {
    joinGroup(world, today, i, leftMs + 5_000);
    session.newGroupMembers++;
  }
  // Strangers are a number to the platform's report; who joins is known from then on, and so is what brought them.
  if (people.status[i] !== status.member) return;
  happen(today, 'live.entered', i, enteredMs, { about: session.about });
  happen(today, 'live.left', i, leftMs, { about: session.about, quantity: Math.round(watched) });
}

function takePart(world: World, today: Today, session: Session, i: number, enteredMs: number, watched: number): void {
  const { people, chance } = world;
  const isKnown = people.status[i] === status.member;
  const eager = 1 - Math.exp(-watched / 500);
  const does = (type: string, count: number) => {
    for (let k = 0; k < count && isKnown; k++) {
      happen(today, type, i, enteredMs + chance.uniform() * watched * 1_000, { about: session.about });
    }
    return count;
  };
  const comments = does('danmaku.sent', chance.count(0.7 * eager));
  const likes = does('live.liked', chance.count(0.9 * eager));
  const shares = does('live.shared', chance.happens(0.03 * eager) ? 1 : 0);
  const follows = does('live.followed', chance.happens((isKnown ? 0.01 : 0.05) * eager) ? 1 : 0);
  session.comments += comments;
  session.likes += likes;
  session.shares += shares;
  session.followers += follows;
  if (comments + likes + shares + follows > 0) session.interacting++;
  const clicks = chance.count(0.8 * eager);
  session.clicks += clicks;
  if (clicks > 0) session.clickers++;
  for (let k = 0; k < clicks && isKnown; k++) {
    const { productId } = world.products[chance.below(world.products.length)]!.about;
    const about = { ...session.about, ...(productId !== undefined && { productId }) };
    const ms = enteredMs + chance.uniform() * watched * 1_000;
    happen(today, 'product.clicked', i, ms, { about });
    if (chance.happens(0.2)) happen(today, 'cart.added', i, ms + 4_000, { about });
  }
}

function buyChance(world: World, today: Today, session: Session, i: number): number {
  const { people, plan } = world;
  const { nature } = plan;
  const { couponDepth, priceLevel } = today.levers;
  const price = Math.exp(-(0.6 + 2.6 * people.priceSense[i]!) * (priceLevel * (1 - couponDepth) - 1));
  const seeded = today.index - people.lastContent[i]! <= 7 ? 1.4 : 1;
  const has = people.needDay[i]! - today.index > 10 ? 0.55 : 1;
  const trusts = people.status[i] === status.member ? 0.5 + people.satisfaction[i]! : 0.3;
  const rate = nature.conversion * session.quality * trusts * price * seeded * has * Math.sqrt(people.means[i]!);
  return (
    1 - Math.exp(-rate * nature.weekBuying[today.weekday]! * today.mood * today.demand * (today.isHoliday ? 0.6 : 1))
  );
}

function buy(world: World, today: Today, session: Session, i: number, atMs: number): void {
  const { people } = world;
  const hasLink = i >= 0 && people.lastPartner[i]! >= 0 && today.index - people.lastContent[i]! <= 3;
  const paid = placeOrder(world, today, i, atMs, {
    source: i < 0 ? 'passers_by' : 'live',
    about: session.about,
    partner: hasLink ? people.lastPartner[i]! : -1,
  });
  if (!paid) return;
  session.orders++;
  session.buyers++;
  session.items += paid.items;
  session.gmvMinor += paid.amountMinor;
  if (today.promotion && i >= 0 && world.chance.happens(0.3)) {
    happen(today, 'coupon.claimed', i, atMs - 30_000, { about: { ...session.about, couponId: couponOf(today) } });
  }
}

/** What the platform says of a session when it is over. */
function report(today: Today, session: Session, adSpendMinor: number): void {
  const seconds = session.lengthMs / 1_000;
  const average = session.watchSeconds / seconds;
  const props = {
    version: 1,
    durationSeconds: Math.round(seconds),
    exposures: Math.max(session.exposures, session.views),
    views: session.views,
    viewers: session.viewers,
    comments: session.comments,
    likes: session.likes,
    shares: session.shares,
    interactionUsers: session.interacting,
    newFollowers: session.followers,
    productImpressions: session.views * 4,
    productClicks: session.clicks,
    productClickUsers: session.clickers,
    averageWatchSeconds: session.viewers > 0 ? Math.round(session.watchSeconds / session.viewers) : 0,
    averageConcurrent: Math.round(average * 10) / 10,
    peakConcurrent: Math.ceil(average * 1.9),
    orders: session.orders,
    buyers: session.buyers,
    items: session.items,
    gmvMinor: session.gmvMinor,
    adSpendMinor,
    newGroupMembers: session.newGroupMembers,
  };
  happen(today, 'session.reported', -1, session.startMs, { about: session.about, props });
  today.tally.exposures += session.exposures;
  today.tally.views += session.views;
  today.tally.interactions += session.comments + session.likes + session.clicks + 3 * session.orders;
}

/** The algorithm follows what viewers do for each view, slowly. */
function warm(world: World, today: Today, sessions: readonly Session[]): void {
  const { views, interactions } = today.tally;
  const engaged = views > 0 ? interactions / views : 0;
  const target = 1 - Math.exp(-engaged / 0.55);
  world.heat += (0.1 + 0.02 * sessions.length) * (target - world.heat) + 0.015 * world.chance.normal();
  world.heat = Math.min(0.98, Math.max(0.02, world.heat));
}
