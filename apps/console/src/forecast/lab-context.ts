import type { Fit, FitResult, Model, ModelSetup, Run } from '@tandem/server/schema/forecast';
import { createContext, useContext, useMemo } from 'react';
import { useBrand, useFigureStyle } from '../access/brand-context.ts';
import type { FigureStyle } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';
import { useCatalogue } from '../metrics/catalogue.ts';
import type { LabTab } from './lab-tab.ts';
import { noWords, unitIn, type Words, wordsIn } from './quantity.ts';

export interface Lab {
  model: Model;
  /** The fit that is looked at: the newest that is done, unless the address names another. */
  fitRun: Run | undefined;
  /** Opens a tab, keeping the model. */
  open: (tab: LabTab) => void;
}

export const LabContext = createContext<Lab | null>(null);

export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (!lab) throw new Error('useLab outside the model lab');
  return lab;
}

/** A fit that is done, with everything that a browser needs to run the model. */
export interface DoneFit extends Fit {
  result: FitResult;
}

export function isDone(fit: Fit | undefined): fit is DoneFit {
  return fit !== undefined && fit.result !== null;
}

/** All that a setup says of its variables in words. */
export function labelsOf(setup: ModelSetup): Map<string, { label: Words; unit: Words }> {
  const none = noWords;
  return new Map<string, { label: Words; unit: Words }>([
    ...(setup.names ?? []).map(({ variable, label }) => [variable, { label, unit: none }] as const),
    ...setup.shown.map((one) => [one.variable, one] as const),
    ...setup.couplings.map((one) => [one.variable, { label: one.label, unit: none }] as const),
    ...setup.observations.map((one) => [one.variable, one] as const),
    ...setup.parameters.map((one) => [one.variable, one] as const),
    ...setup.levers.map((one) => [one.variable, one] as const),
  ]);
}

/** Before the KPI in the name of the proportion between a KPI and its variable. */
const scalePrefix = 'scale:';

/** A variable without words: the last part of its path, underscores as blanks. */
export function bareName(variable: string): string {
  return (variable.split('.').at(-1) ?? variable).replaceAll('_', ' ');
}

/** Names, units and figure styles of everything the lab shows. */
export function useNames() {
  const { model } = useLab();
  const { say, language, both } = useWords();
  const { currency } = useBrand().brand;
  const kpis = useCatalogue().data;
  const figureStyle = useFigureStyle();
  return useMemo(() => {
    const labels = labelsOf(model.setup);
    const observations = new Map(model.setup.observations.map((one) => [one.kpi, one]));
    const catalogue = new Map(kpis?.map((kpi) => [kpi.id, kpi]));
    const unitOf = (unit: Words | undefined) => (unit ? unitIn(unit, currency) : noWords);
    return {
      variable: (name: string) => {
        const scaled = name.startsWith(scalePrefix) ? observations.get(name.slice(scalePrefix.length)) : undefined;
        if (scaled) return say('lab.parameters.scale', { kpi: wordsIn(scaled.label, language) });
        const found = labels.get(name);
        return found ? wordsIn(found.label, language) : bareName(name);
      },
      unit: (name: string) => unitOf(labels.get(name)?.unit),
      /** A unit that a result brings along. */
      unitOf,
      kpi: (id: string) => {
        const kpi = catalogue.get(id);
        if (kpi) return both(kpi.nameEn, kpi.nameZh);
        const found = observations.get(id);
        return found ? wordsIn(found.label, language) : bareName(id);
      },
      /** How a week of a KPI is counted. */
      measure: (id: string) => observations.get(id)?.measure ?? 'total',
      /** How figures of a KPI read; a KPI that the catalogue lacks is a plain number. */
      style: (id: string): FigureStyle => figureStyle(catalogue.get(id)?.unit ?? 'number'),
      kpiUnit: (id: string) => unitOf(observations.get(id)?.unit),
      part: (id: string) => {
        const found = model.setup.parts.find((part) => part.id === id);
        return found ? wordsIn(found.label, language) : bareName(id);
      },
      sector: (id: string) => {
        const found = model.setup.sectors.find((sector) => sector.id === id);
        return found ? wordsIn(found.label, language) : bareName(id);
      },
    };
  }, [model, say, language, both, currency, kpis, figureStyle]);
}

export type Names = ReturnType<typeof useNames>;
