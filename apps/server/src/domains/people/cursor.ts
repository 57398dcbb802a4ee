import { refuse } from '#errors.ts';
import { isUuid, type Uuid } from '#lib/id.ts';

/** Position in a list ordered by a time and then an id, as an opaque text. */
export function writeCursor(ms: number, id: Uuid): string {
  return Buffer.from(`${ms} ${id}`).toString('base64url');
}

/** @throws Refusal `request.invalid` when the text is no cursor of ours */
export function readCursor(text: string): { ms: number; id: Uuid } {
  const [ms = '', id = ''] = Buffer.from(text, 'base64url').toString('latin1').split(' ');
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(ms) || !isUuid(id)) {
    throw refuse('request.invalid', { detail: 'The cursor is not one that this list gave out; start without it.' });
  }
  return { ms: Number(ms), id };
}
