import { compileModel, type SourceFile } from '@tandem/dynamics';
import type { Finding } from './schema.ts';
import type { ModelSetup, SetupPrior } from './setup.ts';

/** A name in a setup and where it stands. */
interface Mention {
  path: string;
  name: string;
}

/**
 * Holds a setup against its model and the catalogue of KPIs: names that are not there, beliefs and bounds that cannot
 * be. `kpis` are the KPIs that have a value a day.
 */
export function checkSetup(file: SourceFile, setup: ModelSetup, kpis: ReadonlySet<string>): Finding[] {
  return [
    ...unknownVariables(file, setup),
    ...unknownKpis(setup, kpis),
    ...twice(setup),
    ...setup.parameters.flatMap(({ variable, prior }) => priorFaults(`parameters.${variable}`, prior)),
    ...leverFaults(setup),
    ...presetFaults(setup),
    ...sectorFaults(setup),
  ];
}

function unknownVariables(file: SourceFile, setup: ModelSetup): Finding[] {
  const mentions = variablesOf(setup);
  const names = [...new Set(mentions.map(({ name }) => name))];
  if (names.length === 0) return [];
  const compiled = compileModel(file, { outputs: names });
  if (compiled.ok) return [];
  const unknown = new Set(compiled.errors.map(({ details }) => String(details.name)));
  const found = mentions.filter(({ name }) => unknown.has(name));
  const said = found.map(({ path, name }) =>
    fault('setup.unknown_variable', name, {
      en: `${path} names the variable "${name}", which the model does not have.`,
      zh: `${path} 引用的变量“${name}”在模型中不存在。`,
    }),
  );
  const others = compiled.errors.filter(({ details }) => !names.includes(String(details.name)));
  return [...said, ...others.map(({ message }) => fault('setup.invalid', null, { en: message, zh: message }))];
}

/** Every variable that a setup names. */
export function variablesOf(setup: ModelSetup): Mention[] {
  const from = (list: string, items: readonly { variable: string }[]) =>
    items.map(({ variable }) => ({ path: `${list}.${variable}`, name: variable }));
  const { threshold, optimise } = setup;
  return [
    ...from('parameters', setup.parameters),
    ...from('observations', setup.observations),
    ...from('levers', setup.levers),
    ...from('couplings', setup.couplings),
    ...from('shown', setup.shown),
    ...from('names', setup.names ?? []),
    ...setup.parts.flatMap(({ id, variables }) => variables.map((name) => ({ path: `parts.${id}`, name }))),
    ...(setup.presets ?? []).flatMap(({ id, levers, couplings }) => from(`presets.${id}`, [...levers, ...couplings])),
    ...Object.entries({ ...threshold }).map(([key, name]) => ({ path: `threshold.${key}`, name })),
    ...Object.entries({ ...optimise }).map(([key, name]) => ({ path: `optimise.${key}`, name: String(name) })),
  ];
}

/** Every KPI that a setup names. */
export function kpisOf(setup: ModelSetup): string[] {
  return [...new Set(kpiMentions(setup).map(({ name }) => name))];
}

function kpiMentions(setup: ModelSetup): Mention[] {
  return [
    ...setup.observations.map(({ kpi, variable }) => ({ path: `observations.${variable}`, name: kpi })),
    ...setup.levers.flatMap(({ variable, history }) =>
      history ? [{ path: `levers.${variable}`, name: history.kpi }] : [],
    ),
    ...setup.parameters.flatMap(({ variable, startKpi }) =>
      startKpi === undefined ? [] : [{ path: `parameters.${variable}`, name: startKpi }],
    ),
  ];
}

function unknownKpis(setup: ModelSetup, kpis: ReadonlySet<string>): Finding[] {
  return kpiMentions(setup)
    .filter(({ name }) => !kpis.has(name))
    .map(({ path, name }) =>
      fault('setup.unknown_kpi', null, {
        en: `${path} names the KPI "${name}", which the catalogue does not have by day.`,
        zh: `${path} 引用的指标“${name}”在指标目录中不存在，或没有按天的取值。`,
      }),
    );
}

