import { hash } from 'node:crypto';

/** SHA-256 of a text alone, as other tools compute it. */
export function sha256Of(text: string): string {
  return hash('sha256', text);
}

/** SHA-256 of texts, each closed off from the next. */
export function sha256(...texts: readonly string[]): string {
  return hash('sha256', texts.map((text) => `${text.length}:${text}`).join(''));
}

/** JSON with the keys of objects in the order of the alphabet, so that equal content is equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Object && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
