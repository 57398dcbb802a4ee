import { interpreterKernel } from '../../src/backend/interpreter.ts';
import { javascriptKernel } from '../../src/backend/javascript.ts';
import { type KernelFactory, savedPoints } from '../../src/backend/kernel.ts';
import { wasmKernel } from '../../src/backend/wasm/index.ts';
import { compileModel } from '../../src/compile/compile.ts';
import { xmile } from '../../src/compile/run.fixture.ts';
import { expectValue } from '../../src/diagnostic.ts';
import type { Method, Program } from '../../src/program/program.ts';
import { readXmile } from '../../src/xmile/reader.ts';

type Parts = Parameters<typeof xmile>[0];
type Series = Record<string, number[]>;

const others: Record<string, KernelFactory> = { JavaScript: javascriptKernel, WebAssembly: wasmKernel };

/** Saved values of every variable; throws where the back ends do not agree on them. */
export function seriesOf(parts: Parts, method: Method = 'euler'): Series {
  return seriesOfText(xmile(parts), method);
}

export function seriesOfText(text: string | Uint8Array, method: Method = 'euler'): Series {
  const program = expectValue(compileModel(expectValue(readXmile(text)), { time: { method } }));
  const series = runOf(program, interpreterKernel);
  for (const [name, factory] of Object.entries(others)) mustAgree(name, series, runOf(program, factory));
  return series;
}

/** The values of one equation; with `more` variables beside it. */
export function valuesOf(equation: string, specs: string, more = '', method: Method = 'euler'): number[] {
  const escaped = equation.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return seriesOf({ variables: `<aux name="value"><eqn>${escaped}</eqn></aux>${more}`, specs }, method).value!;
}

function runOf(program: Program, factory: KernelFactory): Series {
  const kernel = factory(program, 1);
  kernel.run(1, 0);
  const { outputs } = program;
  const points = Array.from({ length: savedPoints(program) }, (_, point) => point);
  const valueAt = (point: number, place: number) => kernel.results[(point * outputs.length + place) * kernel.lanes]!;
  return Object.fromEntries(outputs.map(({ name }, place) => [name, points.map((point) => valueAt(point, place))]));
}

function mustAgree(backend: string, expected: Series, got: Series): void {
  for (const [name, values] of Object.entries(expected)) {
    values.forEach((value, point) => {
      const other = got[name]![point]!;
      const size = Math.max(Math.abs(value), Math.abs(other), Number.MIN_VALUE);
      if (Object.is(value, other) || value === other || Math.abs(value - other) <= 1e-12 * size) return;
      throw new Error(`${name} at point ${point} is ${other} by ${backend} and ${value} by the interpreter`);
    });
  }
}
