import { isWithinReach, join } from './joining.ts';
import { placeOrder } from './order.ts';
import { status } from './people.ts';
import { type ContentKind, happen, momentAround, type Piece, type Today, type World } from './world.ts';

/** Cost of a piece in units of the currency for each member of the size of the brand, and what is left of its appeal after a day. */
const kinds: Record<ContentKind, { cost: number; keep: number; lure: number }> = {
  community: { cost: 0.06, keep: 0.62, lure: 0.1 },
  live: { cost: 0.09, keep: 0.55, lure: 0.5 },
  short_video: { cost: 0.08, keep: 0.8, lure: 1.6 },
  offline: { cost: 0.25, keep: 0.9, lure: 0.3 },
};
const appealGone = 0.02;
const piecesKept = 400;

/** Publishes what the budget of the day pays for; the second piece of a day draws less than the first. */
export function publish(world: World, today: Today): void {
  const { chance, plan, pieces } = world;
  const { split, budgetPerDay } = today.levers;
  const shares: [ContentKind, number][] = [
    ['community', split.community],
    ['live', split.live],
    ['short_video', split.shortVideo],
    ['offline', split.offline],
  ];
  for (const piece of pieces) piece.appeal *= piece.keep * (0.85 + 0.3 * chance.uniform());
  world.pieces = pieces.filter((piece) => piece.appeal > appealGone).slice(-piecesKept);
  for (const [kind, share] of shares) {
    const paidFor = (budgetPerDay * share) / (kinds[kind].cost * Math.max(500, plan.members));
    const count = chance.count(1.4 * paidFor ** 0.8);
    for (let k = 0; k < count; k++) addPiece(world, today, kind, -1, 1 / Math.sqrt(1 + 0.3 * k));
  }
  if (chance.happens(today.levers.offlineEventsPerDay)) offlineEvent(world, today);
}

/** Publishes a piece; a few go round far beyond the rest. */
export function addPiece(world: World, today: Today, kind: ContentKind, partner: number, share: number): Piece {
  const { chance, plan, pieces, counters } = world;
  counters.pieces++;
  const partnerId = partner >= 0 ? world.partners[partner]!.about.partnerId : undefined;
  const about = { contentId: `piece-${counters.pieces}`, ...(partnerId !== undefined && { partnerId }) };
  const goesRound = kind === 'short_video' && chance.happens(0.02) ? 4 + chance.wait(6) : 1;
  const piece = {
    about,
    kind,
    partner,
    appeal: share * plan.nature.contentQuality * chance.around(0.6) * goesRound,
    keep: kinds[kind].keep,
  };
  pieces.push(piece);
  happen(today, 'content.published', -1, momentAround(world, today, 11, 3), { about, props: { kind } });
  return piece;
}

/** What content there is to see, of what keeps people interested; 1 = usual. */
export function freshnessOf(world: World): number {
  const total = world.pieces.reduce((sum, piece) => sum + Math.min(2, piece.appeal), 0);
  return Math.min(1.6, 0.35 + 0.65 * Math.sqrt(total / 6));
}

/** Somebody looks at a piece, the more alluring the likelier; most of all it plants a wish. */
export function viewPiece(world: World, today: Today, i: number, atMs: number, given?: Piece): void {
  const { chance, pieces, people } = world;
  if (pieces.length === 0) return;
  const piece = given ?? pickPiece(world);
  people.lastContent[i] = today.index;
  people.lastPartner[i] = piece.partner;
  const isKnown = people.status[i] === status.member;
  happen(today, 'content.viewed', isKnown ? i : -1, atMs, { about: piece.about });
  const wish = 0.006 * world.plan.nature.weekBuying[today.weekday]! * people.satisfaction[i]!;
  if (isKnown && chance.happens(wish * (1 + 3 * today.levers.couponDepth))) {
    placeOrder(world, today, i, atMs + 180_000, { source: 'content', about: piece.about, partner: piece.partner });
  }
}

/** Two draws and the better one: cheap, and close to choosing by appeal. */
function pickPiece({ chance, pieces }: World): Piece {
  const one = pieces[chance.below(pieces.length)]!;
  const other = pieces[chance.below(pieces.length)]!;
  return one.appeal >= other.appeal ? one : other;
}

/** Strangers whom the algorithm shows pieces; some come. */
export function contentReach(world: World, today: Today): void {
  const { chance, pieces, people, plan } = world;
  const lure = pieces.reduce((sum, piece) => sum + (piece.partner < 0 ? piece.appeal * kinds[piece.kind].lure : 0), 0);
  const shown = chance.count(
    0.004 * plan.reach * Math.min(4, lure / 4) * (0.5 + world.heat) * today.mood * today.favour,
  );
  for (let k = 0; k < shown; k++) {
    const i = chance.below(people.count);
    if (!isWithinReach(world, i, today.index)) continue;
    const ms = momentAround(world, today, people.hour[i]!, 2);
    viewPiece(world, today, i, ms);
    considerJoining(world, today, i, ms, 0.03);
  }
}

/** A stranger who has met the brand may become a member. */
export function considerJoining(world: World, today: Today, i: number, atMs: number, ease: number): void {
  const { people, chance, plan } = world;
  if (people.status[i] === status.member) return;
  const again = people.status[i] === status.left ? 0.3 : 1;
  const source = people.lastPartner[i]! >= 0 && people.lastContent[i] === today.index ? 'koc' : 'content';
  if (chance.happens(ease * again * plan.nature.joinEase)) join(world, today, i, atMs + 60_000, source);
}

function offlineEvent(world: World, today: Today): void {
  const { chance, people, plan } = world;
  addPiece(world, today, 'offline', -1, 1);
  const city = people.city[chance.below(people.count)]!;
  const guests = chance.count(Math.min(400, 10 + 0.01 * plan.reach));
  for (let k = 0; k < guests; k++) {
    const i = chance.below(people.count);
    if (people.city[i] !== city || !isWithinReach(world, i, today.index)) continue;
    if (chance.happens(0.25 * plan.nature.joinEase))
      join(world, today, i, momentAround(world, today, 15, 2), 'offline');
  }
}
