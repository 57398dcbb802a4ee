import type { Kpi, KpiPoint, KpiSeries } from '@tandem/server/schema/metrics';
import { Button, Table, type TableColumnsType } from 'antd';
import { useFigureStyle } from '../access/brand-context.ts';
import { downloadCsv } from '../figures/csv.ts';
import { bucketLabel } from '../figures/date.ts';
import { exactFigure } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { Panel } from '../shell/page.tsx';
import { type Part, usePartName } from './explorer-data.ts';

interface PointsTableProps {
  kpi: Kpi;
  series: KpiSeries;
  split: Part | undefined;
  chosen: KpiPoint | null;
  onPoint: (point: KpiPoint) => void;
}

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

/** The points of the chart as numbers; a line opens the rows behind it. */
export function PointsTable({ kpi, series, split, chosen, onPoint }: PointsTableProps) {
  const { say, language } = useWords();
  const style = useFigureStyle()(kpi.unit);
  const partName = usePartName(split);
  const hasRatio = series.points.some((point) => point.denominator !== undefined);
  const hasInterval = series.points.some((point) => point.low !== undefined);
  const number = (value: number | undefined) => (value === undefined ? '' : plain.format(value));
  const columns: TableColumnsType<KpiPoint> = [
    {
      title: say('explorer.bucket'),
      render: (_, point) => bucketLabel(point.t, series.grain, language),
      className: 'nowrap',
    },
    ...(split ? [{ title: say('explorer.key'), render: (_: unknown, point: KpiPoint) => partName(point) }] : []),
    {
      title: say('explorer.value'),
      align: 'right',
      render: (_, point) => <span className="nowrap">{exactFigure(point.value, style, point.exactMinor)}</span>,
    },
    ...(hasInterval
      ? [
          {
            title: say('explorer.interval'),
            align: 'right' as const,
            render: (_: unknown, point: KpiPoint) =>
              point.low === undefined ? '' : `${exactFigure(point.low, style)} – ${exactFigure(point.high, style)}`,
          },
        ]
      : []),
    ...(hasRatio
      ? [
          {
            title: say('explorer.numerator'),
            align: 'right' as const,
            render: (_: unknown, point: KpiPoint) => number(point.numerator),
          },
          {
            title: say('explorer.denominator'),
            align: 'right' as const,
            render: (_: unknown, point: KpiPoint) => number(point.denominator),
          },
        ]
      : []),
  ];
  const save = () =>
    downloadCsv(
      `${kpi.id}-${series.from}-${series.to}.csv`,
      ['t', 'key', 'label', 'value', 'exact_minor', 'numerator', 'denominator', 'low', 'high'],
      series.points.map((point) => [
        point.t,
        point.key,
        point.key === null ? null : partName(point),
        point.value,
        point.exactMinor,
        point.numerator,
        point.denominator,
        point.low,
        point.high,
      ]),
    );
  return (
    <Panel
      title={say('explorer.points')}
      extra={
        <Button size="small" onClick={save}>
          {say('action.exportCsv')}
        </Button>
      }
    >
      <Table
        size="small"
        rowKey={(point) => `${point.t}|${point.key ?? ''}`}
        columns={columns}
        dataSource={series.points}
        scroll={{ x: 'max-content', y: 360 }}
        pagination={{ pageSize: 100, hideOnSinglePage: true, showSizeChanger: false }}
        rowClassName={(point) => (point === chosen ? 'point-row ant-table-row-selected' : 'point-row')}
        onRow={(point) => ({
          tabIndex: 0,
          onClick: () => onPoint(point),
          onKeyDown: (event) => {
            if (event.key === 'Enter') onPoint(point);
          },
        })}
      />
    </Panel>
  );
}
