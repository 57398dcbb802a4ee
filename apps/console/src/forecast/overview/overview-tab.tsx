import { Link } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, ErrorState, Loaded } from '../../shell/states.tsx';
import { FitProgress, useFitRuns } from '../fit-state.tsx';
import { type DoneFit, isDone, useLab } from '../lab-context.ts';
import { useFit, useMapping } from '../lab-data.ts';
import { DriftPanel } from './drift-panel.tsx';
import { FitPanel } from './fit-panel.tsx';
import { MappingPanel } from './mapping-panel.tsx';
import { ModelPanel } from './model-panel.tsx';
import { ParametersPanel } from './parameters-panel.tsx';
import { PromotionsPanel } from './promotions-panel.tsx';

/** Says, where nobody can miss it, that the data taught nothing and the template's beliefs stand alone. */
export function BasisNotice({ fit }: { fit: DoneFit }) {
  const { say, both } = useWords();
  const { basis, reason, converged, complete, warnings } = fit.result;
  return (
    <>
      {basis === 'prior' && (
        <Alert
          type="warning"
          showIcon
          data-testid="prior-only"
          title={say('lab.prior.title')}
          description={`${reason ? both(reason.en, reason.zh) : ''} ${say('lab.prior.hint')}`}
        />
      )}
      {(!converged || !complete) && basis === 'data' && (
        <Alert
          type="warning"
          showIcon
          title={say(complete ? 'lab.fit.notConverged' : 'lab.fit.notComplete')}
          description={say('lab.fit.notConvergedHint')}
        />
      )}
      {warnings.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={say('lab.fit.warnings', { n: warnings.length })}
          description={
            <ul className="plain-list">
              {warnings.map((one) => (
                <li key={one.code + one.en}>{both(one.en, one.zh)}</li>
              ))}
            </ul>
          }
        />
      )}
    </>
  );
}

/** What to do where there is no fit yet: import data, or fit. */
function NoFit() {
  const { model } = useLab();
  const { say } = useWords();
  const { can } = useBrand();
  const mapping = useMapping(model.id, model.version.number);
  const { start, active } = useFitRuns();
  if (active) return null;
  const usable = mapping.data?.series.filter((one) => one.role === 'observation' && one.usable).length ?? 0;
  const fit = can('forecast.run') && (
    <Button
      type={usable > 0 ? 'primary' : 'default'}
      loading={start.isPending}
      onClick={() => start.mutate({ modelId: model.id, version: model.version.number })}
    >
      {say(usable > 0 ? 'lab.fit.now' : 'lab.fit.priorOnly')}
    </Button>
  );
  return (
    <Panel>
      <EmptyState
        title={say(usable > 0 ? 'lab.empty.noFit' : 'lab.empty.noData')}
        hint={say(usable > 0 ? 'lab.empty.noFitHint' : 'lab.empty.noDataHint', { n: usable })}
        actions={
          <>
            {usable === 0 && can('imports.run') && (
              <Link to="/imports/new" search={{}}>
                <Button type="primary">{say('cockpit.emptyImport')}</Button>
              </Link>
            )}
            {fit}
          </>
        }
      />
    </Panel>
  );
}

function Fitted({ id }: { id: string }) {
  const fit = useFit(id);
  if (fit.data && !isDone(fit.data)) return <ErrorState error={new Error(fit.data.state)} />;
  return (
    <Loaded query={fit} rows={10}>
      {(data) =>
        isDone(data) && (
          <>
            <BasisNotice fit={data} />
            <FitPanel fit={data} />
            <ParametersPanel fit={data} />
          </>
        )
      }
    </Loaded>
  );
}

/** Which model, on what data, how well it fits. */
export default function OverviewTab() {
  const { model, fitRun } = useLab();
  return (
    <div className="stack">
      <FitProgress />
      {fitRun ? <Fitted id={fitRun.id} /> : <NoFit />}
      <MappingPanel />
      {fitRun && <DriftPanel modelId={model.id} />}
      <PromotionsPanel />
      <ModelPanel />
    </div>
  );
}
