import type { Sentence } from '../diagnostic.ts';

/** What is said about an experiment. */
export const experimentSentences = {
  'experiment.zero_variance': {
    en: '{output} is the same in every run, so no share of its variance can be told. Vary other inputs or widen their ranges.',
    zh: '{output} 在每次运行中都相同，因此无法分解其方差。请改变其他输入或放宽范围。',
  },
  'equilibria.none': {
    en: 'No isolated equilibrium was found for {parameter} from {low} to {high}. The model may grow or swing for ever there, or rest anywhere on a line (an epidemic without births, for example); give other starting states or another range.',
    zh: '在 {parameter} 从 {low} 到 {high} 的范围内没有找到孤立的平衡点。模型在此可能一直增长或振荡，或者可停在一条线上的任意点（例如没有出生的流行病模型）；请换起始状态或范围。',
  },
  'experiment.bad_setting': {
    en: '{setting} is {value}; it has to be from {least} to {most}. Nothing was run: give another value.',
    zh: '{setting} 的值为 {value}，必须在 {least} 到 {most} 之间。未运行任何计算：请另给一个值。',
  },
  'experiment.bad_seed': {
    en: 'The seed {value} is no whole number that a double holds exactly. Nothing was run: give one, such as 1.',
    zh: '种子 {value} 不是双精度能精确表示的整数。未运行任何计算：请给出这样的整数，例如 1。',
  },
  'experiment.unbalanced_points': {
    en: '{count} points after {skip} are no whole block of the sequence, so they are not balanced. All were made: take a power of two of them and skip a multiple of it.',
    zh: '跳过 {skip} 个后的 {count} 个点不是序列的完整分块，因此不均衡。所有点均已生成：请取 2 的幂个点，并跳过其整数倍。',
  },
  'equilibria.not_continuous': {
    en: 'Equilibria are points of the stocks alone; this model also remembers through {functions}. Replace those by smooths or delays made of stocks.',
    zh: '平衡点只由存量决定；此模型还通过 {functions} 记忆过去。请改用由存量构成的平滑或延迟函数。',
  },
  'equilibria.no_stocks': {
    en: 'The model has no stocks, so there is nothing to come to rest.',
    zh: '模型没有存量，因此没有可达到平衡的量。',
  },
  'equilibria.time_frozen': {
    en: 'The rates depend on time; it was held at {time}.',
    zh: '速率依赖于时间；时间固定为 {time}。',
  },
  'loops.none': {
    en: 'The model has no feedback loop: no variable depends on its own past.',
    zh: '模型没有反馈回路：没有变量依赖于自身的过去。',
  },
  'loops.cut': {
    en: '{names} act on what follows only a step later (PREVIOUS or DELAY); loops through them are not scored.',
    zh: '{names} 要到下一步才产生影响（PREVIOUS 或 DELAY）；经过它们的回路未计分。',
  },
  'experiment.odd_levels': {
    en: 'Morris trajectories need an even number of levels; {levels} were asked for. Nothing was run: take one more or one less.',
    zh: 'Morris 轨迹的水平数必须为偶数，但给出的是 {levels}。未运行任何计算：请加一或减一。',
  },
  'experiment.no_power_of_two': {
    en: '{value} base samples are no power of two, so the points would not be balanced. Nothing was run: take {below} or {above}.',
    zh: '基础样本数 {value} 不是 2 的幂，样本点会不均衡。未运行任何计算：请取 {below} 或 {above}。',
  },
  'experiment.no_factors': {
    en: 'No parameter is varied, so there is nothing to learn from many runs. Give at least one with a range.',
    zh: '没有任何参数变化，多次运行得不到信息。请至少给出一个带范围的参数。',
  },
  'experiment.too_many_factors': {
    en: '{count} parameters are varied; this experiment takes {most} at most. Nothing was run: leave some out, or screen them with Morris first.',
    zh: '变化的参数有 {count} 个，而此实验最多允许 {most} 个。未运行任何计算：请减少参数，或先用 Morris 方法筛选。',
  },
  'experiment.same_name': {
    en: '{name} is given twice. Nothing was run: leave one out.',
    zh: '{name} 出现了两次。未运行任何计算：请去掉一个。',
  },
  'experiment.bad_range': {
    en: 'The range of {name} from {low} to {high} is no range: both ends have to be finite and the second above the first. Nothing was run.',
    zh: '{name} 从 {low} 到 {high} 不是有效范围：两端必须有限，且后者大于前者。未运行任何计算。',
  },
  'experiment.bad_log_range': {
    en: '{name} varies on a logarithmic scale, so its range cannot begin at {low}. Nothing was run: begin above 0 or take the linear scale.',
    zh: '{name} 按对数变化，因此范围不能从 {low} 开始。未运行任何计算：请从大于 0 的值开始，或改用线性尺度。',
  },
  'experiment.bad_mode': {
    en: 'The most likely value {mode} of {name} is not between {low} and {high}. Nothing was run.',
    zh: '{name} 的最可能值 {mode} 不在 {low} 与 {high} 之间。未运行任何计算。',
  },
  'experiment.bad_distribution': {
    en: 'The distribution of {name} has mean {mean} and deviation {deviation}; both have to be finite and the deviation above 0. Nothing was run.',
    zh: '{name} 的分布均值为 {mean}、标准差为 {deviation}；两者必须有限，且标准差大于 0。未运行任何计算。',
  },
  'experiment.no_outputs': {
    en: 'No output is asked for. Nothing was run: name at least one.',
    zh: '没有指定输出。未运行任何计算：请至少指定一个。',
  },
  'experiment.wrong_answer': {
    en: 'The model answered with {given} numbers where {expected} were asked for; the experiment was given up. Name as many outputs as each run answers with.',
    zh: '模型返回了 {given} 个数，而应为 {expected} 个；实验已放弃。请使输出数与每次运行返回的数一致。',
  },
  'experiment.near_constant': {
    en: '{output} varies no more than rounding does, so no share of its variance can be told. Vary other inputs or widen their ranges.',
    zh: '{output} 的变化不超过舍入误差，因此无法分解其方差。请改变其他输入或放宽范围。',
  },
  'experiment.failed_runs': {
    en: 'Of {all} parts of the experiment {failed} have a run without a finite {output}, more than the {most} % that may be left out. Narrow the ranges to where the model runs.',
    zh: '实验的 {all} 个部分中有 {failed} 个含有 {output} 非有限值的运行，超过允许舍去的 {most}%。请把范围缩小到模型能运行之处。',
  },
  'experiment.dropped_groups': {
    en: 'Of {all} parts of the experiment {failed} were left out, because a run of theirs had no finite {output}. The rest was kept; it tells of the inputs at which the model runs.',
    zh: '实验的 {all} 个部分中有 {failed} 个被舍去，因为其中某次运行的 {output} 非有限值。其余保留；结果只反映模型能运行的输入。',
  },
  'experiment.stopped': {
    en: 'Stopped after {done} of {planned} runs; the answer rests on these.',
    zh: '在 {planned} 次运行中的第 {done} 次后停止；结果基于已完成的运行。',
  },
  'experiment.stopped_early': {
    en: 'Stopped after {done} of {planned} runs; at least {least} are needed for an answer, so there is none.',
    zh: '在 {planned} 次运行中的第 {done} 次后停止；至少需要 {least} 次才能得出结果，因此没有结果。',
  },
  'experiment.index_outside': {
    en: 'The index of {of} on {output} is {value}, and its whole interval lies outside 0 to 1. It was kept as estimated: take more runs, and see that equal inputs give equal outputs.',
    zh: '{of} 对 {output} 的指数为 {value}，其整个区间都在 0 到 1 之外。按估计值保留：请增加运行次数，并确认相同输入得到相同输出。',
  },
  'experiment.wide_intervals': {
    en: 'The widest interval of an index on {output} is ±{width}; factors of like importance cannot be told apart. Everything was kept: take more runs.',
    zh: '{output} 的指数区间最宽为 ±{width}，重要性相近的因素无法区分。结果已保留：请增加运行次数。',
  },
  'experiment.empty_group': {
    en: 'The group {group} has no parameters. Nothing was run: leave it out or name some.',
    zh: '组 {group} 中没有参数。未运行任何计算：请删除该组或加入参数。',
  },
  'experiment.unknown_factor': {
    en: 'The group {group} names {name}, which is not varied. Nothing was run: give {name} a range or take it out.',
    zh: '组 {group} 包含 {name}，但它没有变化范围。未运行任何计算：请为 {name} 给出范围或将其移除。',
  },
  'experiment.empty_series': {
    en: 'The series {output} has no times. Nothing was run: give at least one.',
    zh: '序列 {output} 没有时间点。未运行任何计算：请至少给出一个。',
  },
  'experiment.unknown_base': {
    en: 'A base is given for {name}, which is not varied. Nothing was run: give {name} a range or take it out.',
    zh: '为 {name} 给出了基准值，但它没有变化范围。未运行任何计算：请为 {name} 给出范围或将其移除。',
  },
  'experiment.bad_base': {
    en: 'The base of {name} is {value}, which is not finite. Nothing was run: give another value.',
    zh: '{name} 的基准值 {value} 不是有限数。未运行任何计算：请另给一个值。',
  },
  'experiment.missing_bars': {
    en: '{failed} values of {output} have no finite answer and were left empty; the others were kept. Narrow the ranges to where the model runs.',
    zh: '{output} 有 {failed} 个值不是有限数，已留空；其余保留。请把范围缩小到模型能运行之处。',
  },
  'fit.no_start': {
    en: '{name} has no finite range, so its start has to be given. Nothing was run: give a start, or both ends of a range.',
    zh: '{name} 没有有限范围，因此必须给出起始值。未运行任何计算：请给出起始值或范围的两端。',
  },
  'fit.bad_start': {
    en: 'The start {value} of {name} is not between {low} and {high}. Nothing was run: give another start.',
    zh: '{name} 的起始值 {value} 不在 {low} 与 {high} 之间。未运行任何计算：请另给起始值。',
  },
  'fit.start_fails': {
    en: 'The model has no finite answer at the start, nor at any other point that was tried; nothing was fitted. Start where the model runs.',
    zh: '模型在起始点及所有尝试过的点上都没有有限结果，未进行拟合。请从模型能运行之处开始。',
  },
  'fit.no_data': {
    en: 'There is no finite observation to fit to. Nothing was run: give data.',
    zh: '没有可用于拟合的有限观测值。未运行任何计算：请给出数据。',
  },
  'fit.bad_deviation': {
    en: 'The deviation of observation {number} is {value}; it has to be finite and above 0. Nothing was run.',
    zh: '第 {number} 个观测值的标准差为 {value}，必须是大于 0 的有限数。未运行任何计算。',
  },
  'fit.bad_observation': {
    en: '{series} has the observation {value} at place {number}, which a {distribution} likelihood cannot give. Nothing was run: correct it, or leave it empty.',
    zh: '{series} 的第 {number} 个观测值为 {value}，{distribution} 似然不可能产生该值。未运行任何计算：请更正或留空。',
  },
  'fit.few_data': {
    en: '{observations} observations cannot settle {parameters} parameters; values were found, but no deviations. Give more data or fewer parameters.',
    zh: '{observations} 个观测值不足以确定 {parameters} 个参数；已得到参数值，但没有标准差。请增加数据或减少参数。',
  },
  'fit.unidentified': {
    en: 'The data do not settle {names}: other values fit as well. Their values were kept as found; fix some of them or give data that they act on.',
    zh: '数据无法确定 {names}：其他取值同样拟合。已保留找到的值；请固定其中一些，或给出受其影响的数据。',
  },
  'fit.not_converged': {
    en: 'The search ended before it had settled ({reason}). The best point was kept: allow more runs or start nearer.',
    zh: '搜索在收敛之前结束（{reason}）。已保留最好的点：请允许更多运行，或从更近处开始。',
  },
  'fit.bad_prior': {
    en: 'The prior of {name} has {setting} = {value}, which makes no distribution. Nothing was run.',
    zh: '{name} 的先验中 {setting} = {value}，不构成分布。未运行任何计算。',
  },
  'fit.prior_fails': {
    en: 'At none of {tried} points of the prior could the data arise: the model fails there or contradicts the data. Nothing was sampled: see that the model runs and that noise is part of it.',
    zh: '在先验的 {tried} 个点上数据都不可能出现：模型失败或与数据矛盾。未进行抽样：请确认模型能运行且包含噪声。',
  },
  'fit.chains_disagree': {
    en: 'The chains do not agree on {name} (R-hat {rhat}). The draws were kept but are not to be relied on: allow more generations.',
    zh: '各链对 {name} 的结果不一致（R-hat {rhat}）。已保留抽样，但不可依赖：请允许更多代。',
  },
  'fit.few_effective': {
    en: 'The draws of {name} are worth only {effective} independent ones. They were kept: allow more generations for sharper figures.',
    zh: '{name} 的抽样只相当于 {effective} 个独立样本。已保留：如需更精确，请允许更多代。',
  },
  'fit.failed_runs': {
    en: '{failed} of {all} runs had no finite answer and counted as infinitely bad. The answer rests on the others.',
    zh: '{all} 次运行中有 {failed} 次没有有限结果，视为无限差。结果基于其余运行。',
  },
  'fit.unknown_noise': {
    en: 'The noise {name} is none that was estimated. Nothing was run: give the series the noise they were fitted with.',
    zh: '噪声 {name} 不是已估计的噪声。未运行任何计算：请使用拟合时的噪声设置。',
  },
  'optimise.unknown_output': {
    en: '{name} is asked for, but it is none of the outputs. Nothing was run: add it to them.',
    zh: '要求使用 {name}，但它不在输出之中。未运行任何计算：请将其加入输出。',
  },
  'optimise.bad_bound': {
    en: 'The bound of the constraint on {name} is {value}, which is not finite. Nothing was run.',
    zh: '{name} 的约束界限为 {value}，不是有限数。未运行任何计算。',
  },
  'optimise.bad_weights': {
    en: 'The constraint {name} weighs {lever} with {value}; levers have to be among those that are varied, and weights finite. Nothing was run.',
    zh: '约束 {name} 对 {lever} 的权重为 {value}；杠杆必须在可变范围内，权重必须有限。未运行任何计算。',
  },
  'optimise.no_scenarios': {
    en: 'The scenarios hold {given} numbers, which are no whole rows of {columns}. Nothing was run.',
    zh: '情景包含 {given} 个数，不是 {columns} 列的整行。未运行任何计算。',
  },
  'optimise.infeasible': {
    en: 'No inputs were found that keep {names}; the nearest were kept. Relax them or widen the ranges.',
    zh: '没有找到满足 {names} 的输入；已保留最接近的结果。请放宽约束或范围。',
  },
} satisfies Record<string, Sentence>;
