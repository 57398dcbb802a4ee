import { interpreterKernel } from '../backend/interpreter.ts';
import { savedPoints } from '../backend/kernel.ts';
import { type Diagnostic, expectValue } from '../diagnostic.ts';
import type { Program } from '../program/program.ts';
import { validateProgram } from '../program/validate.ts';
import { readXmile } from '../xmile/reader.ts';
import type { SourceFile } from '../xmile/source.ts';
import { checkModel, compileModel } from './compile.ts';
import type { Selection } from './selection.ts';

interface Parts {
  variables: string;
  specs?: string;
  dimensions?: string;
  behavior?: string;
  models?: string;
  macros?: string;
}

/** The text of a file with these parts; from 0 to 2 by 1 unless `specs` says otherwise. */
export function xmile({ variables, specs, dimensions = '', behavior = '', models = '', macros = '' }: Parts): string {
  return [
    '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:simlin="https://simlin.com/XMILE/v1.0">',
    '<header><vendor>v</vendor><product>p</product></header>',
    `<sim_specs>${specs ?? '<start>0</start><stop>2</stop><dt>1</dt>'}</sim_specs>`,
    dimensions === '' ? '' : `<dimensions>${dimensions}</dimensions>`,
    behavior === '' ? '' : `<behavior>${behavior}</behavior>`,
    `<model><variables>${variables}</variables></model>`,
    models,
    macros,
    '</xmile>',
  ].join('\n');
}

export function aux(name: string, equation: string, more = ''): string {
  return `<aux name="${name}"><eqn>${escaped(equation)}</eqn>${more}</aux>`;
}

export function flow(name: string, equation: string, more = ''): string {
  return `<flow name="${name}"><eqn>${escaped(equation)}</eqn>${more}</flow>`;
}

export function stock(name: string, initial: string, more = ''): string {
  return `<stock name="${name}"><eqn>${escaped(initial)}</eqn>${more}</stock>`;
}

/** `<dimensions>` of an array variable. */
export function over(...names: string[]): string {
  return `<dimensions>${names.map((name) => `<dim name="${name}"/>`).join('')}</dimensions>`;
}

export function dimension(name: string, ...elements: string[]): string {
  return `<dim name="${name}">${elements.map((element) => `<elem name="${element}"/>`).join('')}</dim>`;
}

export function source(parts: Parts): SourceFile {
  return expectValue(readXmile(xmile(parts)));
}

export function compiled(parts: Parts, selection: Selection = {}): Program {
  const program = expectValue(compileModel(source(parts), selection));
  validateProgram(program);
  return program;
}

/** What a run stores: for each output its saved values. */
export function run(parts: Parts, selection: Selection = {}, inputs: readonly number[] = []): Record<string, number[]> {
  return runOf(compiled(parts, selection), inputs);
}

export function runOf(program: Program, inputs: readonly number[] = []): Record<string, number[]> {
  const kernel = interpreterKernel(program, 1);
  const given = program.inputs.map(({ value }, at) => inputs[at] ?? value);
  for (const [at, value] of given.entries()) kernel.inputs[at * kernel.lanes] = value;
  kernel.run(1, 0);
  const count = program.outputs.length;
  const points = Array.from({ length: savedPoints(program) }, (_, point) => point);
  return Object.fromEntries(
    program.outputs.map(({ name }, place) => [
      name,
      points.map((point) => kernel.results[(point * count + place) * kernel.lanes]!),
    ]),
  );
}

/** Codes of everything that is found, with the variable. */
export function findings(parts: Parts, selection?: Selection): string[] {
  return found(parts, selection).map(({ code, variable }) => (variable === undefined ? code : `${variable}: ${code}`));
}

export function found(parts: Parts, selection?: Selection): Diagnostic[] {
  if (selection === undefined) return checkModel(source(parts));
  const outcome = compileModel(source(parts), selection);
  return outcome.ok ? outcome.warnings : [...outcome.errors, ...outcome.warnings];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
