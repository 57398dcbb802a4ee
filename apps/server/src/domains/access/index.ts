import { createHash, randomBytes } from 'node:crypto';
import type { Db, Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { newUuid, publicId, type Uuid } from '#lib/id.ts';
import { isCurrency } from '#lib/money.ts';
import { isZone } from '#lib/time.ts';
import type { NewBrand, Role } from './schema.ts';
import type { StaffAuth } from './staff-auth.ts';
import {
  adoptBrands,
  type BrandRow,
  firstOwner,
  insertApiKey,
  insertAudit,
  insertBrand,
  type KeyOwner,
  putStaff,
  userIdByEmail,
} from './store.ts';

export { type OneTimeLinks, oneTimeLinks } from './link.ts';
export { type Permission, permissions, type RouteAccess, rolePermissions } from './permission.ts';
export type { StaffAuth } from './staff-auth.ts';
export { openStaffAuth } from './staff-auth.ts';
export {
  type BrandRow,
  brandById,
  brandsByIds,
  brandsOf,
  type KeyOwner,
  keyByHash,
  touchApiKey,
  updateBrand as changeBrand,
} from './store.ts';

/** What the trail keeps of a change: who, what, of what, and the values. */
export interface AuditFact {
  actor: string;
  /** For example `staff.added`. */
  action: string;
  subject: string;
  detail?: unknown;
}

/** Adds to the audit trail in the transaction of the change, so that there is no change without its entry. */
export async function audit(tx: Tx, brandId: Uuid, fact: AuditFact): Promise<void> {
  await insertAudit(tx, brandId, { id: newUuid(), detail: {}, ...fact });
}

/** Checks what a person gave for a brand and fills in the defaults. */
export function brandOf(wanted: NewBrand, label: BrandRow['label'] = wanted.label ?? 'real'): BrandRow {
  const { name, currency = 'CNY', zone = 'Asia/Shanghai' } = wanted;
  checkCurrency(currency);
  checkZone(zone);
  return { id: newUuid(), name: name.trim(), currency, zone, label };
}

/** @throws Refusal `brand.invalid` when the code is no ISO 4217 currency */
export function checkCurrency(currency: string): void {
  if (!isCurrency(currency))
    throw refuse('brand.invalid', { detail: `"${currency}" is not an ISO 4217 currency code.` });
}

/** @throws Refusal `brand.invalid` when the zone is not in the IANA database */
export function checkZone(zone: string): void {
  if (!isZone(zone))
    throw refuse('brand.invalid', { detail: `"${zone}" is not an IANA time zone, for example Asia/Shanghai.` });
}

/** Creates a brand; the given user, if any, becomes its owner. */
export async function createBrand(db: Db, brand: BrandRow, ownerId: string | undefined, actor: string): Promise<void> {
  await db.system(async (tx) => {
    await insertBrand(tx, brand);
    if (ownerId) await putStaff(tx, brand.id, ownerId, 'owner');
    await audit(tx, brand.id, { actor, action: 'brand.created', subject: publicId('brd', brand.id), detail: brand });
  });
}

/** Who a request comes from, before a brand is chosen. */
export type Caller =
  | { kind: 'session'; userId: string; email: string; name: string }
  | { kind: 'key'; owner: KeyOwner }
  | { kind: 'local' };

/**
 * Creates a brand for whoever asks: a person becomes its owner. A command on this machine is nobody, so that the brand goes
 * to the installation's first owner, who would not find it in the console otherwise, or waits for one.
 */
export async function createBrandFor(db: Db, brand: BrandRow, caller: Caller): Promise<void> {
  if (caller.kind === 'key') throw refuse('auth.forbidden', { permission: 'brand.manage' });
  const isSession = caller.kind === 'session';
  const ownerId = isSession ? caller.userId : await db.system((tx) => firstOwner(tx));
  await createBrand(db, brand, ownerId, isSession ? caller.email : 'local');
}

/** Creates an API key of a brand. The key itself is in the answer and nowhere else: only its SHA-256 is kept. */
export async function createApiKey(tx: Tx, brandId: Uuid, wanted: { name: string; role: Role }, actor: string) {
  const key = `tdm_${randomBytes(32).toString('base64url')}`;
  const id = newUuid();
  await insertApiKey(tx, brandId, { id, ...wanted, hash: hashKey(key), hint: key.slice(-4) });
  await audit(tx, brandId, { actor, action: 'key.created', subject: publicId('key', id), detail: wanted });
  return { id, key, hint: key.slice(-4) };
}

/** What is kept of an API key. 256 random bits need no slow hash. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Brand, owner and a first key in one go; an account that exists already keeps its password. */
export async function setUp(
  db: Db,
  staff: StaffAuth,
  wanted: { brand: NewBrand; email: string; password: string; name?: string | undefined },
  actor: string,
): Promise<{ brand: BrandRow; userId: string; apiKey: string }> {
  checkPassword(wanted.password);
  const brand = brandOf(wanted.brand);
  const userId = await userFor(db, staff, wanted);
  await createBrand(db, brand, userId, actor);
  await db.system(async (tx) => {
    if ((await firstOwner(tx)) === userId) await adoptBrands(tx, userId);
  });
  const { key } = await db.brand(brand.id, (tx) => createApiKey(tx, brand.id, { name: 'setup', role: 'owner' }, actor));
  return { brand, userId, apiKey: key };
}

/** The account of an e-mail address, created with the password when there is none. */
export async function userFor(
  db: Db,
  staff: StaffAuth,
  wanted: { email: string; password?: string | undefined; name?: string | undefined },
): Promise<string> {
  const known = await db.system((tx) => userIdByEmail(tx, wanted.email));
  if (known) return known;
  checkPassword(wanted.password ?? '');
  return staff.createUser(wanted.email, wanted.password ?? '', wanted.name ?? wanted.email.split('@')[0]!);
}

function checkPassword(password: string): void {
  if (password.length < 8 || password.length > 128) throw refuse('staff.invalid_password');
}
