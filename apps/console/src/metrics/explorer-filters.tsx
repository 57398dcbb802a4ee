import { CloseOutlined, FilterOutlined } from '@ant-design/icons';
import type { Kpi, Split } from '@tandem/server/schema/metrics';
import { useQuery } from '@tanstack/react-query';
import { Button, Popover, Select, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { useWords } from '../i18n/words.ts';
import { byDimension } from './catalogue.ts';
import { type ExplorerState, usePartName } from './explorer-data.ts';
import { filterOf, grains } from './explorer-state.ts';

export type ExplorerChange = Partial<{ kpi: string; grain: string; by: string; filter: string[]; compare: boolean }>;

function KpiSelect(props: { kpis: Kpi[]; value: string; onChange: (id: string) => void }) {
  const { say, both } = useWords();
  return (
    <Select
      className="explorer-kpi"
      data-testid="explorer-kpi"
      aria-label={say('explorer.kpi')}
      value={props.value}
      onChange={props.onChange}
      showSearch={{
        filterOption: (text, option) =>
          `${option?.label ?? ''} ${option && 'find' in option ? option.find : ''}`
            .toLowerCase()
            .includes(text.toLowerCase()),
      }}
      options={byDimension(props.kpis).map((group) => ({
        label: say(`dimension.${group.dimension}`),
        options: group.kpis.map((kpi) => ({
          value: kpi.id,
          label: both(kpi.nameEn, kpi.nameZh),
          find: `${kpi.id} ${kpi.nameEn} ${kpi.nameZh}`,
        })),
      }))}
    />
  );
}

function FilterForm(props: { kpi: Kpi; onAdd: (filter: string) => void }) {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const [split, setSplit] = useState<Split | undefined>(props.kpi.splits[0]);
  const [text, setText] = useState('');
  const partName = usePartName(split);
  const values = useQuery({
    queryKey: ['dimension-values', brand.id, split, text],
    queryFn: async () => (await api.dimensionValues(split ?? '', text)).values,
    enabled: split !== undefined,
    placeholderData: (previous, query) => (query?.queryKey[2] === split ? previous : undefined),
  });
  return (
    <div className="filter-form">
      <Select
        aria-label={say('explorer.by')}
        value={split ?? null}
        onChange={setSplit}
        options={props.kpi.splits.map((one) => ({ value: one, label: say(`split.${one}`) }))}
      />
      <Select
        showSearch={{ filterOption: false, onSearch: setText }}
        aria-label={say('explorer.filterValue')}
        placeholder={say('explorer.filterValue')}
        value={null}
        loading={values.isFetching}
        options={values.data?.map((one) => ({ value: one.key, label: partName(one) })) ?? []}
        onChange={(value: string | null) => split && value && props.onAdd(`${split}:${value}`)}
      />
    </div>
  );
}

function FilterTag(props: { text: string; onRemove: () => void }) {
  const { api, brand } = useBrand();
  const { say } = useWords();
  const filter = filterOf(props.text);
  const partName = usePartName(filter?.split);
  const values = useQuery({
    queryKey: ['dimension-values', brand.id, filter?.split, ''],
    queryFn: async () => (await api.dimensionValues(filter?.split ?? '', '')).values,
    enabled: filter !== null,
    staleTime: 300_000,
  });
  if (!filter) return null;
  const label = values.data?.find((one) => one.key === filter.value)?.label;
  return (
    <Tag closable closeIcon={<CloseOutlined aria-label={say('action.delete')} />} onClose={props.onRemove}>
      {say(`split.${filter.split}`)}:{' '}
      {partName(label === undefined ? { key: filter.value } : { key: filter.value, label })}
    </Tag>
  );
}

interface FiltersProps {
  kpis: Kpi[];
  state: ExplorerState;
  onChange: (change: ExplorerChange) => void;
}

/** KPI, grain, split, filters and comparison in one row. */
export function ExplorerFilters({ kpis, state, onChange }: FiltersProps) {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const { kpi, filter } = state;
  return (
    <div className="explorer-filters">
      <KpiSelect kpis={kpis} value={kpi.id} onChange={(id) => onChange({ kpi: id })} />
      <Select
        aria-label={say('explorer.grain')}
        value={state.grain}
        onChange={(grain) => onChange({ grain })}
        options={grains
          .filter((one) => kpi.grains.includes(one))
          .map((one) => ({ value: one, label: say(`grain.${one}`) }))}
      />
      <Select
        aria-label={say('explorer.by')}
        value={state.by ?? ''}
        onChange={(by) => onChange({ by })}
        disabled={kpi.splits.length === 0}
        options={[
          { value: '', label: say('explorer.byNone') },
          ...kpi.splits.map((one) => ({ value: one, label: say(`split.${one}`) })),
        ]}
        popupMatchSelectWidth={160}
      />
      {kpi.splits.length > 0 && (
        <Popover
          trigger="click"
          open={open}
          onOpenChange={setOpen}
          placement="bottomLeft"
          content={
            <FilterForm
              key={kpi.id}
              kpi={kpi}
              onAdd={(one) => {
                setOpen(false);
                onChange({ filter: [...new Set([...filter, one])].slice(0, 8) });
              }}
            />
          }
        >
          <Button icon={<FilterOutlined />} disabled={filter.length >= 8}>
            {say('explorer.filterAdd')}
          </Button>
        </Popover>
      )}
      {filter.map((one) => (
        <FilterTag
          key={one}
          text={one}
          onRemove={() => onChange({ filter: filter.filter((other) => other !== one) })}
        />
      ))}
      {!state.by && (
        <span className="explorer-compare">
          <Switch
            size="small"
            checked={state.compare}
            aria-label={say('explorer.compare')}
            onChange={(compare) => onChange({ compare })}
          />
          {say('explorer.compare')}
        </span>
      )}
    </div>
  );
}
