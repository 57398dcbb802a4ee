import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { newUuid, type Uuid } from '#lib/id.ts';
import { lockAlone, readGraph } from './identity-store.ts';
import { closeCandidates, cutMerge, findActiveMerge, noteRuling, prepareMerges, writeMerges } from './merge-store.ts';

/** Who decided, why and when. */
export interface Ruling {
  actor: string;
  reason: string;
  atMs: number;
}

/**
 * Merges two surviving persons because a human says so; nothing of either is lost, and it can be undone.
 * @returns id of the merge
 * @throws Refusal `person.not_found`, `person.merge_refused`
 */
export async function mergePersons(tx: Tx, brandId: Uuid, pair: { from: Uuid; into: Uuid }, by: Ruling): Promise<Uuid> {
  const { from, into } = pair;
  if (from === into) throw refuse('person.merge_refused', { detail: 'they are the same person.' });
  await lockAlone(tx, brandId);
  const graph = await readGraph(tx, brandId, [from, into]);
  for (const id of [from, into]) {
    const root = graph.rootOf.get(id);
    if (root === undefined) throw refuse('person.not_found');
    if (root !== id) {
      throw refuse('person.merge_refused', {
        detail: 'one of them was merged before. Open the person it belongs to now.',
      });
    }
  }
  const id = newUuid();
  const movedIdentifiers = graph.roots.get(from)?.identifiers ?? 0;
  const row = { id, from, into, rule: 'human', actor: by.actor, reason: by.reason, movedIdentifiers };
  await writeMerges(tx, brandId, await prepareMerges(tx, brandId, [row]), by.atMs);
  await closeCandidates(tx, brandId, into);
  await noteRuling(tx, brandId);
  return id;
}

/**
 * Undoes a merge: what was `from`, with everyone merged into it before or since, is a person of its own again. Merges
 * further up or down stand, so that merges may be undone in any order; with all undone, everybody is who they were. No
 * rule merges the two again.
 * @returns the persons that are apart again
 * @throws Refusal `person.merge_not_found`
 */
export async function undoMerge(tx: Tx, brandId: Uuid, id: Uuid, by: Ruling): Promise<{ from: Uuid; into: Uuid }> {
  await lockAlone(tx, brandId);
  const merge = await findActiveMerge(tx, brandId, id);
  if (!merge) throw refuse('person.merge_not_found');
  await cutMerge(tx, brandId, merge, by);
  await noteRuling(tx, brandId);
  return { from: merge.from, into: merge.into };
}
