import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, InputNumber } from 'antd';
import { movedStep, type Step, type StepRange, stepsMax, withoutStep, withStep } from '../../charts/steps.ts';
import { useWords } from '../../i18n/words.ts';

interface StepTableProps {
  steps: readonly Step[];
  range: StepRange;
  dayText: (day: number) => string;
  onChange: (steps: Step[]) => void;
}

/** The points of a path as typed values: from which day on, and what then holds. */
export function StepTable({ steps, range, dayText, onChange }: StepTableProps) {
  const { say } = useWords();
  const last = steps.at(-1);
  const add = () => {
    if (!last) return;
    const room = range.days - 1 - last.day;
    onChange(withStep(steps, last.day + Math.max(1, Math.min(28, room)), last.value, range));
  };
  return (
    <>
      <table className="plain-table step-table">
        <thead>
          <tr>
            <th scope="col">{say('lab.step.day')}</th>
            <th scope="col">{say('lab.step.from')}</th>
            <th scope="col">{say('lab.step.value')}</th>
            <th scope="col">
              <span className="sr-only">{say('action.delete')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            <tr key={step.day}>
              <td>
                <InputNumber
                  size="small"
                  min={0}
                  max={range.days - 1}
                  disabled={index === 0}
                  value={step.day}
                  aria-label={`${say('lab.step.day')} ${index + 1}`}
                  onChange={(day) => day !== null && onChange(movedStep(steps, index, day, step.value, range))}
                />
              </td>
              <td className="nowrap">{dayText(step.day)}</td>
              <td>
                <InputNumber
                  size="small"
                  min={range.low}
                  max={range.high}
                  step={range.step}
                  value={step.value}
                  aria-label={`${say('lab.step.value')} ${index + 1}`}
                  onChange={(value) => value !== null && onChange(movedStep(steps, index, step.day, value, range))}
                />
              </td>
              <td>
                {index > 0 && (
                  <Button
                    size="small"
                    type="text"
                    icon={<DeleteOutlined />}
                    aria-label={`${say('action.delete')} ${index + 1}`}
                    onClick={() => onChange(withoutStep(steps, index))}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button
        size="small"
        icon={<PlusOutlined />}
        disabled={steps.length >= stepsMax || (last?.day ?? 0) >= range.days - 1}
        onClick={add}
      >
        {say('lab.step.add')}
      </Button>
    </>
  );
}
