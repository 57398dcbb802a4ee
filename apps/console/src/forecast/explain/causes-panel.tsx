import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Select } from 'antd';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import type { Names } from '../lab-context.ts';
import { percent, plain } from '../quantity.ts';
import { pathStep, type Trace, traceOf } from './trace.ts';

function Step(props: { variable: string; known: boolean; name: string; onOpen: (variable: string) => void }) {
  if (!props.known) return <span>{props.name}</span>;
  return (
    <button type="button" className="link-button" onClick={() => props.onOpen(props.variable)}>
      {props.name}
    </button>
  );
}

function Around({
  trace,
  labelOf,
  onOpen,
}: {
  trace: Trace;
  labelOf: (variable: string) => string;
  onOpen: (variable: string) => void;
}) {
  const { say, language } = useWords();
  const { currency } = useBrand().brand;
  const most = Math.max(1e-9, ...trace.causes.map(({ influence }) => Math.abs(influence)));
  return (
    <div className="trace">
      <section>
        <h3>{say('lab.causes.causes')}</h3>
        <p className="faint">{say('lab.causes.influence')}</p>
        {trace.causes.length === 0 && <p className="faint">{say('lab.causes.constant')}</p>}
        <ul className="trace-list">
          {trace.causes.map((one) => (
            <li key={one.variable}>
              <Step variable={one.variable} known={one.known} name={labelOf(one.variable)} onOpen={onOpen} />
              <span className="faint num">{percent(one.influence, language, 0)}</span>
              <IntervalBar
                from={-most}
                to={most}
                low={0}
                high={one.influence}
                origin={0}
                tone={one.influence < 0 ? 'live' : 'community'}
              />
            </li>
          ))}
        </ul>
      </section>
      <section className="trace-here">
        <h3>{labelOf(trace.here.variable)}</h3>
        <p className="faint">
          {say('lab.causes.today', {
            value: `${plain(trace.here.value, language)} ${trace.here.unit.replace(/\bCNY\b/g, currency)}`.trim(),
          })}
        </p>
        {trace.here.documentation && <p>{trace.here.documentation}</p>}
        <pre className="code">{trace.here.equation}</pre>
      </section>
      <section>
        <h3>{say('lab.causes.effects')}</h3>
        {trace.effects.length === 0 && <p className="faint">{say('lab.causes.noEffects')}</p>}
        <ul className="trace-list">
          {trace.effects.map((one) => (
            <li key={one.variable}>
              <Step variable={one.variable} known={one.known} name={labelOf(one.variable)} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** A walk from any variable to what it comes from and what comes from it. */
export function CausesPanel({ result, names }: { result: ExplainResult; names: Names }) {
  const { say, both } = useWords();
  const byName = new Map(result.causes.map((one) => [one.variable, both(one.label, one.labelZh)]));
  const labelOf = (variable: string) => byName.get(variable) || names.variable(variable);
  const first = result.causes[0]?.variable;
  const [path, setPath] = useState<string[]>(first ? [first] : []);
  const here = path.at(-1);
  const trace = here === undefined ? null : traceOf(result.causes, here);
  return (
    <Panel
      title={say('lab.causes.title')}
      sentence={say('lab.causes.sentence')}
      extra={
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          size="small"
          className="output-picker"
          aria-label={say('lab.causes.choose')}
          value={here ?? null}
          onChange={(variable) => setPath(variable === null ? [] : [variable])}
          options={result.causes.map((one) => ({ value: one.variable, label: labelOf(one.variable) }))}
        />
      }
    >
      {path.length > 1 && (
        <nav className="trace-path" aria-label={say('lab.causes.path')}>
          {path.map((variable, index) => (
            <span key={variable}>
              {index > 0 && ' → '}
              <Step
                variable={variable}
                known={index < path.length - 1}
                name={labelOf(variable)}
                onOpen={(to) => setPath(pathStep(path, to))}
              />
            </span>
          ))}
        </nav>
      )}
      {trace ? (
        <Around trace={trace} labelOf={labelOf} onOpen={(to) => setPath(pathStep(path, to))} />
      ) : (
        <EmptyState compact title={say('lab.causes.none')} />
      )}
    </Panel>
  );
}
