import type {
  ApiKey,
  AuditEntry,
  Brand,
  BrandChange,
  CreatedApiKey,
  LinkReply,
  Me,
  NewApiKey,
  NewBrand,
  NewStaff,
  Setup,
  SetupReply,
  SignIn,
  Staff,
  StaffChange,
} from '@tandem/server/schema/access';
import type { Pipeline, QuarantinePage, ReplayReply, ReplayRequest } from '@tandem/server/schema/events';
import type { Import, NewImport, PresetInfo, Preview, PreviewRequest } from '@tandem/server/schema/imports';
import type {
  Cockpit,
  DimensionValues,
  Funnel,
  GmvFactors,
  Kpi,
  KpiExplanation,
  KpiQuery,
  KpiRows,
  KpiSeries,
  Quality,
  Retention,
  TargetChange,
  TargetList,
} from '@tandem/server/schema/metrics';
import type {
  ErasureReply,
  ErasureRequest,
  MergeCandidate,
  NewMerge,
  PeoplePage,
  Person,
  Timeline,
} from '@tandem/server/schema/people';
import type { Static } from 'typebox';
import { ApiError, type Query, request } from './api-request.ts';

export { ApiError };

export interface AuditPage {
  entries: AuditEntry[];
  next: string | null;
}

type Range = { from: string; to: string };
type FactorQuery = Range & { compareFrom?: string; compareTo?: string };

const at = encodeURIComponent;

/** Routes that need no brand: sign-in, who is here, new brands. */
export const account = {
  signIn: (body: Static<typeof SignIn>) => request<void>('POST', '/auth/sign-in', { body }),
  signOut: () => request<void>('POST', '/auth/sign-out', {}),
  openLink: (token: string) => request<Static<typeof LinkReply>>('POST', '/auth/link', { body: { token } }),
  setup: (body: Static<typeof Setup>) => request<Static<typeof SetupReply>>('POST', '/auth/setup', { body }),
  me: (signal?: AbortSignal) => request<Me>('GET', '/me', { signal }),
  addBrand: (body: NewBrand) => request<Brand>('POST', '/brands', { body }),
  /** A brand of its own for the sample, with the sample on its way into it. */
  newSampleBrand: async () => {
    const { brandId } = await request<{ brandId: string }>('POST', '/samples/online-retail/brand', {});
    await request<Import>('POST', '/samples/online-retail', { brandId });
    return { brandId };
  },
};

/** All routes of one brand. Each call names the brand in the header `Tandem-Brand`. */
export function brandApi(brandId: string) {
  const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    request<T>('GET', path, { brandId, query, signal });
  const send = <T>(method: string, path: string, body?: unknown) => request<T>(method, path, { brandId, body });
  return {
    changeBrand: (body: Static<typeof BrandChange>) => send<Brand>('PATCH', '/brand', body),
    staff: () => get<{ staff: Staff[] }>('/staff'),
    addStaff: (body: Static<typeof NewStaff>) => send<Staff>('POST', '/staff', body),
    changeStaff: (userId: string, body: Static<typeof StaffChange>) =>
      send<Staff>('PATCH', `/staff/${at(userId)}`, body),
    removeStaff: (userId: string) => send<void>('DELETE', `/staff/${at(userId)}`),
    keys: () => get<{ keys: ApiKey[] }>('/keys'),
    addKey: (body: Static<typeof NewApiKey>) => send<Static<typeof CreatedApiKey>>('POST', '/keys', body),
    revokeKey: (id: string) => send<void>('DELETE', `/keys/${at(id)}`),
    audit: (query: { limit?: number; cursor?: string }) => get<AuditPage>('/audit', query),

    kpis: () => get<{ kpis: Kpi[] }>('/kpis'),
    cockpit: (range: Range, signal?: AbortSignal) => get<Cockpit>('/cockpit', range, signal),
    series: (id: string, query: KpiQuery, signal?: AbortSignal) => get<KpiSeries>(`/kpis/${at(id)}`, query, signal),
    explain: (id: string, query: KpiQuery) => get<Static<typeof KpiExplanation>>(`/kpis/${at(id)}/explain`, query),
    rows: (id: string, query: KpiQuery & { cursor?: string }, signal?: AbortSignal) =>
      get<KpiRows>(`/kpis/${at(id)}/rows`, query, signal),
    retention: (query: Range & { grain?: 'week' | 'month'; basis?: 'order' | 'activity' }) =>
      get<Static<typeof Retention>>('/retention', query),
    funnel: (query: Range & { session?: string }) => get<Static<typeof Funnel>>('/funnel', query),
    gmvFactors: (query: FactorQuery) => get<GmvFactors>('/gmv-factors', query),
    targets: (year: number) => get<Static<typeof TargetList>>('/targets', { year }),
    setTarget: (body: Static<typeof TargetChange>) => send<unknown>('PUT', '/targets', body),
    dimensionValues: (split: string, q: string) =>
      get<Static<typeof DimensionValues>>('/dimension-values', { split, q: q || undefined }),
    quality: (range: Range) => get<Quality>('/quality', range),

    pipeline: (hours: number) => get<Pipeline>('/pipeline', { hours }),
    quarantine: (query: { limit?: number; cursor?: string }) =>
      get<Static<typeof QuarantinePage>>('/events/quarantine', query),
    replay: (body: Static<typeof ReplayRequest>) =>
      send<Static<typeof ReplayReply>>('POST', '/events/quarantine/replay', body),

    presets: () => get<{ presets: PresetInfo[] }>('/imports/presets'),
    preview: (body: Static<typeof PreviewRequest>) => send<Preview>('POST', '/imports/preview', body),
    startImport: (body: Static<typeof NewImport>) => send<Import>('POST', '/imports', body),
    imports: () => get<{ imports: Import[] }>('/imports'),
    import: (id: string) => get<Import>(`/imports/${at(id)}`),
    cancelImport: (id: string) => send<Import>('POST', `/imports/${at(id)}/cancel`),
    loadSample: () => send<Import>('POST', '/samples/online-retail'),

    people: (query: { q?: string; limit?: number; cursor?: string }) =>
      get<Static<typeof PeoplePage>>('/people', query),
    person: (id: string) => get<Person>(`/people/${at(id)}`),
    timeline: (id: string, query: { limit?: number; cursor?: string }) =>
      get<Static<typeof Timeline>>(`/people/${at(id)}/timeline`, query),
    exportPerson: (id: string) => get<unknown>(`/people/${at(id)}/export`),
    erasePerson: (id: string, body: Static<typeof ErasureRequest>) =>
      send<Static<typeof ErasureReply>>('POST', `/people/${at(id)}/erase`, body),
    merge: (body: Static<typeof NewMerge>) => send<unknown>('POST', '/people/merges', body),
    undoMerge: (id: string) => send<unknown>('POST', `/people/merges/${at(id)}/undo`),
    mergeCandidates: () => get<{ candidates: Static<typeof MergeCandidate>[] }>('/people/merge-candidates'),
    dismissCandidate: (id: string) => send<void>('POST', `/people/merge-candidates/${at(id)}/dismiss`),
  };
}

export type BrandApi = ReturnType<typeof brandApi>;
