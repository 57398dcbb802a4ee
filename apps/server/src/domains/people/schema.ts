import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false };

export const Identifier = Type.Object({ namespace: Type.String(), value: Type.String() });
export type Identifier = Static<typeof Identifier>;

/** One row of the people list. */
export const PersonSummary = Type.Object({
  id: Type.String({ description: 'per_…' }),
  displayName: Type.Union([Type.String(), Type.Null()]),
  identifiers: Type.Array(Identifier),
  firstSeenAt: Type.String(),
  lastSeenAt: Type.String(),
});
export type PersonSummary = Static<typeof PersonSummary>;

/** `GET /api/v1/people?q&limit&cursor`: q matches an identifier's value (exact or prefix) or a display name. */
export const PeopleQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  strict,
);
export const PeoplePage = Type.Object({
  people: Type.Array(PersonSummary),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
});

/** `GET /api/v1/people/{id}` */
export const Person = Type.Object({
  ...PersonSummary.properties,
  traits: Type.Record(Type.String(), Type.Unknown()),
  merges: Type.Array(
    Type.Object({
      id: Type.String({ description: 'mrg_…' }),
      from: Type.String(),
      into: Type.String(),
      rule: Type.String(),
      actor: Type.String(),
      reason: Type.String(),
      movedIdentifiers: Type.Integer(),
      at: Type.String(),
      undoneAt: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  totals: Type.Object({
    orders: Type.Integer(),
    spend: Type.Number({ description: 'GMV of this person in major units' }),
    exactMinor: Type.String(),
    events: Type.Integer(),
  }),
});
export type Person = Static<typeof Person>;

/** `GET /api/v1/people/{id}/timeline?limit&cursor`: newest first. */
export const TimelineQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  strict,
);
export const TimelineEntry = Type.Object({
  id: Type.String(),
  type: Type.String(),
  strand: Type.String(),
  occurredAt: Type.String(),
  quantity: Type.Union([Type.Integer(), Type.Null()]),
  amount: Type.Union([Type.Number(), Type.Null()]),
  currency: Type.Union([Type.String(), Type.Null()]),
  labels: Type.Record(
    Type.String(),
    Type.String({ description: 'names of the order, product, session, group, ... it touches' }),
  ),
});
export type TimelineEntry = Static<typeof TimelineEntry>;
export const Timeline = Type.Object({
  entries: Type.Array(TimelineEntry),
  next: Type.Union([Type.String(), Type.Null()]),
});

/** `POST /api/v1/people/merges` by a human: moves `from` into `into`. */
export const NewMerge = Type.Object(
  { from: Type.String(), into: Type.String(), reason: Type.String({ minLength: 3, maxLength: 500 }) },
  strict,
);
export const MergeReply = Type.Object({ id: Type.String({ description: 'mrg_…' }) });
/** `POST /api/v1/people/merges/{id}/undo`: the two persons that are apart again. */
export const MergeUndone = Type.Object({ from: Type.String(), into: Type.String() });
/** `GET /api/v1/people/merge-candidates`: two known persons that an event's identifiers tie together. */
export const MergeCandidate = Type.Object({
  id: Type.String(),
  a: PersonSummary,
  b: PersonSummary,
  evidence: Type.Array(Identifier),
  seenAt: Type.String(),
});
export type MergeCandidate = Static<typeof MergeCandidate>;
/** Newest first, up to 100. */
export const CandidatePage = Type.Object({ candidates: Type.Array(MergeCandidate) });

/** `POST /api/v1/people/{id}/erase` */
export const ErasureRequest = Type.Object({ reason: Type.String({ minLength: 3, maxLength: 500 }) }, strict);
export const ErasureReply = Type.Object({
  identifiers: Type.Integer(),
  events: Type.Integer({ description: 'events whose person, identifiers and personal props were removed' }),
});
