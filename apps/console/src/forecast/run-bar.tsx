import type { Run } from '@tandem/server/schema/forecast';
import { Alert, Button, Progress } from 'antd';
import type { ReactNode } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { moment } from '../figures/date.ts';
import { duration } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';

interface RunBarProps {
  run: Run | undefined;
  onCancel: (run: Run) => void;
  /** Said while it runs; the server's own words for the stage come after it. */
  doing: string;
}

/** What a run is doing, how far it is, and a way to stop it; why it failed when it did. */
export function RunBar({ run, onCancel, doing }: RunBarProps) {
  const { say, both } = useWords();
  if (!run) return null;
  if (run.state === 'failed') {
    return (
      <Alert
        type="error"
        showIcon
        title={run.error ? both(run.error.message, run.error.messageZh) : say('lab.run.failed')}
        description={say('lab.run.kept')}
      />
    );
  }
  if (run.state === 'cancelled') return <Alert type="info" showIcon title={say('lab.run.cancelled')} />;
  if (run.state !== 'waiting' && run.state !== 'running') return null;
  const stage = run.stage ? both(run.stage.en, run.stage.zh) : say(`lab.run.${run.state}`);
  return (
    <div className="run-bar" aria-live="polite" data-testid={`run-${run.kind}`} data-state={run.state}>
      <span className="run-words">
        {doing} <span className="faint">{run.cancelling ? say('lab.run.cancelling') : stage}</span>
      </span>
      <Progress percent={Math.floor(run.progress * 100)} status="active" aria-label={doing} />
      <Button size="small" disabled={run.cancelling} onClick={() => onCancel(run)} data-testid={`cancel-${run.kind}`}>
        {say('action.cancel')}
      </Button>
    </div>
  );
}

/** Where a result comes from: when, of which data, how long it took, its seed. */
export function Provenance({ run, children }: { run: Run; children?: ReactNode }) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  return (
    <p className="provenance">
      {say('lab.run.of', {
        at: moment(run.endedAt ?? run.createdAt, brand.zone, false),
        zone: brand.zone,
        from: run.snapshot.from,
        to: run.snapshot.to,
        version: run.model.version,
        seed: run.seed,
      })}
      {run.seconds !== null && ` · ${duration(run.seconds, language)}`}
      {children}
    </p>
  );
}
