import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Select } from 'antd';
import { useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { type Names, useLab } from '../lab-context.ts';
import { percent } from '../quantity.ts';
import { bindingFirst, isSure } from './growth.ts';
import { useOutputName } from './sensitivity-panel.tsx';

type Coupling = ExplainResult['couplings'][number];

/** What one per cent more of a link brings, in per cent: an elasticity of 0.9 is 0.9 %. */
function usePerPercent(): (elasticity: number) => string {
  const { language } = useWords();
  return (elasticity) => percent(elasticity / 100, language, 2);
}

function Matrix({ couplings, names }: { couplings: readonly Coupling[]; names: Names }) {
  const { model } = useLab();
  const { say } = useWords();
  const perPercent = usePerPercent();
  const { sectors } = model.setup;
  const byPair = new Map(
    model.setup.couplings.map((one) => [
      `${one.from} ${one.to}`,
      couplings.find((found) => found.variable === one.variable),
    ]),
  );
  const most = Math.max(1e-9, ...couplings.map(({ elasticity }) => Math.abs(elasticity)));
  return (
    <div className="scroll">
      <table className="plain-table matrix">
        <caption>{say('lab.coupling.matrix')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('lab.coupling.fromTo')}</th>
            {sectors.map((sector) => (
              <th scope="col" key={sector.id} className="num">
                {names.sector(sector.id)}
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
                const cell = byPair.get(`${from.id} ${to.id}`);
                if (!cell)
                  return (
                    <td key={to.id} className="num faint">
                      –
                    </td>
                  );
                const strength = Math.abs(cell.elasticity) / most;
                return (
                  <td key={to.id} className="num matrix-cell">
                    <i
                      className={cell.elasticity < 0 ? 'matrix-fill matrix-minus' : 'matrix-fill'}
                      style={{ opacity: 0.06 + strength * 0.3 }}
                      aria-hidden="true"
                    />
                    <span>{perPercent(cell.elasticity)}</span>
                    <div className="faint">
                      {perPercent(cell.low)} – {perPercent(cell.high)}
                    </div>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Strongest({ coupling, output, names }: { coupling: Coupling; output: string; names: Names }) {
  const { say, language } = useWords();
  const perPercent = usePerPercent();
  const params = {
    coupling: names.variable(coupling.variable),
    output,
    gain: perPercent(coupling.elasticity),
    low: perPercent(coupling.low),
    high: perPercent(coupling.high),
    cut: percent(coupling.whenCut, language, 0),
    cutLow: percent(coupling.whenCutLow, language, 0),
    cutHigh: percent(coupling.whenCutHigh, language, 0),
  };
  return (
    <p className="verdict" data-testid="binding-coupling">
      {say(isSure(coupling) ? 'lab.coupling.binds' : 'lab.coupling.unsure', params)}
    </p>
  );
}

/** Which link between two sectors limits growth now. */
export function CouplingsPanel({ result, names }: { result: ExplainResult; names: Names }) {
  const { say, language } = useWords();
  const perPercent = usePerPercent();
  const output = useOutputName(names);
  const outputs = [...new Set(result.couplings.map((one) => one.output))];
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = chosen !== null && outputs.includes(chosen) ? chosen : outputs[0];
  if (shown === undefined) {
    return (
      <Panel title={say('lab.coupling.title')} sentence={say('lab.coupling.sentence')}>
        <EmptyState compact title={say('lab.coupling.none')} />
      </Panel>
    );
  }
  const sorted = bindingFirst(result.couplings, shown);
  const first = sorted[0];
  return (
    <Panel
      title={say('lab.coupling.title')}
      sentence={say('lab.coupling.sentence')}
      extra={
        <Select
          size="small"
          className="output-picker"
          aria-label={say('lab.output')}
          value={shown}
          onChange={setChosen}
          options={outputs.map((one) => ({ value: one, label: output.name(one) }))}
        />
      }
    >
      {first && <Strongest coupling={first} output={output.name(shown)} names={names} />}
      <Matrix couplings={sorted} names={names} />
      <div className="scroll">
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{say('lab.coupling.name')}</th>
              <th scope="col" className="num">
                {say('lab.coupling.gain')}
              </th>
              <th scope="col" className="num">
                {say('lab.range.80')}
              </th>
              <th scope="col" className="num">
                {say('lab.coupling.cut')}
              </th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, 6).map((one, index) => (
              <tr key={one.variable}>
                <th scope="row" className="row-name">
                  {names.variable(one.variable)}
                </th>
                <td className="num">{perPercent(one.elasticity)}</td>
                <td className="num">
                  {perPercent(one.low)} – {perPercent(one.high)}
                </td>
                <td className="num">
                  {percent(one.whenCut, language, 0)}
                  <div className="faint">
                    {percent(one.whenCutLow, language, 0)} – {percent(one.whenCutHigh, language, 0)}
                  </div>
                </td>
                <td>
                  {index === 0 && isSure(one) && <ToneTag tone="busy">{say('lab.coupling.bindsNow')}</ToneTag>}
                  {!isSure(one) && <ToneTag tone="plain">{say('lab.coupling.noSign')}</ToneTag>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
