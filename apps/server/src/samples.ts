import { join } from 'node:path';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { audit, type BrandRow, brandOf, type Caller, changeBrand, createBrandFor } from '#domains/access/index.ts';
import { dataVersion } from '#domains/events/index.ts';
import { type ImportDeps, shownImport, startImport } from '#domains/imports/index.ts';
import { Import } from '#domains/imports/schema.ts';
import { refuse } from '#errors.ts';
import { publicId } from '#lib/id.ts';

/** A sample that comes with Tandem: real data, and the settings of the brand they belong to. */
interface Sample {
  brand: { name: string; currency: string; zone: string };
  preset: string;
  file: string;
}

const samples: Record<string, Sample> = {
  'online-retail': {
    brand: { name: 'Online Retail', currency: 'GBP', zone: 'Europe/London' },
    preset: 'uci-online-retail',
    file: join(import.meta.dirname, '../../../samples/online-retail/online_retail.csv.gz'),
  },
};

interface SampleDeps extends ImportDeps {
  callerOf: (request: FastifyRequest) => Promise<Caller>;
}

const params = Type.Object({ name: Type.String({ maxLength: 64 }) });

export function sampleRoutes(deps: SampleDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/samples/:name/brand',
      { config: { access: 'session' }, schema: { params, response: { 201: Type.Object({ brandId: Type.String() }) } } },
      async (request, reply) => {
        const brand = brandOf(sampleOf(request.params.name).brand, 'sample');
        await createBrandFor(deps.db, brand, await deps.callerOf(request));
        return reply.status(201).send({ brandId: publicId('brd', brand.id) });
      },
    );
    app.post(
      '/samples/:name',
      { config: { access: 'imports.run' }, schema: { params, response: { 202: Import } } },
      async (request, reply) => {
        const sample = sampleOf(request.params.name);
        const { brand, actor } = request.access;
        const settled = await settle(deps, brand, sample, request.params.name, actor);
        const started = await startImport(deps, settled, {
          preset: sample.preset,
          files: [{ path: sample.file }],
          actor,
        });
        return reply.status(202).send(shownImport(started));
      },
    );
  };
}

function sampleOf(name: string): Sample {
  const sample = Object.hasOwn(samples, name) ? samples[name] : undefined;
  if (!sample) throw refuse('sample.unknown', { name, known: Object.keys(samples).join(', ') });
  return sample;
}

/** A brand that is still empty takes on the currency and zone of the sample; one with data of its own must have them. */
async function settle(
  deps: SampleDeps,
  brand: BrandRow,
  sample: Sample,
  name: string,
  actor: string,
): Promise<BrandRow> {
  const { currency, zone } = sample.brand;
  if (brand.currency === currency && brand.zone === zone) return brand;
  if ((await dataVersion(deps.db, brand.id)) > 0) {
    throw refuse('sample.other_currency', { name, currency, zone, own: brand.currency });
  }
  const settled: BrandRow = { ...brand, currency, zone, label: 'sample' };
  await deps.db.brand(brand.id, async (tx) => {
    await changeBrand(tx, settled);
    await audit(tx, brand.id, {
      actor,
      action: 'brand.changed',
      subject: publicId('brd', brand.id),
      detail: { before: brand, after: settled },
    });
  });
  return settled;
}
