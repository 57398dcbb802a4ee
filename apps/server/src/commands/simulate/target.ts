import { refuse } from '#errors.ts';
import type { ApiClient } from '../../client.ts';
import type { Brand, Me } from '../../domains/access/schema.ts';
import type { Pipeline } from '../../domains/events/schema.ts';
import type { Connection } from '../connect.ts';

/** The brand that a simulated history is written to. */
export interface Target {
  api: ApiClient;
  brandId: string;
  name: string;
  zone: string;
  currency: string;
  /** Events that it had before. */
  before: Pipeline;
}

/**
 * Makes a simulated brand, or takes one that is simulated or still empty.
 * @throws ApiError `brand.label_fixed` for a brand with data of its own
 */
export async function openTarget(connection: Connection, wanted: string | undefined): Promise<Target> {
  const brandId =
    wanted ??
    (
      await connection
        .api()
        .send<Brand>('POST', '/brands', { name: 'Simulated brand', currency: 'CNY', label: 'simulated' })
    ).id;
  const { brands } = await connection.api().get<Me>('/me');
  const brand = brands.find(({ id }) => id === brandId);
  if (!brand) throw refuse('brand.not_found', { id: brandId });
  const api = connection.api(brandId);
  const before = await settled(api);
  if (brand.label !== 'simulated') {
    if (before.accepted > 0) throw refuse('brand.label_fixed', { name: brand.name });
    await api.send<Brand>('PATCH', '/brand', { label: 'simulated' });
  }
  return { api, brandId, name: brand.name, zone: brand.zone, currency: brand.currency, before };
}

/** Waits until nothing of the brand is on its way; gives the counts then. */
export async function settled(api: ApiClient, onWait?: (pending: number) => void): Promise<Pipeline> {
  for (;;) {
    const pipeline = await api.get<Pipeline>('/pipeline', { hours: 1 });
    if (pipeline.pending === 0) return pipeline;
    onWait?.(pipeline.pending);
    await new Promise((done) => setTimeout(done, 250));
  }
}
