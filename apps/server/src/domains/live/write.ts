import { hash } from 'node:crypto';
import type { Tx } from '#adapters/postgres.ts';
import { type Fact, record } from '#domains/events/index.ts';
import type { WriteContext, WriteOutcome } from '#domains/imports/index.ts';
import { nameUuid, publicId, type Uuid } from '#lib/id.ts';
import { type FigureName, figureNames } from './figures.ts';
import type { SessionReport } from './session-reader.ts';
import * as store from './store.ts';

const SEEN_KEPT = 16;

/**
 * Keeps reported figures: a report that says something new makes the next version of its session and an event with all
 * figures as they now stand; a report that was read before, however long ago, changes nothing.
 */
export async function writeSessions(
  tx: Tx,
  context: WriteContext,
  reports: readonly SessionReport[],
): Promise<WriteOutcome[]> {
  if (reports.length === 0) return [];
  const brandId = context.brand.id;
  await store.lockBrand(tx, brandId);
  const rooms = await roomIds(tx, brandId, reports);
  const ids = reports.map((report, index) => sessionId(brandId, report, rooms[index]!));
  const known = await store.readSessions(tx, brandId, [...new Set(ids)]);
  const changed = new Map<Uuid, store.StoredSession>();
  const versions: store.ReportRow[] = [];
  const facts: Fact[] = [];
  const outcomes = reports.map((report, index): WriteOutcome => {
    const id = ids[index]!;
    const next = advanceSession(known.get(id), report, id, rooms[index]!);
    if (!next) return 'duplicate';
    known.set(id, next);
    changed.set(id, next);
    versions.push({ sessionId: id, version: next.version, figures: next.figures, notFinal: next.notFinal });
    facts.push(sessionFact(brandId, next));
    return 'accepted';
  });
  const roomRows = new Map<Uuid, { id: Uuid; report: SessionReport }>();
  reports.forEach((report, index) => {
    const id = rooms[index]!;
    if (report.startedAtMs >= (roomRows.get(id)?.report.startedAtMs ?? 0)) roomRows.set(id, { id, report });
  });
  await store.saveRooms(tx, brandId, [...roomRows.values()]);
  await store.saveSessions(tx, brandId, [...changed.values()]);
  await store.saveReports(tx, brandId, context.source, context.nowMs, versions);
  for (let start = 0; start < facts.length; start += 5000)
    await record(tx, brandId, context.source, facts.slice(start, start + 5000));
  return outcomes;
}

/** A room is found by its id; a file that has only the name means the room that bears it already. */
async function roomIds(tx: Tx, brandId: Uuid, reports: readonly SessionReport[]): Promise<Uuid[]> {
  const nameless = reports.filter((report) => report.room.externalId === null).map((report) => report.room.name);
  const named =
    nameless.length > 0 ? await store.roomsByName(tx, brandId, [...new Set(nameless)]) : new Map<string, Uuid>();
  return reports.map(({ platform, room }) => {
    const own = nameUuid(brandId, 'room', platform, room.externalId ?? room.name);
    return room.externalId === null ? (named.get(`${platform} ${room.name}`) ?? own) : own;
  });
}

function sessionId(brandId: Uuid, report: SessionReport, roomId: Uuid): Uuid {
  return report.externalId === null
    ? nameUuid(brandId, 'session', report.platform, roomId, new Date(report.startedAtMs).toISOString())
    : nameUuid(brandId, 'session', report.platform, report.externalId);
}

/** The session after a report, or null when the report says nothing new. */
export function advanceSession(
  known: store.StoredSession | undefined,
  report: SessionReport,
  id: Uuid,
  roomId: Uuid,
): store.StoredSession | null {
  const fingerprint = Number.parseInt(hash('sha1', JSON.stringify(report), 'hex').slice(0, 8), 16) | 0;
  if (known?.seen.includes(fingerprint)) return null;
  const figures = { ...known?.figures, ...report.figures };
  const waiting = new Set<FigureName>([...(known?.notFinal ?? []), ...report.notFinal]);
  const next: store.StoredSession = {
    id,
    roomId: known?.roomId ?? roomId,
    platform: report.platform,
    externalId: report.externalId ?? known?.externalId ?? null,
    title: report.title ?? known?.title ?? null,
    host: report.host ?? known?.host ?? null,
    startedAtMs: known?.startedAtMs ?? report.startedAtMs,
    endedAtMs: report.endedAtMs ?? known?.endedAtMs ?? null,
    figures,
    notFinal: [...waiting].filter((name) => figures[name] === undefined),
    version: (known?.version ?? 0) + 1,
    seen: [...(known?.seen ?? []), fingerprint].slice(-SEEN_KEPT),
  };
  return known && sameSession(known, next) ? null : next;
}

function sameSession(a: store.StoredSession, b: store.StoredSession): boolean {
  return (
    a.title === b.title &&
    a.host === b.host &&
    a.endedAtMs === b.endedAtMs &&
    a.notFinal.length === b.notFinal.length &&
    figureNames.every((name) => a.figures[name] === b.figures[name])
  );
}

function sessionFact(brandId: Uuid, session: store.StoredSession): Fact {
  return {
    id: nameUuid(brandId, 'session-report', session.id, String(session.version)),
    type: 'session.reported',
    occurredAtMs: session.startedAtMs,
    sessionId: publicId('ses', session.id),
    roomId: publicId('roo', session.roomId),
    channel: session.platform,
    props: {
      version: session.version,
      ...session.figures,
      ...(session.notFinal.length > 0 && { notFinal: session.notFinal }),
    },
  };
}
