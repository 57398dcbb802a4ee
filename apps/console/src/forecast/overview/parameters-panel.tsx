import type { FittedParameter } from '@tandem/server/schema/forecast';
import { Button } from 'antd';
import { useState } from 'react';
import { IntervalBar, scaleOf } from '../../charts/interval-bar.tsx';
import { downloadCsv } from '../../figures/csv.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { type DoneFit, type Names, useNames } from '../lab-context.ts';
import { interval, quantity } from '../quantity.ts';
import { byVerdict, isWide, verdictTones } from './fit-figures.ts';

const shownFirst = 12;

/** Both intervals on one scale of their own, logarithmic where they span magnitudes. */
function Bars({ parameter }: { parameter: FittedParameter }) {
  const { prior, low, median, high } = parameter;
  const wide = isWide([prior.low, prior.high, low, high]);
  const at = (value: number) => (wide ? Math.log(value) : value);
  const { from, to } = scaleOf([prior.low, prior.high, low, high].map(at));
  return (
    <IntervalBar
      from={from}
      to={to}
      low={at(low)}
      mid={at(median)}
      high={at(high)}
      before={{ low: at(prior.low), high: at(prior.high) }}
    />
  );
}

function ParameterRow({ parameter, names }: { parameter: FittedParameter; names: Names }) {
  const { say, language } = useWords();
  const unit = names.unit(parameter.variable);
  const others = parameter.confoundedWith.map(names.variable).join(language === 'en' ? ', ' : '、');
  return (
    <tr>
      <th scope="row" className="row-name">
        {names.variable(parameter.variable)}
      </th>
      <td className="num">{quantity(parameter.median, unit, language)}</td>
      <td className="num">{interval(parameter.low, parameter.high, unit, language)}</td>
      <td className="bar-cell">
        <Bars parameter={parameter} />
      </td>
      <td className="num faint">{interval(parameter.prior.low, parameter.prior.high, unit, language)}</td>
      <td>
        <ToneTag tone={verdictTones[parameter.verdict]}>{say(`lab.verdict.${parameter.verdict}`)}</ToneTag>
        {others !== '' && <div className="faint">{say('lab.verdict.standsFor', { names: others })}</div>}
      </td>
    </tr>
  );
}

function exportParameters(fit: DoneFit, names: Names) {
  downloadCsv(
    `parameters-${fit.id}.csv`,
    ['variable', 'name', 'median', 'low_5', 'high_95', 'prior_low', 'prior_median', 'prior_high', 'learned', 'verdict'],
    fit.result.parameters.map((one) => [
      one.variable,
      names.variable(one.variable),
      one.median,
      one.low,
      one.high,
      one.prior.low,
      one.prior.median,
      one.prior.high,
      one.learned,
      one.verdict,
    ]),
  );
}

/** Every parameter as an interval against what the template believed, with a verdict in words. */
export function ParametersPanel({ fit }: { fit: DoneFit }) {
  const { say } = useWords();
  const names = useNames();
  const [all, setAll] = useState(false);
  const sorted = byVerdict(fit.result.parameters);
  const shown = all ? sorted : sorted.slice(0, shownFirst);
  const known = sorted.filter(({ verdict }) => verdict === 'identified').length;
  return (
    <Panel
      title={say('lab.parameters.title')}
      sentence={say('lab.parameters.sentence', { known, of: sorted.length })}
      extra={
        <Button size="small" onClick={() => exportParameters(fit, names)}>
          {say('action.exportCsv')}
        </Button>
      }
    >
      <div className="scroll">
        <table className="plain-table parameters">
          <thead>
            <tr>
              <th scope="col">{say('lab.parameters.name')}</th>
              <th scope="col" className="num">
                {say('lab.parameters.median')}
              </th>
              <th scope="col" className="num">
                {say('lab.range.90')}
              </th>
              <th scope="col">{say('lab.parameters.picture')}</th>
              <th scope="col" className="num">
                {say('lab.parameters.prior')}
              </th>
              <th scope="col">{say('lab.parameters.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((parameter) => (
              <ParameterRow key={parameter.variable} parameter={parameter} names={names} />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > shownFirst && (
        <div className="more">
          <Button size="small" onClick={() => setAll(!all)}>
            {say(all ? 'lab.fewer' : 'lab.all', { n: sorted.length })}
          </Button>
        </div>
      )}
    </Panel>
  );
}
