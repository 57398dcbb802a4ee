import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Db } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { publicId, uuidOf } from '#lib/id.ts';
import {
  audit,
  brandOf,
  type Caller,
  checkCurrency,
  checkZone,
  createApiKey,
  createBrandFor,
  setUp,
  userFor,
} from './index.ts';
import type { OneTimeLinks } from './link.ts';
import { rolePermissions } from './permission.ts';
import {
  ApiKey,
  AuditEntry,
  Brand,
  BrandChange,
  CreatedApiKey,
  LinkReply,
  LinkSignIn,
  Me,
  NewApiKey,
  NewBrand,
  NewStaff,
  type Role,
  Setup,
  SetupReply,
  SignIn,
  Staff,
  StaffChange,
} from './schema.ts';
import type { SessionCookies, StaffAuth } from './staff-auth.ts';
import {
  apiKeysOf,
  auditOf,
  type BrandRow,
  brandsOf,
  deleteStaff,
  firstOwner,
  lockOwners,
  putStaff,
  revokeApiKey,
  staffOf,
  updateBrand,
} from './store.ts';

/** Who a request comes from; the composition root hands it in, because it is the HTTP layer that knows. */
type CallerOf = (request: FastifyRequest) => Promise<Caller>;

export interface AccessRoutesDeps {
  db: Db;
  staff: StaffAuth;
  links: OneTimeLinks;
  callerOf: CallerOf;
  headersOf: (request: FastifyRequest) => Headers;
  /** Whether a brand has events; then its zone and currency are fixed. */
  hasEvents: (brandId: string) => Promise<boolean>;
}

const Empty = Type.Object({});
const strict = { additionalProperties: false };

export function accessRoutes(deps: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(signInRoutes(deps));
    await app.register(brandRoutes(deps));
    await app.register(staffRoutes(deps));
    await app.register(keyRoutes(deps));
    app.get(
      '/audit',
      {
        config: { access: 'audit.read' },
        schema: {
          querystring: Type.Object(
            {
              limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
              cursor: Type.Optional(Type.String({ maxLength: 64 })),
            },
            strict,
          ),
          response: {
            200: Type.Object({ entries: Type.Array(AuditEntry), next: Type.Union([Type.String(), Type.Null()]) }),
          },
        },
      },
      async (request) => {
        const { limit = 100, cursor } = request.query;
        const brandId = request.access.brand.id;
        const rows = await deps.db.brand(brandId, (tx) => auditOf(tx, brandId, limit, cursor));
        return {
          entries: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
          next: rows.length === limit ? rows.at(-1)!.id : null,
        };
      },
    );
  };
}

