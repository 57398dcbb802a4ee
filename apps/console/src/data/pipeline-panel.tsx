import { CheckCircleOutlined } from '@ant-design/icons';
import type { Pipeline } from '@tandem/server/schema/events';
import { Alert, Button, Segmented, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { Chart } from '../charts/chart.tsx';
import { downloadCsv } from '../figures/csv.ts';
import { delayText, moment } from '../figures/date.ts';
import { whole } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { lagLevel, usePipeline } from '../shell/lag-gauge.tsx';
import { Panel } from '../shell/page.tsx';
import { EmptyState, Loaded } from '../shell/states.tsx';
import { difference, everyHour, outcomes, pipelineOption } from './pipeline-option.ts';

const spans = [24, 72, 168] as const;
type Span = (typeof spans)[number];

function Verdict({ pipeline }: { pipeline: Pipeline }) {
  const { say, language } = useWords();
  const off = difference(pipeline);
  if (!pipeline.reconciles || off !== 0) {
    return <Alert type="error" showIcon title={say('quality.reconcilesNot', { n: whole(off, language) })} />;
  }
  return (
    <span className="reconciles">
      <CheckCircleOutlined /> {say('quality.reconciles')}
    </span>
  );
}

function Equation({ pipeline }: { pipeline: Pipeline }) {
  const { say, language } = useWords();
  const level = lagLevel(pipeline.lagMs);
  const signs = { stored: '=', duplicate: '+', quarantined: '+', pending: '+' } as const;
  const part = (name: 'accepted' | (typeof outcomes)[number]) => (
    <div className="equation-part" key={name}>
      <dt>{say(`quality.${name}`)}</dt>
      <dd data-testid={`pipeline-${name}`} data-value={pipeline[name]}>
        {whole(pipeline[name], language)}
      </dd>
    </div>
  );
  return (
    <dl className="equation" aria-live="polite">
      {part('accepted')}
      {outcomes.map((name) => (
        <div className="equation-step" key={name}>
          <span aria-hidden="true">{signs[name]}</span>
          {part(name)}
        </div>
      ))}
      <div className={`equation-part lag-${level}`}>
        <dt>{say('quality.lag')}</dt>
        <dd>{pipeline.lagMs === 0 ? say('quality.lagNone') : delayText(pipeline.lagMs, language)}</dd>
      </div>
    </dl>
  );
}

function Hours({ hours, span }: { hours: Pipeline['hours']; span: number }) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const option = useMemo(
    () =>
      pipelineOption(everyHour(hours, span, Date.now()), {
        zone: brand.zone,
        language,
        axisName: say('quality.events'),
        names: {
          stored: say('quality.stored'),
          duplicate: say('quality.duplicate'),
          quarantined: say('quality.quarantined'),
          pending: say('quality.pending'),
        },
      }),
    [hours, span, brand.zone, language, say],
  );
  if (hours.length === 0) return <EmptyState compact title={say('quality.noHours')} />;
  const columns = (['accepted', ...outcomes] as const).map((name) => ({
    title: say(`quality.${name}`),
    align: 'right' as const,
    render: (_: unknown, hour: Pipeline['hours'][number]) => whole(hour[name], language),
  }));
  return (
    <>
      <Chart option={option} label={say('quality.chart')} height={240} />
      <Table
        size="small"
        rowKey="hour"
        dataSource={[...hours].reverse()}
        scroll={{ x: 640, y: 240 }}
        pagination={false}
        columns={[
          {
            title: say('quality.hour', { zone: brand.zone }),
            width: 180,
            render: (_, hour) => <span className="nowrap">{moment(hour.hour, brand.zone, false)}</span>,
          },
          ...columns,
          {
            title: say('quality.difference'),
            align: 'right',
            render: (_, hour) => {
              const off = difference(hour);
              return off === 0 ? '0' : <strong className="off">{whole(off, language)}</strong>;
            },
          },
        ]}
      />
    </>
  );
}

/** Where everything that was received went, hour by hour. */
export function PipelinePanel() {
  const { say } = useWords();
  const [span, setSpan] = useState<Span>(24);
  const pipeline = usePipeline(span);
  const save = () =>
    downloadCsv(
      `pipeline-${span}h.csv`,
      ['hour', 'accepted', ...outcomes, 'difference'],
      (pipeline.data?.hours ?? []).map((hour) => [
        hour.hour,
        hour.accepted,
        ...outcomes.map((name) => hour[name]),
        difference(hour),
      ]),
    );
  return (
    <Panel
      title={say('quality.pipeline')}
      sentence={say('quality.pipelineSentence')}
      extra={
        <>
          <Segmented
            size="small"
            aria-label={say('quality.hoursLabel')}
            value={span}
            onChange={setSpan}
            options={spans.map((one) => ({ value: one, label: say(`quality.hours${one}`) }))}
          />
          <Button size="small" onClick={save}>
            {say('action.exportCsv')}
          </Button>
        </>
      }
    >
      <Loaded query={pipeline} rows={6}>
        {(data) => (
          <div className="stack">
            <Equation pipeline={data} />
            <Verdict pipeline={data} />
            <Hours hours={data.hours} span={span} />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
