import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, isBareName, pathOf, plain, quoteName, segmentsOf } from './name.ts';

describe('canonical', () => {
  it.each([
    ['Cash_Balance', 'CASH_BALANCE'],
    ['wom_multiplier', '"wom multiplier"'],
    ['wom_multiplier', '"wom\\nmultiplier"'],
    ['wom_multiplier', 'wom______multiplier'],
    ['wom multiplier', 'wom \u00a0 _ \n multiplier'],
    ['  birth rate\t', 'Birth_Rate'],
    ['" birth rate "', 'birth rate'],
    ['"a\\"b"', 'A"B'],
    ['"a\\\\b"', 'A\\\\B'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Straße', 'STRAẞE'],
    ['Ж', 'ж'],
    ['库存 水平', '库存_水平'],
    ['"TIME"', 'time'],
    ['𐐀', '𐐨'],
  ])('%s is %s', (one, other) => {
    expect(canonical(one)).toBe(canonical(other));
  });

  it.each([
    ['a b', 'ab'],
    ['_a', 'a'],
    ['a.b', 'a_b'],
    ['ＡＢ', 'AB'],
    ['a\u2003b', 'a b'],
    ['a\u3000b', 'a b'],
    ['ı', 'i'],
    ['ß', 'ss'],
    ['库存', '库 存'],
  ])('%s is not %s', (one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });

  it('folds every character as Unicode simple folding does', () => {
    const pairs: string[] = [];
    for (let code = 0xa1; code < 0x1e980; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      for (const other of [character.toUpperCase(), character.toLowerCase()]) {
        if (other === character || Array.from(other).length !== 1) continue;
        // The engine's regular expressions compare by the same simple folding (ECMA-262, Canonicalize with u and i).
        const same = new RegExp(`^${character}$`, 'iu').test(other);
        if (same !== (canonical(character) === canonical(other))) pairs.push(`${character}${other}`);
      }
    }
    expect(pairs).toEqual([]);
  });

  it('is the same of its own result, unless that has quotes or escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const once = canonical(name);
        fc.pre(!/["\\]/.test(once));
        expect(canonical(once)).toBe(once);
      }),
    );
  });

  it('stays linear in the length', () => {
    expect(canonical(`"${'a \\n'.repeat(100_000)}b"`)).toHaveLength(200_001);
    expect(canonical(' '.repeat(300_000))).toBe('');
  });
});

describe('pathOf', () => {
  it('splits at the dots outside quotes', () => {
    expect(pathOf('Marketing.Total Expenditure')).toEqual(['marketing', 'total_expenditure']);
    expect(pathOf('"a.b".C')).toEqual(['a.b', 'c']);
    expect(pathOf('"say \\"x.y\\"".z')).toEqual(['say_"x.y"', 'z']);
    expect(pathOf('.cost')).toEqual(['', 'cost']);
    expect(pathOf('cost')).toEqual(['cost']);
    expect(segmentsOf('"A.b".C')).toEqual(['"A.b"', 'C']);
  });
});

describe('quoteName', () => {
  it.each([
    ['birth rate', 'birth_rate'],
    ['库存 水平', '库存_水平'],
    ['US$', 'US$'],
    ['$ value', '"$ value"'],
    ['2nd', '"2nd"'],
    ['if', '"if"'],
    ['Mod', '"Mod"'],
    ['a.b', '"a.b"'],
    ['a-b', '"a-b"'],
    ['say "x"', '"say \\"x\\""'],
    ['', '""'],
  ])('%s is written %s', (name, written) => {
    expect(quoteName(name)).toBe(written);
  });

  it('keeps the identifier', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const written = quoteName(name);
        expect(canonical(written)).toBe(canonical(name));
        expect(segmentsOf(written)).toHaveLength(1);
      }),
    );
  });
});

describe('plain', () => {
  it('is what people read', () => {
    expect(plain('"net\\nflow \\"x\\""')).toBe('net\nflow "x"');
    expect(plain(' Cash Balance ')).toBe('Cash Balance');
  });
});

describe('isBareName', () => {
  it('follows the form of identifiers', () => {
    expect(['a', '_a', 'a$1', '库存', 'é', 'a\u00a0b'].filter((name) => !isBareName(name))).toEqual([]);
    expect(['', '1a', '$', 'a b', 'a-b', 'then', 'a\u00a0', 'a\u200bb'].filter(isBareName)).toEqual([]);
  });
});