function signInRoutes({ db, staff, links, callerOf, headersOf }: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const limited = { access: 'public', rateLimit: { max: 20, timeWindow: 60_000 } } as const;
    app.post(
      '/auth/sign-in',
      { config: limited, schema: { body: SignIn, response: { 200: Empty } } },
      async (request, reply) => {
        const cookies = await staff.signIn(request.body.email, request.body.password, headersOf(request));
        if (!cookies) throw refuse('auth.wrong_password');
        return withCookies(reply, cookies, {});
      },
    );
    app.post(
      '/auth/sign-out',
      { config: { access: 'public' }, schema: { response: { 200: Empty } } },
      async (request, reply) => withCookies(reply, await staff.signOut(headersOf(request)), {}),
    );
    app.post(
      '/auth/link',
      { config: limited, schema: { body: LinkSignIn, response: { 200: LinkReply } } },
      async (request, reply) => {
        const owner = await db.system((tx) => firstOwner(tx));
        if (!owner) {
          if (!links.isValid(request.body.token)) throw refuse('auth.link_used');
          return { setupNeeded: true };
        }
        if (!links.take(request.body.token)) throw refuse('auth.link_used');
        return withCookies(reply, await staff.signInAs(owner), { setupNeeded: false });
      },
    );
    app.post(
      '/auth/setup',
      { config: limited, schema: { body: Setup, response: { 200: SetupReply } } },
      async (request, reply) => {
        const { token, ...wanted } = request.body;
        if (token === undefined) {
          if ((await callerOf(request)).kind !== 'local') throw refuse('auth.forbidden', { permission: 'setup' });
          const { brand, apiKey } = await setUp(db, staff, wanted, 'local');
          return { brandId: publicId('brd', brand.id), apiKey };
        }
        // The link is for the very first owner; later ones are invited by an owner.
        if (await db.system((tx) => firstOwner(tx))) throw refuse('auth.link_used');
        if (!links.take(token)) throw refuse('auth.link_used');
        const { brand, userId, apiKey } = await setUp(db, staff, wanted, wanted.email);
        return withCookies(reply, await staff.signInAs(userId), { brandId: publicId('brd', brand.id), apiKey });
      },
    );
    app.post(
      '/auth/links',
      { config: { access: 'local' }, schema: { response: { 200: Type.Object({ token: Type.String() }) } } },
      async () => ({
        token: links.issue(),
      }),
    );
    app.get('/me', { config: { access: 'session' }, schema: { response: { 200: Me } } }, async (request) => {
      const caller = await callerOf(request);
      const brands =
        caller.kind === 'key'
          ? [{ ...caller.owner.brand, role: caller.owner.role }]
          : await db.system((tx) => brandsOf(tx, caller.kind === 'session' ? caller.userId : undefined));
      return {
        kind: caller.kind,
        ...(caller.kind === 'session' && { user: { id: caller.userId, email: caller.email, name: caller.name } }),
        brands: brands.map(({ role, ...brand }) => ({
          ...brandReply(brand),
          role,
          permissions: [...rolePermissions[role]],
        })),
      };
    });
  };
}

function brandRoutes({ db, callerOf, hasEvents }: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/brands',
      { config: { access: 'session' }, schema: { body: NewBrand, response: { 201: Brand } } },
      async (request, reply) => {
        const brand = brandOf(request.body);
        await createBrandFor(db, brand, await callerOf(request));
        return reply.status(201).send(brandReply(brand));
      },
    );
    app.patch(
      '/brand',
      { config: { access: 'brand.manage' }, schema: { body: BrandChange, response: { 200: Brand } } },
      async (request) => {
        const { brand: before, actor } = request.access;
        const brand = { ...before, ...request.body };
        checkCurrency(brand.currency);
        checkZone(brand.zone);
        const moves = brand.currency !== before.currency || brand.zone !== before.zone;
        if (moves && (await hasEvents(before.id))) throw refuse('brand.zone_fixed');
        if (brand.label !== before.label && (await hasEvents(before.id))) {
          throw refuse('brand.label_fixed', { name: before.name });
        }
        await db.brand(before.id, async (tx) => {
          await updateBrand(tx, brand);
          await audit(tx, before.id, {
            actor,
            action: 'brand.changed',
            subject: publicId('brd', before.id),
            detail: { before, after: brand },
          });
        });
        return brandReply(brand);
      },
    );
  };
}

