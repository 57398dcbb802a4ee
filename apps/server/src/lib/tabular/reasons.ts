/** Every reason for which this library refuses a value, a row or a file: a code and its sentences. `{name}` is filled in. */
const REASONS = {
  // values
  error_cell: ['The cell holds the spreadsheet error {seen}.', '单元格是表格错误值 {seen}。'],
  bad_encoding: ['The text {seen} has characters that could not be decoded.', '文本 {seen} 含有无法解码的字符。'],
  wrong_type: ['{seen} is a {found}, where {expected} is expected.', '{seen} 是{found}，这里应为{expected}。'],
  id_damaged: [
    'The id {seen} was turned into a rounded number by a spreadsheet program; export it again and do not save it in Excel, or format the column as text.',
    '编号 {seen} 已被表格软件改成近似数字而损坏；请重新导出且不要用 Excel 另存，或把该列设为文本格式。',
  ],
  id_truncated: [
    'The long ids of this column end in zeros after the 15th digit ({seen}): a spreadsheet program cut them off; export again.',
    '该列长编号第 15 位之后都是 0（{seen}），已被表格软件截断；请重新导出。',
  ],
  text_too_long: [
    'The text is {length} characters long; at most {limit} are kept.',
    '文本长 {length} 个字符，最多保留 {limit} 个。',
  ],
  not_a_number: ['{seen} is not a number.', '{seen} 不是数字。'],
  not_an_integer: ['{seen} is not a whole number.', '{seen} 不是整数。'],
  number_ambiguous: [
    '{seen} can be read with its separator as thousands or as decimals; say which with "decimal" in the mapping.',
    '{seen} 的分隔符既可能是千分位也可能是小数点；请在映射里用 "decimal" 指明。',
  ],
  number_style: [
    '{seen} does not fit the column, whose decimal separator is "{decimal}".',
    '{seen} 与本列不符，本列的小数点是“{decimal}”。',
  ],
  number_is_range: ['{seen} is a range or a bound, not one number.', '{seen} 是区间或界限，不是一个确定的数。'],
  out_of_range: ['{seen} is outside of what can be true here ({limit}).', '{seen} 超出合理范围（{limit}）。'],
  currency_mismatch: [
    '{seen} is in {found}, the column is in {expected}.',
    '{seen} 的币种是 {found}，本列是 {expected}。',
  ],
  currency_unknown: [
    '{seen} has no known currency; give the currency of the column.',
    '{seen} 的币种未知；请给出该列的币种。',
  ],
  percent_unit_unknown: [
    '{seen} may be a percentage or a ratio; say which with "plain" in the mapping.',
    '{seen} 可能是百分数也可能是比值；请在映射里用 "plain" 指明。',
  ],
  not_a_percent: ['{seen} is not a percentage.', '{seen} 不是百分比。'],
  not_a_duration: ['{seen} is not a duration.', '{seen} 不是时长。'],
  duration_unit_unknown: [
    '{seen} has no unit; say whether it is seconds, minutes or hours.',
    '{seen} 没有单位；请说明是秒、分钟还是小时。',
  ],
  not_a_time: ['{seen} is not a date or time.', '{seen} 不是日期或时间。'],
  date_impossible: ['{seen} is not a day of the calendar or a time of the day.', '{seen} 在日历或时钟上不存在。'],
  date_ambiguous: [
    '{seen} can be day/month or month/day; say which with "dateOrder" in the mapping.',
    '{seen} 可能是 日/月 也可能是 月/日；请在映射里用 "dateOrder" 指明。',
  ],
  not_an_interval: ['{seen} is not a period from one time to another.', '{seen} 不是起止时间。'],
  interval_reversed: ['{seen} ends before it begins.', '{seen} 的结束早于开始。'],
  not_a_boolean: ['{seen} is not yes or no.', '{seen} 不是“是/否”。'],
  not_a_phone: ['{seen} is not a phone number.', '{seen} 不是电话号码。'],
  items_mismatch: [
    'The columns of this row list different numbers of items: {counts}.',
    '本行各列列出的件数不一致：{counts}。',
  ],
  // rows
  row_too_long: [
    'The row has {extra} more filled cells than the header: an unquoted separator moved its values.',
    '本行比表头多出 {extra} 个有值的单元格：可能有未加引号的分隔符使数据错位。',
  ],
  required_missing: ['The required column "{column}" is empty.', '必填列“{column}”为空。'],
  // files
  file_empty: ['The file has no rows.', '文件没有任何数据行。'],
  file_not_found: ['The file {name} cannot be read: {detail}.', '无法读取文件 {name}：{detail}。'],
  file_too_large: [
    'The file is larger than {limit}; split it or raise the limit.',
    '文件大于 {limit}；请拆分或调高上限。',
  ],
  xls_refused: [
    'This is an old .xls workbook or one locked with a password; save it as .xlsx or .csv without a password and import that.',
    '这是旧版 .xls 或带密码的工作簿；请另存为不带密码的 .xlsx 或 .csv 再导入。',
  ],
  html_refused: [
    'This is a web page or XML under the name of a table; open it in a spreadsheet program, save it as .xlsx and import that.',
    '这是以表格命名的网页或 XML；请用表格软件打开并另存为 .xlsx 再导入。',
  ],
  zip_refused: [
    'This archive is not a workbook; unpack it and import the files inside.',
    '这个压缩包不是工作簿；请解压后导入其中的文件。',
  ],
  binary_refused: ['This is not a table: {found}.', '这不是表格文件：{found}。'],
  xlsx_damaged: ['The workbook is damaged ({detail}); export it again.', '工作簿已损坏（{detail}）；请重新导出。'],
  gzip_damaged: [
    'The compressed file is damaged or cut off; what came before was read.',
    '压缩文件已损坏或不完整；之前的内容已读取。',
  ],
  inflates_too_much: [
    'Unpacking the file gives more than {limit}; it is refused as a possible zip bomb.',
    '文件解压后超过 {limit}，可能是压缩炸弹，已拒绝。',
  ],
  strings_too_large: [
    'The texts of this workbook are too many to hold ({limit} characters); save the sheet as CSV and import that.',
    '该工作簿的文本过多（上限 {limit} 字符）；请把工作表另存为 CSV 再导入。',
  ],
  sheet_unknown: [
    'There is no sheet "{name}"; the file has: {found}.',
    '没有名为“{name}”的工作表；文件里有：{found}。',
  ],
  encoding_unknown: ['"{name}" is not a known encoding.', '不认识的编码“{name}”。'],
  header_not_found: [
    'No row of the first {count} looks like the header; columns expected: {expected}.',
    '前 {count} 行里没有像表头的行；应有的列：{expected}。',
  ],
  // mapping files
  mapping_invalid: ['The mapping file is not valid at {path}: {detail}.', '映射文件在 {path} 处无效：{detail}。'],
  mapping_column: [
    'The mapping names the column "{column}" for {field}, which the file does not have.',
    '映射为 {field} 指定了列“{column}”，但文件里没有这一列。',
  ],
} as const satisfies Record<string, readonly [en: string, zh: string]>;

