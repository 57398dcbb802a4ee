import { describeModel, type SourceFile } from '@tandem/dynamics';
import { sha256Of } from './hash.ts';
import type { ModelVariable } from './schema.ts';

/** Elements of one array that are described; beyond it the equation of the whole has to do. */
const elementsMax = 400;
/** Characters of one equation that are told, and of all equations of a model together. */
const equationCharactersMax = 4_000;
const allCharactersMax = 4_000_000;

type SourceVariable = SourceFile['models'][number]['variables'][number];

/** The variables of a model with units, words and equations, those of the whole first. */
export function describeVersion(file: SourceFile): ModelVariable[] {
  const sources = sourcesOf(file);
  const shorten = shortener();
  return describeModel(file).map(({ name, kind, units, documentation, elements }) => {
    const source = sources.get(keyOf(name));
    const equations = source && equationsOf(source);
    return {
      name,
      kind,
      units: units ?? null,
      doc: documentation ?? '',
      inflows: source?.inflows ?? [],
      outflows: source?.outflows ?? [],
      elements: elements.slice(0, elementsMax).map((element) => ({
        name: element.name,
        equation: shorten(equations?.(element.name) ?? ''),
        value: element.value ?? null,
      })),
    };
  });
}

/**
 * Cuts long equations, also where an array repeats one for each element. What was cut says so with its SHA-256, so that
 * texts that differ further on are not taken for equal.
 */
function shortener(): (equation: string) => string {
  const known = new Map<string, string>();
  let left = allCharactersMax;
  return (equation) => {
    const shown = known.get(equation) ?? cutTo(equation, Math.min(equationCharactersMax, Math.max(0, left)));
    known.set(equation, shown);
    left -= shown.length;
    return shown;
  };
}

function cutTo(equation: string, most: number): string {
  if (equation.length <= most) return equation;
  return `${equation.slice(0, most)} … (${equation.length}, SHA-256 ${sha256Of(equation)})`;
}

/** Variables of the file by their path, modules followed. */
function sourcesOf(file: SourceFile): Map<string, SourceVariable> {
  const found = new Map<string, SourceVariable>();
  const walk = (modelName: string, prefix: string, depth: number) => {
    const model = depth === 0 ? file.models[0] : file.models.find(({ name }) => keyOf(name) === keyOf(modelName));
    if (model === undefined || depth > 20) return;
    for (const variable of model.variables) found.set(prefix + keyOf(variable.name), variable);
    for (const module of model.modules) walk(module.model, `${prefix}${keyOf(module.name)}.`, depth + 1);
  };
  walk('', '', 0);
  return found;
}

/** The equation of each element of a variable, by the element's name as `describeModel` writes it. */
function equationsOf(source: SourceVariable): (element: string) => string {
  const whole = textOf(source);
  const own = new Map(source.elements.map((element) => [element.subscripts.map(keyOf).join(','), element]));
  return (element) => {
    const subscripts = /\[([^[\]]*)\]$/.exec(element)?.[1];
    const found = subscripts === undefined ? undefined : own.get(subscripts.split(',').map(keyOf).join(','));
    return found?.equation?.text.trim() ?? whole;
  };
}

function textOf({ equation, graphicalFunction }: SourceVariable): string {
  const text = equation?.text.trim() ?? '';
  if (graphicalFunction === undefined) return text;
  const { x, y } = graphicalFunction;
  const points = x.map((at, i) => `(${at}, ${y[i]})`).join(' ');
  return `${text === '' ? 'graph' : `graph of ${text}`}: ${points}`;
}

/** Names are the same whatever their case, and whether spaces or underscores part their words. */
function keyOf(name: string): string {
  return name
    .trim()
    .replaceAll('"', '')
    .replace(/[\s_\u00a0]+/g, '_')
    .toLowerCase();
}
