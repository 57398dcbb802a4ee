import type { Me } from '@tandem/server/schema/access';
import { createContext, useContext, useMemo } from 'react';
import type { BrandApi } from '../api.ts';
import type { FigureStyle } from '../figures/number.ts';
import { useWords } from '../i18n/words.ts';

export type OpenBrand = Me['brands'][number];

export type Permission =
  | 'brand.manage'
  | 'staff.manage'
  | 'keys.manage'
  | 'imports.run'
  | 'events.read'
  | 'events.manage'
  | 'people.read'
  | 'people.manage'
  | 'people.erase'
  | 'kpi.read'
  | 'targets.write'
  | 'audit.read'
  | 'forecast.read'
  | 'forecast.run'
  | 'forecast.adopt';

export interface BrandSession {
  me: Me;
  brand: OpenBrand;
  api: BrandApi;
  /** Whether the person's role in this brand allows something. */
  can: (permission: Permission) => boolean;
  openBrand: (brandId: string) => void;
}

export const BrandContext = createContext<BrandSession | null>(null);

/** The open brand and what may be done in it; only inside the signed-in part of the console. */
export function useBrand(): BrandSession {
  const session = useContext(BrandContext);
  if (!session) throw new Error('useBrand outside the signed-in layout');
  return session;
}

/** How figures of the open brand read in the chosen language. */
export function useFigureStyle(): (unit: string) => FigureStyle {
  const { brand } = useBrand();
  const { language } = useWords();
  return useMemo(() => {
    // The same object for the same unit, so that charts are drawn again only when something changed.
    const styles = new Map<string, FigureStyle>();
    return (unit: string) => {
      const style = styles.get(unit) ?? { unit, currency: brand.currency, language };
      styles.set(unit, style);
      return style;
    };
  }, [brand.currency, language]);
}
