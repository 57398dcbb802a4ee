import { sql } from 'kysely';
import type { Tx } from '#adapters/postgres.ts';
import type { Uuid } from '#lib/id.ts';

const statementBytesMax = 8e6;

/** Some of the points of an ensemble. */
export interface Part {
  number: number;
  /** Number of its first run in the ensemble. */
  firstRun: number;
  /** Doubles, little-endian. */
  points: Buffer;
}

export async function insertBatch(
  tx: Tx,
  brandId: Uuid,
  batch: { id: Uuid; runId: Uuid; task: Buffer },
  parts: readonly Part[],
): Promise<void> {
  await sql`
    insert into forecast.batches (brand_id, id, run_id, task) values (${brandId}, ${batch.id}, ${batch.runId}, ${batch.task})`.execute(
    tx,
  );
  for (const some of slicesOf(parts)) {
    await sql`
      insert into forecast.parts (brand_id, batch_id, number, first_run, points)
      select ${brandId}, ${batch.id}, * from unnest(
        ${some.map(({ number }) => number)}::integer[], ${some.map(({ firstRun }) => firstRun)}::integer[],
        ${some.map(({ points }) => points)}::bytea[])`.execute(tx);
  }
}

/** Parts in statements of a bounded size: the driver writes all points of one as a single text of twice their length. */
function slicesOf(parts: readonly Part[]): Part[][] {
  const slices: Part[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (bytes + part.points.byteLength > statementBytesMax) {
      slices.push([]);
      bytes = 0;
    }
    slices.at(-1)!.push(part);
    bytes += part.points.byteLength;
  }
  return slices;
}

/** What the runs of a batch are of; undefined when the batch is over. */
export async function batchTask(tx: Tx, brandId: Uuid, batchId: Uuid): Promise<Buffer | undefined> {
  const { rows } = await sql<{ task: Buffer }>`
    select task from forecast.batches where brand_id = ${brandId} and id = ${batchId}`.execute(tx);
  return rows[0]?.task;
}

/**
 * Takes a part that nobody works on, and holds it until the transaction ends: when the process dies, its connection
 * does too, and the part is free again.
 */
export async function takePart(tx: Tx, brandId: Uuid, batchId: Uuid): Promise<Part | undefined> {
  const { rows } = await sql<Part>`
    select number, first_run as "firstRun", points from forecast.parts
    where brand_id = ${brandId} and batch_id = ${batchId} and "values" is null and failure is null
    order by number limit 1 for update skip locked`.execute(tx);
  return rows[0];
}

export async function finishPart(
  tx: Tx,
  brandId: Uuid,
  batchId: Uuid,
  number: number,
  made: { values: Buffer | null; failure: string | null; madeBy: string },
): Promise<void> {
  await sql`
    update forecast.parts set "values" = ${made.values}, failure = ${made.failure}, made_by = ${made.madeBy}
    where brand_id = ${brandId} and batch_id = ${batchId} and number = ${number}`.execute(tx);
}

export async function batchState(
  tx: Tx,
  brandId: Uuid,
  batchId: Uuid,
): Promise<{ open: number; done: number; failure: string | null }> {
  const { rows } = await sql<{ open: number; done: number; failure: string | null }>`
    select count(*) filter (where "values" is null and failure is null) as open,
      count(*) filter (where "values" is not null) as done, min(failure) as failure
    from forecast.parts where brand_id = ${brandId} and batch_id = ${batchId}`.execute(tx);
  return rows[0] ?? { open: 0, done: 0, failure: null };
}

/** The values of all parts in their order, and who made how many. */
export async function batchValues(tx: Tx, brandId: Uuid, batchId: Uuid): Promise<{ values: Buffer; madeBy: string }[]> {
  const { rows } = await sql<{ values: Buffer; madeBy: string }>`
    select "values", made_by as "madeBy" from forecast.parts
    where brand_id = ${brandId} and batch_id = ${batchId} order by number`.execute(tx);
  return rows;
}

export async function deleteBatch(tx: Tx, brandId: Uuid, batchId: Uuid): Promise<void> {
  await sql`delete from forecast.batches where brand_id = ${brandId} and id = ${batchId}`.execute(tx);
}

/** Batches of a run that its process left behind when it died. */
export async function deleteBatchesOf(tx: Tx, brandId: Uuid, runId: Uuid): Promise<void> {
  await sql`delete from forecast.batches where brand_id = ${brandId} and run_id = ${runId}`.execute(tx);
}

/** Batches that are open, for workers that look for something to do. */
export async function openBatches(tx: Tx): Promise<{ brandId: Uuid; id: Uuid }[]> {
  const { rows } = await sql<{ brandId: Uuid; id: Uuid }>`
    select brand_id as "brandId", id from forecast.batches b where exists (
      select from forecast.parts p where p.brand_id = b.brand_id and p.batch_id = b.id
        and p."values" is null and p.failure is null)
    order by created_at limit 100`.execute(tx);
  return rows;
}
