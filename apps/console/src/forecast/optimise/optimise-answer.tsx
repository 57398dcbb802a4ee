import type { OptimiseResult } from '@tandem/server/schema/forecast';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { IntervalBar, scaleOf } from '../../charts/interval-bar.tsx';
import { currencySign } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { AdoptDialog } from '../adopt/adopt-dialog.tsx';
import { type DoneFit, type Names, useLab, useNames } from '../lab-context.ts';
import { interval, percent, plain, quantity } from '../quantity.ts';
import { type Draft, emptyDraft } from '../scenarios/draft.ts';
import { handOver } from '../scenarios/handed.ts';
import { useSaveDraft } from '../scenarios/scenario-bar.tsx';
import { ConstraintsTable, KpiTable, LeverPaths } from './answer-tables.tsx';
import { pathsOf } from './request.ts';

interface AnswerProps {
  result: OptimiseResult;
  fit: DoneFit;
  onForce: () => void;
}

function Refusal({ result, onForce }: AnswerProps) {
  const { can } = useBrand();
  const { say, both } = useWords();
  const { reason, status } = result;
  return (
    <Alert
      type={status === 'refused' ? 'warning' : 'error'}
      showIcon
      data-testid="optimise-refusal"
      title={say(status === 'refused' ? 'lab.optimise.refused' : 'lab.optimise.infeasible')}
      description={reason ? both(reason.en, reason.zh) : undefined}
      action={
        status === 'refused' &&
        can('forecast.run') && (
          <Button size="small" onClick={onForce} data-testid="optimise-force">
            {say('lab.optimise.force')}
          </Button>
        )
      }
    />
  );
}

type Course = Pick<OptimiseResult['objective'], 'p10' | 'p50' | 'p90'>;

function Gain({ result }: { result: OptimiseResult }) {
  const { say, language, both } = useWords();
  const unit = useNames().unitOf(result.unit);
  const { from, to } = scaleOf([result.objective, result.today, result.rule].flatMap(({ p10, p90 }) => [p10, p90]));
  const row = (key: string, name: string, course: Course, against?: { gain: Course; probability: number }) => (
    <tr key={key}>
      <th scope="row" className="row-name">
        {name}
      </th>
      <td className="num">
        {quantity(course.p50, unit, language)}
        <div className="faint">{interval(course.p10, course.p90, unit, language)}</div>
      </td>
      <td className="bar-cell">
        <IntervalBar
          from={from}
          to={to}
          low={course.p10}
          mid={course.p50}
          high={course.p90}
          tone={against ? 'quiet' : 'joined'}
        />
      </td>
      <td className="num" data-testid={`gain-${key}`}>
        {against ? (
          <>
            {against.gain.p50 > 0 ? '+' : ''}
            {quantity(against.gain.p50, unit, language)}
            <div className="faint">{interval(against.gain.p10, against.gain.p90, unit, language)}</div>
            <div className="faint">
              {say('lab.optimise.better', { probability: percent(against.probability, language, 0) })}
            </div>
          </>
        ) : (
          '–'
        )}
      </td>
    </tr>
  );
  const { gain } = result;
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.optimise.course')}</th>
            <th scope="col" className="num">
              {say('lab.optimise.objective')}
            </th>
            <th scope="col">
              <span className="sr-only">{say('lab.parameters.picture')}</span>
            </th>
            <th scope="col" className="num">
              {say('lab.optimise.gain')}
            </th>
          </tr>
        </thead>
        <tbody>
          {row('plan', say('lab.optimise.best'), result.objective)}
          {row('today', say('lab.optimise.today'), result.today, {
            gain: gain.overToday,
            probability: gain.probabilityBetterThanToday,
          })}
          {row('rule', both(result.rule.en, result.rule.zh), result.rule, {
            gain: gain.overRule,
            probability: gain.probabilityBetterThanRule,
          })}
        </tbody>
      </table>
    </div>
  );
}

