import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { account, brandApi } from '../api.ts';
import type { BrandSession, OpenBrand } from './brand-context.ts';

const storageKey = 'tandem.brand';

export const meKey = ['me'] as const;

export function useMe() {
  return useQuery({ queryKey: meKey, queryFn: ({ signal }) => account.me(signal), staleTime: 60_000, retry: false });
}

/** The brand that the address names, else the one opened last, else the first. */
export function brandToOpen(brands: readonly OpenBrand[], named: string | undefined, last: string | null) {
  return brands.find((brand) => brand.id === named) ?? brands.find((brand) => brand.id === last) ?? brands[0];
}

export function rememberBrand(brandId: string): void {
  localStorage.setItem(storageKey, brandId);
}

/** The session of the open brand, or null while nobody is known or there is no brand. */
export function useBrandSession(): BrandSession | null {
  const me = useMe().data;
  const named = useSearch({ strict: false }).brand;
  const navigate = useNavigate();
  const brand = me && brandToOpen(me.brands, named, localStorage.getItem(storageKey));
  const openBrand = useCallback(
    (brandId: string) => {
      rememberBrand(brandId);
      void navigate({ to: '/', search: { brand: brandId } });
    },
    [navigate],
  );
  return useMemo(() => {
    if (!me || !brand) return null;
    const rights = new Set(brand.permissions);
    return { me, brand, api: brandApi(brand.id), can: (permission) => rights.has(permission), openBrand };
  }, [me, brand, openBrand]);
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await account.signOut().catch(() => undefined);
    queries.clear();
    await navigate({ to: '/sign-in', search: {} });
  };
}
