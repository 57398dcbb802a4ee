import type { Forecast } from '@tandem/server/schema/forecast';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { type DoneFit, isDone, useLab } from '../lab-context.ts';
import { newest, useFit, useForecast, useRunControl, useRuns } from '../lab-data.ts';
import { NeedsFit } from '../needs-fit.tsx';
import { BasisNotice } from '../overview/overview-tab.tsx';
import { Provenance, RunBar } from '../run-bar.tsx';
import { OptimiseAnswer } from './optimise-answer.tsx';
import { OptimiseForm } from './optimise-form.tsx';
import { firstForm, requestOf } from './request.ts';

function Answer({ forecast, fit, onForce }: { forecast: Forecast; fit: DoneFit; onForce: () => void }) {
  const { result } = forecast;
  if (result?.kind !== 'optimise') return null;
  return (
    <>
      <OptimiseAnswer result={result} fit={fit} onForce={onForce} />
      <Provenance run={forecast} />
    </>
  );
}

function Optimise({ fit }: { fit: DoneFit }) {
  const { model } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  const [form, setForm] = useState(() => firstForm(fit.input.model.setup));
  const runs = useRuns('optimise', model.id);
  const { start, cancel } = useRunControl('optimise');
  const { latest, done, active } = newest(runs.data);
  const answer = useForecast(done?.id);
  const run = (force: boolean) => start.mutate(requestOf(form, fit.id, force));
  /** What was asked, again, outside of what the data have seen. */
  const force = () => {
    const asked = answer.data?.options;
    if (asked?.kind !== 'optimise') return;
    const { months, levers, objective, limits } = asked;
    start.mutate({ kind: 'optimise', fitId: fit.id, months, levers, objective, limits, force: true });
  };
  return (
    <>
      {fit.result.basis === 'prior' && <BasisNotice fit={fit} />}
      {can('forecast.run') && (
        <OptimiseForm
          form={form}
          setup={fit.input.model.setup}
          start={fit.snapshot.to}
          busy={start.isPending || active !== undefined}
          onChange={setForm}
          onRun={() => run(false)}
        />
      )}
      <RunBar run={latest} doing={say('lab.optimise.doing')} onCancel={cancel.mutate} />
      {done ? (
        <Loaded query={answer} rows={10}>
          {(data) => <Answer forecast={data} fit={fit} onForce={force} />}
        </Loaded>
      ) : (
        !active && (
          <Panel>
            <EmptyState title={say('lab.optimise.none')} hint={say('lab.optimise.noneHint')} />
          </Panel>
        )
      )}
    </>
  );
}

/** What it would take: the best path of the levers for what is wanted, and what it is worth. */
export default function OptimiseTab() {
  const { fitRun } = useLab();
  const fit = useFit(fitRun?.id);
  if (!fitRun) return <NeedsFit />;
  return (
    <div className="stack">
      <Loaded query={fit} rows={8}>
        {(data) => isDone(data) && <Optimise fit={data} />}
      </Loaded>
    </div>
  );
}