function Marginals({ result, names }: { result: OptimiseResult; names: Names }) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const priced = result.levers.some(({ perCurrency }) => perCurrency);
  const rows = result.levers
    .map((lever) => {
      const own = { value: lever.marginalReturn, low: lever.marginalLow, high: lever.marginalHigh };
      return { lever, shown: priced ? (lever.perCurrency ?? null) : own };
    })
    .sort((a, b) => (b.shown?.value ?? Number.NEGATIVE_INFINITY) - (a.shown?.value ?? Number.NEGATIVE_INFINITY));
  const { from, to } = scaleOf([0, ...rows.flatMap(({ shown }) => (shown ? [shown.low, shown.high] : []))]);
  return (
    <div className="scroll">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.lever')}</th>
            <th scope="col" className="num">
              {say(priced ? 'lab.optimise.perCurrency' : 'lab.optimise.perUnit', {
                one: `${currencySign(brand.currency, language)}1`,
              })}
            </th>
            <th scope="col" className="num">
              {say('lab.range.80')}
            </th>
            <th scope="col">
              <span className="sr-only">{say('lab.parameters.picture')}</span>
            </th>
            <th scope="col">{say('lab.optimise.bound')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ lever, shown }) => (
            <tr key={lever.variable}>
              <th scope="row" className="row-name">
                {names.variable(lever.variable)}
              </th>
              <td className="num">{shown ? plain(shown.value, language) : say('lab.optimise.noPrice')}</td>
              <td className="num">{shown ? `${plain(shown.low, language)} – ${plain(shown.high, language)}` : '–'}</td>
              <td className="bar-cell">
                {shown && (
                  <IntervalBar from={from} to={to} low={shown.low} mid={shown.value} high={shown.high} origin={0} />
                )}
              </td>
              <td className="faint">{lever.atBound ? say(`lab.optimise.at.${lever.atBound}`) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What to do with an answer: look at it as a scenario, or send it to the plan. */
function NextSteps({ draft, onSend }: { draft: Draft; onSend: () => void }) {
  const { open } = useLab();
  const { can } = useBrand();
  const { say } = useWords();
  return (
    <>
      <Button
        onClick={() => {
          handOver(draft);
          open('scenarios');
        }}
        data-testid="open-as-scenario"
      >
        {say('lab.optimise.asScenario')}
      </Button>
      {can('forecast.adopt') && (
        <Button type="primary" onClick={onSend}>
          {say('lab.adopt.send')}
        </Button>
      )}
    </>
  );
}

function Found({ result, fit }: AnswerProps) {
  const { say, both } = useWords();
  const names = useNames();
  const save = useSaveDraft();
  const [sending, setSending] = useState(false);
  const [draft, setDraft] = useState<Draft>(() => ({
    ...emptyDraft(crypto.randomUUID(), say('lab.optimise.planName')),
    levers: pathsOf(result),
    changed: true,
  }));
  const keep = async (one: Draft) => {
    const saved = await save.mutateAsync(one);
    const kept = { ...one, savedId: saved.id, changed: false };
    setDraft(kept);
    return kept;
  };
  return (
    <>
      <Panel
        title={say('lab.optimise.answer')}
        sentence={say(result.status === 'optimal' ? 'lab.optimise.optimal' : 'lab.optimise.improved')}
        extra={<NextSteps draft={draft} onSend={() => setSending(true)} />}
      >
        <div className="stack">
          {result.outside.length > 0 && (
            <Alert
              type="warning"
              showIcon
              title={say('lab.outside.levers', {
                names: result.outside.map(({ variable }) => names.variable(variable)).join(' · '),
              })}
              description={say('lab.outside.hint')}
            />
          )}
          <Gain result={result} />
          {result.notes && result.notes.length > 0 && (
            <ul className="plain-list faint">
              {result.notes.map((note) => (
                <li key={note.code}>{both(note.en, note.zh)}</li>
              ))}
            </ul>
          )}
        </div>
      </Panel>
      <Panel title={say('lab.optimise.paths')} sentence={say('lab.optimise.pathsSentence')}>
        <LeverPaths result={result} names={names} />
      </Panel>
      <div className="two">
        <Panel title={say('lab.optimise.marginal')} sentence={say('lab.optimise.marginalSentence')}>
          <Marginals result={result} names={names} />
        </Panel>
        <Panel title={say('lab.optimise.constraints')} sentence={say('lab.optimise.constraintsSentence')}>
          <ConstraintsTable result={result} names={names} />
        </Panel>
      </div>
      <Panel title={say('lab.optimise.kpis')} sentence={say('lab.optimise.kpisSentence')}>
        <KpiTable result={result} names={names} />
      </Panel>
      {sending && (
        <AdoptDialog
          draft={draft}
          fit={fit}
          keep={keep}
          days={Math.max(91, result.horizonDays ?? result.months * 30)}
          onClose={() => setSending(false)}
        />
      )}
    </>
  );
}

/** The best path that was found, or why there is none. */
export function OptimiseAnswer(props: AnswerProps) {
  const { status } = props.result;
  return (
    <div className="stack" data-testid="optimise-answer" data-status={status}>
      {(status === 'refused' || status === 'infeasible') && <Refusal {...props} />}
      {status !== 'refused' && props.result.levers.length > 0 && <Found {...props} />}
    </div>
  );
}
