import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { FigureName, Figures } from './figures.ts';
import type { SessionReport } from './session-reader.ts';

/** A session as Postgres keeps it; money in minor units, times in UTC milliseconds. */
export interface StoredSession {
  id: Uuid;
  roomId: Uuid;
  platform: string;
  externalId: string | null;
  title: string | null;
  host: string | null;
  startedAtMs: number;
  endedAtMs: number | null;
  figures: Figures;
  notFinal: readonly FigureName[];
  version: number;
  seen: readonly number[];
}

export interface ReportRow {
  sessionId: Uuid;
  version: number;
  figures: Figures;
  notFinal: readonly FigureName[];
}

/** Keeps two imports of one brand from reading the same sessions before either has written them. */
export async function lockBrand(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`live ${brandId}`}, 0))`.execute(tx);
}

/** Rooms by `platform name`. */
export async function roomsByName(tx: Tx, brandId: Uuid, names: readonly string[]): Promise<Map<string, Uuid>> {
  const { rows } = await sql<{ platform: string; name: string; id: Uuid }>`
    select platform, name, id from live.rooms
    where brand_id = ${brandId} and name = any(${names}::text[]) order by named_at`.execute(tx);
  return new Map(rows.map((row) => [`${row.platform} ${row.name}`, row.id]));
}

export async function readSessions(tx: Tx, brandId: Uuid, ids: readonly Uuid[]): Promise<Map<Uuid, StoredSession>> {
  const { rows } = await sql<StoredSession>`
    select id, room_id as "roomId", platform, external_id as "externalId", title, host,
      (extract(epoch from started_at) * 1000)::bigint as "startedAtMs",
      (extract(epoch from ended_at) * 1000)::bigint as "endedAtMs", figures, not_final as "notFinal", version, seen
    from live.sessions where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The newest session names the room. */
export async function saveRooms(
  tx: Tx,
  brandId: Uuid,
  rooms: readonly { id: Uuid; report: Pick<SessionReport, 'platform' | 'room' | 'startedAtMs'> }[],
): Promise<void> {
  await sql`
    insert into live.rooms (brand_id, id, platform, external_id, name, named_at)
    select ${brandId}::uuid, id, platform, external_id, name, to_timestamp(named_ms / 1000)
    from unnest(${rooms.map((room) => room.id)}::uuid[], ${rooms.map((room) => room.report.platform)}::text[],
      ${rooms.map((room) => room.report.room.externalId)}::text[], ${rooms.map((room) => room.report.room.name)}::text[],
      ${rooms.map((room) => room.report.startedAtMs)}::float8[]) as u(id, platform, external_id, name, named_ms)
    on conflict (brand_id, id) do update set name = excluded.name, named_at = excluded.named_at,
      external_id = coalesce(rooms.external_id, excluded.external_id)
    where excluded.named_at > rooms.named_at`.execute(tx);
}

const literal = (values: readonly (string | number)[]) => `{${values.join(',')}}`;

export async function saveSessions(tx: Tx, brandId: Uuid, sessions: readonly StoredSession[]): Promise<void> {
  if (sessions.length === 0) return;
  await sql`
    insert into live.sessions (brand_id, id, room_id, platform, external_id, title, host, started_at, ended_at, figures,
      not_final, version, seen)
    select ${brandId}::uuid, id, room_id, platform, external_id, title, host, to_timestamp(started_ms / 1000),
      to_timestamp(ended_ms / 1000), figures::jsonb, not_final::text[], version, seen::integer[]
    from unnest(${sessions.map((one) => one.id)}::uuid[], ${sessions.map((one) => one.roomId)}::uuid[],
      ${sessions.map((one) => one.platform)}::text[], ${sessions.map((one) => one.externalId)}::text[],
      ${sessions.map((one) => one.title)}::text[], ${sessions.map((one) => one.host)}::text[],
      ${sessions.map((one) => one.startedAtMs)}::float8[], ${sessions.map((one) => one.endedAtMs)}::float8[],
      ${sessions.map((one) => JSON.stringify(one.figures))}::text[], ${sessions.map((one) => literal(one.notFinal))}::text[],
      ${sessions.map((one) => one.version)}::integer[], ${sessions.map((one) => literal(one.seen))}::text[])
      as u(id, room_id, platform, external_id, title, host, started_ms, ended_ms, figures, not_final, version, seen)
    on conflict (brand_id, id) do update set external_id = excluded.external_id, title = excluded.title,
      host = excluded.host, ended_at = excluded.ended_at, figures = excluded.figures, not_final = excluded.not_final,
      version = excluded.version, seen = excluded.seen`.execute(tx);
}

export async function saveReports(
  tx: Tx,
  brandId: Uuid,
  source: string,
  nowMs: number,
  rows: readonly ReportRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into live.session_reports (brand_id, session_id, version, figures, not_final, source, read_at)
    select ${brandId}::uuid, session_id, version, figures::jsonb, not_final::text[], ${source}, to_timestamp(${nowMs}::float8 / 1000)
    from unnest(${rows.map((row) => row.sessionId)}::uuid[], ${rows.map((row) => row.version)}::integer[],
      ${rows.map((row) => JSON.stringify(row.figures))}::text[], ${rows.map((row) => literal(row.notFinal))}::text[])
      as u(session_id, version, figures, not_final)
    on conflict do nothing`.execute(tx);
}

/** Names of rooms, or of sessions: room, title and start in the brand's zone. */
export async function readNames(
  tx: Tx,
  brandId: Uuid,
  kind: 'room' | 'session',
  ids: readonly Uuid[],
  zone: string,
): Promise<Map<Uuid, string>> {
  const { rows } =
    kind === 'room'
      ? await sql<{ id: Uuid; name: string }>`
          select id, coalesce(name, external_id) as name from live.rooms
          where brand_id = ${brandId} and id = any(${ids}::uuid[])`.execute(tx)
      : await sql<{ id: Uuid; name: string }>`
          select s.id, concat_ws(' · ', to_char(s.started_at at time zone ${zone}, 'YYYY-MM-DD HH24:MI'), coalesce(s.title, r.name)) as name
          from live.sessions s left join live.rooms r on r.brand_id = s.brand_id and r.id = s.room_id
          where s.brand_id = ${brandId} and s.id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.name]));
}
