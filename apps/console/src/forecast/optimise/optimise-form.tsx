import type { ModelSetup } from '@tandem/server/schema/forecast';
import { Button, Checkbox, InputNumber, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import { useBrand } from '../../access/brand-context.ts';
import { meant } from '../../charts/band-option.ts';
import { currencySign, figure } from '../../figures/number.ts';
import { addMonths } from '../../figures/period.ts';
import { useWords } from '../../i18n/words.ts';
import { quarterName } from '../../metrics/figure-card.tsx';
import { Panel } from '../../shell/page.tsx';
import { useNames } from '../lab-context.ts';
import { wordsIn } from '../quantity.ts';
import { useTargets } from '../targets.ts';
import { type OptimiseForm as Form, faultOf, type Gate, gatesOf } from './request.ts';

interface FormProps {
  form: Form;
  setup: ModelSetup;
  /** First day that is forecast. */
  start: string;
  busy: boolean;
  onChange: (form: Form) => void;
  onRun: () => void;
}

function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <fieldset className="field">
      <legend className="field-label">{label}</legend>
      {children}
      {hint && <div className="faint">{hint}</div>}
    </fieldset>
  );
}

function Gates({ form, setup, start, onChange }: Pick<FormProps, 'form' | 'setup' | 'start' | 'onChange'>) {
  const { say, language } = useWords();
  const names = useNames();
  const end = addMonths(start, form.months);
  const gates = gatesOf(useTargets(start, end), setup.observations, start, end);
  const keyOf = (gate: Gate) => `${gate.kpi} ${gate.quarter}`;
  const chosen = new Set(form.gates.map(keyOf));
  if (gates.length === 0) return <p className="faint">{say('lab.optimise.noGates')}</p>;
  return (
    <div className="gates">
      {gates.map((gate) => {
        const style = names.style(gate.kpi);
        return (
          <Checkbox
            key={keyOf(gate)}
            checked={chosen.has(keyOf(gate))}
            onChange={(event) =>
              onChange({
                ...form,
                gates: event.target.checked
                  ? [...form.gates, gate]
                  : form.gates.filter((one) => keyOf(one) !== keyOf(gate)),
              })
            }
          >
            {say('lab.optimise.gate', {
              kpi: names.kpi(gate.kpi),
              quarter: quarterName(gate.quarter, language),
              value: figure(meant(gate.value, style), style),
            })}
          </Checkbox>
        );
      })}
    </div>
  );
}

function Limits({ form, setup, onChange }: Pick<FormProps, 'form' | 'setup' | 'onChange'>) {
  const { brand } = useBrand();
  const { say, language } = useWords();
  const known = setup.optimise;
  if (!known) return <p className="faint">{say('lab.optimise.noMoney')}</p>;
  return (
    <div className="form-row">
      <InputNumber
        prefix={`${say('lab.optimise.budget')} ${currencySign(brand.currency, language)}`}
        min={0}
        value={form.budget}
        placeholder={say('lab.optimise.noLimit')}
        aria-label={say('lab.optimise.budget')}
        onChange={(budget) => onChange({ ...form, budget })}
        className="limit"
        data-testid="optimise-budget"
      />
      {known.fatigue && (
        <InputNumber
          prefix={say('lab.optimise.fatigue')}
          min={0}
          max={1}
          step={0.05}
          value={form.fatigueMost}
          placeholder={say('lab.optimise.noLimit')}
          aria-label={say('lab.optimise.fatigue')}
          onChange={(fatigueMost) => onChange({ ...form, fatigueMost })}
          className="limit"
        />
      )}
      {known.capacity && (
        <InputNumber
          prefix={say('lab.optimise.sessions')}
          min={0}
          value={form.sessionsPerDayMost}
          placeholder={say('lab.optimise.noLimit')}
          aria-label={say('lab.optimise.sessions')}
          onChange={(sessionsPerDayMost) => onChange({ ...form, sessionsPerDayMost })}
          className="limit"
        />
      )}
    </div>
  );
}

/** What is wanted, with what, within which limits, and how careful. */
export function OptimiseForm(props: FormProps) {
  const { form, setup, onChange } = props;
  const { say, language } = useWords();
  const fault = faultOf(form);
  const goals = (['margin', 'members', 'gates'] as const).filter((goal) => goal === 'gates' || setup.optimise);
  return (
    <Panel title={say('lab.optimise.title')} sentence={say('lab.optimise.sentence')}>
      <div className="fields">
        <Field label={say('lab.optimise.goal')}>
          <Radio.Group
            value={form.goal}
            onChange={(event) => onChange({ ...form, goal: event.target.value })}
            options={goals.map((goal) => ({ value: goal, label: say(`lab.goal.${goal}`) }))}
          />
          {form.goal === 'gates' && <Gates {...props} />}
        </Field>
        <Field label={say('lab.optimise.months')}>
          <Select
            value={form.months}
            aria-label={say('lab.optimise.months')}
            onChange={(months) => onChange({ ...form, months, gates: [] })}
            options={[3, 6, 12].map((months) => ({
              value: months,
              label: say('lab.optimise.monthsOf', { n: months }),
            }))}
          />
        </Field>
        <Field label={say('lab.optimise.levers')} hint={say('lab.optimise.leversHint')}>
          <Select
            mode="multiple"
            value={form.levers}
            maxCount={12}
            aria-label={say('lab.optimise.levers')}
            onChange={(levers) => onChange({ ...form, levers })}
            options={setup.levers.map((lever) => ({ value: lever.variable, label: wordsIn(lever.label, language) }))}
          />
        </Field>
        <Field label={say('lab.optimise.limits')}>
          <Limits {...props} />
        </Field>
        <Field label={say('lab.optimise.risk')} hint={say(`lab.risk.${form.risk}.hint`)}>
          <Radio.Group
            value={form.risk}
            onChange={(event) => onChange({ ...form, risk: event.target.value })}
            options={(['mean', 'cvar'] as const).map((risk) => ({ value: risk, label: say(`lab.risk.${risk}`) }))}
          />
        </Field>
      </div>
      <div className="wizard-bar">
        {fault && <span className="faint">{say(`lab.optimise.fault.${fault}`)}</span>}
        <Button
          type="primary"
          loading={props.busy}
          disabled={fault !== null}
          onClick={props.onRun}
          data-testid="optimise-run"
        >
          {say('lab.optimise.run')}
        </Button>
      </div>
    </Panel>
  );
}
