import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import { blankProblems } from './store.ts';

/** Shorter texts stand in too many cells that are about something else. */
const minLength = 5;
/** Digits of a phone number that files give with or without the code of the country. */
const phoneDigits = 9;

/**
 * Blanks what reports of imports keep of a person: cells that hold one of the identifiers, a phone number in any writing
 * that ends in the same digits.
 * @returns number of report lines changed
 */
export function eraseFromReports(
  tx: Tx,
  brandId: Uuid,
  _personId: Uuid,
  identifiers: readonly { value: string }[],
): Promise<number> {
  const texts = identifiers.map(({ value }) => (/^\+\d+$/.test(value) ? value.slice(-phoneDigits) : value));
  return blankProblems(
    tx,
    brandId,
    texts.filter((text) => text.length >= minLength),
  );
}
