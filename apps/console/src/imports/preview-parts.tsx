import type { Preview } from '@tandem/server/schema/imports';
import { useWords } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';

/** The first rows as they stand in the file. */
export function SampleRows({ preview }: { preview: Preview }) {
  const { say } = useWords();
  const columns = [...new Set(preview.columns)].filter((column) => column !== '');
  return (
    <Panel title={say('wizard.sample')}>
      {preview.preamble.length > 0 && (
        <div className="faint">
          {say('wizard.preamble')}
          <pre className="code">{preview.preamble.join('\n')}</pre>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className="scroll" tabIndex={0} aria-label={say('wizard.sample')}>
        <table className="plain-table sample-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col" key={column} className="nowrap">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.sample.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other identity.
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column} title={row[column] ?? ''}>
                    {row[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

/** What the head of the file already shows to be wrong. */
export function ProblemRows({ preview }: { preview: Preview }) {
  const { say, both } = useWords();
  return (
    <Panel title={say('wizard.problems')}>
      {preview.problems.length === 0 ? (
        <p className="faint">{say('wizard.noProblems')}</p>
      ) : (
        <div className="scroll">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col" className="num">
                  {say('wizard.line')}
                </th>
                <th scope="col">{say('wizard.column')}</th>
                <th scope="col">{say('wizard.value')}</th>
                <th scope="col">{say('wizard.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {preview.problems.map((problem) => (
                <tr key={`${problem.line}-${problem.column}`}>
                  <td className="num">{problem.line}</td>
                  <td>{problem.column}</td>
                  <td>{problem.value}</td>
                  <td>{both(problem.reason, problem.reasonZh)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
