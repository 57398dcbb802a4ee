/** Why an event is set aside: the sentence in both languages, `{name}` filled from the parameters. */
export const quarantineCodes = {
  'event.unreadable': ['The line is not JSON: {problem}', '该行不是 JSON：{problem}'],
  'event.not_an_object': ['An event must be a JSON object.', '事件必须是 JSON 对象。'],
  'event.field_unknown': ['The field "{field}" is not known here.', '不认识字段“{field}”。'],
  'event.field_invalid': ['The field "{field}" {problem}.', '字段“{field}”无效：{problem}。'],
  'event.field_missing': ['An event of type {type} needs the field "{field}".', '{type} 类型的事件需要字段“{field}”。'],
  'event.type_unknown': [
    'The type "{type}" is not in the catalogue; own types start with "custom.".',
    '目录中没有类型“{type}”；自定义类型须以“custom.”开头。',
  ],
  'event.currency_mismatch': [
    'The currency is {currency}, the brand keeps its books in {expected}.',
    '币种为 {currency}，而品牌以 {expected} 记账。',
  ],
  'event.time_unreadable': [
    'The time "{value}" is neither milliseconds nor ISO 8601 with a zone.',
    '时间“{value}”既不是毫秒数，也不是带时区的 ISO 8601。',
  ],
  'event.time_future': ['The time {value} is more than a day ahead.', '时间 {value} 超前一天以上。'],
  'event.time_past': ['The time {value} lies before the year 2000.', '时间 {value} 早于 2000 年。'],
  'event.props_too_large': ['The props are larger than {limit} characters.', 'props 超过 {limit} 个字符。'],
  'event.store_refused': ['The store refused the event: {problem}', '存储拒绝了该事件：{problem}'],
} as const satisfies Record<string, readonly [en: string, zh: string]>;

export type QuarantineCode = keyof typeof quarantineCodes;
export type QuarantineParams = Record<string, string | number>;

/** The sentence of a code, English and Chinese. */
export function quarantineSentence(code: string, params: QuarantineParams): { en: string; zh: string } {
  const [en, zh] = Object.hasOwn(quarantineCodes, code) ? quarantineCodes[code as QuarantineCode] : [code, code];
  const fill = (sentence: string) =>
    sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
  return { en: fill(en), zh: fill(zh) };
}
