import type { Sentence } from '../diagnostic.ts';

/** What is said about the text of an equation. */
export const expressionSentences = {
  'equation.empty': {
    en: 'There is no equation, only blanks or comments. Write a number or an equation.',
    zh: '没有方程，只有空白或注释。请写出数字或方程。',
  },
  'equation.too_long': {
    en: 'The equation has {length} characters; at most {limit} are read. Split it over several variables.',
    zh: '方程有 {length} 个字符，最多读取 {limit} 个。请拆分到多个变量。',
  },
  'equation.too_deep': {
    en: 'The equation is nested more than {limit} levels deep. Split it over several variables.',
    zh: '方程的嵌套超过 {limit} 层。请拆分到多个变量。',
  },
  'equation.unexpected': {
    en: '{found} stands where {expected} should be.',
    zh: '此处应为 {expected}，却是 {found}。',
  },
  'equation.ended': {
    en: 'The equation ends where {expected} should be.',
    zh: '方程在应有 {expected} 之处结束了。',
  },
  'equation.missing_value': {
    en: '{found} stands where a value should be: a number, a name, a function or a parenthesis.',
    zh: '{found} 所在之处应为一个值：数字、名称、函数或括号。',
  },
  'equation.ended_without_value': {
    en: 'The equation ends where a value should follow: a number, a name, a function or a parenthesis.',
    zh: '方程结束了，而后面还应有一个值：数字、名称、函数或括号。',
  },
  'equation.missing_operator': {
    en: '{found} follows a complete value without an operator such as + or * between them. A name with blanks is written with _ or between quotes.',
    zh: '{found} 跟在一个完整的值之后，中间缺少 + 或 * 等运算符。含空格的名称应以 _ 连接或加引号。',
  },
  'equation.left_over': {
    en: '{found} stands behind a complete equation and belongs to nothing before it.',
    zh: '{found} 出现在完整的方程之后，与前面的内容无关。',
  },
  'equation.list': {
    en: 'A comma stands outside a function call. An equation gives one value: give each element of an array an equation of its own.',
    zh: '逗号出现在函数调用之外。一个方程只给出一个值：请为数组的每个元素分别写方程。',
  },
  'equation.number': {
    en: '{text} is not a number. Write it as in 12, .5 or 1.5e-3, and put an operator before a name that follows.',
    zh: '{text} 不是数字。请写成 12、.5 或 1.5e-3 的形式；其后的名称前要有运算符。',
  },
  'equation.number_range': {
    en: '{text} is larger than the largest number that can be represented (about 1.8e308).',
    zh: '{text} 超出了可表示的最大数（约 1.8e308）。',
  },
  'equation.character': {
    en: 'The character {character} ({code}) has no meaning in an equation. Put names that contain it between quotes.',
    zh: '字符 {character}（{code}）在方程中没有意义。含有它的名称请加引号。',
  },
  'equation.operator': {
    en: '{operator} is not an operator of XMILE. Write {instead}.',
    zh: '{operator} 不是 XMILE 的运算符。请写 {instead}。',
  },
  'equation.unclosed_quote': {
    en: 'The name that begins with a quote here has no closing quote.',
    zh: '此处以引号开始的名称没有结束引号。',
  },
  'equation.unclosed_comment': {
    en: 'The comment that begins here has no closing brace }.',
    zh: '此处开始的注释没有结束的花括号 }。',
  },
  'equation.comment_end': {
    en: 'A closing brace } stands here without a comment that it ends.',
    zh: '此处的花括号 } 没有对应的注释开头。',
  },
  'equation.empty_name': {
    en: 'The quotes hold no name.',
    zh: '引号内没有名称。',
  },
} satisfies Record<string, Sentence>;
