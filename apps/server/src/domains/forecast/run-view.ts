import { publicId, type Uuid } from '#lib/id.ts';
import type { RunInput } from './requests.ts';
import type { RunRow } from './run-store.ts';
import type { Fit, Forecast, Run, RunKind } from './schema.ts';
import type { TaskResult } from './task.ts';

/** Public id of a run: `fit_…` for fits, `fct_…` for the others. */
export function runId(kind: RunKind, id: Uuid): string {
  return publicId(kind === 'fit' ? 'fit' : 'fct', id);
}

/** A run as lists show it. */
export function shownRun(row: RunRow): Run {
  const { stageEn, stageZh, errorCode, errorEn, errorZh, repeatsId } = row;
  return {
    id: runId(row.kind, row.id),
    kind: row.kind,
    state: row.state,
    cancelling: row.cancelling,
    progress: row.progress,
    stage: stageEn === null || stageZh === null ? null : { en: stageEn, zh: stageZh },
    model: {
      id: publicId('mdl', row.modelId),
      name: row.modelName,
      nameZh: row.modelNameZh,
      version: row.modelVersion,
      hash: row.modelHash,
    },
    fitId: row.fitId === null ? null : publicId('fit', row.fitId),
    backtestId: row.backtestId === null ? null : publicId('fct', row.backtestId),
    snapshot: { from: row.firstDay, to: row.endDay, hash: row.snapshotHash },
    seed: row.seed,
    taskHash: row.taskHash,
    resultHash: row.resultHash,
    reproduces:
      repeatsId === null ? null : { of: runId(row.repeatsKind ?? row.kind, repeatsId), equal: row.repeatEqual },
    error: errorCode === null ? null : { code: errorCode, message: errorEn ?? '', messageZh: errorZh ?? '' },
    actor: row.actor,
    scheduled: row.scheduled,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    seconds: row.seconds,
    appVersion: row.appVersion,
  };
}

interface Content {
  input: RunInput;
  result: TaskResult | null;
}

/** A fit with what it was made from. */
export function shownFit(row: RunRow, { input, result }: Content): Fit {
  if (input.kind !== 'fit' || (result !== null && result.kind !== 'fit')) throw new Error('not the content of a fit');
  const { kind: _, ...rest } = input;
  return { ...shownRun(row), input: rest, result };
}

/** A forecast, backtest, explanation or optimisation with what was asked. */
export function shownForecast(row: RunRow, { input, result }: Content): Forecast {
  if (input.kind === 'fit' || result?.kind === 'fit') throw new Error('not the content of a forecast');
  if (input.kind === 'backtest') {
    const { model: _, snapshot: __, ...options } = input;
    return { ...shownRun(row), options, result };
  }
  const { promotions: _, ...options } = input;
  return { ...shownRun(row), options, result };
}
