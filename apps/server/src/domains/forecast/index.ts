export { type ForecastDeps, type ForecastLimits, forecastLimits, type RunHooks, type RunThread } from './deps.ts';
export { forecastCrontab, forecastTasks } from './jobs.ts';
export { perform } from './perform.ts';
export { forecastRoutes } from './routes.ts';
export type { SharedRuns, Task, TaskResult } from './task.ts';
export { type ModelTemplate, readTemplates } from './templates.ts';
export { wakeForecasts } from './wake.ts';
