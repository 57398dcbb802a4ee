import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Alert } from 'antd';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';

const shown = 6;

/** What the analysis comes to, in sentences; what a reader must know before them. */
export function FindingsPanel({ result }: { result: ExplainResult }) {
  const { say, both } = useWords();
  return (
    <>
      {result.basis === 'prior' && (
        <Alert type="warning" showIcon title={say('lab.prior.title')} description={say('lab.prior.hint')} />
      )}
      <Panel
        title={say('lab.findings.title')}
        sentence={say('lab.findings.sentence', { draws: result.draws, days: result.horizonDays })}
      >
        <ul className="finding-list" data-testid="explain-findings">
          {result.findings.slice(0, shown).map((one) => (
            <li key={one.code + one.en}>{both(one.en, one.zh)}</li>
          ))}
        </ul>
        {result.findings.length > shown && (
          <details>
            <summary className="faint">{say('lab.findings.more', { n: result.findings.length - shown })}</summary>
            <ul className="finding-list">
              {result.findings.slice(shown).map((one) => (
                <li key={one.code + one.en}>{both(one.en, one.zh)}</li>
              ))}
            </ul>
          </details>
        )}
        {result.warnings.map((one) => (
          <p key={one.code + one.en} className="silent">
            {both(one.en, one.zh)}
          </p>
        ))}
      </Panel>
    </>
  );
}