export type ReasonCode = keyof typeof REASONS;
export type ReasonLanguage = 'en' | 'zh';

/** What a sentence is filled with; values are shown cut to 80 characters. */
export type ReasonDetail = Readonly<Record<string, string | number>>;

export const REASON_CODES = Object.keys(REASONS) as readonly ReasonCode[];

/** Whether a text is the code of a reason of this library. */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(REASONS, text);
}

/** The sentence of a reason in one language. */
export function reasonText(code: ReasonCode, language: ReasonLanguage, detail: ReasonDetail = {}): string {
  const sentence = REASONS[code][language === 'en' ? 0 : 1];
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = detail[name];
    if (value === undefined) return whole;
    const text = String(value);
    const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
    return name === 'seen' ? `"${short}"` : short;
  });
}

/** A refusal of a whole file; `message` is the English sentence, `say('zh')` gives the other. */
export class TabularError extends Error {
  readonly code: ReasonCode;
  readonly detail: ReasonDetail;

  constructor(code: ReasonCode, detail: ReasonDetail = {}, options?: ErrorOptions) {
    super(reasonText(code, 'en', detail), options);
    this.name = 'TabularError';
    this.code = code;
    this.detail = detail;
  }

  say(language: ReasonLanguage): string {
    return reasonText(this.code, language, this.detail);
  }
}
