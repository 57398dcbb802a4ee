import { type ForecastResult, leverHistories, type Scenario } from '@tandem/server/schema/forecast';
import { Alert, Collapse, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { dayLabel } from '../../figures/date.ts';
import { whole } from '../../figures/number.ts';
import { addDays } from '../../figures/period.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { ErrorState, LoadingState } from '../../shell/states.tsx';
import { type DoneFit, useLab, useNames } from '../lab-context.ts';
import { asIsScenario, useForecast, useRuns } from '../lab-data.ts';
import { CouplingsEditor } from './couplings-editor.tsx';
import { type Draft, draftOf, emptyDraft, pathOf, splitShares, withLever } from './draft.ts';
import { ScenarioFans } from './fans-panel.tsx';
import { takeHanded } from './handed.ts';
import { LeverRow } from './lever-row.tsx';
import { ScenarioBar } from './scenario-bar.tsx';
import { useInstant } from './use-instant.ts';

const horizons = [91, 182, 365] as const;

/** The plan that the screen begins with beside "as it is": one handed over, or an empty one. */
function firstDrafts(
  scenarios: readonly Scenario[],
  asIs: string,
  own: string,
  both: (en: string, zh: string) => string,
) {
  const base = scenarios.find((one) => one.preset);
  const first = base ? draftOf(base, 'base', both(base.name, base.nameZh)) : emptyDraft('base', asIs);
  const handed = takeHanded();
  return [first, handed ?? emptyDraft(crypto.randomUUID(), own)];
}

interface LeversProps {
  fit: DoneFit;
  draft: Draft;
  days: number;
  onChange: (draft: Draft) => void;
}

function Levers({ fit, draft, days, onChange }: LeversProps) {
  const { language } = useWords();
  const names = useNames();
  const { setup } = fit.input.model;
  const { snapshot } = fit.input;
  const histories = useMemo(() => leverHistories(setup, snapshot), [setup, snapshot]);
  const onward = (variable: string) => histories.find(({ path }) => path.variable === variable);
  const shares = splitShares(
    setup,
    (lever) => pathOf(draft, lever.variable)?.[0]?.value ?? onward(lever.variable)?.onward ?? lever.usual,
  );
  return (
    <ul className="levers">
      {setup.levers.map((lever) => {
        const history = onward(lever.variable);
        return (
          <LeverRow
            key={lever.variable}
            lever={lever}
            unit={names.unit(lever.variable)}
            steps={pathOf(draft, lever.variable)}
            onward={history?.onward ?? lever.usual}
            seen={history?.seen}
            share={shares.get(lever.variable)}
            days={days}
            dayText={(day) => dayLabel(addDays(snapshot.to, Math.floor(day)), language, true)}
            onChange={(steps) => onChange(withLever(draft, lever.variable, steps))}
          />
        );
      })}
    </ul>
  );
}

function InstantLine({ instant }: { instant: ReturnType<typeof useInstant> }) {
  const { say, language } = useWords();
  const { timing, busy, fault } = instant;
  return (
    <p className="faint" aria-live="polite" data-testid="instant" data-ms={timing?.ms} data-busy={busy}>
      {busy || !timing
        ? say('lab.instant.busy')
        : say('lab.instant.done', { runs: whole(timing.runs, language), ms: whole(timing.ms, language) })}
      {fault !== null && timing && ` ${say('lab.instant.kept')}`}
    </p>
  );
}

/** What the server forecasts for this fit and length if all goes on as it is; null where it was not asked. */
function useBase(fit: DoneFit, days: number): ForecastResult | null {
  const runs = useRuns('forecast', fit.model.id);
  const run = runs.data?.find((one) => one.state === 'done' && one.fitId === fit.id);
  const result = useForecast(run?.id).data?.result;
  return useMemo(() => {
    if (result?.kind !== 'forecast' || result.horizonDays !== days) return null;
    const series = result.series.filter(({ scenario }) => scenario === asIsScenario);
    return series.length > 0 ? { ...result, series } : null;
  }, [result, days]);
}

/** Levers of the chosen plan on one side, the fans of all plans on the other; each move of a lever is computed here at once. */
export function Workbench({ fit, scenarios }: { fit: DoneFit; scenarios: Scenario[] }) {
  const { model } = useLab();
  const { say, both } = useWords();
  const names = useNames();
  const [drafts, setDrafts] = useState(() =>
    firstDrafts(scenarios, say('lab.scenario.asIs'), say('lab.scenario.mine'), both),
  );
  const [chosen, setChosen] = useState(() => drafts.at(-1)?.key ?? 'base');
  const [days, setDays] = useState<number>(365);
  const base = useBase(fit, days);
  const instant = useInstant(fit, drafts, days, base);
  const draft = drafts.find((one) => one.key === chosen) ?? drafts[0];
  useEffect(() => {
    if (!drafts.some((one) => one.key === chosen)) setChosen(drafts.at(-1)?.key ?? 'base');
  }, [drafts, chosen]);
  if (!draft) return null;
  const change = (next: Draft) => setDrafts(drafts.map((one) => (one.key === next.key ? next : one)));
  const outside = instant.result?.outside.filter(({ scenario }) => scenario === draft.key) ?? [];
  return (
    <>
      <ScenarioBar
        drafts={drafts}
        chosen={draft.key}
        scenarios={scenarios}
        fit={fit}
        days={days}
        onChoose={setChosen}
        onDrafts={setDrafts}
      />
      <div className="bench">
        <Panel
          title={say('lab.levers.title', { name: draft.name })}
          sentence={say('lab.levers.sentence', { from: fit.snapshot.to })}
        >
          <Levers fit={fit} draft={draft} days={days} onChange={change} />
          {model.setup.couplings.length > 0 && (
            <Collapse
              ghost
              items={[
                {
                  key: 'couplings',
                  label: say('lab.coupling.edit', { n: draft.couplings.length }),
                  children: <CouplingsEditor draft={draft} onChange={change} />,
                },
              ]}
            />
          )}
        </Panel>
        <Panel
          title={say('lab.fans.title')}
          sentence={say('lab.fans.sentence')}
          extra={
            <Select
              size="small"
              aria-label={say('lab.horizon')}
              value={days}
              onChange={setDays}
              options={horizons.map((one) => ({ value: one, label: say(`lab.horizon.${one}`) }))}
            />
          }
        >
          <InstantLine instant={instant} />
          <p className="faint">{say(base ? 'lab.fans.used' : 'lab.fans.modelOnly')}</p>
          {outside.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={say('lab.outside.levers', {
                names: outside.map((one) => names.variable(one.variable)).join(' · '),
              })}
              description={say('lab.outside.hint')}
            />
          )}
          {instant.fault !== null && <ErrorState error={instant.fault} />}
          {instant.result ? (
            <ScenarioFans drafts={instant.drafts} result={instant.result} history={fit.result.series} />
          ) : (
            instant.fault === null && <LoadingState rows={10} />
          )}
        </Panel>
      </div>
    </>
  );
}
