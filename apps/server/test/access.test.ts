import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, rolePermissions, setUp } from '#domains/access/index.ts';
import type { Role } from '#domains/access/schema.ts';
import { openStaffAuth } from '#domains/access/staff-auth.ts';
import { publicId } from '#lib/id.ts';
import { type App, createApp } from '../src/app.ts';
import { type TestStores, testLog, testStores } from './harness.ts';

/** Who may call each route. A route that is not here fails the test: say here who may call it. */
const table: Record<string, string> = {
  'GET /api/v1/health': 'public',
  'POST /api/v1/auth/sign-in': 'public',
  'POST /api/v1/auth/sign-out': 'public',
  'POST /api/v1/auth/link': 'public',
  'POST /api/v1/auth/setup': 'public',
  'POST /api/v1/auth/links': 'local',
  'GET /api/v1/me': 'session',
  'POST /api/v1/brands': 'session',
  'PATCH /api/v1/brand': 'brand.manage',
  'GET /api/v1/staff': 'staff.manage',
  'POST /api/v1/staff': 'staff.manage',
  'PATCH /api/v1/staff/:userId': 'staff.manage',
  'DELETE /api/v1/staff/:userId': 'staff.manage',
  'GET /api/v1/keys': 'keys.manage',
  'POST /api/v1/keys': 'keys.manage',
  'DELETE /api/v1/keys/:id': 'keys.manage',
  'GET /api/v1/audit': 'audit.read',
  'POST /api/v1/events': 'events.write',
  'GET /api/v1/pipeline': 'events.read',
  'GET /api/v1/events/types': 'session',
  'GET /api/v1/events/quarantine': 'events.read',
  'POST /api/v1/events/quarantine/replay': 'events.manage',
  'GET /api/v1/imports/presets': 'imports.run',
  'POST /api/v1/imports/files': 'imports.run',
  'POST /api/v1/imports/preview': 'imports.run',
  'POST /api/v1/imports': 'imports.run',
  'GET /api/v1/imports': 'imports.run',
  'GET /api/v1/imports/:id': 'imports.run',
  'POST /api/v1/imports/:id/cancel': 'imports.run',
  'GET /api/v1/imports/:id/report': 'imports.run',
  'POST /api/v1/samples/:name/brand': 'session',
  'POST /api/v1/samples/:name': 'imports.run',
  'GET /api/v1/kpis': 'kpi.read',
  'GET /api/v1/kpis/:id': 'kpi.read',
  'GET /api/v1/kpis/:id/explain': 'kpi.read',
  'GET /api/v1/kpis/:id/rows': 'kpi.read',
  'GET /api/v1/cockpit': 'kpi.read',
  'GET /api/v1/retention': 'kpi.read',
  'GET /api/v1/funnel': 'kpi.read',
  'GET /api/v1/gmv-factors': 'kpi.read',
  'GET /api/v1/targets': 'kpi.read',
  'PUT /api/v1/targets': 'targets.write',
  'GET /api/v1/dimension-values': 'kpi.read',
  'GET /api/v1/quality': 'kpi.read',
  'GET /api/v1/models': 'forecast.read',
  'GET /api/v1/models/:id': 'forecast.read',
  'GET /api/v1/models/:id/xmile': 'forecast.read',
  'GET /api/v1/models/:id/diff': 'forecast.read',
  'GET /api/v1/models/:id/mapping': 'forecast.read',
  'POST /api/v1/models/check': 'forecast.run',
  'POST /api/v1/models': 'forecast.run',
  'POST /api/v1/models/:id/versions': 'forecast.run',
  'PUT /api/v1/models/:id/setup': 'forecast.run',
  'DELETE /api/v1/models/:id': 'forecast.run',
  'GET /api/v1/promotions': 'forecast.read',
  'PUT /api/v1/promotions': 'forecast.run',
  'POST /api/v1/fits': 'forecast.run',
  'GET /api/v1/fits': 'forecast.read',
  'GET /api/v1/fits/:id': 'forecast.read',
  'GET /api/v1/fits/drift': 'forecast.read',
  'GET /api/v1/fits/schedule': 'forecast.read',
  'PUT /api/v1/fits/schedule': 'forecast.run',
  'POST /api/v1/fits/:id/cancel': 'forecast.run',
  'POST /api/v1/fits/:id/repeat': 'forecast.run',
  'DELETE /api/v1/fits/:id': 'forecast.run',
  'POST /api/v1/forecasts': 'forecast.run',
  'GET /api/v1/forecasts': 'forecast.read',
  'GET /api/v1/forecasts/:id': 'forecast.read',
  'POST /api/v1/forecasts/:id/cancel': 'forecast.run',
  'POST /api/v1/forecasts/:id/repeat': 'forecast.run',
  'DELETE /api/v1/forecasts/:id': 'forecast.run',
  'GET /api/v1/scenarios': 'forecast.read',
  'POST /api/v1/scenarios': 'forecast.run',
  'GET /api/v1/scenarios/:id': 'forecast.read',
  'PUT /api/v1/scenarios/:id': 'forecast.run',
  'DELETE /api/v1/scenarios/:id': 'forecast.run',
  'POST /api/v1/scenarios/:id/adopt': 'forecast.adopt',
  'GET /api/v1/forecast-plan': 'forecast.read',
  'GET /api/v1/people': 'people.read',
  'GET /api/v1/people/:id': 'people.read',
  'GET /api/v1/people/:id/timeline': 'people.read',
  'GET /api/v1/people/:id/export': 'people.manage',
  'POST /api/v1/people/:id/erase': 'people.erase',
  'POST /api/v1/people/merges': 'people.manage',
  'POST /api/v1/people/merges/:id/undo': 'people.manage',
  'GET /api/v1/people/merge-candidates': 'people.read',
  'POST /api/v1/people/merge-candidates/:id/dismiss': 'people.manage',
};

