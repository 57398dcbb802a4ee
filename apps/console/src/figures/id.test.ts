import { describe, expect, it } from 'vitest';
import { shortId } from './id.ts';

describe('ids on the screen', () => {
  it('are shortened when they say nothing', () => {
    expect(shortId('prd_8848ecb8e991580abaf51f0894c8c554')).toBe('…94c8c554');
  });
  it('stay when a person gave them', () => {
    expect(shortId('6920123456789012')).toBe('6920123456789012');
    expect(shortId('gmv 2026Q1')).toBe('gmv 2026Q1');
  });
});
