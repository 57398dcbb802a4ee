import type { Run } from '@tandem/server/schema/forecast';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useBrand } from '../access/brand-context.ts';
import { useWords } from '../i18n/words.ts';
import { ToneTag } from '../shell/tone-tag.tsx';
import { useLab } from './lab-context.ts';
import { isActive, newest, useRunControl, useRuns, useWhenOver } from './lab-data.ts';
import { RunBar } from './run-bar.tsx';

/** The fits of the open model, and what may be done about them. */
export function useFitRuns() {
  const { model } = useLab();
  const { brand } = useBrand();
  const queries = useQueryClient();
  const runs = useRuns('fit', model.id);
  const control = useRunControl('fit');
  const found = newest(runs.data);
  useWhenOver(found.latest, () => void queries.invalidateQueries({ queryKey: ['lab-drift', brand.id] }));
  return { ...found, ...control, runs: runs.data };
}

/** The primary action of the lab. */
export function FitButton() {
  const { model } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  const { latest, done, start } = useFitRuns();
  if (!can('forecast.run')) return null;
  const busy = start.isPending || (latest !== undefined && isActive(latest));
  return (
    <Button
      type="primary"
      loading={busy}
      onClick={() => start.mutate({ modelId: model.id, version: model.version.number })}
      data-testid="fit-now"
    >
      {say(done ? 'lab.fit.again' : 'lab.fit.now')}
    </Button>
  );
}

function stateWord(latest: Run | undefined, done: Run | undefined) {
  if (latest && isActive(latest)) return { tone: 'busy', word: 'lab.fit.running' } as const;
  if (done) return { tone: 'ok', word: 'lab.fit.done' } as const;
  return { tone: 'watch', word: 'lab.fit.none' } as const;
}

/** Whether the model has been fitted, in one word beside its name. */
export function FitState() {
  const { fitRun } = useLab();
  const { say } = useWords();
  const { latest } = useFitRuns();
  const { tone, word } = stateWord(latest, fitRun);
  return (
    <ToneTag tone={tone} testId="fit-state" state={latest?.state ?? 'none'}>
      {say(word, { to: fitRun?.snapshot.to ?? '' })}
    </ToneTag>
  );
}

/** Progress of a fit, with a way to stop it. */
export function FitProgress() {
  const { say } = useWords();
  const { latest, cancel } = useFitRuns();
  return <RunBar run={latest} doing={say('lab.fit.doing')} onCancel={cancel.mutate} />;
}
