import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpreterKernel } from '../src/backend/interpreter.ts';
import { javascriptKernel } from '../src/backend/javascript.ts';
import { type KernelFactory, savedPoints } from '../src/backend/kernel.ts';
import { wasmKernel } from '../src/backend/wasm/index.ts';
import { compileModel } from '../src/compile/compile.ts';
import { expectValue } from '../src/diagnostic.ts';
import type { Program } from '../src/program/program.ts';
import { validateProgram } from '../src/program/validate.ts';
import { readXmile } from '../src/xmile/reader.ts';
import { columnKey, type ExpectedTable, readExpectedTable } from './expected-table.ts';

const folder = join(import.meta.dirname, 'conformance');
const backends: Record<string, KernelFactory> = {
  interpreter: interpreterKernel,
  JavaScript: javascriptKernel,
  WebAssembly: wasmKernel,
};

/** Columns of a published table whose variables the published model file does not have. */
const missingUpstream: Record<string, readonly string[]> = {
  'smooth_and_stock/test_smooth_and_stock.xmile': ['Input', 'Smoothed Input', 'Smoothing Time'],
};

/** Published files that are no well-formed XML, with what is missing in them. */
const malformedUpstream: Record<string, { before: string; after: string }> = {
  // The flow if_else3 has no end tag.
  'non_negative_flows/test_non_negative_flows_behavior.xmile': {
    before: '<non_negative>FALSE  </non_negative>',
    after: '<non_negative>FALSE  </non_negative></flow>',
  },
};

interface Case {
  name: string;
  model: string;
  expected: ExpectedTable;
}

const cases = readdirSync(folder, { withFileTypes: true }).flatMap((entry): Case[] => {
  if (!entry.isDirectory()) return [];
  const files = readdirSync(join(folder, entry.name));
  const output = files.find((file) => /^output\.(csv|tab)$/.test(file))!;
  const text = readFileSync(join(folder, entry.name, output), 'utf8');
  const expected = readExpectedTable(text, output.endsWith('.tab') ? '\t' : ',');
  const models = files.filter((file) => /\.(xmile|stmx)$/.test(file));
  return models.map((file) => ({ name: `${entry.name}/${file}`, model: join(folder, entry.name, file), expected }));
});

/** What a table may also have of the time grid, although the model has no such variable. */
function gridValue(name: string, { time }: Program): number | undefined {
  const stop = time.start + time.steps * time.dt;
  const values: Record<string, number> = {
    initial_time: time.start,
    final_time: stop,
    time_step: time.dt,
    saveper: time.dt * time.saveEvery,
  };
  return values[name];
}

/** Every value that is not within 1e-4 relative or 1e-5 absolute of what it should be. */
function differences(program: Program, factory: KernelFactory, { expected, name: model }: Case): string[] {
  const kernel = factory(program, 1);
  kernel.run(0, 0);
  const { lanes } = kernel;
  const count = program.outputs.length;
  const { start, dt, steps, saveEvery } = program.time;
  const times = Array.from(
    { length: savedPoints(program) },
    (_, point) => start + Math.min(point * saveEvery, steps) * dt,
  );
  const places = new Map(program.outputs.map(({ name }, place) => [columnKey(name), place]));
  const found: string[] = [];
  for (const { name, values } of expected.columns) {
    if (missingUpstream[model]?.includes(name)) continue;
    const key = columnKey(name);
    const place = places.get(key);
    values.forEach((value, row) => {
      if (value === undefined) return;
      const time = expected.times[row]!;
      const point = times.findIndex((at) => Math.abs(at - time) <= 1e-5 * Math.max(1, Math.abs(time)));
      const got =
        place === undefined
          ? gridValue(key, program)
          : point < 0
            ? undefined
            : kernel.results[(point * count + place) * lanes];
      if (got === undefined) found.push(`${name} at ${time} is not there`);
      else if (
        Math.abs(got - value) > Math.max(1e-5, 1e-4 * Math.abs(value)) ||
        Number.isNaN(got) !== Number.isNaN(value)
      ) {
        found.push(`${name} at ${time} is ${got}, not ${value}`);
      }
    });
  }
  return found;
}

describe('models of the public suite', () => {
  it('has all 27', () => expect(cases.length).toBeGreaterThanOrEqual(27));

  it.each(Object.keys(malformedUpstream))('%s is refused as it was published', (name) => {
    const { model } = cases.find((one) => one.name === name)!;
    const read = readXmile(readFileSync(model));
    expect(read.ok ? [] : read.errors.map(({ code }) => code)).toEqual(['file.malformed']);
  });

  it.each(cases)('$name gives the published values', (one) => {
    const repair = malformedUpstream[one.name];
    const published = readFileSync(one.model);
    const text = repair === undefined ? published : published.toString('utf8').replace(repair.before, repair.after);
    const file = expectValue(readXmile(text));
    const program = expectValue(compileModel(file));
    validateProgram(program);
    for (const factory of Object.values(backends)) {
      expect(differences(program, factory, one).slice(0, 5)).toEqual([]);
    }
  });
});
