import { readXmile } from '@tandem/dynamics';
import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { newUuid, publicId, type Uuid, uuidOf } from '#lib/id.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import { describeVersion } from './describe.ts';
import { diffModels } from './diff.ts';
import { sha256Of } from './hash.ts';
import { emptySetup, inspectModel } from './inspect.ts';
import {
  countModels,
  findVersion,
  insertModel,
  insertVersion,
  listModels,
  listVersions,
  lockModels,
  modelName,
  purgeRemoved,
  removeModel,
  type VersionRow,
} from './model-store.ts';
import type {
  Finding,
  Model,
  ModelCheck,
  ModelCheckRequest,
  ModelDiff,
  ModelSummary,
  ModelVersion,
  NewModel,
  NewModelVersion,
  SetupChange,
} from './schema.ts';
import { dailyKpis } from './snapshot.ts';
import { deleteSchedule } from './store.ts';
import type { ModelInput } from './task.ts';
import { type ModelTemplate, modelHash } from './templates.ts';

/** One version of a model that a brand may use. */
export interface ChosenModel {
  id: Uuid;
  name: string;
  nameZh: string;
  origin: 'template' | 'upload';
  version: ModelVersion;
  model: ModelInput;
}

/** Findings that a refusal tells in its sentence; all are told by `POST /models/check`. */
const findingsSaid = 5;

/** Templates first, then what the brand uploaded, newest first. */
export async function modelsOf(deps: ForecastDeps, brandId: Uuid): Promise<ModelSummary[]> {
  const own = await deps.db.brand(brandId, (tx) => listModels(tx, brandId));
  const changed = new Map(own.map((model) => [model.id, model]));
  const templates = deps.templates.map((template) => {
    const latest = changed.get(template.id)?.latest;
    return summaryOf(template, 'template', latest ? shownVersion(latest) : templateVersion(template));
  });
  const isTemplate = new Set(deps.templates.map(({ id }) => id));
  const uploads = own
    .filter(({ id }) => !isTemplate.has(id))
    .map(({ id, name, latest }) => summaryOf({ id, name, nameZh: name }, 'upload', shownVersion(latest)));
  return [...templates, ...uploads];
}

/** A version of a model by the model's public id; the latest without a number. @throws Refusal forecast.model_not_found */
export async function chooseModel(
  deps: ForecastDeps,
  brandId: Uuid,
  id: string,
  number?: number,
): Promise<ChosenModel> {
  const uuid = uuidOf('mdl', id);
  if (uuid === undefined) throw refuse('forecast.model_not_found');
  return chooseByUuid(deps, brandId, uuid, number);
}

/** The same by the id inside the public one. @throws Refusal forecast.model_not_found */
export async function chooseByUuid(deps: ForecastDeps, brandId: Uuid, id: Uuid, number?: number): Promise<ChosenModel> {
  const template = deps.templates.find((one) => one.id === id);
  const { name, found } = await deps.db.brand(brandId, async (tx) => ({
    name: await modelName(tx, brandId, id),
    found: number === 1 && template ? undefined : await findVersion(tx, brandId, id, number),
  }));
  if (template) {
    const names = { id, name: template.name, nameZh: template.nameZh, origin: 'template' as const };
    if (found) return { ...names, version: shownVersion(found), model: { xmile: found.xmile, setup: found.setup } };
    if (number !== undefined && number !== 1) throw refuse('forecast.model_not_found');
    const { xmile, setup } = template;
    return { ...names, version: templateVersion(template), model: { xmile, setup } };
  }
  if (name === undefined || found === undefined) throw refuse('forecast.model_not_found');
  const model = { xmile: found.xmile, setup: found.setup };
  return { id, name, nameZh: name, origin: 'upload', version: shownVersion(found), model };
}

/** A version in words, with all versions there are. @throws Refusal forecast.model_not_found */
export async function modelInWords(deps: ForecastDeps, brandId: Uuid, id: string, number?: number): Promise<Model> {
  const chosen = await chooseModel(deps, brandId, id, number);
  const versions = (await deps.db.brand(brandId, (tx) => listVersions(tx, brandId, chosen.id))).map(shownVersion);
  const template = deps.templates.find((one) => one.id === chosen.id);
  const all = template ? [...versions, templateVersion(template)] : versions;
  const { findings, file } = await inspectModel(chosen.model, dailyKpis());
  return {
    ...summaryOf(chosen, chosen.origin, all[0] ?? chosen.version),
    version: chosen.version,
    versions: all,
    setup: chosen.model.setup,
    variables: file ? describeVersion(file) : [],
    findings,
  };
}

