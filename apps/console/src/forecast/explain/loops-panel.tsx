import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Button } from 'antd';
import { useState } from 'react';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { bucketLabel } from '../../figures/date.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import type { Names } from '../lab-context.ts';
import { percent } from '../quantity.ts';

type Loop = ExplainResult['loops'][number];

const isReinforcing = (polarity: string) => /^(r|\+|positive|reinforcing)/i.test(polarity);

function LoopLine({ loop, names }: { loop: Loop; names: Names }) {
  const { say, language } = useWords();
  const last = loop.byMonth.at(-1);
  const least = Math.min(0, ...loop.byMonth.map(({ score }) => score));
  const most = Math.max(0, ...loop.byMonth.map(({ score }) => score));
  const reinforcing = isReinforcing(loop.polarity);
  const kind = reinforcing ? 'reinforcing' : 'balancing';
  const parts = loop.parts.map(names.part).join(language === 'en' ? ', ' : '、');
  return (
    <li className="loop">
      <div>
        <ToneTag tone={reinforcing ? 'ok' : 'watch'}>{say(`lab.loop.${kind}`)}</ToneTag>{' '}
        {say(`lab.loop.${kind}.sentence`, {
          parts: parts || names.variable(loop.variables[0] ?? loop.name),
          share: percent(loop.share, language, 0),
          low: percent(loop.low, language, 0),
          high: percent(loop.high, language, 0),
        })}
      </div>
      <div className="faint loop-way">
        {[...loop.variables, loop.variables[0] ?? ''].map(names.variable).join(' → ')}
      </div>
      {last && (
        <div className="loop-months">
          {loop.byMonth.slice(-12).map(({ month, score }) => (
            <span
              key={month}
              className="loop-month"
              title={`${bucketLabel(month, 'month', language)} ${percent(score, language)}`}
            >
              <IntervalBar from={least} to={most} low={0} high={score} tone={reinforcing ? 'community' : 'live'} />
            </span>
          ))}
          <span className="faint">
            {say('lab.loop.last', {
              month: bucketLabel(last.month, 'month', language),
              score: percent(last.score, language, 0),
            })}
          </span>
        </div>
      )}
    </li>
  );
}

/** Which circles of cause and effect drive the brand, and which hold it back. */
export function LoopsPanel({ result, names }: { result: ExplainResult; names: Names }) {
  const { say } = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? result.loops : result.loops.slice(0, 5);
  return (
    <Panel title={say('lab.loop.title')} sentence={say('lab.loop.sentence')}>
      {result.loops.length === 0 && <EmptyState compact title={say('lab.loop.none')} />}
      <ul className="loops">
        {shown.map((loop) => (
          <LoopLine key={loop.name} loop={loop} names={names} />
        ))}
      </ul>
      {result.loops.length > 5 && (
        <div className="more">
          <Button size="small" onClick={() => setAll(!all)}>
            {say(all ? 'lab.fewer' : 'lab.all', { n: result.loops.length })}
          </Button>
        </div>
      )}
      {!result.loopsComplete && <p className="silent">{say('lab.loop.incomplete')}</p>}
    </Panel>
  );
}
