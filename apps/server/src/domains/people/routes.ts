import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { majorOf } from '#lib/money.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type ErasureDeps, erasePerson } from './erasure.ts';
import { searchOf } from './lookup.ts';
import { mergePersons, undoMerge } from './merge.ts';
import { deliverOverrides } from './override-delivery.ts';
import { type ExportDeps, exportPerson } from './portability.ts';
import {
  CandidatePage,
  ErasureReply,
  ErasureRequest,
  MergeReply,
  MergeUndone,
  NewMerge,
  PeoplePage,
  PeopleQuery,
  Person,
  type PersonSummary,
  Timeline,
  TimelineQuery,
} from './schema.ts';
import {
  countPeople,
  dismissCandidate,
  listPeople,
  membersOf,
  mergesOf,
  openCandidates,
  type PersonRow,
  readPersons,
  traitsOf,
} from './store.ts';
import { type Names, readEvents, readTotals, timelineEntries } from './timeline.ts';

export interface PeopleRoutesDeps extends ErasureDeps, ExportDeps {
  names: Names;
}

const strict = { additionalProperties: false };
const PersonParams = Type.Object({ id: Type.String({ maxLength: 40 }) }, strict);
const Nothing = Type.Object({}, strict);
const shownIdentifiers = 500;
const shownCandidates = 100;

/** The routes below `/people`. */
export function peopleRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(listRoutes(deps));
    await app.register(personRoutes(deps));
    await app.register(timelineRoutes(deps));
    await app.register(mergeRoutes(deps));
    await app.register(candidateRoutes(deps));
    await app.register(privacyRoutes(deps));
  };
}

function listRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db } = deps;
  return async (app) => {
    app.get(
      '/people',
      {
        config: { access: 'people.read' },
        schema: { summary: 'Persons, latest activity first', querystring: PeopleQuery, response: { 200: PeoplePage } },
      },
      async (request) => {
        const { q = '', limit = 50, cursor } = request.query;
        const brandId = request.access.brand.id;
        const search = searchOf(q);
        const after = cursor === undefined ? undefined : readCursor(cursor);
        const { people, total } = await db.brand(brandId, async (tx) => ({
          people: await listPeople(tx, brandId, {
            search,
            cursor: after && { activeMs: after.ms, id: after.id },
            limit: limit + 1,
          }),
          total: await countPeople(tx, brandId, search),
        }));
        const page = people.slice(0, limit);
        const last = people.length > limit ? page.at(-1) : undefined;
        return { people: page.map(summaryOf), next: last ? writeCursor(last.activeMs, last.id) : null, total };
      },
    );
  };
}

function personRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, ch } = deps;
  return async (app) => {
    app.get(
      '/people/:id',
      {
        config: { access: 'people.read' },
        schema: {
          summary: 'One person; the id of a merged person answers with the person it belongs to now',
          params: PersonParams,
          querystring: Nothing,
          response: { 200: Person },
        },
      },
      async (request) => {
        const { brand } = request.access;
        const kept = await db.brand(brand.id, async (tx) => {
          const { rootId, memberIds } = await requireMembers(tx, brand.id, request.params.id);
          return {
            memberIds,
            person: (await readPersons(tx, brand.id, [rootId], shownIdentifiers)).get(rootId)!,
            traits: await traitsOf(tx, brand.id, rootId, memberIds),
            merges: await mergesOf(tx, brand.id, memberIds),
          };
        });
        const { orders, gmvMinor, events } = await readTotals(ch, brand.id, kept.memberIds);
        return {
          ...summaryOf(kept.person),
          traits: kept.traits,
          merges: kept.merges.map((merge) => ({
            id: publicId('mrg', merge.id),
            from: publicId('per', merge.from),
            into: publicId('per', merge.into),
            rule: merge.rule,
            actor: merge.actor,
            reason: merge.reason,
            movedIdentifiers: merge.moved,
            at: merge.at.toISOString(),
            undoneAt: merge.undoneAt?.toISOString() ?? null,
          })),
          totals: { orders, spend: majorOf(gmvMinor, brand.currency), exactMinor: gmvMinor.toString(), events },
        };
      },
    );
  };
}

function timelineRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, ch } = deps;
  return async (app) => {
    app.get(
      '/people/:id/timeline',
      {
        config: { access: 'people.read' },
        schema: {
          summary: 'What a person did, newest first, with everyone merged into it',
          params: PersonParams,
          querystring: TimelineQuery,
          response: { 200: Timeline },
        },
      },
      async (request) => {
        const brandId = request.access.brand.id;
        const { limit = 100, cursor } = request.query;
        const after = cursor === undefined ? undefined : readCursor(cursor);
        const { memberIds } = await db.brand(brandId, (tx) => requireMembers(tx, brandId, request.params.id));
        const rows = await readEvents(ch, brandId, memberIds, {
          cursor: after && { occurredMs: after.ms, eventId: after.id },
          limit: limit + 1,
        });
        const page = rows.slice(0, limit);
        const last = rows.length > limit ? page.at(-1) : undefined;
        const entries = await timelineEntries(brandId, page, deps.names);
        return { entries, next: last ? writeCursor(Number(last.ms), last.id) : null };
      },
    );
  };
}

function mergeRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, now, audit, log } = deps;
  // The merge stands once it is committed; a scheduled run repeats the delivery if this one fails.
  const tell = () =>
    deliverOverrides(deps).catch((err) => log.warn({ err }, 'merges will reach the figures a little later'));
  return async (app) => {
    app.post(
      '/people/merges',
      {
        config: { access: 'people.manage' },
        schema: { summary: 'Merge two persons', body: NewMerge, querystring: Nothing, response: { 200: MergeReply } },
      },
      async (request) => {
        const { brand, actor } = request.access;
        const { reason } = request.body;
        const [from, into] = [uuidOf('per', request.body.from), uuidOf('per', request.body.into)];
        if (!from || !into) throw refuse('person.not_found');
        const id = await db.brand(brand.id, async (tx) => {
          const merge = await mergePersons(tx, brand.id, { from, into }, { actor, reason, atMs: now() });
          const detail = { merge: publicId('mrg', merge), from: request.body.from, reason };
          await audit(tx, brand.id, { actor, action: 'person.merged', subject: request.body.into, detail });
          return merge;
        });
        await tell();
        return { id: publicId('mrg', id) };
      },
    );
    app.post(
      '/people/merges/:id/undo',
      {
        config: { access: 'people.manage' },
        schema: {
          summary: 'Undo a merge; merges may be undone in any order',
          params: PersonParams,
          querystring: Nothing,
          response: { 200: MergeUndone },
        },
      },
      async (request) => {
        const { brand, actor } = request.access;
        const id = uuidOf('mrg', request.params.id);
        if (!id) throw refuse('person.merge_not_found');
        const apart = await db.brand(brand.id, async (tx) => {
          const pair = await undoMerge(tx, brand.id, id, { actor, reason: 'undone by hand', atMs: now() });
          const detail = { from: publicId('per', pair.from), into: publicId('per', pair.into) };
          await audit(tx, brand.id, { actor, action: 'person.merge_undone', subject: request.params.id, detail });
          return detail;
        });
        await tell();
        return apart;
      },
    );
  };
}

function candidateRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, audit } = deps;
  return async (app) => {
    app.get(
      '/people/merge-candidates',
      {
        config: { access: 'people.read' },
        schema: {
          summary: 'Pairs of persons that events tie together and that no rule merges',
          querystring: Nothing,
          response: { 200: CandidatePage },
        },
      },
      async (request) => {
        const brandId = request.access.brand.id;
        const { candidates, persons } = await db.brand(brandId, async (tx) => {
          const candidates = await openCandidates(tx, brandId, shownCandidates);
          const ids = [...new Set(candidates.flatMap(({ a, b }) => [a, b]))];
          return { candidates, persons: await readPersons(tx, brandId, ids, 20) };
        });
        return {
          candidates: candidates.map(({ id, a, b, evidence, seenAt }) => ({
            id: publicId('mrg', id),
            a: summaryOf(persons.get(a)!),
            b: summaryOf(persons.get(b)!),
            evidence,
            seenAt: seenAt.toISOString(),
          })),
        };
      },
    );
    app.post(
      '/people/merge-candidates/:id/dismiss',
      {
        config: { access: 'people.manage' },
        schema: {
          summary: 'Say that a pair is two different persons',
          params: PersonParams,
          querystring: Nothing,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { brand, actor } = request.access;
        const id = uuidOf('mrg', request.params.id);
        await db.brand(brand.id, async (tx) => {
          const pair = id && (await dismissCandidate(tx, brand.id, id));
          if (!pair) throw refuse('person.merge_not_found');
          const detail = { a: publicId('per', pair.a), b: publicId('per', pair.b) };
          await audit(tx, brand.id, {
            actor,
            action: 'person.candidate_dismissed',
            subject: request.params.id,
            detail,
          });
        });
        return reply.code(204).send(null);
      },
    );
  };
}

function privacyRoutes(deps: PeopleRoutesDeps): FastifyPluginAsyncTypebox {
  const { db, audit } = deps;
  return async (app) => {
    app.get(
      '/people/:id/export',
      {
        config: { access: 'people.manage' },
        schema: {
          summary: 'Everything kept of one person, as JSON',
          params: PersonParams,
          querystring: Nothing,
          response: { 200: Type.Unknown() },
        },
      },
      async (request, reply) => {
        const { brand, actor } = request.access;
        const id = uuidOf('per', request.params.id);
        const exported = id && (await exportPerson(deps, brand.id, id));
        if (!exported) throw refuse('person.not_found');
        const subject = publicId('per', exported.rootId);
        await db.brand(brand.id, (tx) => audit(tx, brand.id, { actor, action: 'person.exported', subject }));
        return reply
          .header('content-type', 'application/json; charset=utf-8')
          .header('content-disposition', `attachment; filename="${subject}.json"`)
          .send(Readable.from(exported.json));
      },
    );
    app.post(
      '/people/:id/erase',
      {
        config: { access: 'people.erase' },
        schema: {
          summary: 'Erase one person everywhere; sums of money keep their value',
          params: PersonParams,
          querystring: Nothing,
          body: ErasureRequest,
          response: { 200: ErasureReply },
        },
      },
      async (request) => {
        const { brand, actor } = request.access;
        const id = uuidOf('per', request.params.id);
        if (!id) throw refuse('person.not_found');
        return erasePerson(deps, brand.id, id, { actor, reason: request.body.reason });
      },
    );
  };
}

async function requireMembers(tx: Tx, brandId: Uuid, id: string): Promise<{ rootId: Uuid; memberIds: Uuid[] }> {
  const uuid = uuidOf('per', id);
  const members = uuid && (await membersOf(tx, brandId, uuid));
  if (!members) throw refuse('person.not_found');
  return members;
}

function summaryOf(person: PersonRow): PersonSummary {
  return {
    id: publicId('per', person.id),
    displayName: person.displayName,
    identifiers: person.identifiers,
    firstSeenAt: person.firstSeenAt.toISOString(),
    lastSeenAt: person.lastSeenAt.toISOString(),
  };
}
