import { type Static, Type } from 'typebox';

export const Strand = Type.Union([
  Type.Literal('community'),
  Type.Literal('live'),
  Type.Literal('commerce'),
  Type.Literal('content'),
  Type.Literal('partner'),
]);
export type Strand = Static<typeof Strand>;

const DimensionId = Type.String({ maxLength: 100 });

/**
 * An event as a client sends it. `id` is the client's own UUID: sent twice, it counts once. `occurredAt` is ISO 8601 or
 * milliseconds since 1970; without it the moment of receipt counts, fixed once at acceptance.
 */
export const NewEvent = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' })),
    type: Type.String({ minLength: 3, maxLength: 64, pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_.]*$' }),
    occurredAt: Type.Optional(
      Type.Union([Type.String({ minLength: 10, maxLength: 40 }), Type.Integer({ minimum: 0 })]),
    ),
    identifiers: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9_:.-]{0,63}$' }),
        Type.String({ minLength: 1, maxLength: 256 }),
        {
          maxProperties: 16,
        },
      ),
    ),
    communityId: Type.Optional(DimensionId),
    groupId: Type.Optional(DimensionId),
    roomId: Type.Optional(DimensionId),
    sessionId: Type.Optional(DimensionId),
    productId: Type.Optional(DimensionId),
    orderId: Type.Optional(DimensionId),
    partnerId: Type.Optional(DimensionId),
    contentId: Type.Optional(DimensionId),
    couponId: Type.Optional(DimensionId),
    channel: Type.Optional(DimensionId),
    h3: Type.Optional(Type.String({ pattern: '^[0-9a-f]{15,16}$' })),
    quantity: Type.Optional(Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000 })),
    amountMinor: Type.Optional(Type.Integer({ minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    props: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 64 })),
  },
  { additionalProperties: false },
);
export type NewEvent = Static<typeof NewEvent>;

export const EventsReply = Type.Object({
  accepted: Type.Integer(),
  duplicate: Type.Integer({
    description: 'ids seen before in this request; repeats of earlier requests are found by the pipeline',
  }),
  quarantined: Type.Integer(),
  errors: Type.Array(Type.Object({ index: Type.Integer(), code: Type.String(), message: Type.String() })),
});
export type EventsReply = Static<typeof EventsReply>;

/** `GET /api/v1/pipeline?hours`: accepted = stored + duplicate + quarantined + pending, for the brand and for each hour of receipt. */
const counts = {
  accepted: Type.Integer(),
  stored: Type.Integer(),
  duplicate: Type.Integer(),
  quarantined: Type.Integer(),
  pending: Type.Integer(),
};
export const Pipeline = Type.Object({
  ...counts,
  reconciles: Type.Boolean(),
  lagMs: Type.Integer({ description: 'age of the oldest event that cannot be queried yet; 0 when there is none' }),
  oldestPendingAt: Type.Union([Type.String(), Type.Null()]),
  hours: Type.Array(Type.Object({ hour: Type.String(), ...counts })),
});
export type Pipeline = Static<typeof Pipeline>;

/** `GET /api/v1/events/quarantine?limit&cursor` and `POST /api/v1/events/quarantine/replay`. */
export const QuarantinedEvent = Type.Object({
  id: Type.String(),
  receivedAt: Type.String(),
  source: Type.String(),
  code: Type.String(),
  reason: Type.String(),
  reasonZh: Type.String(),
  body: Type.Unknown(),
});
export type QuarantinedEvent = Static<typeof QuarantinedEvent>;
export const QuarantinePage = Type.Object({
  events: Type.Array(QuarantinedEvent),
  next: Type.Union([Type.String(), Type.Null()]),
  byCode: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
});
export const ReplayRequest = Type.Object(
  {
    code: Type.Optional(Type.String({ maxLength: 64 })),
    ids: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  },
  { additionalProperties: false },
);
export const ReplayReply = Type.Object({ replayed: Type.Integer(), stillQuarantined: Type.Integer() });

/** `GET /api/v1/events/types`: the closed catalogue; `custom.*` may be added by a brand. */
export const EventTypes = Type.Object({
  types: Type.Array(
    Type.Object({
      type: Type.String(),
      strand: Strand,
      needs: Type.Array(Type.String(), { description: 'fields without which the event means nothing' }),
      props: Type.Unknown({ description: 'JSON Schema of the props that figures are computed from' }),
      nameEn: Type.String(),
      nameZh: Type.String(),
    }),
  ),
});
