import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage.ts';
import { simulateCommand } from './index.ts';

describe('tandem simulate', () => {
  it('tells wrong usage before it touches anything', async () => {
    const wrong = [
      ['nothing'],
      ['brand', 'more'],
      ['brand', '--days', '0'],
      ['brand', '--days', '1831'],
      ['brand', '--members', '1e4'],
      ['brand', '--seed', '-1'],
      ['brand', '--seed', '4294967296'],
      ['brand', '--start', '2025-02-30'],
    ];
    for (const args of wrong) await expect(simulateCommand(args), args.join(' ')).rejects.toThrow();
    await expect(simulateCommand(['brand', '--days', 'many'])).rejects.toBeInstanceOf(UsageError);
    await expect(simulateCommand(['brand', '--members', '10'])).rejects.toThrow('from 50 to 100000');
  });
});
