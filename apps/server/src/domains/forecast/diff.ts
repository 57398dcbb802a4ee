import { expectValue, readXmile } from '@tandem/dynamics';
import { describeVersion } from './describe.ts';
import { canonicalJson } from './hash.ts';
import type { ModelDiff, ModelVariable } from './schema.ts';
import type { ModelSetup } from './setup.ts';
import type { ModelInput } from './task.ts';

/** What is different between two versions of a model: variables of the file, and lines of the setup. */
export function diffModels(
  from: ModelInput,
  to: ModelInput,
): Pick<ModelDiff, 'added' | 'removed' | 'changed' | 'setup'> {
  const before = byName(from);
  const after = byName(to);
  const both = [...after.values()].filter(({ name }) => before.has(name));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: both.flatMap((variable) => changesOf(before.get(variable.name)!, variable)),
    setup: setupChanges(from.setup, to.setup),
  };
}

function byName({ xmile }: ModelInput): Map<string, ModelVariable> {
  return new Map(describeVersion(expectValue(readXmile(xmile))).map((variable) => [variable.name, variable]));
}

function changesOf(before: ModelVariable, after: ModelVariable): ModelDiff['changed'] {
  const texts = (one: ModelVariable) => ({
    kind: one.kind,
    equation: equationText(one),
    units: one.units ?? '',
    doc: one.doc,
  });
  const [old, now] = [texts(before), texts(after)];
  return (['kind', 'equation', 'units', 'doc'] as const)
    .filter((what) => old[what] !== now[what])
    .map((what) => ({ variable: after.name, what, before: old[what], after: now[what] }));
}

function equationText({ elements, inflows, outflows }: ModelVariable): string {
  const equations = elements.map(({ equation }) => equation);
  const same = equations.every((equation) => equation === equations[0]);
  const text = same ? (equations[0] ?? '') : elements.map(({ name, equation }) => `${name} = ${equation}`).join('\n');
  const flows = [...inflows.map((name) => `+ ${name}`), ...outflows.map((name) => `- ${name}`)].join(' ');
  return flows === '' ? text : `${text} | ${flows}`;
}

/** Lines of a setup, by list and name: `parameters.user_behaviour.theta`. */
function linesOf(setup: ModelSetup): Map<string, string> {
  const lines = new Map<string, string>();
  for (const [list, content] of Object.entries(setup)) {
    if (!Array.isArray(content)) lines.set(list, canonicalJson(content));
    else for (const item of content) lines.set(`${list}.${nameOf(item)}`, canonicalJson(item));
  }
  return lines;
}

function nameOf(item: { variable: string } | { id: string } | { kpi: string; variable: string }): string {
  if ('kpi' in item) return item.kpi;
  return 'variable' in item ? item.variable : item.id;
}

function setupChanges(from: ModelSetup, to: ModelSetup): ModelDiff['setup'] {
  const [before, after] = [linesOf(from), linesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }));
}
