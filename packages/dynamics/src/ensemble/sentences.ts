import type { Sentence } from '../diagnostic.ts';

/** What is said about a run. */
export const runSentences = {
  'run.not_finite': {
    en: '{name} stopped being a finite number at time {time}. Other runs are not touched.',
    zh: '{name} 在时间 {time} 不再是有限数。其他运行不受影响。',
  },
  'run.steps_too_small': {
    en: '{name} changes so fast about time {time} that RK45 found no step small enough; its values from there on are not known. Other runs are not touched. Take RK4 with a smaller dt, or look for a jump within a step.',
    zh: '{name} 在时间 {time} 附近变化过快，RK45 找不到足够小的步长；此后的值未知。其他运行不受影响。请改用 dt 更小的 RK4，或检查步内的跳变。',
  },
  'run.no_output': {
    en: 'The program stores no output {output}. Nothing was run: choose it as an output when the model is compiled.',
    zh: '程序没有名为 {output} 的输出。没有运行任何内容：请在编译模型时把它选为输出。',
  },
  'run.no_input': {
    en: 'The program has no input {input}. Nothing was run: choose it as an input when the model is compiled.',
    zh: '程序没有名为 {input} 的输入。没有运行任何内容：请在编译模型时把它选为输入。',
  },
  'run.input_twice': {
    en: '{input} is given twice as an input to vary. Nothing was run: name it once.',
    zh: '{input} 作为可变输入给出了两次。没有运行任何内容：请只写一次。',
  },
  'run.no_columns': {
    en: 'No output is asked for. Nothing was run: name at least one with what to keep of it.',
    zh: '没有要求任何输出。没有运行任何内容：请至少指定一个输出及其保留方式。',
  },
  'run.time_outside': {
    en: 'The value of {output} at time {time} is asked for, but a run goes from {start} to {stop}. Nothing was run: ask within it or change the times of the model.',
    zh: '要求 {output} 在时间 {time} 的值，但运行只从 {start} 到 {stop}。没有运行任何内容：请在此范围内取值，或修改模型的时间设置。',
  },
  'run.data_lengths': {
    en: 'The data for {output} have {times} times, {values} values and {weights} weights. Nothing was run: give as many of each.',
    zh: '{output} 的数据有 {times} 个时间、{values} 个值和 {weights} 个权重。没有运行任何内容：三者数量必须相同。',
  },
  'run.points_shape': {
    en: '{length} numbers are no whole number of points of {inputs} inputs. Nothing was run.',
    zh: '{length} 个数不能组成每点 {inputs} 个输入的整数个点。没有运行任何内容。',
  },
  'run.runs_needed': {
    en: 'No input is varied, so the number of runs has to be said with "runs". Nothing was run.',
    zh: '没有可变输入，因此必须用 "runs" 给出运行次数。没有运行任何内容。',
  },
  'run.too_large': {
    en: '{runs} runs with {columns} numbers each need {megabytes} MB, and {limit} MB are allowed. Nothing was run: keep fewer numbers of each run, make fewer runs at once, or raise bytesMax.',
    zh: '{runs} 次运行、每次 {columns} 个数需要 {megabytes} MB，而上限为 {limit} MB。没有运行任何内容：请减少每次运行保留的数值、减少一次的运行次数，或提高 bytesMax。',
  },
  'run.bad_number': {
    en: '{option} is {value}, but has to be {wanted}. Nothing was run.',
    zh: '{option} 为 {value}，但必须是{wanted}。没有运行任何内容。',
  },
  'run.no_threads': {
    en: '{threads} threads are asked for, but nothing was given to start them with. Nothing was run: pass "spawn", or leave "threads" at 1.',
    zh: '要求 {threads} 个线程，但没有给出启动方式。没有运行任何内容：请传入 "spawn"，或将 "threads" 保持为 1。',
  },
  'run.worker_died': {
    en: 'A worker ended twice at the same work ({reason}). The runs made until then are lost: run again with fewer threads or fewer runs at once.',
    zh: '工作线程在同一任务上两次终止（{reason}）。此前的运行结果已丢失：请减少线程数或一次的运行次数后重试。',
  },
  'run.no_wasm': {
    en: 'This place has no WebAssembly with SIMD or forbids it (Content-Security-Policy without wasm-unsafe-eval), which the back end "wasm" needs. Nothing was run. Choose the back end "js" or "interp".',
    zh: '此环境没有支持 SIMD 的 WebAssembly 或禁止使用（内容安全策略没有 wasm-unsafe-eval），而后端 "wasm" 需要它。没有运行任何内容。请选择后端 "js" 或 "interp"。',
  },
  'run.code_forbidden': {
    en: 'This page forbids code made at run time (its Content-Security-Policy has no unsafe-eval), which the back end "js" needs. Nothing was run. Choose the back end "wasm" or "interp".',
    zh: '本页面禁止运行时生成代码（其内容安全策略没有 unsafe-eval），而后端 "js" 需要它。没有运行任何内容。请选择后端 "wasm" 或 "interp"。',
  },
  'run.long_code': {
    en: 'The program has {values} values; above {limit} the code of the back end "{backend}" takes longer to make than a run without it. It was passed over: choose it by name for many runs.',
    zh: '程序有 {values} 个值；超过 {limit} 时，生成后端 "{backend}" 的代码比不用它运行一次更久。已跳过该后端：需要大量运行时请按名称指定。',
  },
  'run.array_input': {
    en: 'The {given} names to set stand for {elements} values. Set each element of an array by its own name, as in x[north]. Nothing was run.',
    zh: '要设置的 {given} 个名称对应 {elements} 个值。请按元素名逐一设置数组，例如 x[north]。未运行任何计算。',
  },
} satisfies Record<string, Sentence>;
