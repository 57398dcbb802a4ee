import type { Tx } from '#adapters/postgres.ts';
import type { Deps } from '#deps.ts';
import { publicId, type Uuid } from '#lib/id.ts';
import { type IdentifierRow, membersOf, mergesOf, readPersons, traitsOf } from './store.ts';
import { readEvents, readOrderIds, type TimelineCursor } from './timeline.ts';

/** Whom a question about personal data is about. */
export interface PersonalSubject {
  personIds: readonly Uuid[];
  identifiers: readonly IdentifierRow[];
  /** Public ids of the orders that the person's events name. */
  orderIds: readonly string[];
}

/** What another domain holds of a person; `name` is the key in the export. */
export interface PersonalData {
  name: string;
  read: (tx: Tx, brandId: Uuid, subject: PersonalSubject) => Promise<unknown>;
}

const eventsAtOnce = 2_000;
const allIdentifiers = 100_000;

export interface ExportDeps extends Pick<Deps, 'db' | 'ch' | 'now'> {
  personalData: readonly PersonalData[];
}

/**
 * Everything that is kept of a person, as pieces of one JSON document; events are read page by page, so that the length
 * of a history does not matter. Undefined when there is no such person.
 */
export async function exportPerson(
  deps: ExportDeps,
  brandId: Uuid,
  id: Uuid,
): Promise<{ rootId: Uuid; json: AsyncIterable<string> } | undefined> {
  const { db, ch } = deps;
  const kept = await db.brand(brandId, async (tx) => {
    const members = await membersOf(tx, brandId, id);
    if (!members) return undefined;
    const { rootId, memberIds } = members;
    const person = (await readPersons(tx, brandId, [rootId], allIdentifiers)).get(rootId)!;
    return {
      rootId,
      memberIds,
      person,
      traits: await traitsOf(tx, brandId, rootId, memberIds),
      merges: await mergesOf(tx, brandId, memberIds),
    };
  });
  if (!kept) return undefined;
  const { rootId, memberIds, person, traits, merges } = kept;
  const orderIds = await readOrderIds(ch, brandId, memberIds);
  const subject = { personIds: memberIds, identifiers: person.identifiers, orderIds };
  const others = await db.brand(brandId, async (tx) => {
    const data: Record<string, unknown> = {};
    for (const { name, read } of deps.personalData) data[name] = await read(tx, brandId, subject);
    return data;
  });
  const head = {
    exportedAt: new Date(deps.now()).toISOString(),
    person: {
      id: publicId('per', rootId),
      mergedPersons: memberIds.filter((member) => member !== rootId).map((member) => publicId('per', member)),
      displayName: person.displayName,
      firstSeenAt: person.firstSeenAt,
      lastSeenAt: person.lastSeenAt,
    },
    identifiers: person.identifiers,
    traits,
    merges: merges.map((merge) => ({
      ...merge,
      id: publicId('mrg', merge.id),
      from: publicId('per', merge.from),
      into: publicId('per', merge.into),
    })),
    data: others,
  };
  return { rootId, json: pieces(deps, brandId, memberIds, head) };
}

async function* pieces(
  { ch }: Pick<ExportDeps, 'ch'>,
  brandId: Uuid,
  personIds: readonly Uuid[],
  head: Record<string, unknown>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "events": [`;
  let cursor: TimelineCursor | undefined;
  for (let first = true; ; ) {
    const rows = await readEvents(ch, brandId, personIds, { cursor, limit: eventsAtOnce });
    for (const { ms, amount, quantity, props, ...row } of rows) {
      const filled = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));
      const event = {
        ...filled,
        occurredAt: new Date(Number(ms)).toISOString(),
        quantity: Number(quantity),
        ...(row.currency !== '' && { amountMinor: amount }),
        ...(props !== '' && { props: JSON.parse(props) as unknown }),
      };
      yield `${first ? '' : ','}\n    ${JSON.stringify(event)}`;
      first = false;
    }
    if (rows.length < eventsAtOnce) break;
    const last = rows.at(-1)!;
    cursor = { occurredMs: Number(last.ms), eventId: last.id };
  }
  yield '\n  ]\n}\n';
}
