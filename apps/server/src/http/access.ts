import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Db } from '#adapters/postgres.ts';
import {
  type BrandRow,
  brandsOf,
  type Caller,
  type KeyOwner,
  keyByHash,
  type Permission,
  type RouteAccess,
  rolePermissions,
  type StaffAuth,
  touchApiKey,
} from '#domains/access/index.ts';
import type { Role } from '#domains/access/schema.ts';
import { assert, refuse } from '#errors.ts';
import { publicId, uuidOf } from '#lib/id.ts';

/** Who sends a request and what they may do in which brand. */
export interface RequestAccess {
  kind: 'session' | 'key' | 'local';
  /** The brand of the request; only routes with a permission have one. */
  brand: BrandRow;
  role: Role;
  /** For the audit trail: e-mail address, key name, or `local`. */
  actor: string;
  userId: string | undefined;
  permissions: ReadonlySet<Permission>;
}

declare module 'fastify' {
  interface FastifyRequest {
    access: RequestAccess;
  }
  interface FastifyContextConfig {
    /** Who may call this route; every route says so. */
    access?: RouteAccess;
  }
}

/** A route and who may call it. */
export interface GuardedRoute {
  method: string;
  url: string;
  access: RouteAccess;
}

export interface AccessDeps {
  db: Db;
  staff: StaffAuth;
  /** Secret of the data folder that commands on the same machine send as their bearer token. */
  localToken: string;
  now: () => number;
}

const keyCacheMs = 5_000;
const keyCacheMax = 1_000;

/**
 * Adds the check of every request: with a route without `config.access` the server does not start; with it, the request is let
 * through only for a caller with that right, and `request.access` says who and which brand.
 */
export function guardRoutes(
  app: FastifyInstance,
  deps: AccessDeps,
): { callerOf(request: FastifyRequest): Promise<Caller>; routes: readonly GuardedRoute[] } {
  const callerOf = callers(deps);
  app.decorateRequest('access');
  const registered: RouteOptions[] = [];
  const routes: GuardedRoute[] = [];
  app.addHook('onRoute', (route) => {
    registered.push(route);
  });
  app.addHook('onReady', async () => {
    for (const { method, url, config } of registered) {
      assert(config?.access !== undefined, `route ${String(method)} ${url} does not say who may call it`);
      for (const one of [method].flat()) routes.push({ method: one, url, access: config.access });
    }
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public') return;
    const caller = await callerOf(request);
    if (caller.kind === 'session') checkOrigin(request);
    if (access === 'local') {
      if (caller.kind !== 'local') throw refuse('auth.forbidden', { permission: access });
      return;
    }
    if (access === 'session') return;
    const granted = await brandAccess(deps.db, caller, request);
    if (!granted.permissions.has(access)) throw refuse('auth.forbidden', { permission: access });
    request.access = granted;
  });
  return { callerOf, routes };
}

function callers(deps: AccessDeps): (request: FastifyRequest) => Promise<Caller> {
  const keyCache = new Map<string, { owner: KeyOwner; untilMs: number }>();
  return async (request) => {
    const authorization = request.headers.authorization;
    if (authorization !== undefined) {
      const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
      if (!token) throw refuse('auth.required');
      if (sameSecret(token, deps.localToken)) return { kind: 'local' };
      return { kind: 'key', owner: await keyOwner(deps, keyCache, token) };
    }
    if (!request.headers.cookie?.includes('tandem.session_token')) throw refuse('auth.required');
    const user = await deps.staff.userOf(headersOf(request));
    if (!user) throw refuse('auth.expired');
    return { kind: 'session', userId: user.id, email: user.email, name: user.name };
  };
}

/** A key is looked up at most once every few seconds, so that event batches do not each cost a query. */
async function keyOwner(
  deps: AccessDeps,
  cache: Map<string, { owner: KeyOwner; untilMs: number }>,
  token: string,
): Promise<KeyOwner> {
  const nowMs = deps.now();
  const cached = cache.get(token);
  if (cached && cached.untilMs > nowMs) return cached.owner;
  const hash = createHash('sha256').update(token).digest();
  const owner = await deps.db.system(async (tx) => {
    const found = await keyByHash(tx, hash);
    if (found && !found.revoked) await touchApiKey(tx, found.brand.id, found.keyId);
    return found;
  });
  if (!owner) throw refuse('auth.required');
  if (owner.revoked) throw refuse('auth.expired');
  if (cache.size >= keyCacheMax) cache.clear();
  cache.set(token, { owner, untilMs: nowMs + keyCacheMs });
  return owner;
}

async function brandAccess(db: Db, caller: Caller, request: FastifyRequest): Promise<RequestAccess> {
  const named = brandHeader(request);
  if (caller.kind === 'key') {
    const { brand, role, keyName } = caller.owner;
    if (named !== undefined && named !== publicId('brd', brand.id)) throw refuse('auth.wrong_brand');
    return {
      kind: 'key',
      brand,
      role,
      actor: `key ${keyName}`,
      userId: undefined,
      permissions: new Set(rolePermissions[role]),
    };
  }
  const userId = caller.kind === 'session' ? caller.userId : undefined;
  const brands = await db.system((tx) => brandsOf(tx, userId));
  if (named === undefined && brands.length !== 1) throw refuse('auth.brand_required');
  const wanted = named === undefined ? brands[0]!.id : uuidOf('brd', named);
  const found = brands.find((brand) => brand.id === wanted);
  if (!found)
    throw caller.kind === 'local' ? refuse('brand.not_found', { id: named ?? '' }) : refuse('auth.wrong_brand');
  const { role, ...brand } = found;
  const actor = caller.kind === 'session' ? caller.email : 'local';
  return { kind: caller.kind, brand, role, actor, userId, permissions: new Set(rolePermissions[role]) };
}

function brandHeader(request: FastifyRequest): string | undefined {
  const value = request.headers['tandem-brand'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Cookies travel with requests that other sites make; a request that changes something must come from our own page. */
function checkOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host) return;
  if (origin === undefined && site === undefined) return;
  throw refuse('auth.cross_site');
}

/** Fastify's headers as the web standard's, for better-auth. */
export function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function sameSecret(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