/** What would be found in a model; nothing is kept. */
export async function checkUpload(request: ModelCheckRequest): Promise<ModelCheck> {
  const { runs, findings } = await inspectModel(
    { xmile: request.xmile, setup: request.setup ?? emptySetup },
    dailyKpis(),
  );
  return { runs, findings };
}

/** Keeps an uploaded model. @throws Refusal forecast.model_invalid, forecast.setup_invalid, forecast.full */
export async function addModel(
  deps: ForecastDeps,
  brand: ForecastBrand,
  wanted: NewModel,
  actor: string,
): Promise<Model> {
  const model = { xmile: wanted.xmile, setup: wanted.setup ?? emptySetup };
  await mustRun(model);
  const id = newUuid();
  await deps.db.brand(brand.id, async (tx) => {
    await lockModels(tx, brand.id);
    const limit = limitsOf(deps).models;
    if ((await countModels(tx, brand.id)) >= limit) {
      throw refuse('forecast.full', { limit, things: 'models', thingsZh: '模型' });
    }
    await purgeRemoved(tx, brand.id, limit);
    await insertModel(tx, brand.id, { id, name: wanted.name.trim(), actor, createdAtMs: deps.now() });
    await keepVersion(deps, tx, brand.id, id, { number: 1, model, note: wanted.note ?? '', actor });
    await deps.audit(tx, brand.id, {
      actor,
      action: 'model.added',
      subject: publicId('mdl', id),
      detail: { name: wanted.name, hash: modelHash(model) },
    });
  });
  return modelInWords(deps, brand.id, publicId('mdl', id));
}

/** Adds a version with another file. @throws Refusal forecast.model_not_found, forecast.model_invalid, forecast.full, … */
export async function addVersion(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  wanted: NewModelVersion,
  actor: string,
): Promise<Model> {
  const change = ({ setup }: ModelInput) => ({ xmile: wanted.xmile, setup: wanted.setup ?? setup });
  return nextVersion(deps, brand, id, { change, note: wanted.note ?? '', actor });
}

/** Adds a version with another setup. @throws Refusal forecast.model_not_found, forecast.setup_invalid, forecast.full */
export async function changeSetup(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  change: SetupChange,
  actor: string,
): Promise<Model> {
  const withSetup = ({ xmile }: ModelInput) => ({ xmile, setup: change.setup });
  return nextVersion(deps, brand, id, { change: withSetup, note: change.note ?? '', actor });
}

/** What is made of the latest version; the file of one and the setup of another are not lost where two change a model at once. */
interface WantedVersion {
  change: (latest: ModelInput) => ModelInput;
  note: string;
  actor: string;
}

async function nextVersion(
  deps: ForecastDeps,
  brand: ForecastBrand,
  id: string,
  wanted: WantedVersion,
): Promise<Model> {
  for (;;) {
    const latest = await chooseModel(deps, brand.id, id);
    const model = wanted.change(latest.model);
    // Content that is there already needs no version of its own.
    if (modelHash(model) === latest.version.hash) break;
    await mustRun(model);
    if (await keptAfter(deps, brand, latest, { model, note: wanted.note, actor: wanted.actor })) break;
  }
  return modelInWords(deps, brand.id, id);
}

