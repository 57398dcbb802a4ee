import type { ModelSetup, Words } from './setup.ts';
import type { LeverPath, ScenarioPlan } from './task.ts';

/** A plan that comes with a model. */
export interface Preset extends Pick<ScenarioPlan, 'levers' | 'couplings'> {
  id: string;
  label: Words;
  note: Words;
}

/** Day and hours of the pulse of the surge: the evening of the eighth day that is forecast. */
const surgeDay = 7;
const surgeHours = { from: 20, to: 23 };

/**
 * Plans to start from: as it is; those that the setup has; and, where it does not bring its own, the surge (every pulse at
 * the middle of its range for one evening) and the plan of the template (every lever at its usual value).
 */
export function presetsOf(setup: ModelSetup): Preset[] {
  const own = setup.presets ?? [];
  const derived = [surgeOf(setup), templatePlanOf(setup)].filter((preset) => preset !== undefined);
  return [asItIs, ...own, ...derived.filter(({ id }) => own.every((preset) => preset.id !== id))].filter(
    ({ id }, at, all) => all.findIndex((preset) => preset.id === id) === at,
  );
}

const asItIs: Preset = {
  id: 'as_it_is',
  label: { en: 'As it is', zh: '维持现状' },
  note: {
    en: 'Every lever goes on as in the last four weeks; planned promotions take place.',
    zh: '各可调项保持最近四周的水平，已计划的促销照常进行。',
  },
  levers: [],
  couplings: [],
};

function surgeOf(setup: ModelSetup): Preset | undefined {
  const pulses = setup.levers.filter(({ kind }) => kind === 'pulse');
  if (pulses.length === 0) return undefined;
  const levers = pulses.map(
    ({ variable, low, high }): LeverPath => ({
      variable,
      steps: [
        { day: 0, value: Math.max(0, low) },
        { day: surgeDay + surgeHours.from / 24, value: (Math.max(0, low) + high) / 2 },
        { day: surgeDay + surgeHours.to / 24, value: Math.max(0, low) },
      ],
    }),
  );
  return {
    id: 'surge',
    label: { en: 'Surge', zh: '集中放量' },
    note: {
      en: 'All pulses at once, for three hours of one evening in the second week.',
      zh: '在第二周的一个晚上，所有脉冲同时进行三小时。',
    },
    levers,
    couplings: [],
  };
}

function templatePlanOf(setup: ModelSetup): Preset | undefined {
  const steady = setup.levers.filter(({ kind }) => kind !== 'pulse');
  if (steady.length === 0) return undefined;
  return {
    id: 'template_plan',
    label: { en: 'Template plan', zh: '模板方案' },
    note: { en: 'Every lever at the value that the template takes as usual.', zh: '各可调项取模板的常用值。' },
    levers: steady.map(({ variable, usual }) => ({ variable, steps: [{ day: 0, value: usual }] })),
    couplings: [],
  };
}
