import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxValueLength, namespaceOf, normalise } from './namespace.ts';

describe('junk values', () => {
  it.each([
    '',
    '  ',
    'null',
    'NULL',
    'undefined',
    '0',
    '00000',
    '-1',
    '-1.0',
    'none',
    'Guest',
    'anonymous',
    'test',
    'unknown',
    'n/a',
    '#N/A',
    'NaN',
    '[object Object]',
    '匿名',
    '匿名用户',
    '游客',
    '未知',
    '未登录用户',
    '测试',
    '-',
    '--',
    '???',
    '...',
    '__',
    '138****0000',
    '＊＊＊',
    'a##b',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'ｎｕｌｌ',
    '\u200bnull\u200b',
    'not set',
    'x'.repeat(maxValueLength + 1),
  ])('%j names nobody in any namespace', (value) => {
    for (const namespace of [
      'member_id',
      'unionid',
      'openid:wx1',
      'taobao_nick',
      'device',
      'phone',
      'email',
      'crm_id',
    ]) {
      expect(normalise(namespace, value), namespace).toBeUndefined();
    }
  });
  it.each([
    ['phone', '13800138000'],
    ['phone', '13800000000'],
    ['phone', '+86 188 8888 8888'],
    ['phone', '11111111111'],
    ['phone', '123'],
    ['phone', '1.38E+10'],
    ['phone', '12345678901'],
    ['phone', 'abc'],
    ['phone', '138XXXX8888'],
    ['email', 'noreply@shop.cn'],
    ['email', 'test@gmail.com'],
    ['email', 'a@a.com'],
    ['email', 'nobody'],
    ['email', 'x@y'],
    ['device', '9774d56d682e549c'],
    ['device', '02:00:00:00:00:00'],
    ['device', 'ab'],
    ['nickname', '小红'],
    ['ip', '1.2.3.4'],
  ])('%s %s is a filler or no identifier', (namespace, value) => expect(normalise(namespace, value)).toBeUndefined());
  it.each([
    ['member_id', '10'],
    ['member_id', '-1234567'],
    ['taobao_nick', '无敌小可爱'],
    ['taobao_nick', 'tb12345'],
    ['tiktok_username', 'guest_house_jkt'],
    ['member_id', 'nullable'],
    ['openid:wx1', 'oXXXXabc'],
  ])('%s %s is somebody', (namespace, value) => expect(normalise(namespace, value)).toBe(value));
});

describe('normal forms', () => {
  it.each([
    ['phone', '13612349876', '+8613612349876'],
    ['phone', '136-1234-9876', '+8613612349876'],
    ['phone', '+86 136 1234 9876', '+8613612349876'],
    ['phone', '0086 13612349876', '+8613612349876'],
    ['phone', '8613612349876', '+8613612349876'],
    ['phone', '１３６１２３４９８７６', '+8613612349876'],
    ['phone', '13612349876.0', '+8613612349876'],
    ['phone', '010-62345679', '+861062345679'],
    ['phone', '+62 812-3456-7890', '+6281234567890'],
    ['phone', '+44 20 7946 0958', '+442079460958'],
    ['email', ' Li.Na@Example.CN ', 'li.na@example.cn'],
    ['tiktok_username', '@Ayu.Beauty', 'ayu.beauty'],
    ['member_id', '12345.0', '12345'],
    ['member_id', ' A　B ', 'A B'],
    ['device', 'A1B2-C3D4', 'a1b2-c3d4'],
    ['openid:wx1', 'oAbC', 'oAbC'],
  ])('%s %j becomes %s', (namespace, raw, normal) => expect(normalise(namespace, raw)).toBe(normal));
  it('is stable and bounded for any text', () => {
    const namespaces = fc.constantFrom('phone', 'email', 'member_id', 'device', 'tiktok_username', 'openid:a', 'other');
    fc.assert(
      fc.property(namespaces, fc.string({ unit: 'binary', maxLength: 300 }), (namespace, raw) => {
        const once = normalise(namespace, raw);
        if (once === undefined) return;
        expect(once.length).toBeLessThanOrEqual(maxValueLength);
        expect(once).not.toMatch(/\p{Cc}/u);
        expect(once.isWellFormed()).toBe(true);
        expect(normalise(namespace, once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });
});

describe('namespaces', () => {
  it('orders the strong above the anonymous, and takes an unlisted one as strong', () => {
    const ranks = [
      'member_id',
      'unionid',
      'wecom_external_userid',
      'phone',
      'email',
      'openid:wx',
      'taobao_nick',
      'crm_id',
      'viewer:douyin',
      'device',
    ];
    expect(ranks.map((n) => namespaceOf(n).rank)).toEqual(
      ranks.map((n) => namespaceOf(n).rank).toSorted((a, b) => b - a),
    );
    expect(ranks.filter((n) => !namespaceOf(n).strong)).toEqual(['viewer:douyin', 'device']);
    for (const name of ['constructor', '__proto__', 'toString']) expect(namespaceOf(name).strong).toBe(true);
  });
});
