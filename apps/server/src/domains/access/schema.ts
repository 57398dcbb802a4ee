import { type Static, Type } from 'typebox';

/** What a member of staff may be in a brand. Rights per role are the table in `permission.ts`. */
export const Role = Type.Union([
  Type.Literal('owner'),
  Type.Literal('operator'),
  Type.Literal('analyst'),
  Type.Literal('finance'),
  Type.Literal('viewer'),
]);
export type Role = Static<typeof Role>;

export const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$' });
export const Password = Type.String({ minLength: 1, maxLength: 128 });

/** A tenant: a brand with the currency and the time zone that its figures are kept in. */
export const Brand = Type.Object({
  id: Type.String({ description: 'brd_…' }),
  name: Type.String(),
  currency: Type.String({ description: 'ISO 4217' }),
  zone: Type.String({ description: 'IANA time zone' }),
  label: Type.Union([Type.Literal('real'), Type.Literal('sample'), Type.Literal('simulated')]),
});
export type Brand = Static<typeof Brand>;

const strict = { additionalProperties: false };

export const NewBrand = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', default: 'CNY' })),
    zone: Type.Optional(Type.String({ maxLength: 64, default: 'Asia/Shanghai' })),
    label: Type.Optional(
      Type.Union([Type.Literal('real'), Type.Literal('simulated')], {
        default: 'real',
        description: 'simulated: for data that a program makes up',
      }),
    ),
  },
  strict,
);
export type NewBrand = Static<typeof NewBrand>;

export const BrandChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    zone: Type.Optional(Type.String({ maxLength: 64 })),
    label: Type.Optional(
      Type.Literal('simulated', { description: 'only for a brand without data; a simulated brand stays one' }),
    ),
  },
  strict,
);

/** `GET /api/v1/me`: who is signed in, and the brands they may open. */
export const Me = Type.Object({
  user: Type.Optional(Type.Object({ id: Type.String(), email: Type.String(), name: Type.String() })),
  kind: Type.Union([Type.Literal('session'), Type.Literal('key'), Type.Literal('local')]),
  brands: Type.Array(Type.Object({ ...Brand.properties, role: Role, permissions: Type.Array(Type.String()) })),
});
export type Me = Static<typeof Me>;

/** `POST /api/v1/auth/sign-in` */
export const SignIn = Type.Object({ email: Email, password: Password }, strict);
/** `POST /api/v1/auth/link`: opens a session with the one-time link's token; `setupNeeded` when no staff exists yet. */
export const LinkSignIn = Type.Object({ token: Type.String({ minLength: 20, maxLength: 200 }) }, strict);
export const LinkReply = Type.Object({ setupNeeded: Type.Boolean() });
/** `POST /api/v1/auth/setup` (one-time link's token) and the CLI's `tandem setup` (local token): brand, owner and first key. */
export const Setup = Type.Object(
  {
    token: Type.Optional(Type.String({ maxLength: 200 })),
    brand: NewBrand,
    email: Email,
    password: Password,
    name: Type.Optional(Type.String({ maxLength: 100 })),
  },
  strict,
);
export const SetupReply = Type.Object({ brandId: Type.String(), apiKey: Type.String() });

export const Staff = Type.Object({
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Role,
  addedAt: Type.String(),
});
export type Staff = Static<typeof Staff>;
/** `POST /api/v1/staff`: `password` is needed only when the e-mail address is new to this installation. */
export const NewStaff = Type.Object(
  { email: Email, name: Type.Optional(Type.String({ maxLength: 100 })), role: Role, password: Type.Optional(Password) },
  strict,
);
export const StaffChange = Type.Object({ role: Role }, strict);

export const ApiKey = Type.Object({
  id: Type.String({ description: 'key_…' }),
  name: Type.String(),
  role: Role,
  hint: Type.String({ description: 'last four characters' }),
  createdAt: Type.String(),
  lastUsedAt: Type.Union([Type.String(), Type.Null()]),
  revokedAt: Type.Union([Type.String(), Type.Null()]),
});
export type ApiKey = Static<typeof ApiKey>;
export const NewApiKey = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), role: Role }, strict);
/** The only reply that ever holds the key itself. */
export const CreatedApiKey = Type.Object({ ...ApiKey.properties, key: Type.String() });

export const AuditEntry = Type.Object({
  id: Type.String(),
  at: Type.String(),
  actor: Type.String({ description: 'e-mail address, key name or "local"' }),
  action: Type.String({ description: 'for example staff.added' }),
  subject: Type.String(),
  detail: Type.Unknown(),
});
export type AuditEntry = Static<typeof AuditEntry>;
