import { createHmac, randomBytes } from 'node:crypto';

/** A new salt for a brand's tombstones. */
export function newSalt(): Buffer {
  return randomBytes(32);
}

/** What is kept of an erased identifier: HMAC-SHA-256 under the brand's salt. */
export function digestOf(salt: Buffer, namespace: string, value: string): Buffer {
  return createHmac('sha256', salt).update(`${namespace}\u001f${value}`).digest();
}
