import type { Sentence } from '../diagnostic.ts';

/** What is said about a call of a builtin function. */
export const builtinSentences = {
  'builtin.not_positive': {
    en: '{parameter} of {function} must be above 0 and is {value}. Give a positive number.',
    zh: '{function} 的参数 {parameter} 必须大于 0，现为 {value}。请给出正数。',
  },
  'builtin.negative': {
    en: '{parameter} of {function} must not be below 0 and is {value}. Give 0 or a positive number.',
    zh: '{function} 的参数 {parameter} 不能小于 0，现为 {value}。请给出 0 或正数。',
  },
  'builtin.not_whole': {
    en: '{parameter} of {function} must be a whole number from {least} to {most} and is {value}.',
    zh: '{function} 的参数 {parameter} 必须是 {least} 到 {most} 之间的整数，现为 {value}。',
  },
  'builtin.not_probability': {
    en: '{parameter} of {function} is a probability: it must be from 0 to 1 and is {value}.',
    zh: '{function} 的参数 {parameter} 是概率，必须在 0 到 1 之间，现为 {value}。',
  },
  'builtin.not_constant': {
    en: '{parameter} of {function} must be known before the run: a number, or an equation of numbers. It changes during the run or between runs.',
    zh: '{function} 的参数 {parameter} 必须在运行前已知（数字或由数字组成的式子），而它在运行中或各次运行之间会变化。',
  },
  'builtin.not_table': {
    en: '{parameter} of {function} must be the name of a graphical function.',
    zh: '{function} 的参数 {parameter} 必须是图形函数的名称。',
  },
  'builtin.not_monotonic': {
    en: '{function} needs a graphical function whose values always rise or always fall: only then has each value one place.',
    zh: '{function} 需要取值始终上升或始终下降的图形函数，否则一个值对应的位置不唯一。',
  },
  'builtin.not_ordered': {
    en: '{lower} of {function} is {low} and {upper} is {high}: the first must not be above the second.',
    zh: '{function} 的 {lower} 为 {low}，{upper} 为 {high}：前者不能大于后者。',
  },
  'builtin.arguments': {
    en: '{function} takes {expected} arguments and was given {count}.',
    zh: '{function} 需要 {expected} 个参数，而给出了 {count} 个。',
  },
  'builtin.sizes': {
    en: 'The arrays given to {function} must have the same size; they have {first} and {second} elements.',
    zh: '{function} 的各数组大小必须相同，现分别有 {first} 个和 {second} 个元素。',
  },
  'builtin.too_many': {
    en: '{function} can order at most {most} elements and was given {count}. Rank a smaller slice.',
    zh: '{function} 最多可对 {most} 个元素排序，现给出 {count} 个。请使用更小的切片。',
  },
  'builtin.unsupported': {
    en: '{function} is a function of {tool} that is not supported here, so the model was not run. Write what it does as an equation, or leave it out.',
    zh: '{function} 是 {tool} 的函数，这里不支持，因此模型没有运行。请用式子写出它的作用，或将其去掉。',
  },
  'builtin.too_many_steps': {
    en: '{function} looks at everything since the start again at each step, which the {steps} steps of this run make too long; {limit} are taken. Use a larger dt or a shorter run.',
    zh: '{function} 在每一步都要重新查看自开始以来的全部数据，本次运行的 {steps} 步过多（上限 {limit}）。请加大 dt 或缩短运行时间。',
  },
} satisfies Record<string, Sentence>;
