import { interpreterKernel } from '../../src/backend/interpreter.ts';
import { javascriptKernel } from '../../src/backend/javascript.ts';
import { type KernelFactory, savedPoints } from '../../src/backend/kernel.ts';
import { wasmKernel } from '../../src/backend/wasm/index.ts';
import { checkModel, compileModel } from '../../src/compile/compile.ts';
import { type Diagnostic, expectValue } from '../../src/diagnostic.ts';
import type { Program } from '../../src/program/program.ts';
import { readXmile } from '../../src/xmile/reader.ts';

/** What a file has around its variables. */
export interface File {
  variables: string;
  /** Default: from 0 to 2 by 1. */
  specs?: string;
  dimensions?: string;
  /** Models beside the whole, and macros. */
  more?: string;
  header?: string;
}

/** The text of a file with these parts. */
export function xmile({ variables, specs, dimensions = '', more = '', header = '' }: File): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
<header><vendor>someone</vendor><product version="1.0" lang="en">something</product>${header}</header>
<sim_specs method="Euler" time_units="Months">${specs ?? '<start>0</start><stop>2</stop><dt>1</dt>'}</sim_specs>
${dimensions === '' ? '' : `<dimensions>${dimensions}</dimensions>`}
<model><variables>${variables}</variables></model>
${more}
</xmile>`;
}

/** `<dim>` of the file: with a size where it is a number, else with elements. */
export function dimension(name: string, ...elements: (string | number)[]): string {
  if (typeof elements[0] === 'number') return `<dim name="${name}" size="${elements[0]}"/>`;
  return `<dim name="${name}">${elements.map((element) => `<elem name="${element}"/>`).join('')}</dim>`;
}

type Kind = 'aux' | 'flow' | 'stock';

/** A variable with an equation, over the dimensions named in brackets: `x[Region, Age]`. */
export function variable(kind: Kind, head: string, equation: string, more = ''): string {
  const { name, dimensions } = headOf(head);
  return `<${kind} name="${name}">${dimensions}<eqn>${escaped(equation)}</eqn>${more}</${kind}>`;
}

export const aux = (head: string, equation: string, more = ''): string => variable('aux', head, equation, more);

export const flow = (head: string, equation: string, more = ''): string => variable('flow', head, equation, more);

export const stock = (head: string, equation: string, inflows: string[] = [], outflows: string[] = []): string =>
  variable(
    'stock',
    head,
    equation,
    [
      ...inflows.map((name) => `<inflow>${name}</inflow>`),
      ...outflows.map((name) => `<outflow>${name}</outflow>`),
    ].join(''),
  );

/** A variable with an equation of its own for each element. */
export function elements(kind: Kind, head: string, values: Record<string, string | number>, more = ''): string {
  const { name, dimensions } = headOf(head);
  const own = Object.entries(values).map(
    ([subscript, equation]) => `<element subscript="${subscript}"><eqn>${escaped(String(equation))}</eqn></element>`,
  );
  return `<${kind} name="${name}">${dimensions}${own.join('')}${more}</${kind}>`;
}

export function model(name: string, variables: string): string {
  return `<model name="${name}"><variables>${variables}</variables></model>`;
}

export function macro(name: string, parameters: readonly string[], equation: string, more = ''): string {
  const parm = parameters.map((parameter) => {
    const [own, value] = parameter.split('=');
    return `<parm${value === undefined ? '' : ` default="${value}"`}>${own}</parm>`;
  });
  return `<macro name="${name}">${parm.join('')}<eqn>${escaped(equation)}</eqn>${more}</macro>`;
}

export function module(name: string, connections: Record<string, string> = {}): string {
  const own = Object.entries(connections).map(([to, from]) => `<connect to="${to}" from="${from}"/>`);
  return `<module name="${name}">${own.join('')}</module>`;
}

/** All that a run saves, by variable; the three back ends must agree. */
export function series(file: File | string): Record<string, number[]> {
  const source = expectValue(readXmile(typeof file === 'string' ? file : xmile(file)));
  const program = expectValue(compileModel(source));
  const [first, ...others] = [interpreterKernel, javascriptKernel, wasmKernel].map((factory) =>
    saved(program, factory),
  );
  for (const other of others) {
    for (const [name, values] of Object.entries(other)) {
      values.forEach((value, at) => {
        const expected = first![name]![at]!;
        const near = Math.abs(value - expected) <= 1e-12 * Math.max(1, Math.abs(expected));
        if (!near && !Object.is(value, expected)) throw new Error(`${name}: ${value} is not ${expected}`);
      });
    }
  }
  return first!;
}

function saved(program: Program, factory: KernelFactory): Record<string, number[]> {
  const kernel = factory(program, 1);
  kernel.run(0, 0);
  const count = program.outputs.length;
  const points = Array.from({ length: savedPoints(program) }, (_, point) => point);
  return Object.fromEntries(
    program.outputs.map(({ name }, place) => [
      name,
      points.map((point) => kernel.results[(point * count + place) * kernel.lanes]!),
    ]),
  );
}

/** The first saved value of each element of a variable, by its subscripts; of a scalar by ''. */
export function start(file: File | string, name: string): Record<string, number> {
  const own = Object.entries(series(file)).filter(([other]) => other === name || other.startsWith(`${name}[`));
  return Object.fromEntries(own.map(([other, [first]]) => [other.slice(name.length), first!]));
}

/** Errors and warnings of reading and compiling, by code. */
export function codes(file: File | string): string[] {
  return found(file).map(({ code }) => code);
}

export function found(file: File | string): Diagnostic[] {
  const read = readXmile(typeof file === 'string' ? file : xmile(file));
  return read.ok ? [...read.warnings, ...checkModel(read.value)] : [...read.errors, ...read.warnings];
}

function headOf(head: string): { name: string; dimensions: string } {
  const [name, names] = head.replace(/\]$/, '').split('[');
  if (names === undefined) return { name: name!, dimensions: '' };
  const dims = names.split(',').map((dim) => `<dim name="${dim.trim()}"/>`);
  return { name: name!, dimensions: `<dimensions>${dims.join('')}</dimensions>` };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
