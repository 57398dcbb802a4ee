import type { ClickHouse } from '#adapters/clickhouse.ts';
import type { Db, Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';
import type { ResultCache } from './cache.ts';

/** What metrics needs to know of a brand. */
export interface MetricsBrand {
  id: Uuid;
  currency: string;
  zone: string;
}

/** What the composition root hands to metrics. */
export interface MetricsDeps {
  db: Pick<Db, 'brand'>;
  ch: Pick<ClickHouse, 'rows'>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Names of the keys of a split, or numbers of orders, from the domains that own them; a key without a name is missing. */
  names(brandId: Uuid, kind: string, keys: readonly string[]): Promise<Map<string, string>>;
  /** A number that changes whenever events or merges of the brand change; results are kept until then. */
  dataVersion(brandId: Uuid): Promise<number>;
  /** Writes the audit trail inside the caller's transaction. */
  audit(
    tx: Tx,
    brandId: Uuid,
    fact: { actor: string; action: string; subject: string; detail?: unknown },
  ): Promise<void>;
  cache: ResultCache;
}
