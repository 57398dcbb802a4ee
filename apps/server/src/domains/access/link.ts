import { randomBytes } from 'node:crypto';

/** One-time sign-in links, printed at start for whoever can read the terminal. They live in memory and for a day. */
export interface OneTimeLinks {
  issue(): string;
  isValid(token: string): boolean;
  /** Uses a link up; false when it was used, is out of date or never was. */
  take(token: string): boolean;
}

const lifeMs = 24 * 3600 * 1000;
const maxOpen = 100;

export function oneTimeLinks(now: () => number): OneTimeLinks {
  const open = new Map<string, number>();
  const isValid = (token: string) => (open.get(token) ?? 0) > now();
  return {
    issue() {
      const token = randomBytes(24).toString('base64url');
      open.set(token, now() + lifeMs);
      if (open.size > maxOpen) open.delete(open.keys().next().value!);
      return token;
    },
    isValid,
    take(token) {
      const valid = isValid(token);
      open.delete(token);
      return valid;
    },
  };
}
