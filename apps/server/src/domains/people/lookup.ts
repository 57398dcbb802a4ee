import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import { findIdentifiers } from './identity-store.ts';
import { namespaceOf, normalise } from './namespace.ts';
import { createResolver } from './resolver.ts';
import { type Description, type PeopleSearch, writeDescriptions } from './store.ts';

/** Identifiers in normal form, the strongest first; junk is left out. */
export function knownIdentifiers(
  identifiers: Readonly<Record<string, string>>,
): { namespace: string; value: string }[] {
  return Object.entries(identifiers)
    .flatMap(([namespace, raw]) => {
      const value = normalise(namespace, raw);
      return value === undefined ? [] : [{ namespace, value, rank: namespaceOf(namespace).rank }];
    })
    .sort((a, b) => b.rank - a.rank || (a.namespace < b.namespace ? -1 : 1))
    .map(({ namespace, value }) => ({ namespace, value }));
}

/** The surviving person of the strongest known identifier; nobody is created. */
export async function lookup(
  tx: Tx,
  brandId: Uuid,
  identifiers: Readonly<Record<string, string>>,
): Promise<Uuid | undefined> {
  const wanted = knownIdentifiers(identifiers);
  if (wanted.length === 0) return undefined;
  const found = await findIdentifiers(
    tx,
    wanted.map((one) => ({ brandId, ...one })),
  );
  return found.sort((a, b) => a.index - b.index)[0]?.rootId;
}

/** What a source says of a person beside what happened. */
export interface Portrait {
  identifiers: Readonly<Record<string, string>>;
  displayName?: string | undefined;
  /** Flat values; null removes nothing. */
  traits?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** When the source says it, or the person was last seen; UTC milliseconds. */
  atMs: number;
}

const maxTraits = 64;
const maxTraitLength = 500;

/**
 * Keeps names and traits of persons, making those that are new. Works in a brand's transaction as in the system's.
 * @returns the person of each portrait, undefined where its identifiers name nobody
 */
export async function describe(tx: Tx, brandId: Uuid, portraits: readonly Portrait[]): Promise<(Uuid | undefined)[]> {
  const newest = portraits.reduce((atMs, portrait) => Math.max(atMs, portrait.atMs), 0);
  const resolutions = await createResolver({ maxCached: 1, now: () => newest }).resolve(
    tx,
    portraits.map(({ identifiers, atMs }) => ({ brandId, identifiers, occurredAtMs: atMs })),
  );
  const rows = new Map<Uuid, Description>();
  for (const [index, { displayName, traits }] of portraits.entries()) {
    const { personId, erased } = resolutions[index]!;
    if (personId === undefined || erased) continue;
    const row = rows.get(personId) ?? { personId, displayName: null, traits: {} };
    row.displayName = displayName?.toWellFormed().replaceAll('\u0000', '').trim().slice(0, 200) || row.displayName;
    for (const [name, value] of Object.entries(traits ?? {}).slice(0, maxTraits)) {
      if (value === null || name.length > maxTraitLength) continue;
      row.traits[name] =
        typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '').slice(0, maxTraitLength) : value;
    }
    if (row.displayName !== null || Object.keys(row.traits).length > 0) rows.set(personId, row);
  }
  if (rows.size > 0) await writeDescriptions(tx, brandId, [...rows.values()]);
  return resolutions.map((resolution) => resolution.personId);
}

/** What somebody who types this may be looking for: identifier values as typed or in a normal form, or a name. */
export function searchOf(text: string): PeopleSearch | undefined {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
  if (plain === '') return undefined;
  const values = new Set([plain, plain.toLowerCase()]);
  const digits = plain.replaceAll(/[\s()-]/g, '');
  if (/^1[3-9]\d{0,9}$/.test(digits)) values.add(`+86${digits}`);
  if (/^\+?\d{7,15}$/.test(digits)) values.add(normalise('phone', digits) ?? digits);
  if (plain.startsWith('@')) values.add(plain.slice(1).toLowerCase());
  return { values: [...values], name: plain.toLowerCase() };
}