const roles: readonly Role[] = ['owner', 'operator', 'analyst', 'finance', 'viewer'];
const marker = 'Zebra-of-the-other-brand';
const localToken = 'local-token-of-the-test';

let t: TestStores;
let app: App;
let mine: string;
let other: string;
let otherKey: string;
let revokedKey: string;
let expiredCookie: string;
const keys = new Map<Role, string>();

beforeAll(async () => {
  t = await testStores();
  app = await createApp({
    stores: t.stores,
    dataDir: t.dataDir,
    role: 'all',
    secret: 'a secret of the test only',
    localToken,
    log: testLog,
  });
  const { brand } = await madeBrand('Mine', 'mine@example.com');
  mine = publicId('brd', brand.id);
  for (const role of roles) {
    const made = await t.db.brand(brand.id, (tx) => createApiKey(tx, brand.id, { name: role, role }, 'test'));
    keys.set(role, made.key);
  }
  const revoked = await t.db.brand(brand.id, (tx) =>
    createApiKey(tx, brand.id, { name: 'revoked', role: 'owner' }, 'test'),
  );
  revokedKey = revoked.key;
  await call('DELETE', `/api/v1/keys/${publicId('key', revoked.id)}`, bearer(keys.get('owner')!));
  await fillOther();
  expiredCookie = await makeExpiredCookie();
});
afterAll(async () => {
  await app.close();
  await t.close();
});

/** A brand with an owner of its own. */
async function madeBrand(name: string, email: string) {
  const staff = openStaffAuth(t.stores.postgresUrl, 'a secret of the test only');
  const wanted = { brand: { name, currency: 'GBP', zone: 'Europe/London' }, email, password: 'long enough', name };
  const made = await setUp(t.db, staff, wanted, name);
  await staff.close();
  return made;
}

