import type { Sentence } from '../diagnostic.ts';

/** What is said about a model whose text is in order. */
export const compileSentences = {
  'model.empty': {
    en: 'The file has no model. Add <model> with variables.',
    zh: '文件中没有模型。请添加含变量的 <model>。',
  },
  'model.unknown_name': {
    en: 'There is no variable, dimension or function named {name}.',
    zh: '没有名为 {name} 的变量、维度或函数。',
  },
  'model.unknown_function': {
    en: 'There is no function, macro or graphical function named {name}.',
    zh: '没有名为 {name} 的函数、宏或图形函数。',
  },
  'model.not_called': {
    en: '{name} is a function: write its arguments between parentheses after it.',
    zh: '{name} 是函数：请在其后的括号中写出参数。',
  },
  'model.not_function': {
    en: '{name} is a variable without a graphical function, so it cannot be called. Write an operator before the parenthesis.',
    zh: '{name} 是没有图形函数的变量，不能调用。请在括号前写上运算符。',
  },
  'model.table_arguments': {
    en: 'The graphical function {name} takes one argument and was given {count}.',
    zh: '图形函数 {name} 需要一个参数，而给出了 {count} 个。',
  },
  'model.table_without_equation': {
    en: '{name} is a graphical function without an equation, so it has no value by itself. Call it with an x, as in {name}(TIME).',
    zh: '{name} 是没有方程的图形函数，本身没有值。请给出 x 来调用，例如 {name}(TIME)。',
  },
  'model.table_unknown': {
    en: 'The graphical function {name} that is used here does not stand in the model.',
    zh: '此处使用的图形函数 {name} 不在模型中。',
  },
  'model.table_empty': {
    en: 'The graphical function has no points. Give it x and y values.',
    zh: '图形函数没有点。请给出 x 和 y 值。',
  },
  'model.duplicate': {
    en: 'The name {name} is used twice, first in line {line}. Rename one of the two.',
    zh: '名称 {name} 被使用了两次，首次在第 {line} 行。请重命名其中之一。',
  },
  'model.no_equation': {
    en: '{name} has no equation. Write one, or connect it if it is the input of a module.',
    zh: '{name} 没有方程。请写出方程；若它是模块的输入，请连接它。',
  },
  'model.cycle': {
    en: 'These values need each other at the same moment: {loop}. Put a stock or a delay between them.',
    zh: '这些值在同一时刻互相依赖：{loop}。请在其间加入存量或延迟。',
  },
  'model.special': {
    en: '{name} is of the kind {kind}, which is read and kept but cannot be run. Express it with ordinary stocks and flows.',
    zh: '{name} 属于 {kind} 类型，可以读取和保留，但不能运行。请用普通的存量和流量表示。',
  },
  'model.not_flow': {
    en: '{name}, which should fill or drain this stock, is a stock itself. Name a flow.',
    zh: '本应流入或流出此存量的 {name} 本身是存量。请填写流量。',
  },
  'model.flow_unknown': {
    en: 'There is no flow named {name}, which should fill or drain this stock.',
    zh: '没有名为 {name} 的流量，而它本应流入或流出此存量。',
  },
  'model.negative_start': {
    en: 'The initial value of this non-negative stock is {value}; it starts at 0.',
    zh: '此非负存量的初始值为 {value}；它从 0 开始。',
  },
  'model.shadows_builtin': {
    en: '{name} is also the name of a builtin; here it stands for what the model defines.',
    zh: '{name} 也是内置名称；这里它代表模型中的定义。',
  },
  'model.too_many': {
    en: 'There are more than {limit} findings; the others are left out. Mend these first.',
    zh: '发现超过 {limit} 处问题；其余从略。请先修正这些。',
  },
  'model.too_large': {
    en: 'The model has more than {limit} {what}. Make its arrays smaller or use fewer modules.',
    zh: '模型的{what}超过 {limit}。请缩小数组或减少模块。',
  },
  'model.too_deep': {
    en: 'This equation is nested more than {limit} levels deep. Split it over several variables.',
    zh: '此方程嵌套超过 {limit} 层。请将其拆分到多个变量。',
  },
  'module.unknown_model': {
    en: 'The module {name} stands for the model {model}, which is not in the file.',
    zh: '模块 {name} 代表模型 {model}，但文件中没有它。',
  },
  'module.recursive': {
    en: 'The model {model} holds itself, through its modules: {loop}. A module cannot stand for a model around it.',
    zh: '模型 {model} 通过其模块包含了自身：{loop}。模块不能代表包含它的模型。',
  },
  'module.own_time': {
    en: 'The model {model} has time specifications of its own ({what}), other than those of the file. A module with its own time cannot be run.',
    zh: '模型 {model} 有自己的时间设置（{what}），与文件的不同。带有自身时间的模块不能运行。',
  },
  'module.connection_unknown': {
    en: 'The connection from {from} to {to} names {name}, which is not in the model.',
    zh: '从 {from} 到 {to} 的连接提到 {name}，但模型中没有它。',
  },
  'module.connection_ambiguous': {
    en: 'In the connection from {from} to {to}, {name} could be {first} or {second}. Write its whole path, beginning with a dot.',
    zh: '在从 {from} 到 {to} 的连接中，{name} 可以是 {first} 或 {second}。请以点开头写出完整路径。',
  },
  'module.connected_twice': {
    en: '{name} is connected to both {first} and {second}. Keep one connection.',
    zh: '{name} 同时连接到 {first} 和 {second}。请只保留一个连接。',
  },
  'module.connection_cycle': {
    en: '{name} is connected to itself: {loop}. One of these variables needs an equation.',
    zh: '{name} 连接到了自身：{loop}。其中一个变量需要有方程。',
  },
  'module.connection_shape': {
    en: '{to} has the dimensions [{toDimensions}] and {from}, which it is connected to, has [{fromDimensions}]. Give both the same.',
    zh: '{to} 的维度为 [{toDimensions}]，而它所连接的 {from} 的维度为 [{fromDimensions}]。请使两者相同。',
  },
  'macro.arguments': {
    en: 'The macro {name} takes {expected} arguments and was given {count}.',
    zh: '宏 {name} 需要 {expected} 个参数，而给出了 {count} 个。',
  },
  'macro.too_deep': {
    en: 'The macro {name} calls itself more than {limit} times without an end. Its condition to stop must be known before the run.',
    zh: '宏 {name} 自我调用超过 {limit} 次仍未结束。其停止条件必须在运行前已知。',
  },
  'macro.too_many': {
    en: 'The model makes more than {limit} calls of macros. Use fewer, or make them call each other less.',
    zh: '模型中宏的调用超过 {limit} 次。请减少调用或减少宏之间的互相调用。',
  },
  'macro.slice': {
    en: 'The macro takes single elements of {name}, for which the call gives a part of a dimension. Give the whole dimension (*) or a single element.',
    zh: '宏要取 {name} 的单个元素，而调用给出的是维度的一部分。请给出整个维度（*）或单个元素。',
  },
  'macro.own_time': {
    en: 'The macro {name} runs a simulation of its own, and {parameter} is not known before the run. Such a macro can only be called with constants.',
    zh: '宏 {name} 会运行自己的模拟，而 {parameter} 在运行前未知。此类宏只能用常数调用。',
  },
  'macro.inner_steps': {
    en: 'The simulations that {name} and other macros run at their calls take more than {limit} steps together. Use a larger time step in them.',
    zh: '{name} 和其他宏在调用时运行的模拟合计超过 {limit} 步。请在其中使用更大的步长。',
  },
  'macro.inner_failed': {
    en: 'The simulation that the macro {name} runs at each call cannot be run: {reason}',
    zh: '宏 {name} 每次调用时运行的模拟无法运行：{reason}',
  },
  'dimension.duplicate_element': {
    en: 'The dimension {name} has the element {element} twice. Rename one of the two.',
    zh: '维度 {name} 中元素 {element} 出现了两次。请重命名其中之一。',
  },
  'dimension.duplicate': {
    en: 'The dimension {name} is defined twice. Rename one of the two.',
    zh: '维度 {name} 被定义了两次。请重命名其中之一。',
  },
  'dimension.unknown': {
    en: 'There is no dimension named {name}.',
    zh: '没有名为 {name} 的维度。',
  },
  'array.unknown_element': {
    en: '{element} is neither an element of {dimension} nor the name of anything else.',
    zh: '{element} 既不是 {dimension} 的元素，也不是其他任何名称。',
  },
  'array.wrong_dimension': {
    en: '{name} is an element of {other}, but stands where an element of {dimension} should be.',
    zh: '{name} 是 {other} 的元素，但此处应为 {dimension} 的元素。',
  },
  'array.ambiguous_element': {
    en: '{name} is both an element of {dimension} and a dimension of this equation. Write {dimension}.{name} for the element.',
    zh: '{name} 既是 {dimension} 的元素，又是此方程的维度。若指元素，请写 {dimension}.{name}。',
  },
  'array.ambiguous_number': {
    en: '{number} is the name of one element of {dimension} and the number of another, {element}. Write the name of the element that is meant between quotes.',
    zh: '{number} 既是 {dimension} 中一个元素的名称，又是另一个元素 {element} 的编号。请将所指元素的名称写在引号中。',
  },
  'array.flat_arguments': {
    en: '{name} is an array: between parentheses it takes the number of one element, counted row by row, and was given {count} values.',
    zh: '{name} 是数组：括号中应为按行计数的一个元素编号，而给出了 {count} 个值。',
  },
  'array.each_outside': {
    en: '{name}! stands for the elements of {name} one by one, which only a function over arrays such as SUM takes.',
    zh: '{name}! 逐个代表 {name} 的元素，只有 SUM 等数组函数才能使用。',
  },
  'array.variable_or_dimension': {
    en: '{name} is both a variable and a dimension of this equation, and names must differ (XMILE 1.0 §3.7.1). Rename one of the two.',
    zh: '{name} 既是变量又是此方程的维度，而名称必须不同（XMILE 1.0 §3.7.1）。请重命名其中之一。',
  },
  'array.position': {
    en: '@{position} asks for a dimension that this equation does not have; it has {count}.',
    zh: '@{position} 指向此方程没有的维度；它有 {count} 个维度。',
  },
  'array.repeated_dimension': {
    en: 'The dimension {name} is meant more than once here, so its name alone does not say which one. Write @1, @2 and so on.',
    zh: '此处多次用到维度 {name}，仅凭名称无法确定指哪一个。请写 @1、@2 等。',
  },
  'array.element_twice': {
    en: 'The element {element} has two equations. Keep one.',
    zh: '元素 {element} 有两个方程。请只保留一个。',
  },
  'array.no_equation': {
    en: 'The element {element} of {name} has no equation.',
    zh: '{name} 的元素 {element} 没有方程。',
  },
  'array.subscript_count': {
    en: '{name} has {expected} dimensions and was given {count} subscripts.',
    zh: '{name} 有 {expected} 个维度，而给出了 {count} 个下标。',
  },
  'array.scalar_subscripted': {
    en: '{name} is not an array, so it takes no subscripts.',
    zh: '{name} 不是数组，不能带下标。',
  },
  'array.needs_one': {
    en: '{name} stands for many values where one is needed: its dimension {dimension} is not one of this equation. Add subscripts, or use it inside SUM, MEAN or the like.',
    zh: '{name} 代表多个值，而此处只需要一个：其维度 {dimension} 不是此方程的维度。请加下标，或将其放入 SUM、MEAN 等函数。',
  },
  'array.dimension_elsewhere': {
    en: 'The dimension {name} is not one of this equation, so it is not known which element is meant.',
    zh: '维度 {name} 不是此方程的维度，因此不知道指哪个元素。',
  },
  'array.dimension_mismatch': {
    en: 'An element of {found} cannot stand for one of {dimension}: the two differ in size and in names.',
    zh: '{found} 的元素不能代替 {dimension} 的元素：两者大小和名称都不同。',
  },
  'array.sizes': {
    en: 'Two parts of this array expression differ in size: {first} and {second} elements.',
    zh: '此数组表达式的两部分大小不同：{first} 个和 {second} 个元素。',
  },
  'array.ambiguous_axes': {
    en: 'It is not clear whether {first} and {second}, both numbered and of the same size, shall run together. Give both arrays the same dimension.',
    zh: '{first} 和 {second} 都是按编号且大小相同的维度，不清楚是否应同步取值。请让两个数组使用同一维度。',
  },
  'array.range': {
    en: 'The bounds of a range must be elements or numbers known before the run, the first not after the second; here they are {low} and {high}.',
    zh: '范围的边界必须是元素或运行前已知的数，且前者不在后者之后；此处为 {low} 和 {high}。',
  },
  'array.out_of_range': {
    en: '{index} is not the number of an element of {dimension}, which has {size}: the value is {value} (XMILE 1.0 §3.7.1).',
    zh: '{index} 不是 {dimension}（共 {size} 个元素）的元素编号：值为 {value}（XMILE 1.0 §3.7.1）。',
  },
  'array.too_large': {
    en: 'This expression spreads over more than {limit} elements. Make its arrays smaller.',
    zh: '此表达式展开后超过 {limit} 个元素。请缩小数组。',
  },
  'selection.unknown': {
    en: 'There is no variable named {name} in the model.',
    zh: '模型中没有名为 {name} 的变量。',
  },
  'selection.twice': {
    en: '{name} is given twice as an input.',
    zh: '{name} 作为输入给出了两次。',
  },
  'selection.no_value': {
    en: '{name} is a graphical function without an equation: it has no value that could be set or stored.',
    zh: '{name} 是没有方程的图形函数：没有可设置或保存的值。',
  },
  'time.not_number': {
    en: '{name} is {value}; it must be a finite number.',
    zh: '{name} 为 {value}；必须是有限的数。',
  },
  'time.stop_before_start': {
    en: 'The run stops at {stop}, before it starts at {start}.',
    zh: '运行在 {stop} 结束，早于开始时间 {start}。',
  },
  'time.step_not_positive': {
    en: 'The time step is {dt}; it must be above 0.',
    zh: '时间步长为 {dt}；必须大于 0。',
  },
  'time.step_too_small': {
    en: 'The time step {dt} is lost beside the time {time}, where numbers lie too far apart; it must be at least {least}. Count time from a nearer start, or make the step larger.',
    zh: '时间步长 {dt} 相对于时间 {time} 过小，该处的数间隔太大；至少为 {least}。请从较近的起点计时，或增大步长。',
  },
  'time.too_many_steps': {
    en: 'The run would take {steps} steps; at most {limit} are possible. Make the time step larger or the span shorter.',
    zh: '运行需要 {steps} 步；最多 {limit} 步。请增大步长或缩短时间范围。',
  },
  'time.too_many_evaluations': {
    en: 'The run would work out {values} values at each of {steps} steps, {evaluations} in all; at most {limit} are possible. Make the time step larger or the span shorter.',
    zh: '运行需要在 {steps} 步中每步计算 {values} 个值，共 {evaluations} 次；最多 {limit} 次。请增大步长或缩短时间范围。',
  },
  'time.too_many_values': {
    en: 'The run would store {values} values ({points} saved points of {outputs} outputs); at most {limit} are possible. Save less often, or fewer variables.',
    zh: '运行将保存 {values} 个值（{points} 个保存点，{outputs} 个输出）；最多 {limit} 个。请降低保存频率或减少变量。',
  },
  'time.off_grid': {
    en: 'From {start} to {stop} is not a whole number of steps of {dt}: the run ends at {end}.',
    zh: '从 {start} 到 {stop} 不是步长 {dt} 的整数倍：运行在 {end} 结束。',
  },
  'time.save_off_grid': {
    en: 'The save step {saveStep} is not a whole number of steps of {dt}: a point is saved every {used}.',
    zh: '保存间隔 {saveStep} 不是步长 {dt} 的整数倍：每隔 {used} 保存一次。',
  },
  'time.save_not_positive': {
    en: 'The save step is {saveStep}; it must be above 0.',
    zh: '保存间隔为 {saveStep}；必须大于 0。',
  },
  'time.unknown_method': {
    en: 'The integration method {method} is not known. Use euler, rk2, rk4 or rk45.',
    zh: '不认识积分方法 {method}。请使用 euler、rk2、rk4 或 rk45。',
  },
  'time.method_replaced': {
    en: 'The integration method {method} is not supported; {used} is used instead, as XMILE 1.0 §2.3 says.',
    zh: '不支持积分方法 {method}；按 XMILE 1.0 §2.3 改用 {used}。',
  },
} satisfies Record<string, Sentence>;
