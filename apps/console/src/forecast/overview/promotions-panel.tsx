import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { Promotions } from '@tandem/server/schema/forecast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Input, InputNumber } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { useWords } from '../../i18n/words.ts';
import { errorSentence } from '../../shell/errors.ts';
import { Panel } from '../../shell/page.tsx';
import { EmptyState, Loaded } from '../../shell/states.tsx';
import { useLabApi } from '../lab-data.ts';
import { entriesOf, faultOf, type PromotionRow, rowsOf } from './promotion-rows.ts';

interface RowProps {
  row: PromotionRow;
  editable: boolean;
  onChange: (row: PromotionRow) => void;
  onRemove: () => void;
}

function EditRow({ row, editable, onChange, onRemove }: RowProps) {
  const { say } = useWords();
  const fault = faultOf(row);
  const label = row.name || say('lab.promotions.unnamed');
  const picker = (which: 'first' | 'last') => (
    <DatePicker
      size="small"
      disabled={!editable}
      value={row[which] === null ? null : dayjs(row[which])}
      onChange={(day) => onChange({ ...row, [which]: day ? day.format('YYYY-MM-DD') : null })}
      aria-label={`${label} ${say(which === 'first' ? 'period.from' : 'period.to')}`}
    />
  );
  return (
    <li className="promotion">
      <Input
        size="small"
        value={row.name}
        disabled={!editable}
        maxLength={120}
        placeholder={say('lab.promotions.name')}
        aria-label={say('lab.promotions.name')}
        onChange={(event) => onChange({ ...row, name: event.target.value })}
      />
      {picker('first')}
      {picker('last')}
      <InputNumber
        size="small"
        value={row.depthPercent}
        disabled={!editable}
        min={0}
        max={100}
        suffix="%"
        aria-label={`${label} ${say('lab.promotions.depth')}`}
        onChange={(depthPercent) => onChange({ ...row, depthPercent })}
      />
      {editable && (
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          aria-label={`${say('action.delete')} ${label}`}
          onClick={onRemove}
        />
      )}
      {fault && <span className="field-fault">{say(`lab.promotions.fault.${fault}`)}</span>}
    </li>
  );
}

function Editor({ promotions }: { promotions: Promotions }) {
  const api = useLabApi();
  const { brand, can } = useBrand();
  const { say, language } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [rows, setRows] = useState(() => rowsOf(promotions.promotions));
  const [touched, setTouched] = useState(false);
  const editable = can('forecast.run');
  const change = (next: PromotionRow[]) => {
    setRows(next);
    setTouched(true);
  };
  const save = useMutation({
    mutationFn: () => api.setPromotions({ promotions: entriesOf(rows) }),
    onSuccess: async () => {
      setTouched(false);
      void message.success(say('lab.promotions.saved'));
      await queries.invalidateQueries({ queryKey: ['lab-promotions', brand.id] });
    },
    onError: (error) => message.error(errorSentence(error, say, language)),
  });
  const add = () =>
    change([...rows, { key: crypto.randomUUID(), name: '', first: null, last: null, depthPercent: 10 }]);
  return (
    <>
      {rows.length === 0 && <EmptyState compact title={say('lab.promotions.none')} />}
      {rows.length > 0 && (
        <div className="promotion promotion-head" aria-hidden="true">
          <span>{say('lab.promotions.name')}</span>
          <span>{say('lab.promotions.first')}</span>
          <span>{say('lab.promotions.last')}</span>
          <span>{say('lab.promotions.depth')}</span>
        </div>
      )}
      <ul className="promotions">
        {rows.map((row) => (
          <EditRow
            key={row.key}
            row={row}
            editable={editable}
            onChange={(next) => change(rows.map((one) => (one.key === row.key ? next : one)))}
            onRemove={() => change(rows.filter((one) => one.key !== row.key))}
          />
        ))}
      </ul>
      {editable && (
        <div className="wizard-bar">
          {touched && <span className="faint">{say('lab.promotions.unsaved')}</span>}
          <Button icon={<PlusOutlined />} onClick={add} disabled={rows.length >= 1_000}>
            {say('lab.promotions.add')}
          </Button>
          <Button
            disabled={!touched || rows.some((row) => faultOf(row) !== null)}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {say('action.save')}
          </Button>
        </div>
      )}
    </>
  );
}

/** Promotion days, past and planned: without them a fit takes a sale for growth. */
export function PromotionsPanel() {
  const api = useLabApi();
  const { brand } = useBrand();
  const { say } = useWords();
  const promotions = useQuery({ queryKey: ['lab-promotions', brand.id], queryFn: () => api.promotions() });
  return (
    <Panel title={say('lab.promotions.title')} sentence={say('lab.promotions.sentence')}>
      <Loaded query={promotions} rows={2}>
        {(data) => <Editor promotions={data} />}
      </Loaded>
    </Panel>
  );
}
