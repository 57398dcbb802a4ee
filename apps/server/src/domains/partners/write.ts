import type { Tx } from '#adapters/postgres.ts';
import { type Fact, record } from '#domains/events/index.ts';
import type { WriteContext, WriteOutcome } from '#domains/imports/index.ts';
import { nameUuid, publicId, type Uuid } from '#lib/id.ts';
import type { PartnerRecord } from './partner-reader.ts';
import * as store from './store.ts';

const SEEN_KEPT = 16;

/** Keeps partners and records who joined and who left; a list that was read before changes nothing. */
export async function writePartners(
  tx: Tx,
  context: WriteContext,
  records: readonly PartnerRecord[],
): Promise<WriteOutcome[]> {
  if (records.length === 0) return [];
  const brandId = context.brand.id;
  await store.lockBrand(tx, brandId);
  const idOf = (one: PartnerRecord) => nameUuid(brandId, 'partner', one.platform, one.externalId);
  const known = await store.readPartners(tx, brandId, [...new Set(records.map(idOf))]);
  const changed = new Map<Uuid, store.StoredPartner>();
  const facts: Fact[] = [];
  const outcomes = records.map((one): WriteOutcome => {
    const step = stepPartner(known.get(idOf(one)), one, idOf(one), brandId, context.nowMs);
    if (!step) return 'duplicate';
    known.set(step.next.id, step.next);
    changed.set(step.next.id, step.next);
    facts.push(...step.facts);
    return 'accepted';
  });
  await store.savePartners(tx, brandId, [...changed.values()]);
  for (let start = 0; start < facts.length; start += 5000)
    await record(tx, brandId, context.source, facts.slice(start, start + 5000));
  return outcomes;
}

/** The partner after reading a row, with what is to be recorded; null when the row says nothing new. */
export function stepPartner(
  known: store.StoredPartner | undefined,
  read: PartnerRecord,
  id: Uuid,
  brandId: Uuid,
  nowMs: number,
): { next: store.StoredPartner; facts: Fact[] } | null {
  if (known?.seen.includes(read.fingerprint)) return null;
  const next: store.StoredPartner = {
    id,
    platform: read.platform,
    externalId: read.externalId,
    name: read.name ?? known?.name ?? null,
    tier: read.tier ?? known?.tier ?? null,
    state: read.state,
    inviter: read.inviter ?? known?.inviter ?? null,
    joinedAtMs: read.joinedAtMs ?? known?.joinedAtMs ?? null,
    leftAtMs: read.state === 'left' ? (read.leftAtMs ?? known?.leftAtMs ?? null) : null,
    moves: known?.moves ?? 0,
    seen: [...(known?.seen ?? []), read.fingerprint].slice(-SEEN_KEPT),
  };
  const facts: Fact[] = [];
  const add = (type: 'partner.joined' | 'partner.left', atMs: number | null) => {
    next.moves++;
    facts.push({
      id: nameUuid(brandId, 'partner-move', id, String(next.moves)),
      type,
      occurredAtMs: atMs ?? nowMs,
      partnerId: publicId('par', id),
      props: { ...(next.tier && { tier: next.tier }), ...(atMs === null && { timeBasis: 'imported' }) },
      ...(Object.keys(read.identifiers).length > 0 && { identifiers: read.identifiers }),
    });
  };
  if (!known) add('partner.joined', next.joinedAtMs ?? next.leftAtMs);
  else if (known.state === 'left' && next.state === 'active')
    add('partner.joined', read.joinedAtMs === known.joinedAtMs ? null : read.joinedAtMs);
  if (next.state === 'left' && known?.state !== 'left') add('partner.left', next.leftAtMs);
  return { next, facts };
}