/** Keeps a version after `latest`; false where that is not the latest any more. */
async function keptAfter(
  deps: ForecastDeps,
  brand: ForecastBrand,
  latest: ChosenModel,
  wanted: { model: ModelInput; note: string; actor: string },
): Promise<boolean> {
  const { id, name, origin } = latest;
  return deps.db.brand(brand.id, async (tx) => {
    await lockModels(tx, brand.id);
    const newest = (await listVersions(tx, brand.id, id))[0]?.number ?? 1;
    if (newest !== latest.version.number) return false;
    const limit = limitsOf(deps).versions;
    if (newest >= limit)
      throw refuse('forecast.full', { limit, things: 'versions of this model', thingsZh: '此模型的版本' });
    if ((await modelName(tx, brand.id, id)) === undefined) {
      if (origin === 'upload') throw refuse('forecast.model_not_found');
      await insertModel(tx, brand.id, { id, name, actor: wanted.actor, createdAtMs: deps.now() });
    }
    await keepVersion(deps, tx, brand.id, id, { number: newest + 1, ...wanted });
    await deps.audit(tx, brand.id, {
      actor: wanted.actor,
      action: 'model.changed',
      subject: publicId('mdl', id),
      detail: { version: newest + 1, hash: modelHash(wanted.model), before: latest.version.hash },
    });
    return true;
  });
}

async function keepVersion(
  deps: ForecastDeps,
  tx: Tx,
  brandId: Uuid,
  id: Uuid,
  wanted: { number: number; model: ModelInput; note: string; actor: string },
): Promise<void> {
  const { number, model, note, actor } = wanted;
  await insertVersion(tx, brandId, id, {
    number,
    hash: modelHash(model),
    xmileHash: sha256Of(model.xmile),
    ...model,
    note,
    actor,
    createdAtMs: deps.now(),
  });
}

/** Takes an uploaded model from the lists; its fits stay. @throws Refusal forecast.model_not_found, forecast.template_fixed */
export async function dropModel(deps: ForecastDeps, brandId: Uuid, id: string, actor: string): Promise<void> {
  const { id: uuid, origin, name } = await chooseModel(deps, brandId, id);
  if (origin === 'template') throw refuse('forecast.template_fixed');
  await deps.db.brand(brandId, async (tx) => {
    await lockModels(tx, brandId);
    if (!(await removeModel(tx, brandId, uuid, deps.now()))) throw refuse('forecast.model_not_found');
    await deleteSchedule(tx, brandId, uuid);
    await deps.audit(tx, brandId, { actor, action: 'model.removed', subject: id, detail: { name } });
  });
}

/** @throws Refusal forecast.model_not_found */
export async function diffVersions(
  deps: ForecastDeps,
  brandId: Uuid,
  id: string,
  numbers: { from: number; to: number },
): Promise<ModelDiff> {
  const [from, to] = await Promise.all([
    chooseModel(deps, brandId, id, numbers.from),
    chooseModel(deps, brandId, id, numbers.to),
  ]);
  return { from: from.version, to: to.version, ...diffModels(from.model, to.model) };
}

async function mustRun(model: ModelInput): Promise<void> {
  const { runs, findings } = await inspectModel(model, dailyKpis());
  if (runs) return;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const inSetup = readXmile(model.xmile).ok && errors.every(({ code }) => code.startsWith('setup.'));
  throw refuse(inSetup ? 'forecast.setup_invalid' : 'forecast.model_invalid', {
    detail: sentences(errors, 'en'),
    detailZh: sentences(errors, 'zh'),
    count: errors.length,
  });
}

function sentences(errors: readonly Finding[], language: 'en' | 'zh'): string {
  const said = errors.slice(0, findingsSaid).map(({ text, place, variable }) => {
    const where = [place ? `${place.line}:${place.column}` : '', variable ?? '']
      .filter((part) => part !== '')
      .join(' ');
    return where === '' ? text[language] : `${where}: ${text[language]}`;
  });
  const more = errors.length - said.length;
  if (more > 0) said.push(language === 'en' ? `And ${more} more.` : `另有 ${more} 处。`);
  return said.join(language === 'en' ? ' ' : '');
}

function summaryOf(
  model: { id: Uuid; name: string; nameZh: string },
  origin: 'template' | 'upload',
  latest: ModelVersion,
): ModelSummary {
  return { id: publicId('mdl', model.id), name: model.name, nameZh: model.nameZh, origin, latest };
}

function shownVersion({ number, hash, xmileHash, note, actor, createdAt }: VersionRow): ModelVersion {
  return { number, hash, xmileHash, note, actor, createdAt: createdAt.toISOString() };
}

function templateVersion({ hash, xmileHash }: ModelTemplate): ModelVersion {
  return { number: 1, hash, xmileHash, note: '', actor: 'Tandem', createdAt: new Date(0).toISOString() };
}
