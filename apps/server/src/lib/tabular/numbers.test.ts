import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './decimal.ts';
import { parseDuration } from './durations.ts';
import { guessNumeralStyle, parseMoney } from './money.ts';
import { guessPlainPercent, parseBoolean, parseDecimal, parseInteger, parsePercent, parseRange } from './numbers.ts';
import type { Parsed } from './outcome.ts';

/** The value, or the note, or the code. */
function read<T>(parsed: Parsed<T>): T | string {
  if (!parsed.ok) return parsed.code;
  return parsed.note === undefined ? parsed.value : parsed.note;
}

describe('decimals', () => {
  it('reads the forms of platforms', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['1,234', '1234'],
      ['1，234', '1234'],
      ['12.3万', '123000'],
      ['1.2亿', '120000000'],
      ['3.4w', '34000'],
      ['1.2k', '1200'],
      ['1.2M', '1200000'],
      ['１２３．５', '123.5'],
      ['(123.45)', '-123.45'],
      ['123-', '-123'],
      ['+5', '5'],
      ['−5', '-5'],
      ['1 234', '1234'],
      ['1\u00a0234,5', '1234.5'],
      ['1\u2009234\u2009567', '1234567'],
      ["1'234'567", '1234567'],
      ['1.234', '1.234'],
      ['1,23,456.78', '123456.78'],
      ['1.234.567', '1234567'],
      ['1.234.567,8', '1234567.8'],
      ['6.9E+3', '6900'],
      ['1234次', '1234'],
      ['="12"', '12'],
      ["'12", '12'],
      ['\t12', '12'],
      ['-0', '0'],
      ['007', '7'],
      ['0.50', '0.5'],
      ['2jt', '2000000'],
      ['1,5 rb', '1500'],
      ['--', 'empty'],
      ['—', 'empty'],
      ['N/A', 'empty'],
      ['/', 'empty'],
      ['null', 'empty'],
      ['暂无', 'empty'],
      ['无', 'empty'],
      [' ', 'empty'],
      ['****', 'masked'],
      ['数据将于第二天更新', 'not_final'],
      ['计算中', 'not_final'],
      ['统计中', 'not_final'],
      ['T+1更新', 'not_final'],
      ['更新中', 'not_final'],
      ['7.5w~10w', 'number_is_range'],
      ['10万+', 'number_is_range'],
      ['1.5.2', 'number_style'],
      ['1,2,3', 'number_style'],
      ['abc', 'not_a_number'],
      ['12 34', 'not_a_number'],
      ['3.2%', 'not_a_number'],
      ['#DIV/0!', 'error_cell'],
    ];
    for (const [text, value] of cases) expect([text, read(parseDecimal(text))]).toEqual([text, value]);
  });

  it('reads typed cells exactly', () => {
    expect(read(parseDecimal(0.1 + 0.2))).toBe('0.3');
    expect(read(parseDecimal(1e21))).toBe('1000000000000000000000');
    expect(read(parseDecimal(1.5e-7))).toBe('0.00000015');
    expect(read(parseDecimal({ kind: 'percent', ratio: 0.032 }))).toBe('0.032');
    expect(read(parseDecimal(true))).toBe('wrong_type');
    expect(read(parseDecimal(null))).toBe('empty');
  });

  it('takes a lone separator of a whole number as thousands, unless it can be decimals', () => {
    expect(read(parseInteger('1.234'))).toBe('1234');
    expect(read(parseInteger('1.000'))).toBe('number_ambiguous');
    expect(read(parseInteger('1.000', { decimal: '.' }))).toBe('1');
    expect(read(parseInteger('1.000', { decimal: ',' }))).toBe('1000');
    expect(read(parseInteger('1.5'))).toBe('not_an_integer');
    expect(read(parseInteger('3', { shift: 4 }))).toBe('30000');
  });

  it('gives ranges and bounds', () => {
    expect(read(parseRange('7.5w~10w'))).toEqual({ min: '75000', max: '100000' });
    expect(read(parseRange('1,000-2,000'))).toEqual({ min: '1000', max: '2000' });
    expect(read(parseRange('10万+'))).toEqual({ min: '100000', max: null });
    expect(read(parseRange('<5'))).toEqual({ min: null, max: '5' });
    expect(read(parseRange('12'))).toEqual({ min: '12', max: '12' });
  });

  it('returns every number that was written with separators, exactly', () => {
    const styles = [
      ['', '.'],
      [',', '.'],
      ['.', ','],
      [' ', ','],
      ["'", '.'],
      ['\u00a0', ','],
    ] as const;
    const digits = fc.bigInt({ min: 0n, max: 10n ** 15n });
    const fraction = fc.stringMatching(/^\d{0,4}$/);
    fc.assert(
      fc.property(
        digits,
        fraction,
        fc.boolean(),
        fc.constantFrom(...styles),
        (whole, tail, negative, [group, point]) => {
          const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, group);
          const text = `${negative ? '-' : ''}${grouped}${tail === '' ? '' : point + tail}`;
          expect(read(parseDecimal(text, { decimal: point }))).toBe(canonical(negative, whole.toString(), tail));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('money', () => {
  it('reads marks, codes and styles', () => {
    const cases: readonly (readonly [string, string, bigint | string])[] = [
      ['¥1,234', 'CNY', 123_400n],
      ['￥1,234.50', 'CNY', 123_450n],
      ['1234元', 'CNY', 123_400n],
      ['12.3万元', 'CNY', 12_300_000n],
      ['RMB 12', 'CNY', 1200n],
      ['CNY12.30', 'CNY', 1230n],
      ['¥1.2w', 'CNY', 1_200_000n],
      ['-¥12.34', 'CNY', -1234n],
      ['¥-12', 'CNY', -1200n],
      ['(¥12)', 'CNY', -1200n],
      ['¥1,234', 'JPY', 1234n],
      ['Rp9.467.316', 'IDR', 946_731_600n],
      ['Rp 9.467', 'IDR', 946_700n],
      ['IDR 9,467', 'IDR', 946_700n],
      ['9.467.316,50', 'IDR', 946_731_650n],
      ['1.234,56 €', 'EUR', 123_456n],
      ['1,234.56', 'EUR', 123_456n],
      ['US$12.5', 'USD', 1250n],
      ['$12', 'SGD', 1200n],
      ['S$1,000.00', 'SGD', 100_000n],
      ['12.3 USD', 'USD', 1230n],
      ['(12.3 USD)', 'USD', -1230n],
      ['RM1,234.50', 'MYR', 123_450n],
      ['฿1,234', 'THB', 123_400n],
      ['1.234.567₫', 'VND', 1_234_567n],
      ['120.000 đ', 'VND', 120_000n],
      ['₱1,234.00', 'PHP', 123_400n],
      ['£8.99', 'GBP', 899n],
      ['KWD 1.5', 'KWD', 1500n],
      ['¥--', 'CNY', 'empty'],
      ['-', 'CNY', 'empty'],
      ['1.234 €', 'EUR', 'number_ambiguous'],
      ['1.234', 'CNY', 'number_ambiguous'],
      ['$12', 'CNY', 'currency_mismatch'],
      ['RM 12', 'CNY', 'currency_mismatch'],
      ['12', 'yuan', 'currency_unknown'],
      ['twelve', 'CNY', 'not_a_number'],
      ['99999999999999999999', 'CNY', 'out_of_range'],
    ];
    for (const [text, currency, expected] of cases) {
      const value = read(parseMoney(text, { currency }));
      expect([text, typeof value === 'string' ? value : value.minor]).toEqual([text, expected]);
    }
  });

  it('rounds halves away from zero and says so', () => {
    expect(parseMoney('0.005', { currency: 'CNY' })).toEqual({
      ok: true,
      value: { minor: 1n, currency: 'CNY' },
      flags: ['rounded'],
    });
    expect(parseMoney('-0.005', { currency: 'CNY' })).toMatchObject({ value: { minor: -1n } });
    expect(parseMoney('0.0049', { currency: 'CNY' })).toMatchObject({ value: { minor: 0n }, flags: ['rounded'] });
    expect(parseMoney(19.99, { currency: 'CNY' })).toEqual({ ok: true, value: { minor: 1999n, currency: 'CNY' } });
    expect(parseMoney('1999', { currency: 'CNY', shift: -2 })).toMatchObject({ value: { minor: 1999n } });
  });

  it('decides the style over the column', () => {
    expect(guessNumeralStyle(['1.234', '12.50'])).toMatchObject({ decimal: '.', certainty: 'certain' });
    expect(guessNumeralStyle(['Rp1.234', 'Rp1.234.567'], 'IDR')).toMatchObject({ decimal: ',', certainty: 'certain' });
    expect(guessNumeralStyle(['1.234', '12,5', '7,5', '3.2'])).toMatchObject({ decimal: ',', contradicting: 1 });
    expect(guessNumeralStyle(['1.234'], 'EUR')).toMatchObject({ decimal: ',', certainty: 'likely' });
    expect(guessNumeralStyle(['12', '-'], 'EUR')).toMatchObject({ decimal: 'auto', certainty: 'none' });
  });

  it('returns every amount that Intl writes, in the style of its country', () => {
    const locales = [
      ['zh-CN', 'CNY', '.'],
      ['en-US', 'USD', '.'],
      ['de-DE', 'EUR', ','],
      ['fr-FR', 'EUR', ','],
      ['id-ID', 'IDR', ','],
      ['vi-VN', 'VND', ','],
      ['th-TH', 'THB', '.'],
      ['en-SG', 'SGD', '.'],
      ['ms-MY', 'MYR', '.'],
      ['en-PH', 'PHP', '.'],
      ['ja-JP', 'JPY', '.'],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
        fc.constantFrom(...locales),
        (minor, [locale, currency, decimal]) => {
          const digits = ['VND', 'JPY'].includes(currency) ? 0 : 2;
          const format = new Intl.NumberFormat(locale, {
            style: 'currency',
            currency,
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
          });
          const parsed = read(parseMoney(format.format(minor / 10 ** digits), { currency, decimal }));
          expect(parsed).toEqual({ minor: BigInt(minor), currency });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('shares, durations, booleans', () => {
  it('gives shares as ratios and does not guess', () => {
    expect(read(parsePercent('3.2%'))).toBe('0.032');
    expect(read(parsePercent('3.2％'))).toBe('0.032');
    expect(read(parsePercent('1.234,5 %', { decimal: ',' }))).toBe('12.345');
    expect(read(parsePercent('0.032', { plain: 'ratio' }))).toBe('0.032');
    expect(read(parsePercent('3.2', { plain: 'percent' }))).toBe('0.032');
    expect(read(parsePercent('0.5'))).toBe('percent_unit_unknown');
    expect(read(parsePercent('high'))).toBe('not_a_percent');
    expect(read(parsePercent({ kind: 'percent', ratio: 0.032 }, { plain: 'percent' }))).toBe('0.032');
    expect(guessPlainPercent(['0.4', '3.2'])).toBe('percent');
    expect(guessPlainPercent(['0.4', '-'])).toBe('ratio');
    expect(guessPlainPercent(['3%'])).toBe(null);
  });

  it('gives durations in seconds', () => {
    const cases: readonly (readonly [string, number | string])[] = [
      ['2分钟30秒', 150],
      ['1小时2分', 3720],
      ['02:30', 150],
      ['1:02:30', 3750],
      ['150s', 150],
      ['2m30s', 150],
      ['2 min 30 s', 150],
      ['2.5min', 150],
      ['1天2小时', 93_600],
      ['1h 2m 3s', 3723],
      ['2分30秒', 150],
      ['90 seconds', 90],
      ['1,200s', 1200],
      ['150', 'duration_unit_unknown'],
      ['-', 'empty'],
      ['30秒2分', 'not_a_duration'],
      ['soon', 'not_a_duration'],
      ['0', 0],
    ];
    for (const [text, value] of cases) expect([text, read(parseDuration(text))]).toEqual([text, value]);
    expect(read(parseDuration('150', { unit: 's' }))).toBe(150);
    expect(read(parseDuration('2.5', { unit: 'min' }))).toBe(150);
    expect(read(parseDuration('02:30', { clock: 'hh:mm' }))).toBe(9000);
    expect(read(parseDuration({ kind: 'serial', days: 1.5 / 24, shows: 'elapsed' }))).toBe(5400);
  });

  it('reads yes and no', () => {
    expect(['是', '否', 'TRUE', 'no', true, '也许', '-'].map((cell) => read(parseBoolean(cell)))).toEqual([
      true,
      false,
      true,
      false,
      true,
      'not_a_boolean',
      'empty',
    ]);
  });
});
