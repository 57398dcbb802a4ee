import { explainModel } from './explain/index.ts';
import { fitModel } from './fit/index.ts';
import { optimiseModel } from './optimise/index.ts';
import { forecastModel } from './predict/index.ts';
import { backtestModel } from './score/index.ts';
import type { Task, TaskResult, Workplace } from './task.ts';

/** Does a task: a pure function of it, whatever the number of threads and wherever it is done. */
export async function perform(task: Task, workplace: Workplace): Promise<TaskResult> {
  switch (task.kind) {
    case 'fit':
      return fitModel(task, workplace);
    case 'forecast':
      return forecastModel(task, workplace);
    case 'explain':
      return explainModel(task, workplace);
    case 'optimise':
      return optimiseModel(task, workplace);
    case 'backtest':
      return backtestModel(task, workplace);
  }
}
