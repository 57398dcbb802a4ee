import type { Draft } from './draft.ts';

const key = 'tandem.lab.handed';

/** Hands a plan to the scenarios tab, which opens with it. Kept for this window alone. */
export function handOver(draft: Draft): void {
  sessionStorage.setItem(key, JSON.stringify(draft));
}

/** The plan that was handed over, once. */
export function takeHanded(): Draft | null {
  const text = sessionStorage.getItem(key);
  if (text === null) return null;
  sessionStorage.removeItem(key);
  return JSON.parse(text) as Draft;
}
