import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Value } from 'typebox/value';
import { nameUuid, nilUuid, type Uuid } from '#lib/id.ts';
import { canonicalJson, sha256, sha256Of } from './hash.ts';
import { emptySetup } from './inspect.ts';
import { ModelSetup } from './setup.ts';
import type { ModelInput } from './task.ts';

/** A model that comes with Tandem; every brand has it without a copy. */
export interface ModelTemplate extends ModelInput {
  id: Uuid;
  /** Of the file, without its ending. */
  file: string;
  name: string;
  nameZh: string;
  /** SHA-256 of file and setup. */
  hash: string;
  xmileHash: string;
}

const folder = join(import.meta.dirname, '../../../../../samples/models');
/** The coupled model comes first. */
const order = ['live-community'];

/** Reads the models of `samples/models`: `NAME.xmile` with `NAME.setup.json` beside it. */
export async function readTemplates(from = folder): Promise<ModelTemplate[]> {
  const names = await readdir(from).catch(() => [] as string[]);
  const files = names.filter((name) => name.endsWith('.xmile')).map((name) => basename(name, '.xmile'));
  const rank = (file: string) => (order.includes(file) ? order.indexOf(file) : order.length);
  files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Promise.all(files.map((file) => readTemplate(from, file)));
}

async function readTemplate(from: string, file: string): Promise<ModelTemplate> {
  const xmile = await readFile(join(from, `${file}.xmile`), 'utf8');
  const given = await readFile(join(from, `${file}.setup.json`), 'utf8').catch(() => undefined);
  const setup: unknown = given === undefined ? emptySetup : JSON.parse(given);
  if (!Value.Check(ModelSetup, setup)) {
    const [first] = Value.Errors(ModelSetup, setup);
    throw new Error(`samples/models/${file}.setup.json: ${first?.instancePath} ${first?.message}`);
  }
  return {
    id: nameUuid(nilUuid, 'forecast-template', file),
    file,
    name: setup.name?.en ?? file,
    nameZh: setup.name?.zh ?? file,
    xmile,
    setup,
    hash: modelHash({ xmile, setup }),
    xmileHash: sha256Of(xmile),
  };
}

/** SHA-256 of a model: its file and its setup. */
export function modelHash({ xmile, setup }: ModelInput): string {
  return sha256(xmile, canonicalJson(setup));
}
