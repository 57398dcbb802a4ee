import { Button, InputNumber } from 'antd';
import { useWords } from '../../i18n/words.ts';
import { useLab, useNames } from '../lab-context.ts';
import { couplingOf, type Draft, withCoupling } from './draft.ts';

/** The links between sectors as a square of strengths: 1 is as fitted, 0 is cut. */
export function CouplingsEditor({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const { model } = useLab();
  const { say } = useWords();
  const names = useNames();
  const { sectors, couplings } = model.setup;
  const byPair = new Map(couplings.map((one) => [`${one.from} ${one.to}`, one]));
  return (
    <div className="stack-8">
      <p className="faint">{say('lab.coupling.editHint')}</p>
      <div className="scroll">
        <table className="plain-table matrix">
          <thead>
            <tr>
              <th scope="col">{say('lab.coupling.fromTo')}</th>
              {sectors.map((to) => (
                <th scope="col" key={to.id}>
                  {names.sector(to.id)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sectors.map((from) => (
              <tr key={from.id}>
                <th scope="row" className="row-name">
                  {names.sector(from.id)}
                </th>
                {sectors.map((to) => {
                  const coupling = byPair.get(`${from.id} ${to.id}`);
                  if (!coupling) {
                    return (
                      <td key={to.id} className="faint">
                        –
                      </td>
                    );
                  }
                  const value = couplingOf(draft, coupling.variable);
                  return (
                    <td key={to.id} className={value === 1 ? '' : 'matrix-changed'}>
                      <InputNumber
                        size="small"
                        min={0}
                        max={3}
                        step={0.1}
                        value={value}
                        aria-label={names.variable(coupling.variable)}
                        onChange={(next) => next !== null && onChange(withCoupling(draft, coupling.variable, next))}
                      />
                      <Button
                        size="small"
                        type="text"
                        onClick={() => onChange(withCoupling(draft, coupling.variable, value === 0 ? 1 : 0))}
                        aria-label={`${say(value === 0 ? 'lab.coupling.restore' : 'lab.coupling.cutIt')} ${names.variable(coupling.variable)}`}
                      >
                        {say(value === 0 ? 'lab.coupling.restore' : 'lab.coupling.cutIt')}
                      </Button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
