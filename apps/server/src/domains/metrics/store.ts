import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

export interface TargetRow {
  kpi: string;
  quarter: string;
  value: number;
}

/** Goals that the brand has set for the quarters of a year. */
export async function targetsOfYear(tx: Tx, brandId: Uuid, year: number): Promise<TargetRow[]> {
  const result = await sql<TargetRow>`
    select kpi, quarter, value from metrics.targets
    where brand_id = ${brandId} and quarter like ${`${year}Q%`} order by kpi, quarter`.execute(tx);
  return result.rows;
}

/** Sets a goal and gives the one that it replaces. */
export async function putTarget(tx: Tx, brandId: Uuid, target: TargetRow, actor: string): Promise<number | null> {
  const before = await targetValue(tx, brandId, target);
  await sql`
    insert into metrics.targets (brand_id, kpi, quarter, value, updated_by)
    values (${brandId}, ${target.kpi}, ${target.quarter}, ${target.value}, ${actor})
    on conflict (brand_id, kpi, quarter) do update
    set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`.execute(tx);
  return before;
}

/** Takes a goal of the brand away, so that the template's holds again; gives the one taken. */
export async function deleteTarget(tx: Tx, brandId: Uuid, target: Omit<TargetRow, 'value'>): Promise<number | null> {
  const before = await targetValue(tx, brandId, target);
  await sql`
    delete from metrics.targets
    where brand_id = ${brandId} and kpi = ${target.kpi} and quarter = ${target.quarter}`.execute(tx);
  return before;
}

async function targetValue(tx: Tx, brandId: Uuid, target: Omit<TargetRow, 'value'>): Promise<number | null> {
  const result = await sql<{ value: number }>`
    select value from metrics.targets
    where brand_id = ${brandId} and kpi = ${target.kpi} and quarter = ${target.quarter} for update`.execute(tx);
  return result.rows[0]?.value ?? null;
}
