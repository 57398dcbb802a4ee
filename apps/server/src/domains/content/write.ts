import type { Tx } from '#adapters/postgres.ts';
import { type Fact, record } from '#domains/events/index.ts';
import type { WriteContext, WriteOutcome } from '#domains/imports/index.ts';
import { nameUuid, publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { stepMeasure } from './measure.ts';
import type { ContentRecord, ExposureRecord, PieceRecord, SpendRecord } from './readers.ts';
import * as store from './store.ts';

const BATCH_FACTS = 5000;

/** Writes spend, exposure and pieces; a corrected number records the difference, one read before changes nothing. */
export async function writeContent(
  tx: Tx,
  context: WriteContext,
  records: readonly ContentRecord[],
): Promise<WriteOutcome[]> {
  if (records.length === 0) return [];
  const brandId = context.brand.id;
  await store.lockBrand(tx, brandId);
  const outcomes = new Map<ContentRecord, WriteOutcome>();
  const facts = [
    ...(await writeSpend(
      tx,
      brandId,
      records.filter((one) => one.kind === 'spend'),
      outcomes,
    )),
    ...(await writeExposures(
      tx,
      brandId,
      records.filter((one) => one.kind === 'exposure'),
      outcomes,
    )),
    ...(await writePieces(
      tx,
      brandId,
      records.filter((one) => one.kind === 'piece'),
      outcomes,
    )),
  ];
  for (let start = 0; start < facts.length; start += BATCH_FACTS) {
    await record(tx, brandId, context.source, facts.slice(start, start + BATCH_FACTS));
  }
  return records.map((one) => outcomes.get(one) ?? 'duplicate');
}

type Outcomes = Map<ContentRecord, WriteOutcome>;

async function writeSpend(tx: Tx, brandId: Uuid, records: readonly SpendRecord[], outcomes: Outcomes): Promise<Fact[]> {
  if (records.length === 0) return [];
  const idOf = (one: SpendRecord) => nameUuid(brandId, 'spend', one.key);
  const known = await store.readSpend(tx, brandId, records.map(idOf));
  const rows = new Map<Uuid, store.SpendRow>();
  const pieces = new Map<Uuid, store.PieceRow>();
  const facts: Fact[] = [];
  for (const one of records) {
    const step = stepMeasure(known.get(idOf(one)), {
      id: idOf(one),
      atMs: one.atMs,
      value: one.amountMinor,
      total: null,
    });
    outcomes.set(one, step ? 'accepted' : 'duplicate');
    if (!step) continue;
    const { next, delta } = step;
    known.set(next.id, next);
    const sessionId =
      one.session &&
      (uuidOf('ses', one.session.key) ?? nameUuid(brandId, 'session', one.session.platform, one.session.key));
    const contentId = one.piece && nameUuid(brandId, 'content', one.piece.key);
    rows.set(next.id, { measure: next, record: one, sessionId, contentId });
    if (contentId && one.piece)
      pieces.set(contentId, {
        id: contentId,
        ...one.piece,
        contentKind: 'short_video',
        channel: one.channel,
        atMs: null,
      });
    if (delta === 0) continue;
    facts.push({
      id: nameUuid(brandId, 'spend', next.id, String(next.revision)),
      type: 'spend.recorded',
      occurredAtMs: next.atMs,
      amountMinor: delta,
      props: { purpose: one.purpose, ...(one.campaign && { campaign: one.campaign }) },
      ...(one.channel && { channel: one.channel }),
      ...(sessionId && { sessionId: publicId('ses', sessionId) }),
      ...(contentId && { contentId: publicId('cnt', contentId) }),
    });
  }
  await store.savePieces(tx, brandId, [...pieces.values()]);
  await store.saveSpend(tx, brandId, [...rows.values()]);
  return facts;
}

async function writeExposures(
  tx: Tx,
  brandId: Uuid,
  records: readonly ExposureRecord[],
  outcomes: Outcomes,
): Promise<Fact[]> {
  if (records.length === 0) return [];
  const idOf = (one: ExposureRecord) => nameUuid(brandId, 'exposure', one.key);
  const known = await store.readExposures(tx, brandId, records.map(idOf));
  const rows = new Map<
    Uuid,
    { measure: Parameters<typeof store.saveExposures>[2][number]['measure']; record: ExposureRecord }
  >();
  const facts: Fact[] = [];
  for (const one of records) {
    const step = stepMeasure(known.get(idOf(one)), {
      id: idOf(one),
      atMs: one.atMs,
      value: one.quantity,
      total: one.total,
    });
    outcomes.set(one, step ? 'accepted' : 'duplicate');
    if (!step) continue;
    const { next, delta, totalDelta } = step;
    known.set(next.id, next);
    rows.set(next.id, { measure: next, record: one });
    facts.push({
      id: nameUuid(brandId, 'exposure', next.id, String(next.revision)),
      type: 'exposure.recorded',
      occurredAtMs: next.atMs,
      quantity: delta,
      props: { metric: one.metric, ...(totalDelta !== null && { total: totalDelta }) },
      ...(one.channel && { channel: one.channel }),
    });
  }
  await store.saveExposures(tx, brandId, [...rows.values()]);
  return facts;
}

async function writePieces(
  tx: Tx,
  brandId: Uuid,
  records: readonly PieceRecord[],
  outcomes: Outcomes,
): Promise<Fact[]> {
  if (records.length === 0) return [];
  const known = await store.readPieces(
    tx,
    brandId,
    records.map((one) => nameUuid(brandId, 'content', one.key)),
  );
  const rows = new Map<Uuid, store.PieceRow>();
  const facts: Fact[] = [];
  for (const one of records) {
    const id = nameUuid(brandId, 'content', one.key);
    outcomes.set(one, known.get(id) ? 'duplicate' : 'accepted');
    if (known.get(id)) continue;
    known.set(id, true);
    rows.set(id, { ...one, id });
    facts.push({
      id: nameUuid(brandId, 'content-published', id),
      type: 'content.published',
      occurredAtMs: one.atMs,
      contentId: publicId('cnt', id),
      props: { kind: one.contentKind },
      ...(one.channel && { channel: one.channel }),
    });
  }
  await store.savePieces(tx, brandId, [...rows.values()]);
  return facts;
}
