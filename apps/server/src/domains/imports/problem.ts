import { isReasonCode, type ReasonDetail, reasonText } from '#lib/tabular/reasons.ts';

/** A line of an import's report: a rejected row, or (`warning`) a value that was left out of a row that was kept. */
export interface ImportProblem {
  warning: boolean;
  /** Which file of the import, from 0. */
  position: number;
  line: number;
  sheet: string | null;
  /** Name of the column in the file, else of the field. */
  column: string;
  /** The cell as it stands in the file, cut to a bound. */
  value: string;
  code: string;
  detail: ReasonDetail;
}

/** Reasons that are not about reading a cell, and what happened to rows that were not read; `{name}` is filled in. */
const sentences: Record<string, readonly [en: string, zh: string]> = {
  write_refused: ['The row could not be stored: {detail}.', '该行无法保存：{detail}。'],
  preset_failed: [
    'The row could not be understood by the preset: {detail}. Report this line to us; all others were read.',
    '模板无法处理该行：{detail}。请反馈此行；其他行不受影响。',
  ],
  no_records: ['The row holds nothing that this preset keeps.', '该行没有此模板需要的数据。'],
  explanation_row: ['Rows that only explain the columns were passed over.', '已跳过仅用于说明列含义的行。'],
  summary_row: ['Total or summary rows were passed over.', '已跳过合计或汇总行。'],
  header_row: ['Repeated header rows were passed over.', '已跳过重复的表头行。'],
  empty_row: ['Rows without any value were passed over.', '已跳过没有数据的行。'],
  sheet_skipped: ['Sheets without the columns of the preset were passed over.', '已跳过不含模板所需列的工作表。'],
  value_left_out: [
    'Values that could not be read were left out; their rows were kept (see the report).',
    '无法读取的值已略去，所在行已保留（见报告）。',
  ],
  report_cut: [
    'More problems were counted than the report holds; its first lines were kept.',
    '问题行数超过报告上限，仅保留前面的部分。',
  ],
  dry_run_parts: [
    'The dry run was done in parts of {limit} rows: a row that repeats one of another part counts as accepted.',
    '试运行按每 {limit} 行分段进行：与其他分段重复的行计为已接受。',
  ],
  cancelled_after: [
    'The import was cancelled; the rows read before that were imported and stay.',
    '导入已取消；取消前已读取的行已导入并保留。',
  ],
};

/** The sentence of a reason or note in both languages. */
export function explain(code: string, detail: ReasonDetail = {}): { en: string; zh: string } {
  if (isReasonCode(code)) return { en: reasonText(code, 'en', detail), zh: reasonText(code, 'zh', detail) };
  const [en, zh] = sentences[code] ?? [`Rows set aside by the preset: ${code}.`, `模板跳过的行：${code}。`];
  return { en: filled(en, detail), zh: filled(zh, detail) };
}

function filled(sentence: string, detail: ReasonDetail): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(detail[name] ?? whole));
}

const maxValueLength = 300;

/** A cell's text as it is kept for the report. */
export function shownValue(text: string): string {
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}
