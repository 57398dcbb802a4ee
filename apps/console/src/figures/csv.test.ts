import { describe, expect, it } from 'vitest';
import { csvText } from './csv.ts';

describe('csv', () => {
  it('quotes what needs it and opens as UTF-8', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['x,"y"', '一\n二'],
          [1.5, null],
        ],
      ),
    ).toBe('\uFEFFa,b\r\n"x,""y""","一\n二"\r\n1.5,\r\n');
  });
  it('does not let a cell run as a formula', () => {
    expect(csvText(['a'], [['=HYPERLINK("http://x")'], ['@cmd'], ['-12.5'], [-12.5]])).toBe(
      '\uFEFFa\r\n"\'=HYPERLINK(""http://x"")"\r\n\'@cmd\r\n-12.5\r\n-12.5\r\n',
    );
  });
});
