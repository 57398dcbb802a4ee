import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { ModelSetup } from './setup.ts';

/** A version without its file and setup. */
export interface VersionRow {
  number: number;
  hash: string;
  xmileHash: string;
  note: string;
  actor: string;
  createdAt: Date;
}

export interface VersionContent extends VersionRow {
  xmile: string;
  setup: ModelSetup;
}

export interface ModelRow {
  id: Uuid;
  name: string;
  latest: VersionRow;
}

/** Serializes changes of a brand's models, so that bounds and numbers hold. */
export async function lockModels(tx: Tx, brandId: Uuid): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tandem.forecast.models.${brandId}`}, 0))`.execute(tx);
}

export async function countModels(tx: Tx, brandId: Uuid): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from forecast.models where brand_id = ${brandId} and removed_at is null`.execute(tx);
  return rows[0]?.count ?? 0;
}

export async function insertModel(
  tx: Tx,
  brandId: Uuid,
  model: { id: Uuid; name: string; actor: string; createdAtMs: number },
): Promise<void> {
  await sql`
    insert into forecast.models (brand_id, id, name, actor, created_at)
    values (${brandId}, ${model.id}, ${model.name}, ${model.actor}, to_timestamp(${model.createdAtMs} / 1000.0))`.execute(
    tx,
  );
}

export async function insertVersion(
  tx: Tx,
  brandId: Uuid,
  modelId: Uuid,
  version: Omit<VersionContent, 'createdAt'> & { createdAtMs: number },
): Promise<void> {
  await sql`
    insert into forecast.versions (brand_id, model_id, number, hash, xmile_hash, xmile, setup, note, actor, created_at)
    values (${brandId}, ${modelId}, ${version.number}, ${version.hash}, ${version.xmileHash}, ${version.xmile},
      ${JSON.stringify(version.setup)}::json, ${version.note}, ${version.actor},
      to_timestamp(${version.createdAtMs} / 1000.0))`.execute(tx);
}

const versionColumns = sql`v.number, v.hash, v.xmile_hash as "xmileHash", v.note, v.actor, v.created_at as "createdAt"`;

/** Models that are not removed, newest first, each with its latest version. */
export async function listModels(tx: Tx, brandId: Uuid): Promise<ModelRow[]> {
  const { rows } = await sql<{ id: Uuid; name: string } & VersionRow>`
    select m.id, m.name, ${versionColumns}
    from forecast.models m
    join lateral (select * from forecast.versions o where o.brand_id = m.brand_id and o.model_id = m.id
      order by o.number desc limit 1) v on true
    where m.brand_id = ${brandId} and m.removed_at is null order by m.created_at desc, m.id desc`.execute(tx);
  return rows.map(({ id, name, ...latest }) => ({ id, name, latest }));
}

/** The name of a model; undefined when it is not there or was removed. */
export async function modelName(tx: Tx, brandId: Uuid, id: Uuid): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name from forecast.models where brand_id = ${brandId} and id = ${id} and removed_at is null`.execute(tx);
  return rows[0]?.name;
}

/** All versions of a model, newest first. */
export async function listVersions(tx: Tx, brandId: Uuid, id: Uuid): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select ${versionColumns} from forecast.versions v
    where v.brand_id = ${brandId} and v.model_id = ${id} order by v.number desc`.execute(tx);
  return rows;
}

/** One version with its content; the latest where no number is given. */
export async function findVersion(
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
  number: number | undefined,
): Promise<VersionContent | undefined> {
  const { rows } = await sql<VersionContent>`
    select ${versionColumns}, v.xmile, v.setup from forecast.versions v
    where v.brand_id = ${brandId} and v.model_id = ${id} and (${number ?? null}::integer is null or v.number = ${number ?? null})
    order by v.number desc limit 1`.execute(tx);
  return rows[0];
}

/**
 * Deletes models that were removed, but for the `kept` that were removed last, with versions and scenarios. Runs hold the
 * model that they were made with.
 */
export async function purgeRemoved(tx: Tx, brandId: Uuid, kept: number): Promise<void> {
  await sql`
    with gone as (
      delete from forecast.models where brand_id = ${brandId} and id in (
        select id from forecast.models where brand_id = ${brandId} and removed_at is not null
        order by removed_at desc, id desc offset ${kept})
      returning id)
    delete from forecast.scenarios s using gone where s.brand_id = ${brandId} and s.model_id = gone.id`.execute(tx);
}

/** Takes a model from the lists; false when it was not there. */
export async function removeModel(tx: Tx, brandId: Uuid, id: Uuid, nowMs: number): Promise<boolean> {
  const { rows } = await sql`
    update forecast.models set removed_at = to_timestamp(${nowMs} / 1000.0)
    where brand_id = ${brandId} and id = ${id} and removed_at is null returning id`.execute(tx);
  return rows.length > 0;
}
