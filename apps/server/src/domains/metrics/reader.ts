import { mergeHops, namesPersons, type Statement, scoped } from './brand-scope.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';

/** Runs statements on behalf of one brand. */
export interface Reader {
  brand: MetricsBrand;
  /** The brand's data version when the reader was opened. */
  version: number;
  /** A statement as it is sent, with its brand. */
  bind(statement: Statement): Promise<Statement>;
  rows<Row>(statement: Statement): Promise<Row[]>;
}

/** Opens a reader: the only way by which metrics reaches ClickHouse. */
export async function openReader(
  deps: Pick<MetricsDeps, 'ch' | 'cache' | 'dataVersion'>,
  brand: MetricsBrand,
): Promise<Reader> {
  const version = await deps.dataVersion(brand.id);
  let hops: Promise<number> | undefined;
  // Only queries about persons have to know whether any were merged, and one look is enough for a request.
  const bind = async (statement: Statement) => {
    if (!namesPersons(statement)) return scoped(statement, brand.id, 0);
    hops ??= deps.cache.get(`${brand.id} merges`, version, () => mergeHops(deps.ch, brand.id));
    return scoped(statement, brand.id, await hops);
  };
  return {
    brand,
    version,
    bind,
    async rows<Row>(statement: Statement) {
      const { sql, params } = await bind(statement);
      return deps.ch.rows<Row>(sql, params);
    },
  };
}

/** A reader that also notes, once each, the statements it runs as they are sent. */
export function tracing(reader: Reader): { reader: Reader; statements: Statement[] } {
  const statements: Statement[] = [];
  return {
    statements,
    reader: {
      ...reader,
      async rows(statement) {
        const sent = await reader.bind(statement);
        if (!statements.some((known) => known.sql === sent.sql)) statements.push(sent);
        return reader.rows(statement);
      },
    },
  };
}
