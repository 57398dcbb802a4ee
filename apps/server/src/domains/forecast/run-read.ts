import { refuse } from '#errors.ts';
import { type Uuid, uuidOf } from '#lib/id.ts';
import type { ForecastDeps } from './deps.ts';
import type { RunInput } from './requests.ts';
import { findRun, type RunRow, runContent } from './run-store.ts';
import type { RunKind } from './schema.ts';
import type { TaskResult } from './task.ts';

/** Kinds of runs under `/fits` and under `/forecasts`. */
export const fitKinds: readonly RunKind[] = ['fit'];
export const forecastKinds: readonly RunKind[] = ['forecast', 'backtest', 'explain', 'optimise'];

/** A run of the brand by its public id. @throws Refusal forecast.run_not_found */
export async function runOf(
  deps: Pick<ForecastDeps, 'db'>,
  brandId: Uuid,
  id: string,
  kinds: readonly RunKind[],
): Promise<RunRow> {
  const uuid = uuidOf(kinds.includes('fit') ? 'fit' : 'fct', id);
  const row = uuid && (await deps.db.brand(brandId, (tx) => findRun(tx, brandId, uuid)));
  if (!row || !kinds.includes(row.kind)) throw refuse('forecast.run_not_found');
  return row;
}

/** What a run was asked and what it answered. */
export async function contentOf(
  deps: Pick<ForecastDeps, 'db'>,
  brandId: Uuid,
  id: Uuid,
): Promise<{ input: RunInput; result: TaskResult | null }> {
  const content = await deps.db.brand(brandId, (tx) => runContent(tx, brandId, id));
  if (!content) throw refuse('forecast.run_not_found');
  return { input: JSON.parse(content.input), result: content.result === null ? null : JSON.parse(content.result) };
}
