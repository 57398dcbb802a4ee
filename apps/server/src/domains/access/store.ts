import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { Role } from './schema.ts';

export interface BrandRow {
  id: Uuid;
  name: string;
  currency: string;
  zone: string;
  label: 'real' | 'sample' | 'simulated';
}

export async function insertBrand(tx: Tx, brand: BrandRow): Promise<void> {
  await sql`insert into access.brands (id, name, currency, zone, label)
    values (${brand.id}, ${brand.name}, ${brand.currency}, ${brand.zone}, ${brand.label})`.execute(tx);
}

export async function brandById(tx: Tx, id: Uuid): Promise<BrandRow | undefined> {
  const { rows } =
    await sql<BrandRow>`select id, name, currency, zone, label from access.brands where id = ${id}`.execute(tx);
  return rows[0];
}

/** Brands by id, for work that concerns several (system transactions). */
export async function brandsByIds(tx: Tx, ids: readonly Uuid[]): Promise<BrandRow[]> {
  const { rows } = await sql<BrandRow>`
    select id, name, currency, zone, label from access.brands where id = any(${ids}::uuid[])`.execute(tx);
  return rows;
}

export async function updateBrand(tx: Tx, brand: BrandRow): Promise<void> {
  await sql`update access.brands set name = ${brand.name}, currency = ${brand.currency}, zone = ${brand.zone},
      label = ${brand.label}
    where id = ${brand.id}`.execute(tx);
}

/** Brands that a user may open, with the role in each; every brand as owner when no user is named (the local token). */
export async function brandsOf(tx: Tx, userId: string | undefined): Promise<(BrandRow & { role: Role })[]> {
  const { rows } = await sql<BrandRow & { role: Role }>`
    select b.id, b.name, b.currency, b.zone, b.label, coalesce(s.role, 'owner') as role
    from access.brands b left join access.staff s on s.brand_id = b.id and s.user_id = ${userId ?? ''}
    where ${userId === undefined} or s.user_id is not null
    order by b.created_at, b.id limit 500`.execute(tx);
  return rows;
}

export interface StaffRow {
  userId: string;
  email: string;
  name: string;
  role: Role;
  addedAt: Date;
}

export async function staffOf(tx: Tx, brandId: Uuid): Promise<StaffRow[]> {
  const { rows } = await sql<StaffRow>`
    select s.user_id as "userId", u.email, u.name, s.role, s.added_at as "addedAt"
    from access.staff s join access.user u on u.id = s.user_id
    where s.brand_id = ${brandId} order by s.added_at limit 1000`.execute(tx);
  return rows;
}

/** Adds or changes a member of staff; answers whether the person was not a member before. */
export async function putStaff(tx: Tx, brandId: Uuid, userId: string, role: Role): Promise<boolean> {
  const { rows } = await sql<{ added: boolean }>`
    insert into access.staff (brand_id, user_id, role) values (${brandId}, ${userId}, ${role})
    on conflict (brand_id, user_id) do update set role = excluded.role returning (xmax = 0) as added`.execute(tx);
  return rows[0]?.added ?? false;
}

export async function deleteStaff(tx: Tx, brandId: Uuid, userId: string): Promise<void> {
  await sql`delete from access.staff where brand_id = ${brandId} and user_id = ${userId}`.execute(tx);
}

/** Locks the brand's owners against each other, so that two owners leaving at once cannot leave none. */
export async function lockOwners(tx: Tx, brandId: Uuid): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    select user_id as "userId" from access.staff where brand_id = ${brandId} and role = 'owner' for update`.execute(tx);
  return rows.map((row) => row.userId);
}

export async function userIdByEmail(tx: Tx, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from access.user where email = ${email.toLowerCase()}`.execute(
    tx,
  );
  return rows[0]?.id;
}

/** The staff member who was first an owner anywhere: whom the one-time link signs in. */
export async function firstOwner(tx: Tx): Promise<string | undefined> {
  const { rows } = await sql<{ userId: string }>`
    select user_id as "userId" from access.staff where role = 'owner' order by added_at limit 1`.execute(tx);
  return rows[0]?.userId;
}

/** Makes a user the owner of the brands that nobody belongs to: those that commands made before there was anyone. */
export async function adoptBrands(tx: Tx, userId: string): Promise<void> {
  await sql`insert into access.staff (brand_id, user_id, role)
    select b.id, ${userId}, 'owner' from access.brands b
    where not exists (select 1 from access.staff s where s.brand_id = b.id)`.execute(tx);
}

export interface ApiKeyRow {
  id: Uuid;
  name: string;
  role: Role;
  hint: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export async function insertApiKey(
  tx: Tx,
  brandId: Uuid,
  key: { id: Uuid; name: string; role: Role; hash: Buffer; hint: string },
): Promise<void> {
  await sql`insert into access.api_keys (brand_id, id, name, role, hash, hint)
    values (${brandId}, ${key.id}, ${key.name}, ${key.role}, ${key.hash}, ${key.hint})`.execute(tx);
}

export async function apiKeysOf(tx: Tx, brandId: Uuid): Promise<ApiKeyRow[]> {
  const { rows } = await sql<ApiKeyRow>`
    select id, name, role, hint, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"
    from access.api_keys where brand_id = ${brandId} order by created_at limit 1000`.execute(tx);
  return rows;
}

export interface KeyOwner {
  keyId: Uuid;
  keyName: string;
  role: Role;
  revoked: boolean;
  brand: BrandRow;
}

export async function keyByHash(tx: Tx, hash: Buffer): Promise<KeyOwner | undefined> {
  const { rows } = await sql<Omit<KeyOwner, 'brand'> & BrandRow & { brandId: Uuid }>`
    select k.id as "keyId", k.name as "keyName", k.role, k.revoked_at is not null as revoked,
      b.id as "brandId", b.name, b.currency, b.zone, b.label
    from access.api_keys k join access.brands b on b.id = k.brand_id where k.hash = ${hash}`.execute(tx);
  const row = rows[0];
  if (!row) return undefined;
  const { keyId, keyName, role, revoked, brandId, name, currency, zone, label } = row;
  return { keyId, keyName, role, revoked, brand: { id: brandId, name, currency, zone, label } };
}

export async function touchApiKey(tx: Tx, brandId: Uuid, id: Uuid): Promise<void> {
  await sql`update access.api_keys set last_used_at = now() where brand_id = ${brandId} and id = ${id}`.execute(tx);
}

export async function revokeApiKey(tx: Tx, brandId: Uuid, id: Uuid): Promise<boolean> {
  const { rows } = await sql`update access.api_keys set revoked_at = coalesce(revoked_at, now())
    where brand_id = ${brandId} and id = ${id} returning id`.execute(tx);
  return rows.length === 1;
}

export interface AuditRow {
  id: Uuid;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: unknown;
}

export async function insertAudit(tx: Tx, brandId: Uuid, entry: Omit<AuditRow, 'at'>): Promise<void> {
  await sql`insert into access.audit (brand_id, id, actor, action, subject, detail)
    values (${brandId}, ${entry.id}, ${entry.actor}, ${entry.action}, ${entry.subject}, ${JSON.stringify(entry.detail)})`.execute(
    tx,
  );
}

/** Newest first, before `cursor` (an entry's id: ids are time-ordered). */
export async function auditOf(tx: Tx, brandId: Uuid, limit: number, cursor: Uuid | undefined): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    select id, at, actor, action, subject, detail from access.audit
    where brand_id = ${brandId} and (${cursor ?? null}::uuid is null or id < ${cursor ?? null}::uuid)
    order by id desc limit ${limit}`.execute(tx);
  return rows;
}
