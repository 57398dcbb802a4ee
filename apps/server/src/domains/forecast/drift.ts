import { publicId, type Uuid } from '#lib/id.ts';
import type { ForecastDeps } from './deps.ts';
import { chooseModel } from './models.ts';
import { fittedParameters } from './run-store.ts';
import { runId } from './run-view.ts';
import type { Drift } from './schema.ts';
import type { FittedParameter } from './task.ts';

/** Fits that are compared: those of the last year, when one is made every week. */
const fitsMax = 60;

/** Interval of a parameter in one fit. */
export interface FittedInterval {
  median: number;
  low: number;
  high: number;
}

/** How the parameters of a model went from fit to fit. @throws Refusal forecast.model_not_found */
export async function driftOf(deps: ForecastDeps, brandId: Uuid, modelId: string): Promise<Drift> {
  const chosen = await chooseModel(deps, brandId, modelId);
  const rows = await deps.db.brand(brandId, (tx) => fittedParameters(tx, brandId, chosen.id, fitsMax));
  const fits = rows.reverse().map((row) => ({ ...row, parameters: row.parameters as FittedParameter[] }));
  const names = [...new Set(fits.flatMap(({ parameters }) => parameters.map(({ variable }) => variable)))];
  return {
    modelId: publicId('mdl', chosen.id),
    fits: fits.map(({ id, createdAt, endDay, modelVersion }) => ({
      id: runId('fit', id),
      createdAt: createdAt.toISOString(),
      to: endDay,
      version: modelVersion,
    })),
    parameters: names.map((variable) => {
      const values = fits.map(({ parameters }) => intervalOf(parameters.find((one) => one.variable === variable)));
      const apart = firstApart(values);
      const label = chosen.model.setup.parameters.find((one) => one.variable === variable)?.label ?? null;
      const between = apart && { from: runId('fit', fits[apart.from]!.id), to: runId('fit', fits[apart.to]!.id) };
      return { variable, label, values, drifted: apart !== undefined, between: between ?? null };
    }),
  };
}

function intervalOf(parameter: FittedParameter | undefined): FittedInterval | null {
  if (parameter === undefined) return null;
  const { median, low, high } = parameter;
  return { median, low, high };
}

/** The first fit whose interval has no point in common with that of an earlier one, and the newest such earlier one. */
export function firstApart(values: readonly (FittedInterval | null)[]): { from: number; to: number } | undefined {
  for (const [to, later] of values.entries()) {
    if (later === null) continue;
    const from = values.findLastIndex(
      (earlier, at) => at < to && earlier !== null && (earlier.high < later.low || later.high < earlier.low),
    );
    if (from !== -1) return { from, to };
  }
  return undefined;
}
