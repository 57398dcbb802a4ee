import type { Sentence } from '../diagnostic.ts';

/** What is said about a file. */
export const xmileSentences = {
  'file.malformed': {
    en: 'This is not well-formed XML: {reason}. Nothing was read. Save the model again from the tool that made it.',
    zh: '这不是格式良好的 XML：{reason}。没有读取任何内容。请用制作模型的工具重新保存。',
  },
  'file.encoding': {
    en: 'The text is not in the encoding {encoding} that it claims, or that encoding is not known. Nothing was read. Save the file as UTF-8.',
    zh: '文本不符合其声明的编码 {encoding}，或该编码未知。没有读取任何内容。请将文件另存为 UTF-8。',
  },
  'file.encoding-guessed': {
    en: 'The file is not valid UTF-8; it was read as windows-1252. Check names with accents, and save the file as UTF-8.',
    zh: '文件不是有效的 UTF-8，已按 windows-1252 读取。请检查带重音的名称，并将文件另存为 UTF-8。',
  },
  'file.too-large': {
    en: 'The file has more than {limit} {what}. Nothing was read. Split the model, or remove what is not needed.',
    zh: '文件的{what}超过 {limit}。没有读取任何内容。请拆分模型或删除不需要的部分。',
  },
  'file.doctype': {
    en: 'The file has a document type declaration, which can define entities and fetch other files; such files are refused. Nothing was read. Remove <!DOCTYPE ...>.',
    zh: '文件含有文档类型声明，它可以定义实体并引用其他文件；此类文件会被拒绝。没有读取任何内容。请删除 <!DOCTYPE ...>。',
  },
  'file.not-xmile': {
    en: 'The first element is <{element}>, not <xmile>. Nothing was read. Open an XMILE, STMX or ITMX file.',
    zh: '第一个元素是 <{element}>，而不是 <xmile>。没有读取任何内容。请打开 XMILE、STMX 或 ITMX 文件。',
  },
  'file.version': {
    en: 'The file says it is XMILE {version}; it is read as XMILE 1.0. Check the results against the tool that made it.',
    zh: '文件声明为 XMILE {version}；按 XMILE 1.0 读取。请与制作它的工具核对结果。',
  },
  'file.namespace': {
    en: 'The namespace {namespace} is not one of XMILE; its elements are read as XMILE 1.0. Check the results.',
    zh: '命名空间 {namespace} 不属于 XMILE；其元素按 XMILE 1.0 读取。请核对结果。',
  },
  'file.too-many-findings': {
    en: 'There are more findings than the {limit} listed. Correct these first.',
    zh: '发现的问题多于列出的 {limit} 个。请先更正这些。',
  },
  'file.unknown-element': {
    en: '<{element}> inside <{parent}> is not known, and could change values. The model was not read. Remove it, or save the model as standard XMILE 1.0.',
    zh: '<{parent}> 中的 <{element}> 未知，可能影响数值。模型未读取。请删除它，或将模型另存为标准 XMILE 1.0。',
  },
  'file.unknown-attribute': {
    en: 'The attribute {attribute} of <{element}> is not known, and could change values. The model was not read. Remove it, or save the model as standard XMILE 1.0.',
    zh: '<{element}> 的属性 {attribute} 未知，可能影响数值。模型未读取。请删除它，或将模型另存为标准 XMILE 1.0。',
  },
  'file.vendor-element': {
    en: '<{element}> inside <{parent}> belongs to another tool and is not known here. It was kept and has no effect. Check whether values depend on it.',
    zh: '<{parent}> 中的 <{element}> 属于其他工具，此处未知。已保留但不起作用。请检查数值是否依赖它。',
  },
  'file.vendor-attribute': {
    en: 'The attribute {attribute} of <{element}> belongs to another tool and is not known here. It was kept and has no effect. Check whether values depend on it.',
    zh: '<{element}> 的属性 {attribute} 属于其他工具，此处未知。已保留但不起作用。请检查数值是否依赖它。',
  },
  'file.vendor-dropped': {
    en: '{what} of <{element}> belongs to another tool and is not known here. It has no effect and is not written again. Check whether values depend on it.',
    zh: '<{element}> 的 {what} 属于其他工具，此处未知。它不起作用，也不会再写出。请检查数值是否依赖它。',
  },
  'file.unsupported': {
    en: '{what} is not supported. The model was not read, because its values would be wrong without it. Express it with ordinary stocks, flows and auxiliaries.',
    zh: '不支持{what}。忽略它会使数值错误，因此模型未读取。请用普通的存量、流量和辅助变量表示。',
  },
  'file.outside': {
    en: '<{element}> refers to {resource}, another file, which is not opened. The model was not read. Put its content into this file.',
    zh: '<{element}> 引用了另一个文件 {resource}，不会打开它。模型未读取。请将其内容放入此文件。',
  },
  'file.resource-unused': {
    en: 'The module {module} refers to {resource}; the model of that name in this file is used instead.',
    zh: '模块 {module} 引用了 {resource}；改用此文件中的同名模型。',
  },
  'file.import': {
    en: 'The file asks for data from {resource} before each run. They are not fetched; the values written in the file are used.',
    zh: '文件要求每次运行前从 {resource} 导入数据。不会获取；使用文件中写明的数值。',
  },
  'file.event': {
    en: 'Events that pause or show messages have no effect here. They were kept.',
    zh: '暂停或显示消息的事件在此不起作用。已保留。',
  },
  'file.text': {
    en: 'There is text between the elements of <{element}>: {text}. The model was not read. Remove the text, or put it into the element it belongs to.',
    zh: '<{element}> 的元素之间有文本：{text}。模型未读取。请删除该文本，或将其放入所属元素。',
  },
  'file.repeated': {
    en: '<{element}> stands more than once inside <{parent}>. The model was not read. Keep one of them.',
    zh: '<{parent}> 中多次出现 <{element}>。模型未读取。请只保留一个。',
  },
  'file.missing': {
    en: '<{parent}> has no {what}. The model was not read. Add it.',
    zh: '<{parent}> 缺少 {what}。模型未读取。请补上。',
  },
  'file.number': {
    en: '{what} is {text}, which is not a finite number. The model was not read. Write a number such as 0.25 or 1e-3.',
    zh: '{what}为 {text}，不是有限的数。模型未读取。请写成 0.25 或 1e-3 之类的数。',
  },
  'file.flag': {
    en: '{what} is {text}; it must be true or false. The model was not read.',
    zh: '{what}为 {text}；必须是 true 或 false。模型未读取。',
  },
  'file.choice': {
    en: '{what} is {text}; it must be one of {choices}. The model was not read.',
    zh: '{what}为 {text}；必须是 {choices} 之一。模型未读取。',
  },
  'file.duplicate': {
    en: '{what} {name} is defined more than once (first at line {line}); case, spaces and underscores do not tell names apart. The model was not read. Rename or remove one.',
    zh: '{what} {name} 被多次定义（首次在第 {line} 行）；名称不区分大小写、空格和下划线。模型未读取。请重命名或删除其一。',
  },
  'time.step': {
    en: 'The time step dt is {dt}; it must be above 0. The model was not read. Set dt in <sim_specs>.',
    zh: '时间步长 dt 为 {dt}；必须大于 0。模型未读取。请在 <sim_specs> 中设置 dt。',
  },
  'time.span': {
    en: 'The stop time {stop} is before the start time {start}. The model was not read. Correct <start> or <stop>.',
    zh: '结束时间 {stop} 早于开始时间 {start}。模型未读取。请更正 <start> 或 <stop>。',
  },
  'time.step-default': {
    en: 'The file gives no time step; dt is 1, as the standard says.',
    zh: '文件未给出时间步长；按标准取 dt = 1。',
  },
  'time.save': {
    en: 'The time between saved points is {save}; it must be above 0. The model was not read. Correct it in <sim_specs>.',
    zh: '保存间隔为 {save}；必须大于 0。模型未读取。请在 <sim_specs> 中更正。',
  },
  'dimension.empty': {
    en: 'The dimension {name} has neither elements nor a size. The model was not read. Add elements or a size.',
    zh: '维度 {name} 既没有元素也没有大小。模型未读取。请添加元素或大小。',
  },
  'dimension.size': {
    en: 'The size of the dimension {name} is {size}, but it has {count} elements. The model was not read. Correct one of them.',
    zh: '维度 {name} 的大小为 {size}，但有 {count} 个元素。模型未读取。请更正其一。',
  },
  'dimension.limit': {
    en: 'The dimension {name} has size {size}; a whole number from 1 to {limit} is needed. The model was not read.',
    zh: '维度 {name} 的大小为 {size}；需要 1 到 {limit} 之间的整数。模型未读取。',
  },
  'dimension.subscripts': {
    en: 'An element has {count} subscripts and its variable {dimensions} dimensions. The model was not read. Write one subscript for each dimension.',
    zh: '元素有 {count} 个下标，而其变量有 {dimensions} 个维度。模型未读取。请为每个维度写一个下标。',
  },
  'dimension.list': {
    en: 'The equations of the elements are written as a list; they were given to the elements in order, the last subscript first.',
    zh: '各元素的方程写成了列表；已按顺序分配给元素，最后一个下标变化最快。',
  },
  'table.counts': {
    en: 'The graphical function has {x} x values and {y} y values. The model was not read. Give one y for each x.',
    zh: '图形函数有 {x} 个 x 值和 {y} 个 y 值。模型未读取。请为每个 x 给出一个 y。',
  },
  'table.order': {
    en: 'The x values of the graphical function fall from {before} to {after}. The model was not read. Sort the points by x.',
    zh: '图形函数的 x 值从 {before} 降到 {after}。模型未读取。请按 x 排序各点。',
  },
  'table.scale': {
    en: 'The x scale of the graphical function runs from {min} to {max}, which gives its points no order. The model was not read. Correct <xscale> or add <xpts>.',
    zh: '图形函数的 x 范围从 {min} 到 {max}，无法排列各点。模型未读取。请更正 <xscale> 或添加 <xpts>。',
  },
  'table.index-scale': {
    en: 'The graphical function has no x values and no x scale; its points are at x = 0, 1, 2, ... Add <xscale> to be sure.',
    zh: '图形函数没有 x 值也没有 x 范围；各点位于 x = 0、1、2……。请添加 <xscale> 以确保无误。',
  },
  'index.nan': {
    en: 'The file asks that an index outside its dimension gives NaN.',
    zh: '文件要求超出维度的下标给出 NaN。',
  },
  'module.model': {
    en: 'The module {module} stands for the model {model}, which is not in this file. The model was not read. Add <model name="{model}">.',
    zh: '模块 {module} 代表模型 {model}，但此文件中没有它。模型未读取。请添加 <model name="{model}">。',
  },
  'module.connection': {
    en: 'The module {module} has two different sources for {to}: {first} and {second}. The model was not read. Keep one <connect>.',
    zh: '模块 {module} 的 {to} 有两个不同来源：{first} 和 {second}。模型未读取。请只保留一个 <connect>。',
  },
  'file.character': {
    en: 'The text {text} has a character that XML cannot hold. Nothing was written. Remove the control character.',
    zh: '文本 {text} 含有 XML 无法容纳的字符。没有写入任何内容。请删除控制字符。',
  },
} satisfies Record<string, Sentence>;
