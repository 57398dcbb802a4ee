import type { ForecastResult } from '@tandem/server/schema/forecast';
import { Alert, Button, Select } from 'antd';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { useLab } from '../lab-context.ts';
import { asIsPlan, newest, useFit, useForecast, useRunControl, useRuns } from '../lab-data.ts';
import { NeedsFit } from '../needs-fit.tsx';
import { Provenance, RunBar } from '../run-bar.tsx';
import { FansPanel } from './fans-panel.tsx';
import { ScoresPanel } from './scores-panel.tsx';

const horizons = [91, 182, 365, 730] as const;

function Shown({ id }: { id: string }) {
  const { fitRun } = useLab();
  const forecast = useForecast(id);
  const fit = useFit(forecast.data?.fitId ?? fitRun?.id);
  return (
    <Loaded query={forecast} rows={10}>
      {(data) =>
        data.result?.kind === 'forecast' ? (
          <>
            <Outside result={data.result} />
            <FansPanel forecast={data.result} history={fit.data?.result?.series ?? []}>
              <Provenance run={data} />
            </FansPanel>
          </>
        ) : null
      }
    </Loaded>
  );
}

/** Says that the levers leave what the data have seen. */
function Outside({ result }: { result: ForecastResult }) {
  const { say } = useWords();
  if (result.basis === 'data' && result.outside.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={say(result.basis === 'prior' ? 'lab.prior.title' : 'lab.outside.title')}
      description={say(result.basis === 'prior' ? 'lab.prior.hint' : 'lab.outside.hint')}
    />
  );
}

/** What comes, how sure that is, and how good such forecasts were. */
export default function ForecastTab() {
  const { model, fitRun } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  const [days, setDays] = useState<number>(365);
  const runs = useRuns('forecast', model.id);
  const { start, cancel } = useRunControl('forecast');
  const { latest, done, active } = newest(runs.data);
  if (!fitRun) return <NeedsFit />;
  const stale = done !== undefined && done.fitId !== fitRun.id;
  const run = () =>
    start.mutate({
      kind: 'forecast',
      fitId: fitRun.id,
      horizonDays: days,
      scenarios: [asIsPlan],
    });
  return (
    <div className="stack">
      {can('forecast.run') && (
        <div className="form-row">
          <Select
            aria-label={say('lab.horizon')}
            value={days}
            onChange={setDays}
            options={horizons.map((one) => ({ value: one, label: say(`lab.horizon.${one}`) }))}
          />
          <Button
            type={done && !stale ? 'default' : 'primary'}
            loading={start.isPending || active !== undefined}
            onClick={run}
            data-testid="forecast-run"
          >
            {say(done ? 'lab.forecast.again' : 'lab.forecast.run')}
          </Button>
          {stale && <span className="faint">{say('lab.forecast.stale')}</span>}
        </div>
      )}
      <RunBar run={latest} doing={say('lab.forecast.doing')} onCancel={cancel.mutate} />
      {done ? (
        <Shown id={done.id} />
      ) : (
        !active && (
          <Panel>
            <EmptyState title={say('lab.forecast.none')} hint={say('lab.forecast.noneHint')} />
          </Panel>
        )
      )}
      <ScoresPanel />
    </div>
  );
}
