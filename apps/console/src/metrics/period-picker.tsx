import { DatePicker, Segmented, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useBrand } from '../access/brand-context.ts';
import { addDays, choiceOf, type Period, type PeriodChoice, periodOf } from '../figures/period.ts';
import { useWords } from '../i18n/words.ts';

interface PeriodPickerProps {
  period: Period;
  /** The last day with data; the ready-made periods end with it. */
  lastDay: string;
  firstDay?: string | null;
  choices?: readonly PeriodChoice[];
  onChange: (period: Period) => void;
}

const defaultChoices: readonly PeriodChoice[] = ['7d', '30d', '90d', 'month', 'quarter', 'custom'];

/** Ready-made periods that end with the last day of data, or two days of one's own. */
export function PeriodPicker({ period, lastDay, firstDay, choices = defaultChoices, onChange }: PeriodPickerProps) {
  const { brand } = useBrand();
  const { say } = useWords();
  const [custom, setCustom] = useState(false);
  const found = choiceOf(period, lastDay, firstDay);
  const choice = custom || !choices.includes(found) ? 'custom' : found;
  const options = choices.map((one) => ({ value: one, label: say(`period.${one}`) }));
  const choose = (one: PeriodChoice) => {
    setCustom(one === 'custom');
    if (one !== 'custom') onChange(periodOf(one, lastDay, firstDay));
  };
  const last = addDays(period.to, -1);
  return (
    <fieldset className="period" aria-label={say('period.label')}>
      <Segmented className="period-wide" value={choice} options={options} onChange={choose} />
      <Select
        className="period-narrow"
        value={choice}
        options={options}
        onChange={choose}
        aria-label={say('period.label')}
      />
      {choice === 'custom' && (
        <DatePicker.RangePicker
          value={[dayjs(period.from), dayjs(last)]}
          allowClear={false}
          onChange={(days) => {
            if (days?.[0] && days[1]) {
              onChange({ from: days[0].format('YYYY-MM-DD'), to: addDays(days[1].format('YYYY-MM-DD'), 1) });
            }
          }}
        />
      )}
      <span className="faint">{say('period.range', { from: period.from, to: last, zone: brand.zone })}</span>
    </fieldset>
  );
}
