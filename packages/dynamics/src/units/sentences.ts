import type { Sentence } from '../diagnostic.ts';

/** What is said about units. */
export const unitSentences = {
  'units.mismatch': {
    en: '{operator} joins {leftTerm} in {left} with {rightTerm} in {right}. Both sides must have the same units. Values are not affected; correct the units or the equation.',
    zh: '{operator} 两边的单位不同：{leftTerm} 为 {left}，{rightTerm} 为 {right}。数值不受影响，请更正单位或方程。',
  },
  'units.branches': {
    en: 'IF gives {leftTerm} in {left} or {rightTerm} in {right}. Both branches must have the same units. Values are not affected; correct the units or the equation.',
    zh: 'IF 的两个分支单位不同：{leftTerm} 为 {left}，{rightTerm} 为 {right}。数值不受影响，请更正单位或方程。',
  },
  'units.arguments': {
    en: '{function} is given {leftTerm} in {left} and {rightTerm} in {right}, which must have the same units. Values are not affected; correct the units or the equation.',
    zh: '{function} 的参数单位应相同：{leftTerm} 为 {left}，{rightTerm} 为 {right}。数值不受影响，请更正单位或方程。',
  },
  'units.not_dimensionless': {
    en: '{function} needs a pure number and is given {term} in {units}. Values are not affected; divide by a reference value that has these units.',
    zh: '{function} 需要无单位的数，而 {term} 的单位为 {units}。数值不受影响，请除以具有该单位的参考值。',
  },
  'units.equation': {
    en: 'The equation has the units {found}; the variable is declared in {declared}. Values are not affected; correct the units or the equation.',
    zh: '方程的单位为 {found}，而变量声明的单位为 {declared}。数值不受影响，请更正单位或方程。',
  },
  'units.flow': {
    en: 'The flow {flow} is declared in {found}; the stock {stock} in {stockUnits} needs flows in {expected}. Values are not affected; correct the units of one of them.',
    zh: '流量 {flow} 声明的单位为 {found}，而存量 {stock} 的单位为 {stockUnits}，其流量应为 {expected}。数值不受影响，请更正其中之一的单位。',
  },
  'units.connection': {
    en: 'The input {to} is declared in {left} and gets its value from {from} in {right}. Values are not affected; correct the units of one of them.',
    zh: '输入 {to} 声明的单位为 {left}，其值来自单位为 {right} 的 {from}。数值不受影响，请更正其中之一的单位。',
  },
  'units.unreadable': {
    en: '{units} is no equation of units, so nothing that depends on it is checked. Units are names joined by *, / and ^ with whole exponents, as in people/(km^2*year).',
    zh: '{units} 不是单位表达式，因此与它有关的内容不作检查。单位由名称以 *、/ 和整数次幂 ^ 组成，例如 people/(km^2*year)。',
  },
  'units.circular': {
    en: 'The unit {unit} is defined through itself, or through more than {limit} others, so nothing that depends on it is checked. Define it by other units, or by none.',
    zh: '单位 {unit} 通过自身或超过 {limit} 个其他单位定义，因此与它有关的内容不作检查。请用其他单位定义，或不作定义。',
  },
} satisfies Record<string, Sentence>;
