import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Button } from 'antd';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { useLab, useNames } from '../lab-context.ts';
import { newest, useForecast, useRunControl, useRuns } from '../lab-data.ts';
import { NeedsFit } from '../needs-fit.tsx';
import { Provenance, RunBar } from '../run-bar.tsx';
import { CausesPanel } from './causes-panel.tsx';
import { CouplingsPanel } from './couplings-panel.tsx';
import { FindingsPanel } from './findings-panel.tsx';
import { GrowthPanel } from './growth-panel.tsx';
import { LoopsPanel } from './loops-panel.tsx';
import { SobolPanel, TornadoPanel } from './sensitivity-panel.tsx';
import { ThresholdPanel } from './threshold-panel.tsx';
import './explain.css';

function Explained({ result }: { result: ExplainResult }) {
  const names = useNames();
  return (
    <>
      <FindingsPanel result={result} />
      <GrowthPanel result={result} names={names} />
      <LoopsPanel result={result} names={names} />
      {result.threshold && <ThresholdPanel threshold={result.threshold} names={names} />}
      <CouplingsPanel result={result} names={names} />
      <TornadoPanel result={result} names={names} />
      <SobolPanel result={result} names={names} />
      <CausesPanel result={result} names={names} />
    </>
  );
}

/** Where growth comes from, what limits it, and what follows from what. */
export default function ExplainTab() {
  const { model, fitRun } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  const runs = useRuns('explain', model.id);
  const { start, cancel } = useRunControl('explain');
  const { latest, done, active } = newest(runs.data);
  const explained = useForecast(done?.id);
  if (!fitRun) return <NeedsFit />;
  const stale = done !== undefined && done.fitId !== fitRun.id;
  return (
    <div className="stack">
      {can('forecast.run') && (
        <div className="form-row">
          <Button
            type={done && !stale ? 'default' : 'primary'}
            loading={start.isPending || active !== undefined}
            onClick={() => start.mutate({ kind: 'explain', fitId: fitRun.id })}
            data-testid="explain-run"
          >
            {say(done ? 'lab.explain.again' : 'lab.explain.run')}
          </Button>
          {stale && <span className="faint">{say('lab.explain.stale')}</span>}
        </div>
      )}
      <RunBar run={latest} doing={say('lab.explain.doing')} onCancel={cancel.mutate} />
      {done ? (
        <Loaded query={explained} rows={12}>
          {(data) => (
            <>
              {data.result?.kind === 'explain' && <Explained result={data.result} />}
              <Provenance run={data} />
            </>
          )}
        </Loaded>
      ) : (
        !active && (
          <Panel>
            <EmptyState title={say('lab.explain.none')} hint={say('lab.explain.noneHint')} />
          </Panel>
        )
      )}
    </div>
  );
}