function twice(setup: ModelSetup): Finding[] {
  const lists = {
    parameters: setup.parameters.map(({ variable }) => variable),
    observations: setup.observations.map(({ kpi }) => kpi),
    levers: setup.levers.map(({ variable }) => variable),
    couplings: setup.couplings.map(({ variable }) => variable),
    sectors: setup.sectors.map(({ id }) => id),
    parts: setup.parts.map(({ id }) => id),
    presets: (setup.presets ?? []).map(({ id }) => id),
  };
  return Object.entries(lists).flatMap(([list, names]) =>
    [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) =>
      fault('setup.twice', null, {
        en: `${list} has "${name}" more than once.`,
        zh: `${list} 中“${name}”重复出现。`,
      }),
    ),
  );
}

function priorFaults(path: string, prior: SetupPrior): Finding[] {
  const faults: string[] = [];
  const positive = (name: string, value: number) => {
    if (!(value > 0)) faults.push(name);
  };
  switch (prior.distribution) {
    case 'normal':
      positive('deviation', prior.deviation);
      break;
    case 'lognormal':
      positive('median', prior.median);
      positive('logDeviation', prior.logDeviation);
      break;
    case 'beta':
      positive('a', prior.a);
      positive('b', prior.b);
      break;
    case 'uniform':
      if (prior.scale === 'log') positive('low', prior.low);
      break;
  }
  if ('low' in prior && prior.low !== undefined && prior.high !== undefined && !(prior.low < prior.high))
    faults.push('low, high');
  return faults.map((name) =>
    fault('setup.prior_invalid', null, {
      en: `${path}: ${name} of the prior cannot be so (positive spread, low below high).`,
      zh: `${path}：先验的 ${name} 不合法（离散度须为正，下限须小于上限）。`,
    }),
  );
}

function leverFaults(setup: ModelSetup): Finding[] {
  return setup.levers
    .filter(({ low, high, usual, step }) => !(low < high && low <= usual && usual <= high && step > 0))
    .map(({ variable }) =>
      fault('setup.lever_invalid', variable, {
        en: `levers.${variable}: low must be below high, with the usual value between them, and the step positive.`,
        zh: `levers.${variable}：下限须小于上限，常用值须在两者之间，步长须为正。`,
      }),
    );
}

/** Plans that come with a model move its levers and couplings alone, within their bounds; a lever is no parameter. */
function presetFaults(setup: ModelSetup): Finding[] {
  const levers = new Map(setup.levers.map((lever) => [lever.variable, lever]));
  const couplings = new Set(setup.couplings.map(({ variable }) => variable));
  const both = setup.parameters.filter(({ variable }) => levers.has(variable));
  const wrong = (setup.presets ?? []).flatMap((preset) => [
    ...preset.levers
      .filter(({ variable, steps }) => {
        const lever = levers.get(variable);
        return !lever || steps.some(({ day, value }) => !(day >= 0 && value >= lever.low && value <= lever.high));
      })
      .map(({ variable }) => ({ id: preset.id, variable })),
    ...preset.couplings
      .filter(({ variable, value }) => !couplings.has(variable) || !(value >= 0))
      .map(({ variable }) => ({ id: preset.id, variable })),
  ]);
  return [
    ...both.map(({ variable }) =>
      fault('setup.lever_is_parameter', variable, {
        en: `"${variable}" is both a lever, which the brand decides, and a parameter, which data teach.`,
        zh: `“${variable}”既是由品牌决定的可调项，又是由数据估计的参数。`,
      }),
    ),
    ...wrong.map(({ id, variable }) =>
      fault('setup.preset_invalid', variable, {
        en: `presets.${id}: "${variable}" must be a lever or a coupling of the setup, with values within its bounds from day 0 on.`,
        zh: `presets.${id}：“${variable}”须为设置中的可调项或耦合，取值须在其范围内，且日期不早于第 0 天。`,
      }),
    ),
  ];
}

function sectorFaults(setup: ModelSetup): Finding[] {
  const known = new Set(setup.sectors.map(({ id }) => id));
  const named = [
    ...setup.parts.map(({ id, sector }) => ({ path: `parts.${id}`, sector })),
    ...setup.couplings.flatMap(({ variable, from, to }) =>
      [from, to].map((sector) => ({ path: `couplings.${variable}`, sector })),
    ),
  ];
  return named
    .filter(({ sector }) => !known.has(sector))
    .map(({ path, sector }) =>
      fault('setup.unknown_sector', null, {
        en: `${path} names the sector "${sector}", which the setup does not list.`,
        zh: `${path} 引用的板块“${sector}”未在设置中列出。`,
      }),
    );
}

function fault(code: string, variable: string | null, text: { en: string; zh: string }): Finding {
  return { code, severity: 'error', text, variable, place: null };
}
