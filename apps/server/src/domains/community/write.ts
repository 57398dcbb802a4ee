import type { Tx } from '#adapters/postgres.ts';
import { type Fact, record } from '#domains/events/index.ts';
import type { WriteContext, WriteOutcome } from '#domains/imports/index.ts';
import { describe, type Portrait } from '#domains/people/index.ts';
import { nameUuid, publicId, type Uuid } from '#lib/id.ts';
import type { MemberRecord } from './member-reader.ts';
import * as store from './store.ts';

const SEEN_KEPT = 16;

/** One membership that a row tells of: of the brand, or of a group. */
interface Claim {
  id: Uuid;
  kind: 'member' | 'group';
  joinedAtMs: number | null;
  leftAtMs: number | null;
}

/** Keeps memberships, groups and communities, names the people, and records who joined and left. */
export async function writeMembers(
  tx: Tx,
  context: WriteContext,
  records: readonly MemberRecord[],
): Promise<WriteOutcome[]> {
  if (records.length === 0) return [];
  const brandId = context.brand.id;
  await store.lockBrand(tx, brandId);
  const claims = records.map((one) => claimsOf(brandId, one));
  const known = await store.readMemberships(tx, brandId, [...new Set(claims.flat().map((claim) => claim.id))]);
  const changed = new Map<Uuid, store.Membership>();
  const facts: Fact[] = [];
  const portraits: Portrait[] = [];
  const outcomes = records.map((one, index): WriteOutcome => {
    const places = placesOf(brandId, one);
    let fresh = false;
    for (const claim of claims[index]!) {
      const step = stepMembership(known.get(claim.id), claim, one, places, brandId, context.nowMs);
      if (!step) continue;
      fresh = true;
      known.set(claim.id, step.next);
      changed.set(claim.id, step.next);
      facts.push(...step.facts);
    }
    if (fresh) portraits.push(portraitOf(one, context.nowMs));
    return fresh ? 'accepted' : 'duplicate';
  });
  await savePlaces(tx, brandId, records);
  await store.saveMemberships(tx, brandId, [...changed.values()]);
  const described = portraits.filter((portrait) => portrait.displayName !== undefined || portrait.traits !== undefined);
  if (described.length > 0) await describe(tx, brandId, described);
  for (let start = 0; start < facts.length; start += 5000)
    await record(tx, brandId, context.source, facts.slice(start, start + 5000));
  return outcomes;
}

interface Places {
  communityId: Uuid | null;
  groupId: Uuid | null;
}

function placesOf(brandId: Uuid, one: MemberRecord): Places {
  return {
    communityId: one.community === null ? null : nameUuid(brandId, 'community', one.community),
    groupId: one.group && nameUuid(brandId, 'group', one.group.externalId ?? one.group.name),
  };
}

/** A row of a group list makes its person a member of the brand too. */
function claimsOf(brandId: Uuid, one: MemberRecord): Claim[] {
  const { groupId } = placesOf(brandId, one);
  const claims: Claim[] = [
    {
      id: nameUuid(brandId, 'membership', one.who),
      kind: 'member',
      joinedAtMs: one.joinedAtMs ?? one.groupJoinedAtMs,
      leftAtMs: groupId && one.joinedAtMs === null ? null : one.leftAtMs,
    },
  ];
  if (groupId) {
    const joinedAtMs = one.groupJoinedAtMs ?? one.joinedAtMs;
    const leftAtMs = one.groupLeftAtMs ?? one.leftAtMs;
    claims.push({ id: nameUuid(brandId, 'membership', one.who, groupId), kind: 'group', joinedAtMs, leftAtMs });
  }
  return claims;
}

/** A membership after reading a row, with what is to be recorded; null when the row says nothing new of it. */
function stepMembership(
  known: store.Membership | undefined,
  claim: Claim,
  one: MemberRecord,
  places: Places,
  brandId: Uuid,
  nowMs: number,
): { next: store.Membership; facts: Fact[] } | null {
  if (known?.seen.includes(one.fingerprint)) return null;
  const next: store.Membership = {
    id: claim.id,
    communityId: places.communityId ?? known?.communityId ?? null,
    groupId: claim.kind === 'group' ? places.groupId : null,
    joinedAtMs: known?.joinedAtMs ?? claim.joinedAtMs ?? claim.leftAtMs ?? nowMs,
    leftAtMs: known?.leftAtMs ?? null,
    moves: known?.moves ?? 0,
    seen: [...(known?.seen ?? []), one.fingerprint].slice(-SEEN_KEPT),
  };
  const facts: Fact[] = [];
  const move = (what: 'joined' | 'left', atMs: number, assumed: boolean) => {
    next.moves++;
    facts.push(fact(brandId, `${claim.kind}.${what}`, claim.id, next.moves, atMs, one, places, assumed));
  };
  if (!known) move('joined', next.joinedAtMs, claim.joinedAtMs === null);
  // Joining again after having left.
  if (
    known?.leftAtMs != null &&
    claim.leftAtMs === null &&
    claim.joinedAtMs !== null &&
    claim.joinedAtMs > known.leftAtMs
  ) {
    next.joinedAtMs = claim.joinedAtMs;
    next.leftAtMs = null;
    move('joined', claim.joinedAtMs, false);
  }
  if (claim.leftAtMs !== null && next.leftAtMs === null) {
    next.leftAtMs = claim.leftAtMs;
    move('left', claim.leftAtMs, false);
  }
  return known && facts.length === 0 && known.communityId === next.communityId ? null : { next, facts };
}

function fact(
  brandId: Uuid,
  type: 'member.joined' | 'member.left' | 'group.joined' | 'group.left',
  id: Uuid,
  move: number,
  atMs: number,
  one: MemberRecord,
  places: Places,
  assumed: boolean,
): Fact {
  const ofGroup = type.startsWith('group.');
  return {
    id: nameUuid(brandId, 'membership-move', id, String(move)),
    type,
    occurredAtMs: atMs,
    identifiers: one.identifiers,
    ...(places.communityId && { communityId: publicId('com', places.communityId) }),
    ...(ofGroup && places.groupId && { groupId: publicId('grp', places.groupId) }),
    ...(one.channel && { channel: one.channel }),
    props: {
      ...(one.scene && { scene: one.scene }),
      ...(one.inviter && { inviter: one.inviter }),
      ...(assumed && { timeBasis: 'imported' }),
    },
  };
}

function portraitOf(one: MemberRecord, nowMs: number): Portrait {
  return {
    identifiers: one.identifiers,
    atMs: one.joinedAtMs ?? one.groupJoinedAtMs ?? nowMs,
    displayName: one.name ?? undefined,
    traits: one.tags.length > 0 ? { tags: one.tags.join(', ') } : undefined,
  };
}

async function savePlaces(tx: Tx, brandId: Uuid, records: readonly MemberRecord[]): Promise<void> {
  const communities = new Map<Uuid, string>();
  const groups = new Map<Uuid, store.GroupRow>();
  for (const one of records) {
    const { communityId, groupId } = placesOf(brandId, one);
    if (communityId) communities.set(communityId, one.community!);
    if (groupId) groups.set(groupId, { id: groupId, communityId, ...one.group! });
  }
  await store.saveCommunities(tx, brandId, communities);
  await store.saveGroups(tx, brandId, [...groups.values()]);
}
