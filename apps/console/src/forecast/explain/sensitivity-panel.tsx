import type { ExplainResult } from '@tandem/server/schema/forecast';
import { Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { meant } from '../../charts/band-option.ts';
import { IntervalBar, scaleOf } from '../../charts/interval-bar.tsx';
import { figure } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState } from '../../shell/states.tsx';
import { type Names, useLab } from '../lab-context.ts';
import { percent } from '../quantity.ts';

interface PanelProps {
  result: ExplainResult;
  names: Names;
}

/** An output of an explanation may be named by its KPI or by its variable. */
export function useOutputName(names: Names) {
  const { model } = useLab();
  const kpiOf = (output: string) =>
    model.setup.observations.find((one) => one.kpi === output || one.variable === output)?.kpi;
  return {
    name: (output: string) => {
      const kpi = kpiOf(output);
      return kpi ? names.kpi(kpi) : names.variable(output);
    },
    text: (output: string, value: number) => {
      const kpi = kpiOf(output);
      const style = names.style(kpi ?? output);
      return figure(meant(value, style), style);
    },
  };
}

function OutputPicker(props: {
  outputs: readonly string[];
  value: string;
  onChange: (output: string) => void;
  names: Names;
}) {
  const { say } = useWords();
  const { name } = useOutputName(props.names);
  if (props.outputs.length < 2) return null;
  return (
    <Select
      size="small"
      className="output-picker"
      aria-label={say('lab.output')}
      value={props.value}
      onChange={props.onChange}
      options={props.outputs.map((output) => ({ value: output, label: name(output) }))}
    />
  );
}

/** A panel of one output at a time, chosen in its head. */
function ByOutput<T extends { output: string }>(props: {
  title: string;
  sentence: string;
  reports: readonly T[];
  names: Names;
  children: (report: T) => ReactNode;
}) {
  const { say } = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  const report = props.reports.find((one) => one.output === chosen) ?? props.reports[0];
  return (
    <Panel
      title={props.title}
      sentence={props.sentence}
      extra={
        report && (
          <OutputPicker
            outputs={props.reports.map(({ output }) => output)}
            value={report.output}
            onChange={setChosen}
            names={props.names}
          />
        )
      }
    >
      {report ? props.children(report) : <EmptyState compact title={say('lab.sensitivity.none')} />}
    </Panel>
  );
}

const rowsMax = 12;

/** What moving one parameter through its interval does to an output. */
export function TornadoPanel({ result, names }: PanelProps) {
  const { say } = useWords();
  const output = useOutputName(names);
  return (
    <ByOutput
      title={say('lab.tornado.title')}
      sentence={say('lab.tornado.sentence')}
      reports={result.tornado}
      names={names}
    >
      {(report) => {
        const bars = [...report.bars]
          .sort((a, b) => Math.abs(b.high - b.low) - Math.abs(a.high - a.low))
          .slice(0, rowsMax);
        const { from, to } = scaleOf([report.base, ...bars.flatMap(({ low, high }) => [low, high])]);
        return (
          <div className="scroll">
            <table className="plain-table">
              <caption>
                {say('lab.tornado.base', {
                  name: output.name(report.output),
                  value: output.text(report.output, report.base),
                })}
              </caption>
              <thead>
                <tr>
                  <th scope="col">{say('lab.parameters.name')}</th>
                  <th scope="col" className="num">
                    {say('lab.tornado.low')}
                  </th>
                  <th scope="col">
                    <span className="sr-only">{say('lab.parameters.picture')}</span>
                  </th>
                  <th scope="col" className="num">
                    {say('lab.tornado.high')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {bars.map((bar) => (
                  <tr key={bar.variable}>
                    <th scope="row" className="row-name">
                      {names.variable(bar.variable)}
                    </th>
                    <td className="num">{output.text(report.output, bar.low)}</td>
                    <td className="bar-cell">
                      <IntervalBar from={from} to={to} low={bar.low} high={bar.high} origin={report.base} />
                    </td>
                    <td className="num">{output.text(report.output, bar.high)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </ByOutput>
  );
}

/** Outputs that have no indices, and why; and indices that chance still moves. */
function SobolNotes({ result, converged, names }: PanelProps & { converged: boolean }) {
  const { say, both } = useWords();
  const output = useOutputName(names);
  return (
    <>
      {!converged && <p className="silent">{say('lab.sobol.rough')}</p>}
      {result.sensitivityRefused.map((one) => (
        <p key={one.output} className="silent">
          {output.name(one.output)}
          {say('lab.paren', { text: both(one.en, one.zh) })}
        </p>
      ))}
    </>
  );
}

/** Whose uncertainty makes an output uncertain: shares of the variance with intervals. */
export function SobolPanel({ result, names }: PanelProps) {
  const { say, language } = useWords();
  const output = useOutputName(names);
  const share = (value: number) => percent(value, language, 0);
  return (
    <ByOutput title={say('lab.sobol.title')} sentence={say('lab.sobol.sentence')} reports={result.sobol} names={names}>
      {(report) => {
        const factors = [...report.factors].sort((a, b) => b.total - a.total).slice(0, rowsMax);
        return (
          <div className="scroll">
            <table className="plain-table">
              <caption>{say('lab.sobol.caption', { name: output.name(report.output), n: report.count })}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('lab.parameters.name')}</th>
                  <th scope="col" className="num">
                    {say('lab.sobol.first')}
                  </th>
                  <th scope="col" className="num">
                    {say('lab.sobol.total')}
                  </th>
                  <th scope="col">
                    <span className="sr-only">{say('lab.parameters.picture')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {factors.map((one) => (
                  <tr key={one.variable}>
                    <th scope="row" className="row-name">
                      {names.variable(one.variable)}
                    </th>
                    <td className="num">
                      {percent(one.first, language, 0)}{' '}
                      <span className="faint">
                        {share(one.firstLow)} – {share(one.firstHigh)}
                      </span>
                    </td>
                    <td className="num">
                      {percent(one.total, language, 0)}{' '}
                      <span className="faint">
                        {share(one.totalLow)} – {share(one.totalHigh)}
                      </span>
                    </td>
                    <td className="bar-cell">
                      <IntervalBar from={0} to={1} low={one.totalLow} mid={one.total} high={one.totalHigh} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <SobolNotes result={result} converged={report.converged} names={names} />
          </div>
        );
      }}
    </ByOutput>
  );
}
