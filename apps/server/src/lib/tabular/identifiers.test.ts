import { describe, expect, it } from 'vitest';
import type { Cell } from './cells.ts';
import { guessTruncatedIds, parseId, parsePhone, parseText } from './identifiers.ts';
import { alignItems, splitItems } from './items.ts';
import type { Parsed } from './outcome.ts';

function read<T>(parsed: Parsed<T>): T | string {
  if (!parsed.ok) return parsed.code;
  return parsed.note === undefined ? parsed.value : parsed.note;
}

describe('ids and texts', () => {
  it('undoes what is safe and refuses what lost digits', () => {
    const cases: readonly (readonly [Cell, string])[] = [
      ['\t6912345678901234567', '6912345678901234567'],
      ["'6912345678901234567", '6912345678901234567'],
      ['="6912345678901234567"', '6912345678901234567'],
      ['"6912345678901234567"', '6912345678901234567'],
      ['\u00a06912345\u200b678 ', '6912345678'],
      ['\ufeffA-1', 'A-1'],
      ['12680.0', '12680'],
      [12680, '12680'],
      ['0012', '0012'],
      ['C536379', 'C536379'],
      ['6.91234E+17', 'id_damaged'],
      ['6.91E17', 'id_damaged'],
      [691234567890123500, 'id_damaged'],
      [6.9e21, 'id_damaged'],
      ['****', 'masked'],
      ['138****1234', 'masked'],
      ['张*', 'masked'],
      ['##abc==', 'masked'],
      ['$$xyz$$', 'masked'],
      ['#abc#def#1##', 'masked'],
      ['-', 'empty'],
      [null, 'empty'],
      ['数据将于第二天更新', 'not_final'],
      ['坏\ufffd字', 'bad_encoding'],
      ['#N/A', 'error_cell'],
    ];
    for (const [cell, expected] of cases) expect([cell, read(parseId(cell))]).toEqual([cell, expected]);
  });

  it('judges ids that end in zeros by their column', () => {
    expect(guessTruncatedIds(['691234567890123000', '691234567890124000', '691234567890125000'])).toBe(true);
    expect(guessTruncatedIds(['691234567890123000', '691234567890124567', '691234567890125321'])).toBe(false);
    expect(read(parseId('691234567890123000', { truncated: true }))).toBe('id_truncated');
    expect(read(parseId('691234567890123000'))).toBe('691234567890123000');
  });

  it('keeps texts as they are, but for what cannot be seen', () => {
    expect(read(parseText(' 连衣裙\u200b 5*10cm '))).toBe('连衣裙 5*10cm');
    expect(read(parseText('a\nb'))).toBe('a\nb');
    expect(read(parseText('数据将于第二天更新'))).toBe('not_final');
    expect(read(parseText('用户***12'))).toBe('masked');
    expect(read(parseText('x'.repeat(20), { maxCharacters: 10 }))).toBe('text_too_long');
  });
});

describe('phones', () => {
  it('gives + and digits', () => {
    const cases: readonly (readonly [Cell, string])[] = [
      ['13812345678', '+8613812345678'],
      ['138 1234 5678', '+8613812345678'],
      ['+86 138-1234-5678', '+8613812345678'],
      ['008613812345678', '+8613812345678'],
      ['8613812345678', '+8613812345678'],
      [13812345678, '+8613812345678'],
      ['010-12345678', '+861012345678'],
      ['+62 812-3456-7890', '+6281234567890'],
      ['138****1234', 'masked'],
      ['18412345678-1234', 'masked'],
      ['18412345678转1234', 'masked'],
      ['1.38E+10', 'id_damaged'],
      ['12345', 'not_a_phone'],
      ['无', 'empty'],
      ['abc', 'not_a_phone'],
    ];
    for (const [cell, expected] of cases) expect([cell, read(parsePhone(cell))]).toEqual([cell, expected]);
    expect(read(parsePhone('0812-3456-7890', { region: 'ID' }))).toBe('+6281234567890');
    expect(read(parsePhone('07911 123456', { region: 'GB' }))).toBe('+447911123456');
  });
});

describe('several items in one cell', () => {
  it('parts them by line breaks or semicolons', () => {
    expect(splitItems('连衣裙;T恤；')).toEqual(['连衣裙', 'T恤']);
    expect(splitItems('a; b\nc')).toEqual(['a; b', 'c']);
    expect(splitItems('one')).toEqual(['one']);
  });

  it('aligns parallel columns or tells the counts', () => {
    expect(read(alignItems({ name: '连衣裙;T恤', id: '1;2', quantity: '1；3' }))).toEqual([
      { name: '连衣裙', id: '1', quantity: '1' },
      { name: 'T恤', id: '2', quantity: '3' },
    ]);
    expect(read(alignItems({ name: '裙; 白', id: '1', quantity: 2 }, { texts: ['name'] }))).toEqual([
      { name: '裙; 白', id: '1', quantity: '2' },
    ]);
    expect(read(alignItems({ name: 'a;b', id: '1;2', order: '9' }, { shared: ['order'] }))).toEqual([
      { name: 'a', id: '1', order: '9' },
      { name: 'b', id: '2', order: '9' },
    ]);
    expect(alignItems({ id: '1;2;3', quantity: '1;2' })).toMatchObject({
      ok: false,
      code: 'items_mismatch',
      detail: { counts: 'id 3, quantity 2' },
    });
    expect(alignItems({ id: '1;2', quantity: '1;2;3', name: 'x' }, { texts: ['name'] })).toMatchObject({
      code: 'items_mismatch',
    });
    expect(read(alignItems({ id: '', quantity: null }))).toBe('empty');
  });
});
