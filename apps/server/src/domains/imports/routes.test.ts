import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrandRow } from '#domains/access/index.ts';
import type { RequestAccess } from '#http/access.ts';
import { replyErrors } from '#http/error-reply.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { type Bench, openBench, prepareDatabase, salesCsv } from './imports-fixture.ts';
import { importRoutes } from './routes.ts';
import { cleanUploads } from './upload.ts';
import { workImports } from './work.ts';

let test: TestStores;
let bench: Bench;
let brand: BrandRow;
let app: FastifyInstance;
let kind: RequestAccess['kind'] = 'session';

beforeAll(async () => {
  test = await testStores();
  await prepareDatabase(test.db, test.stores.postgresUrl);
  bench = await openBench(test.db, { uploadBytes: 100_000, brandUploadBytes: 250_000 });
  app = fastify({ ajv: { customOptions: { removeAdditional: false } } });
  replyErrors(app);
  app.decorateRequest('access');
  app.addHook('onRequest', async (request) => {
    request.access = {
      kind,
      brand,
      role: 'owner',
      actor: 'ann@example.org',
      userId: undefined,
      permissions: new Set(),
    };
  });
  await app.register(importRoutes(bench.deps), { prefix: '/api/v1' });
});
afterAll(async () => {
  await app.close();
  await bench.close();
  await test.close();
});
beforeEach(async () => {
  brand = await test.newBrand();
  kind = 'session';
});

async function upload(name: string, content: string | Buffer | Readable) {
  const url = `/api/v1/imports/files?name=${encodeURIComponent(name)}`;
  return app.inject({ method: 'POST', url, headers: { 'content-type': 'application/octet-stream' }, payload: content });
}

async function post(path: string, payload: object) {
  return app.inject({ method: 'POST', url: `/api/v1/imports${path}`, payload });
}

async function get(path: string) {
  return app.inject({ method: 'GET', url: `/api/v1/imports${path}` });
}

describe('the way of a file through the API', () => {
  it('goes from upload over preview and dry run to import and report', async () => {
    const sent = await upload('五月.csv', `${salesCsv(30)}bad,never,1,1,x\n`);
    expect(sent.statusCode).toBe(201);
    const { fileId, name } = sent.json();
    expect(name).toBe('五月.csv');
    const preview = await post('/preview', { fileId });
    expect(preview.json()).toMatchObject({ preset: 'test-sales', missing: [] });
    const dry = await post('', { preset: 'test-sales', fileIds: [fileId], dryRun: true });
    expect(dry.statusCode).toBe(202);
    expect(dry.json()).toMatchObject({ state: 'waiting', dryRun: true, files: ['五月.csv'], actor: 'ann@example.org' });
    const started = (await post('', { preset: 'test-sales', fileIds: [fileId] })).json();
    await workImports(bench.deps, new AbortController().signal);
    const done = (await get(`/${started.id}`)).json();
    expect(done).toMatchObject({ state: 'done', read: 31, accepted: 30, rejected: 1 });
    expect((await get('')).json().imports.map((one: { dryRun: boolean }) => one.dryRun)).toEqual([false, true]);
    const report = await app.inject({ method: 'GET', url: done.report });
    expect(report.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(report.body).toContain('五月.csv,32,,Sold at,never,row rejected,not_a_time');
    expect(await readdir(join(bench.folder, 'uploads'))).toEqual([]);
    expect((await post('', { preset: 'test-sales', fileIds: [fileId] })).json().code).toBe('import.upload_not_found');
  });

  it('lists the presets with their columns', async () => {
    const { presets } = (await get('/presets')).json();
    expect(presets[0]).toMatchObject({ id: 'test-sales', nameZh: '测试销售' });
    expect(presets[0].columns[0]).toMatchObject({ field: 'orderNo', required: true, kind: 'id' });
  });
});

describe('what is refused', () => {
  it('keeps no file beyond the bounds', async () => {
    const large = await upload('large.csv', Readable.from([Buffer.alloc(60_000, 'a'), Buffer.alloc(60_000, 'b')]));
    expect([large.statusCode, large.json().code]).toEqual([413, 'request.too_large']);
    expect(await readdir(join(bench.folder, 'uploads'))).toEqual([]);
    for (let i = 0; i < 3; i++) expect((await upload(`${i}.csv`, Buffer.alloc(90_000, 'c'))).statusCode).toBe(201);
    const full = await upload('4.csv', 'x');
    expect([full.statusCode, full.json().code]).toEqual([429, 'import.uploads_full']);
    await cleanUploads({ ...bench.deps, now: () => Date.now() + 3_700_000 });
    expect((await upload('5.csv', 'x')).statusCode).toBe(201);
  });

  it('takes paths from the same machine only', async () => {
    const path = await bench.file('local.csv', salesCsv(5));
    const refused = await post('', { preset: 'test-sales', paths: [path] });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'import.path_refused']);
    expect((await post('/preview', { path })).json().code).toBe('import.path_refused');
    kind = 'local';
    expect((await post('/preview', { path })).json()).toMatchObject({ preset: 'test-sales' });
    expect((await post('', { preset: 'test-sales', paths: [path] })).statusCode).toBe(202);
    expect((await post('', { preset: 'test-sales', paths: [path], fileIds: ['x'] })).json().code).toBe(
      'request.invalid',
    );
    await workImports(bench.deps, new AbortController().signal);
  });

  it('shows a brand nothing of another', async () => {
    const { fileId } = (await upload('mine.csv', salesCsv(5))).json();
    const mine = (await post('', { preset: 'test-sales', fileIds: [fileId] })).json();
    const owner = brand;
    brand = await test.newBrand();
    for (const path of [`/${mine.id}`, `/${mine.id}/report`]) {
      expect((await get(path)).json().code).toBe('import.not_found');
    }
    expect((await post(`/${mine.id}/cancel`, {})).json().code).toBe('import.not_found');
    expect((await post('', { preset: 'test-sales', fileIds: [fileId] })).json().code).toBe('import.upload_not_found');
    expect((await get('')).json().imports).toEqual([]);
    brand = owner;
    expect((await post(`/${mine.id}/cancel`, {})).json()).toMatchObject({ state: 'cancelled' });
    expect((await post(`/${mine.id}/cancel`, {})).statusCode).toBe(409);
  });

  it('names an unknown field', async () => {
    const reply = await post('', { preset: 'test-sales', fileIds: ['x'], colour: 'red' });
    expect([reply.statusCode, reply.json().code]).toEqual([400, 'request.unknown_field']);
  });
});