/** A second brand with something recognisable in every table that a route reads. */
async function fillOther() {
  const made = await madeBrand(marker, 'zebra@example.com');
  other = publicId('brd', made.brand.id);
  otherKey = made.apiKey;
  await call('POST', '/api/v1/events', bearer(otherKey), [
    { type: 'nope.happened', props: { marker } },
    { type: 'order.paid', orderId: marker, productId: marker, amountMinor: 12_345, identifiers: { member_id: marker } },
  ]);
  const promotions = [{ name: marker, from: '2026-01-01', to: '2026-01-02', depth: 0.1 }];
  await call('PUT', '/api/v1/promotions', bearer(otherKey), { promotions });
  await app.drained();
}

async function signIn(): Promise<string> {
  const signedIn = await call(
    'POST',
    '/api/v1/auth/sign-in',
    {},
    { email: 'zebra@example.com', password: 'long enough' },
  );
  return String(signedIn.headers['set-cookie']).split(';')[0]!;
}

async function makeExpiredCookie(): Promise<string> {
  const cookie = await signIn();
  expect((await call('GET', '/api/v1/me', { cookie })).statusCode).toBe(200);
  await t.db.pool.query(`update access.session set "expiresAt" = now() - interval '1 minute'`);
  return cookie;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function call(method: string, url: string, headers: Record<string, string>, body?: unknown) {
  return app.http.inject({
    method: method as 'GET',
    url,
    headers,
    ...(body !== undefined && { payload: body as object }),
  });
}

function routes() {
  return app.routes
    .filter(
      ({ method, url }) =>
        method !== 'HEAD' && method !== 'OPTIONS' && url.startsWith('/api/v1/') && url !== '/api/v1/openapi.json',
    )
    .map((route) => ({ ...route, name: `${route.method} ${route.url}` }));
}

const withValues = (url: string) =>
  url.replace(':name', 'online-retail').replaceAll(/:\w+/g, 'x_00000000000000000000000000000000');

describe('who may call what', () => {
  it('has every route in the table, with the right that the route asks for', () => {
    expect(Object.fromEntries(routes().map(({ name, access }) => [name, access]))).toEqual(table);
  });

  it('serves nothing outside /api/v1 that needs a right', () => {
    const pages = app.routes.filter(({ url }) => !url.startsWith('/api/v1/'));
    expect(new Set(pages.map((route) => route.access))).toEqual(new Set(['public']));
  });

  it.each(Object.entries(table).filter(([, access]) => access !== 'public'))('%s asks for %s', async (name, access) => {
    const [method, path] = name.split(' ') as [string, string];
    const url = withValues(path);
    const status = async (headers: Record<string, string>) => (await call(method, url, headers)).statusCode;
    expect(await status({}), 'nobody').toBe(401);
    expect(await status(bearer('tdm_made_up')), 'a made-up key').toBe(401);
    expect(await status(bearer(revokedKey)), 'a revoked key').toBe(401);
    expect(await status({ cookie: expiredCookie, 'tandem-brand': other }), 'an expired session').toBe(401);
    if (access === 'session') return;
    const wrongBrand = { ...bearer(otherKey), 'tandem-brand': mine };
    expect(await status(wrongBrand), 'the key of another brand').toBe(403);
    if (access === 'local') return;
    for (const role of roles) {
      const allowed = rolePermissions[role].includes(access as never);
      if (allowed && method !== 'GET') continue;
      const answered = await status(bearer(keys.get(role)!));
      if (allowed) expect([401, 403], `${role} is let in`).not.toContain(answered);
      else expect(answered, `${role} is kept out`).toBe(403);
    }
  });

  it.each(Object.keys(table).filter((name) => name.startsWith('GET ')))(
    '%s leaks nothing of another brand',
    async (name) => {
      const url = withValues(name.slice(4).replace('/kpis/:id', '/kpis/gmv'));
      const reply = await call('GET', `${url}${queries[name] ?? ''}`, bearer(keys.get('owner')!));
      expect(reply.body).not.toContain(marker);
      expect(reply.body).not.toContain('12345');
      expect(reply.statusCode, reply.body).toBeLessThan(500);
    },
  );

  it('would notice a leak: the other brand sees its own marker', async () => {
    const seen = await Promise.all(
      ['/api/v1/staff', '/api/v1/audit', '/api/v1/events/quarantine', '/api/v1/people', '/api/v1/promotions'].map(
        (url) => call('GET', url, bearer(otherKey)),
      ),
    );
    for (const reply of seen) expect(reply.body).toContain(marker);
  });

  it('refuses a change that another site makes with the cookie of a person', async () => {
    const headers = { cookie: await signIn(), 'tandem-brand': other };
    const change = (origin: object) =>
      call('PATCH', '/api/v1/brand', { ...headers, ...origin, host: 'tandem.example' }, { name: marker });
    expect((await change({ origin: 'https://evil.example' })).json()).toMatchObject({ code: 'auth.cross_site' });
    expect((await change({ origin: 'https://tandem.example' })).statusCode).toBe(200);
  });

  it('says which field of a request it does not know', async () => {
    const key = bearer(keys.get('owner')!);
    for (const [method, url, body] of [
      ['POST', '/api/v1/keys', { name: 'a', role: 'viewer', colour: 1 }],
      ['GET', '/api/v1/pipeline?colour=1'],
    ] as const) {
      const reply = await call(method, url, key, body);
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({ code: 'request.unknown_field', details: { field: 'colour' } });
    }
  });
});

const range = '?from=2026-01-01&to=2027-01-01';
const queries: Record<string, string> = {
  'GET /api/v1/kpis/:id': `${range}&by=product`,
  'GET /api/v1/kpis/:id/explain': range,
  'GET /api/v1/kpis/:id/rows': range,
  'GET /api/v1/cockpit': range,
  'GET /api/v1/retention': range,
  'GET /api/v1/funnel': range,
  'GET /api/v1/gmv-factors': range,
  'GET /api/v1/quality': range,
  'GET /api/v1/dimension-values': '?split=product',
  'GET /api/v1/targets': '?year=2026',
  'GET /api/v1/fits/drift': '?model=mdl_00000000000000000000000000000000',
  'GET /api/v1/scenarios': '?model=mdl_00000000000000000000000000000000',
  'GET /api/v1/models/:id/diff': '?from=1&to=1',
};

describe('row-level security', () => {
  it('covers every table that has a brand', async () => {
    const { rows } = await t.db.pool.query<{ name: string }>(`
      select c.oid::regclass::text as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'brand_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and not c.relispartition and not c.relrowsecurity`);
    expect(rows).toEqual([]);
  });

  it('shows a brand nothing of another in any table, and lets it write nothing there', async () => {
    const { rows: tables } = await t.db.pool.query<{ name: string }>(`
      select c.oid::regclass::text as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'brand_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and not c.relispartition
        and has_table_privilege('tandem_app', c.oid, 'select') order by 1`);
    expect(tables.length).toBeGreaterThan(8);
    const uuid = (id: string) => id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    for (const { name } of tables) {
      const seen = await asBrand(
        uuid(mine),
        `select count(*)::int as n from ${name} where brand_id = '${uuid(other)}'`,
      );
      expect(seen, name).toBe(0);
    }
  });

  it('fails closed when no brand is set', async () => {
    const client = await t.db.connect();
    try {
      await client.query('begin; set local role tandem_app');
      await expect(client.query('select * from access.staff')).rejects.toThrow(/tandem\.brand_id|type uuid: ""/);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

async function asBrand(brandId: string, statement: string): Promise<number> {
  const client = await t.db.connect();
  try {
    await client.query('begin; set local role tandem_app');
    await client.query(`select set_config('tandem.brand_id', $1, true)`, [brandId]);
    const { rows } = await client.query<{ n: number }>(statement);
    return rows[0]!.n;
  } finally {
    await client.query('rollback');
    client.release();
  }
}
