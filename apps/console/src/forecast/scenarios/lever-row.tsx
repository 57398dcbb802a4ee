import type { SetupLever } from '@tandem/server/schema/forecast';
import { Button, InputNumber, Slider } from 'antd';
import { useState } from 'react';
import { StepChart } from '../../charts/step-chart.tsx';
import { meanOf, type Step, type StepRange } from '../../charts/steps.ts';
import { useWords } from '../../i18n/words.ts';
import { noWords, percent, quantity, type Words, wordsIn } from '../quantity.ts';
import { PulseTable } from './pulse-table.tsx';
import { StepTable } from './step-table.tsx';

export interface LeverRowProps {
  lever: SetupLever;
  /** Its unit, with the brand's currency. */
  unit: Words;
  /** The path that the plan gives it; undefined where it goes on as it was. */
  steps: readonly Step[] | undefined;
  /** What it goes on as without a plan, the mean of the last four weeks. */
  onward: number;
  /** Least and most that the data have seen; undefined where they do not say. */
  seen: { low: number; high: number } | undefined;
  /** Of levers that share a whole: what it comes to. */
  share?: number | undefined;
  days: number;
  /** The calendar day of a day of the plan. */
  dayText: (day: number) => string;
  onChange: (steps: readonly Step[] | null) => void;
}

/** The one value of a path that never changes; undefined of others. */
function constantOf(steps: readonly Step[] | undefined): number | undefined {
  return steps?.length === 1 ? steps[0]?.value : undefined;
}

function Level(props: LeverRowProps & { name: string; range: StepRange }) {
  const { lever, steps, onward, range, name } = props;
  const value = steps === undefined ? onward : (constantOf(steps) ?? meanOf(steps, props.days));
  const set = (next: number | null) => {
    if (next !== null) props.onChange([{ day: 0, value: Math.min(lever.high, Math.max(lever.low, next)) }]);
  };
  return (
    <div className="lever-level">
      <Slider
        min={lever.low}
        max={lever.high}
        step={lever.step}
        value={value}
        onChange={set}
        ariaLabelForHandle={name}
        tooltip={{ open: false }}
        included
      />
      <InputNumber
        size="small"
        min={lever.low}
        max={lever.high}
        step={lever.step}
        value={Number(value.toPrecision(6))}
        onChange={set}
        aria-label={name}
        data-testid={`lever-${lever.variable}`}
        data-range={`${range.low} ${range.high}`}
      />
    </div>
  );
}

/** What the lever comes to, beside what it would be, and where it leaves what the data have seen. */
function LeverNote({ unit, steps, onward, seen, share, days }: LeverRowProps) {
  const { say, language } = useWords();
  const now = quantity(onward, unit, language);
  const values = steps?.map(({ value }) => value) ?? [];
  const outside = seen !== undefined && values.some((value) => value > seen.high || value < Math.min(seen.low, 0));
  return (
    <div className="faint">
      {steps === undefined
        ? say(seen === undefined ? 'lab.lever.usual' : 'lab.lever.asIs', { value: now })
        : say('lab.lever.now', { value: now, mean: quantity(meanOf(steps, days), unit, language) })}
      {share !== undefined &&
        !Number.isNaN(share) &&
        ` · ${say('lab.lever.share', { share: percent(share, language) })}`}
      {steps !== undefined && seen === undefined && <span className="outside"> {say('lab.lever.unseen')}</span>}
      {outside && (
        <span className="outside">
          {' '}
          {say('lab.lever.outside', {
            low: quantity(seen.low, unit, language),
            high: quantity(seen.high, unit, language),
          })}
        </span>
      )}
    </div>
  );
}

/** One lever: a slider and a typed value; opened, its path over time to draw and to type. */
export function LeverRow(props: LeverRowProps) {
  const { lever, steps, onward, days } = props;
  const { say, language } = useWords();
  const [open, setOpen] = useState(false);
  const name = wordsIn(lever.label, language);
  const unit = wordsIn(props.unit, language);
  const range = { low: lever.low, high: lever.high, step: lever.step, days };
  const path = steps ?? [{ day: 0, value: onward }];
  const pulse = lever.kind === 'pulse';
  return (
    <li className="lever" data-testid={`lever-row-${lever.variable}`}>
      <div className="lever-head">
        <span className="lever-name">
          {name} {unit && <span className="faint">{unit}</span>}
        </span>
        <span className="lever-actions">
          <Button size="small" type="text" aria-expanded={open} onClick={() => setOpen(!open)}>
            {say(open ? 'lab.lever.close' : pulse ? 'lab.lever.pulses' : 'lab.lever.overTime')}
          </Button>
          {steps !== undefined && (
            <Button size="small" type="text" onClick={() => props.onChange(null)}>
              {say('lab.lever.reset')}
            </Button>
          )}
        </span>
      </div>
      {!pulse && <Level {...props} name={name} range={range} />}
      <LeverNote {...props} />
      {open && !pulse && (
        <div className="lever-path">
          <StepChart
            label={say('lab.lever.pathOf', { name })}
            steps={path}
            range={range}
            usual={onward}
            text={(value) => quantity(value, noWords, language)}
            dayText={props.dayText}
            onChange={props.onChange}
          />
          <p className="faint">{say('lab.lever.drawHint')}</p>
          <StepTable steps={path} range={range} dayText={props.dayText} onChange={props.onChange} />
        </div>
      )}
      {open && pulse && (
        <PulseTable lever={lever} steps={path} days={days} dayText={props.dayText} onChange={props.onChange} />
      )}
    </li>
  );
}
