import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OccurrenceCounter } from './occurrence.ts';

describe('OccurrenceCounter', () => {
  it('gives every row of a file its own key, equal rows by their count, the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab]{0,4}$/), { maxLength: 200 }), (rows) => {
        const read = () => {
          const counter = new OccurrenceCounter();
          return rows.map((row) => counter.key(row));
        };
        const keys = read();
        expect(new Set(keys).size).toBe(rows.length);
        expect(read()).toEqual(keys);
        rows.forEach((row, index) => {
          expect(keys[index]).toMatch(
            new RegExp(`\\.${rows.slice(0, index + 1).filter((one) => one === row).length}$`),
          );
        });
      }),
    );
  });

  it('goes on counting while it grows', () => {
    const counter = new OccurrenceCounter();
    for (let index = 0; index < 20_000; index++) counter.key(`row ${index}`);
    expect(counter.key('row 0')).toMatch(/\.2$/);
    expect(counter.key('row 19999')).toMatch(/\.2$/);
    expect(counter.key('row 20000')).toMatch(/\.1$/);
  });
});
