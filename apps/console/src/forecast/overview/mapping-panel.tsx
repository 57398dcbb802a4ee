import type { MappedSeries } from '@tandem/server/schema/forecast';
import { Tooltip } from 'antd';
import { whole } from '../../figures/number.ts';
import { useWords } from '../../i18n/words.ts';
import { Panel } from '../../shell/page.tsx';
import { Loaded } from '../../shell/states.tsx';
import { ToneTag } from '../../shell/tone-tag.tsx';
import { useLab, useNames } from '../lab-context.ts';
import { useMapping } from '../lab-data.ts';
import { wordsIn } from '../quantity.ts';

function Gaps({ series }: { series: MappedSeries }) {
  const { say, language } = useWords();
  if (series.days === 0) return '–';
  if (series.gapDays === 0) return say('lab.mapping.noGaps');
  const list = series.gaps
    .slice(0, 8)
    .map((gap) => `${gap.from} (${gap.days})`)
    .join(language === 'en' ? ', ' : '、');
  return (
    <Tooltip title={say('lab.mapping.gapList', { list })}>
      <span>{say('lab.mapping.gapDays', { days: whole(series.gapDays, language), n: series.gaps.length })}</span>
    </Tooltip>
  );
}

function SeriesRow({ series }: { series: MappedSeries }) {
  const { say, language, both } = useWords();
  const names = useNames();
  const label = wordsIn(series.label, language);
  const unit = wordsIn(names.unitOf(series.unit), language);
  return (
    <tr>
      <th scope="row" className="row-name">
        {series.kpi ? names.kpi(series.kpi) : label}
        {series.kpi && names.kpi(series.kpi) !== label && (
          <div className="faint">{say('lab.mapping.as', { name: label })}</div>
        )}
      </th>
      <td>{unit}</td>
      <td className="num">{series.kpi ? whole(series.days, language) : '–'}</td>
      <td className="nowrap">{series.firstDay ? `${series.firstDay} – ${series.lastDay}` : '–'}</td>
      <td>
        <Gaps series={series} />
      </td>
      <td>
        {series.usable ? (
          <ToneTag tone="ok">{say('lab.mapping.used')}</ToneTag>
        ) : (
          <ToneTag tone={series.role === 'observation' ? 'watch' : 'plain'}>
            {say(series.role === 'lever' ? 'lab.mapping.usual' : 'lab.mapping.without')}
          </ToneTag>
        )}
        {series.text && <div className="faint">{both(series.text.en, series.text.zh)}</div>}
      </td>
    </tr>
  );
}

const roles = ['observation', 'lever', 'start'] as const;

function MappingTable({ series }: { series: readonly MappedSeries[] }) {
  const { say } = useWords();
  return (
    <div className="scroll">
      <table className="plain-table mapping">
        <thead>
          <tr>
            <th scope="col">{say('lab.mapping.series')}</th>
            <th scope="col">{say('definition.unit')}</th>
            <th scope="col" className="num">
              {say('lab.mapping.days')}
            </th>
            <th scope="col">{say('lab.mapping.span')}</th>
            <th scope="col">{say('lab.mapping.gaps')}</th>
            <th scope="col">{say('lab.mapping.use')}</th>
          </tr>
        </thead>
        {roles.map((role) => {
          const own = series.filter((one) => one.role === role);
          if (own.length === 0) return null;
          return (
            <tbody key={role}>
              <tr className="group-row">
                <th scope="colgroup" colSpan={6}>
                  {say(`lab.mapping.role.${role}`)}
                </th>
              </tr>
              {own.map((one) => (
                <SeriesRow key={`${one.variable}|${one.kpi}`} series={one} />
              ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

/** Which of the brand's data the model sees, and what is missing and why. */
export function MappingPanel() {
  const { model } = useLab();
  const { say } = useWords();
  const mapping = useMapping(model.id, model.version.number);
  const observed = mapping.data?.series.filter((one) => one.role === 'observation') ?? [];
  const used = observed.filter((one) => one.usable).length;
  return (
    <Panel
      title={say('lab.mapping.title')}
      sentence={mapping.data ? say('lab.mapping.sentence', { used, of: observed.length }) : say('state.loading')}
    >
      <Loaded query={mapping} rows={8}>
        {(data) => <MappingTable series={data.series} />}
      </Loaded>
    </Panel>
  );
}
