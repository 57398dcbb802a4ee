export * from './browser.ts';
export { type ForecastTask, forecastModel } from './forecast.ts';