function staffRoutes({ db, staff }: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  const config = { access: 'staff.manage' } as const;
  const params = Type.Object({ userId: Type.String({ maxLength: 64 }) });
  return async (app) => {
    app.get(
      '/staff',
      { config, schema: { response: { 200: Type.Object({ staff: Type.Array(Staff) }) } } },
      async (request) => {
        const rows = await db.brand(request.access.brand.id, (tx) => staffOf(tx, request.access.brand.id));
        return { staff: rows.map((row) => ({ ...row, addedAt: row.addedAt.toISOString() })) };
      },
    );
    app.post('/staff', { config, schema: { body: NewStaff, response: { 201: Staff } } }, async (request, reply) => {
      const { brand, actor } = request.access;
      const { email, role, name } = request.body;
      const members = await db.brand(brand.id, (tx) => staffOf(tx, brand.id));
      if (members.some((member) => member.email === email.toLowerCase())) throw refuse('staff.exists', { email });
      const userId = await userFor(db, staff, request.body);
      await db.brand(brand.id, async (tx) => {
        await putStaff(tx, brand.id, userId, role);
        await audit(tx, brand.id, { actor, action: 'staff.added', subject: email, detail: { role } });
      });
      return reply.status(201).send({ userId, email, name: name ?? email, role, addedAt: new Date().toISOString() });
    });
    app.patch(
      '/staff/:userId',
      { config, schema: { params, body: StaffChange, response: { 200: Empty } } },
      async (request) => {
        await changeStaff(db, request, request.params.userId, request.body.role);
        return {};
      },
    );
    app.delete('/staff/:userId', { config, schema: { params, response: { 200: Empty } } }, async (request) => {
      await changeStaff(db, request, request.params.userId, undefined);
      return {};
    });
  };
}

/** Changes the role of a member of staff, or removes them (no role), but never leaves a brand without an owner. */
async function changeStaff(db: Db, request: FastifyRequest, userId: string, role: Role | undefined): Promise<void> {
  const { brand, actor } = request.access;
  await db.brand(brand.id, async (tx) => {
    const owners = await lockOwners(tx, brand.id);
    const member = (await staffOf(tx, brand.id)).find((row) => row.userId === userId);
    if (!member) throw refuse('staff.not_found');
    if (role !== 'owner' && owners.length === 1 && owners[0] === userId) throw refuse('staff.last_owner');
    if (role) await putStaff(tx, brand.id, userId, role);
    else await deleteStaff(tx, brand.id, userId);
    await audit(tx, brand.id, {
      actor,
      action: role ? 'staff.changed' : 'staff.removed',
      subject: member.email,
      detail: { before: member.role, after: role ?? null },
    });
  });
}

function keyRoutes({ db }: AccessRoutesDeps): FastifyPluginAsyncTypebox {
  const config = { access: 'keys.manage' } as const;
  return async (app) => {
    app.get(
      '/keys',
      { config, schema: { response: { 200: Type.Object({ keys: Type.Array(ApiKey) }) } } },
      async (request) => {
        const rows = await db.brand(request.access.brand.id, (tx) => apiKeysOf(tx, request.access.brand.id));
        return {
          keys: rows.map((row) => ({
            ...row,
            id: publicId('key', row.id),
            createdAt: row.createdAt.toISOString(),
            lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
            revokedAt: row.revokedAt?.toISOString() ?? null,
          })),
        };
      },
    );
    app.post(
      '/keys',
      { config, schema: { body: NewApiKey, response: { 201: CreatedApiKey } } },
      async (request, reply) => {
        const { brand, actor } = request.access;
        const { id, key, hint } = await db.brand(brand.id, (tx) => createApiKey(tx, brand.id, request.body, actor));
        return reply.status(201).send({
          id: publicId('key', id),
          ...request.body,
          hint,
          key,
          createdAt: new Date().toISOString(),
          lastUsedAt: null,
          revokedAt: null,
        });
      },
    );
    const params = Type.Object({ id: Type.String({ maxLength: 64 }) });
    app.delete('/keys/:id', { config, schema: { params, response: { 200: Empty } } }, async (request) => {
      const { brand, actor } = request.access;
      const id = uuidOf('key', request.params.id);
      await db.brand(brand.id, async (tx) => {
        if (!id || !(await revokeApiKey(tx, brand.id, id))) throw refuse('key.not_found');
        await audit(tx, brand.id, { actor, action: 'key.revoked', subject: request.params.id });
      });
      return {};
    });
  };
}

function withCookies<Body>(reply: FastifyReply, cookies: SessionCookies, body: Body): Body {
  reply.header('set-cookie', cookies);
  return body;
}

function brandReply(brand: BrandRow) {
  return { ...brand, id: publicId('brd', brand.id) };
}
