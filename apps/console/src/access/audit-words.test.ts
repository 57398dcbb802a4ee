import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en.ts';
import type { Say } from '../i18n/words.ts';
import { detailText } from './audit-words.ts';

const say: Say = (key) => en[key as keyof typeof en];

describe('the detail of an audit entry', () => {
  it('names fields and roles', () => {
    expect(detailText(say, { role: 'finance', dryRun: true, files: ['a.csv', 'b.csv'] })).toBe(
      'Role Finance, Dry run yes, Files a.csv, b.csv',
    );
  });
  it('says of a change only what differs', () => {
    const before = { id: 'x', name: 'Tea', zone: 'Asia/Shanghai' };
    expect(detailText(say, { before, after: { ...before, zone: 'Europe/London' } })).toBe(
      'Time zone Asia/Shanghai → Europe/London',
    );
    expect(detailText(say, { before: null, after: 5 })).toBe('– → 5');
  });
  it('survives what it does not know', () => {
    expect(detailText(say, null)).toBe('');
    expect(detailText(say, 'text')).toBe('text');
    expect(detailText(say, { novel: { a: 1 } })).toBe('novel a 1');
  });
});
