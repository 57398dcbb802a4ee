import { hash as hashOnce } from 'node:crypto';
import { v7 } from 'uuid';

/** A UUID in its canonical 36-character lower-case form. */
export type Uuid = string;

/** Prefixes of public ids, one per kind of thing (`brd_` brand, `per_` person, ...). */
export type IdPrefix =
  | 'brd'
  | 'usr'
  | 'key'
  | 'per'
  | 'mrg'
  | 'imp'
  | 'ord'
  | 'lin'
  | 'prd'
  | 'roo'
  | 'ses'
  | 'com'
  | 'grp'
  | 'par'
  | 'cnt'
  | 'mdl'
  | 'fit'
  | 'fct'
  | 'scn'
  | 'pln';

/** The "no person" UUID: all zero bits (RFC 9562 §5.9). */
export const nilUuid: Uuid = '00000000-0000-0000-0000-000000000000';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in canonical lower-case form. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** A new time-ordered UUID (version 7, RFC 9562 §5.7), of this moment unless another is given. */
export function newUuid(atMs?: number): Uuid {
  return atMs === undefined ? v7() : v7({ msecs: atMs });
}

/** Public form of a UUID: `brd_` + 32 hex digits. */
export function publicId(prefix: IdPrefix, uuid: Uuid): string {
  return `${prefix}_${uuid.replaceAll('-', '')}`;
}

/** The UUID inside a public id, or undefined when the text is not a public id of that kind. */
export function uuidOf(prefix: IdPrefix, id: string): Uuid | undefined {
  const match = /^([a-z]{3})_([0-9a-f]{32})$/.exec(id);
  return match?.[1] === prefix ? dashed(match[2]!) : undefined;
}

/**
 * The same UUID for the same name within a brand (version 5, RFC 9562 §5.5, SHA-1 with the brand as name space).
 * Imports use it so that a file read twice names the same things.
 */
export function nameUuid(brandId: Uuid, ...name: string[]): Uuid {
  const space = Buffer.from(brandId.replaceAll('-', ''), 'hex');
  const hash = hashOnce('sha1', Buffer.concat([space, Buffer.from(name.join('\u001f'))]), 'buffer');
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return dashed(hash.toString('hex', 0, 16));
}

/** Milliseconds since 1970 inside a version 7 UUID, or undefined for any other version. */
export function uuidTimeMs(uuid: Uuid): number | undefined {
  return uuid[14] === '7' ? Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16) : undefined;
}

function dashed(hex: string): Uuid {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
