import {
  checkModel,
  checkUnits,
  compileModel,
  type Diagnostic,
  DynamicsError,
  readXmile,
  runModel,
  type SourceFile,
  sentenceOf,
} from '@tandem/dynamics';
import { driveModel } from './model/index.ts';
import type { Finding } from './schema.ts';
import type { ModelSetup } from './setup.ts';
import { checkSetup } from './setup-check.ts';
import type { ModelInput } from './task.ts';

/** What a model without a setup is taken with: it can be read, run and compared, but not fitted. */
export const emptySetup: ModelSetup = {
  parameters: [],
  observations: [],
  levers: [],
  couplings: [],
  sectors: [],
  parts: [],
  shown: [],
};

/** Findings that are told of one model at most. */
const findingsMax = 200;
/** Variables and operations of an uploaded model: its runs have to be many and fast, and to check it must not take seconds. */
const variablesMax = 5_000;
const operationsMax = 100_000;
/** Of all equations, those of arrays as often as they have elements. */
const charactersMax = 2_000_000;
const largeWords = {
  variables: { en: 'variables', zh: '变量' },
  operations: { en: 'operations', zh: '运算' },
  characters: { en: 'characters of equations, arrays written out', zh: '方程字符（数组展开后）' },
};

/** What a look at a model found. */
export interface Inspection {
  /** The file is sound and can be run, with its setup. */
  runs: boolean;
  findings: Finding[];
  file: SourceFile | undefined;
}

/**
 * Reads and checks a model and its setup, and makes a short run of it. Everything that is found is told; `kpis` are the
 * daily KPIs that a setup may name.
 */
export async function inspectModel(model: ModelInput, kpis: ReadonlySet<string>): Promise<Inspection> {
  const read = readXmile(model.xmile);
  if (!read.ok) return inspected(undefined, [...read.errors, ...read.warnings].map(findingOf));
  const file = read.value;
  const declared = file.models.reduce((sum, { variables }) => sum + variables.length, 0);
  if (declared > variablesMax) return inspected(file, [tooLarge('variables', declared, variablesMax)]);
  const characters = charactersOf(file);
  if (characters > charactersMax) return inspected(file, [tooLarge('characters', characters, charactersMax)]);
  const found = distinct([...read.warnings, ...checkModel(file), ...checkUnits(file)]).map(findingOf);
  if (isBroken(found)) return inspected(file, found);
  found.push(...(await ranBadly(file)));
  if (isBroken(found)) return inspected(file, found);
  found.push(...checkSetup(file, model.setup, kpis));
  if (!isBroken(found)) found.push(...drivenBadly(file, model.setup));
  return inspected(file, found);
}

function inspected(file: SourceFile | undefined, findings: Finding[]): Inspection {
  const ordered = [...findings].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  return { runs: !isBroken(findings), findings: ordered.slice(0, findingsMax), file };
}

function isBroken(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/** A run of a week at most in the file's own step: what overflows at once is told before anybody waits for a fit. */
async function ranBadly(file: SourceFile): Promise<Finding[]> {
  const compiled = compileModel(file);
  if (!compiled.ok) return compiled.errors.map(findingOf);
  const { stocks, nodes } = compiled.value;
  if (nodes.length > operationsMax) return [tooLarge('operations', nodes.length, operationsMax)];
  // Without stocks there is nothing that could overflow from step to step.
  if (stocks.length === 0) return [];
  const { start, dt, steps } = compiled.value.time;
  const stop = start + Math.min(steps, Math.ceil(7 / dt)) * dt;
  const ran = await runModel(file, {
    outputs: stocks.map(({ name }) => name).slice(0, 200),
    time: { stop },
    backend: 'js',
  });
  return (ran.ok ? ran.warnings : ran.errors).map(findingOf);
}

function charactersOf(file: SourceFile): number {
  const sizes = new Map(file.dimensions.map(({ name, elements }) => [name.toLowerCase(), elements.length]));
  return file.models
    .flatMap(({ variables }) => variables)
    .reduce((sum, { dimensions, equation, elements }) => {
      const spread = dimensions.reduce((count, name) => count * (sizes.get(name.toLowerCase()) ?? 1), 1);
      const own = elements.reduce((count, element) => count + (element.equation?.text.length ?? 0), 0);
      return sum + own + spread * (equation?.text.length ?? 0);
    }, 0);
}

function tooLarge(what: keyof typeof largeWords, size: number, most: number): Finding {
  return {
    code: 'model.too_large',
    severity: 'error',
    text: {
      en: `The model has ${size} ${largeWords[what].en}; models up to ${most} can be fitted.`,
      zh: `模型包含 ${size} 个${largeWords[what].zh}；可拟合的模型上限为 ${most} 个。`,
    },
    variable: null,
    place: null,
  };
}

/** Compiles the model as fits do: levers over time, parameters and couplings set by each run. */
function drivenBadly(file: SourceFile, setup: ModelSetup): Finding[] {
  const outputs = setup.observations.map(({ variable }) => variable);
  if (outputs.length === 0) return [];
  try {
    driveModel(
      { file, setup },
      {
        stop: 7,
        paths: setup.levers.map(({ variable, usual }) => ({ variable, steps: [{ day: 0, value: usual }] })),
        inputs: [...setup.parameters, ...setup.couplings].map(({ variable }) => variable),
        outputs,
      },
    );
    return [];
  } catch (cause) {
    if (!(cause instanceof DynamicsError)) throw cause;
    return cause.diagnostics.map(findingOf);
  }
}

/** The finding of the engine in both languages. */
export function findingOf(found: Diagnostic): Finding {
  return {
    code: found.code,
    severity: found.severity,
    text: { en: sentenceOf(found, 'en'), zh: sentenceOf(found, 'zh') },
    variable: found.variable ?? null,
    place: found.place ? { line: found.place.line, column: found.place.column } : null,
  };
}

function distinct(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return found.filter((one) => {
    const key = JSON.stringify([one.code, one.variable, one.place, one.details]);
    return !seen.has(key) && seen.add(key);
  });
}
