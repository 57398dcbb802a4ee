/**
 * Values that stand for "nobody in particular". An identifier with such a value resolves to no person and never ties two
 * persons together. Compared after NFKC, trimming and lower-casing.
 */
export const junkWords: ReadonlySet<string> = new Set(
  [
    'null nil none nan undefined void empty missing blank na n/a n.a. #n/a #na #null! #ref! #value! #name? (null) (none) <null>',
    'guest guests anonymous anon anonymous_user anonymoususer visitor unknown unspecified unidentified nobody noname no-name notset not_set (not_set) unset default',
    'test tester testing testuser test_user demo example sample dummy fake user username customer admin root system',
    'true false yes no ok [object_object] {} [] "" \'\' tbd todo pending deleted removed redacted hidden private masked',
    '匿名 匿名用户 匿名买家 匿名客户 游客 游客用户 访客 未知 未知用户 无 无名 没有 空 空值 暂无 未填写 未填 不详 未登录 未登录用户 未绑定 未授权 测试 测试用户 测试账号 默认 用户 微信用户 抖音用户 淘宝用户 顾客 客户 会员 散客 散户 保密 已注销 账号已注销 用户已注销 待补充 其他',
  ]
    .flatMap((line) => line.split(' ').map((word) => word.replaceAll('_', ' ')))
    .concat(
      // The same words as they are written in code.
      ['anonymous_user', 'test_user', 'not_set', '(not_set)', '(not set)', '[object object]', 'not set', 'no name'],
    ),
);

/** Forms that are junk in every namespace: only zeros, only punctuation, negative one, masked, a UUID of one digit. */
export const junkForms: readonly RegExp[] = [
  /^[0\s.:-]+$/u,
  /^[\p{P}\p{S}\s]+$/u,
  /^-\d{1,3}(\.0+)?$/u,
  /[*●•■█]/u,
  /##|\?{3,}|×{2,}|^x+$/iu,
  /^([0-9a-f])\1{7}-\1{4}-\1{4}-\1{4}-\1{12}$/u,
];

/** Phones that forms and shop staff type to get past a required field, in the normal form `+8613800000000`. */
export const junkPhones: ReadonlySet<string> = new Set([
  '+8613800138000',
  '+8613800000000',
  '+8613900000000',
  '+8613812345678',
  '+8613912345678',
  '+8612345678901',
  '+8612345678910',
  '12345678901',
  '12345678910',
  '1234567890',
  '123456789',
  '12345678',
  '1234567',
]);
/** A phone that ends in at least seven equal digits (13800000000, 18888888888, 11111111111). */
export const junkPhoneForm = /(\d)\1{6}$/;

export const junkEmails: readonly RegExp[] = [
  /^(no-?reply|do-?not-?reply|nobody|none|null|na|test|anonymous|guest|unknown|fake)@/,
  /^(\w)\1*@\1*\./,
  /@(localhost|invalid|none\.com|null\.com|no\.com|test\.com|noemail\.\w+|nomail\.\w+)$/,
];

/** Device ids that whole model lines share. */
export const junkDevices: ReadonlySet<string> = new Set([
  '9774d56d682e549c',
  '02:00:00:00:00:00',
  'ff:ff:ff:ff:ff:ff',
  '012345678912345',
  '004999010640000',
  'unknown device',
]);

/** Whether a value means nobody in every namespace; `folded` is NFKC, trimmed and lower-case. */
export function isJunk(folded: string): boolean {
  return junkWords.has(folded) || junkForms.some((form) => form.test(folded));
}
