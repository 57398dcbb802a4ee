import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { type Period, periodOf } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';
import { useDataDays } from '../metrics/cockpit-data.ts';
import { PeriodPicker } from '../metrics/period-picker.tsx';
import { Guard } from '../shell/layout.tsx';
import { Page } from '../shell/page.tsx';
import { LoadingState } from '../shell/states.tsx';
import { ChecksPanel } from './checks-panel.tsx';
import { PipelinePanel } from './pipeline-panel.tsx';
import { QuarantinePanel } from './quarantine-panel.tsx';
import '../metrics/metrics.css';
import './data.css';

function Checks() {
  const days = useDataDays();
  const [chosen, setChosen] = useState<Period | null>(null);
  if (days.query.isPending) return <LoadingState rows={4} />;
  const period = chosen ?? periodOf('all', days.anchor, days.firstDay);
  const picker = (
    <PeriodPicker
      period={period}
      lastDay={days.anchor}
      firstDay={days.firstDay}
      choices={['30d', '90d', 'year', 'all', 'custom']}
      onChange={setChosen}
    />
  );
  return <ChecksPanel period={period} picker={picker} />;
}

function Quality() {
  const { can } = useBrand();
  const { say } = useWords();
  return (
    <Page title={say('quality.title')} sentence={say('quality.sentence')}>
      {can('events.read') && <PipelinePanel />}
      <Checks />
      {can('events.read') && <QuarantinePanel />}
    </Page>
  );
}

/** Whether the figures can be trusted: reconciliation, lag, quarantine, checks. */
export function QualityPage() {
  return (
    <Guard needs="kpi.read">
      <Quality />
    </Guard>
  );
}
