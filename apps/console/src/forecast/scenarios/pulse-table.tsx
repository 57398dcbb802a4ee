import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { SetupLever } from '@tandem/server/schema/forecast';
import { Button, InputNumber } from 'antd';
import type { Step } from '../../charts/steps.ts';
import { useWords } from '../../i18n/words.ts';
import { type Pulse, pulsesOf, stepsOfPulses } from './draft.ts';

interface PulseTableProps {
  lever: SetupLever;
  steps: readonly Step[];
  days: number;
  dayText: (day: number) => string;
  onChange: (steps: readonly Step[] | null) => void;
}

const pulsesMax = 30;

interface CellProps {
  label: string;
  value: number;
  low: number;
  high: number;
  step: number;
  onValue: (value: number) => void;
}

function Cell({ label, value, low, high, step, onValue }: CellProps) {
  return (
    <td>
      <InputNumber
        size="small"
        min={low}
        max={high}
        step={step}
        value={Number(value.toPrecision(6))}
        aria-label={label}
        onChange={(next) => next !== null && onValue(next)}
      />
    </td>
  );
}

/** Windows in which a lever acts that is zero otherwise, such as coupons: when, how long, how strong. */
export function PulseTable({ lever, steps, days, dayText, onChange }: PulseTableProps) {
  const { say } = useWords();
  const pulses = pulsesOf(steps, days);
  const set = (next: readonly Pulse[]) => onChange(next.length === 0 ? [{ day: 0, value: 0 }] : stepsOfPulses(next));
  const change = (index: number, part: Partial<Pulse>) =>
    set(pulses.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const add = () => {
    const last = pulses.at(-1);
    const day = last ? Math.min(days - 1, Math.ceil(last.day + last.hours / 24) + 7) : 7;
    set([...pulses, { day, hours: 3, value: lever.usual > 0 ? lever.usual : (lever.low + lever.high) / 4 }]);
  };
  return (
    <div className="lever-path">
      {pulses.length > 0 && (
        <table className="plain-table step-table">
          <thead>
            <tr>
              <th scope="col">{say('lab.step.day')}</th>
              <th scope="col">{say('lab.step.from')}</th>
              <th scope="col">{say('lab.pulse.hours')}</th>
              <th scope="col">{say('lab.step.value')}</th>
              <th scope="col">
                <span className="sr-only">{say('action.delete')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {pulses.map((pulse, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a pulse is its place; its day changes while it is typed.
              <tr key={index}>
                <Cell
                  label={`${say('lab.step.day')} ${index + 1}`}
                  value={pulse.day}
                  low={0}
                  high={days - 0.125}
                  step={1}
                  onValue={(day) => change(index, { day })}
                />
                <td className="nowrap">{dayText(pulse.day)}</td>
                <Cell
                  label={`${say('lab.pulse.hours')} ${index + 1}`}
                  value={pulse.hours}
                  low={1}
                  high={24 * days}
                  step={1}
                  onValue={(hours) => change(index, { hours })}
                />
                <Cell
                  label={`${say('lab.step.value')} ${index + 1}`}
                  value={pulse.value}
                  low={lever.low}
                  high={lever.high}
                  step={lever.step}
                  onValue={(value) => change(index, { value })}
                />
                <td>
                  <Button
                    size="small"
                    type="text"
                    icon={<DeleteOutlined />}
                    aria-label={`${say('action.delete')} ${index + 1}`}
                    onClick={() => set(pulses.filter((_, at) => at !== index))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button size="small" icon={<PlusOutlined />} disabled={pulses.length >= pulsesMax} onClick={add}>
        {say('lab.pulse.add')}
      </Button>
    </div>
  );
}
