import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interpreterKernel } from '../src/backend/interpreter.ts';
import { javascriptKernel } from '../src/backend/javascript.ts';
import type { KernelFactory } from '../src/backend/kernel.ts';
import { wasmKernel } from '../src/backend/wasm/index.ts';
import { compileModel } from '../src/compile/compile.ts';
import { expectValue } from '../src/diagnostic.ts';
import { savedTimes } from '../src/ensemble/reducer.ts';
import type { Program } from '../src/program/program.ts';
import { readXmile } from '../src/xmile/reader.ts';
import { columnKey, type ExpectedTable, readExpectedTable } from './expected-table.ts';

/** How one published model fared against its published output. */
export interface ConformanceRun {
  folder: string;
  file: string;
  /** The file with the published output, in the same folder. */
  source: string;
  /** Published columns that were compared, and their values, by each back end. */
  columns: number;
  values: number;
  /** The largest difference of any back end, see `relativeDifference`; infinite where a value is not there. */
  difference: number;
  /** Why it did not pass. */
  failure: string | undefined;
  /** What is peculiar about the published files. */
  remark: string | undefined;
}

/** The largest difference that passes: 1e-4 of the published value, or 1e-5 for values below 0.1. */
export const differenceMax = 1e-4;
const smallestScale = 0.1;

const backends: Readonly<Record<string, KernelFactory>> = {
  interp: interpreterKernel,
  js: javascriptKernel,
  wasm: wasmKernel,
};

/** Columns of a published table whose variables the published model does not have. */
const withoutVariable: Readonly<Record<string, readonly string[]>> = {
  'smooth_and_stock/test_smooth_and_stock.xmile': ['Input', 'Smoothed Input', 'Smoothing Time'],
};

/** Published files that are no well-formed XML, with what is missing in them. */
const withoutEndTag: Readonly<Record<string, { before: string; after: string; what: string }>> = {
  'non_negative_flows/test_non_negative_flows_behavior.xmile': {
    before: '<non_negative>FALSE  </non_negative>',
    after: '<non_negative>FALSE  </non_negative></flow>',
    what: 'the end tag of the flow if_else3',
  },
};

/** Runs every model below `folder` with every back end and holds it against the output beside it. */
export function conformanceRuns(folder: string): ConformanceRun[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => {
      const files = readdirSync(join(folder, name)).sort();
      const source = files.find((file) => /^output\.(csv|tab)$/.test(file));
      if (source === undefined) throw new Error(`${name} has no output.csv or output.tab`);
      const models = files.filter((file) => /\.(xmile|stmx)$/.test(file));
      return models.map((file) => conformanceRun(folder, { folder: name, file, source }));
    });
}

function conformanceRun(root: string, at: Pick<ConformanceRun, 'folder' | 'file' | 'source'>): ConformanceRun {
  const [model, output] = [at.file, at.source].map((file) => readFileSync(join(root, at.folder, file), 'utf8'));
  const expected = readExpectedTable(output ?? '', at.source.endsWith('.tab') ? '\t' : ',');
  const name = `${at.folder}/${at.file}`;
  const repair = withoutEndTag[name];
  const absent = withoutVariable[name] ?? [];
  const columns = expected.columns.filter((column) => !absent.includes(column.name));
  const counted = {
    columns: columns.length,
    values: columns.reduce((sum, { values }) => sum + values.filter((value) => value !== undefined).length, 0),
    remark: remarkOf(model ?? '', repair?.what, absent),
  };
  try {
    const text = repair === undefined ? model : model?.replace(repair.before, repair.after);
    const program = expectValue(compileModel(expectValue(readXmile(text ?? ''))));
    const worst = worstOf(program, { ...expected, columns });
    const failure = worst.difference <= differenceMax ? undefined : worst.where;
    return { ...at, ...counted, difference: worst.difference, failure };
  } catch (cause) {
    const failure = cause instanceof Error ? cause.message : String(cause);
    return { ...at, ...counted, difference: Number.POSITIVE_INFINITY, failure };
  }
}

function remarkOf(model: string, added: string | undefined, absent: readonly string[]): string | undefined {
  if (absent.length > 0) return `the published model has no ${absent.join(', ')}`;
  if (added === undefined) return undefined;
  const read = readXmile(model);
  const codes = read.ok ? 'nothing' : read.errors.map(({ code }) => `\`${code}\``).join(', ');
  return `${added} was added; without it the file is refused with ${codes}`;
}

interface Worst {
  difference: number;
  where: string;
}

function worstOf(program: Program, { times: asked, columns }: ExpectedTable): Worst {
  const times = savedTimes(program.time);
  const points = asked.map((time) =>
    times.findIndex((at) => Math.abs(at - time) <= 1e-5 * Math.max(1, Math.abs(time))),
  );
  const places = new Map(program.outputs.map(({ name }, place) => [columnKey(name), place]));
  let worst: Worst = { difference: 0, where: '' };
  for (const [backend, factory] of Object.entries(backends)) {
    const kernel = factory(program, 1);
    kernel.run(0, 0);
    for (const { name, values } of columns) {
      const key = columnKey(name);
      const place = places.get(key);
      values.forEach((value, row) => {
        if (value === undefined) return;
        const point = points[row]!;
        const inResults = place === undefined || point < 0 ? -1 : (point * places.size + place) * kernel.lanes;
        const got = place === undefined ? gridValue(key, program) : kernel.results[inResults];
        const difference = got === undefined ? Number.POSITIVE_INFINITY : relativeDifference(got, value);
        if (difference <= worst.difference) return;
        const where = `${name} at ${asked[row]} is ${got ?? 'not there'}, not ${value} (${backend})`;
        worst = { difference, where };
      });
    }
  }
  return worst;
}

/** A difference as a share of the published value, of 0.1 where that is smaller; 0 for what is not finite on both sides. */
function relativeDifference(got: number, published: number): number {
  if (Object.is(got, published)) return 0;
  const difference = Math.abs(got - published) / Math.max(smallestScale, Math.abs(published));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/** What a table may also have of the time grid, although the model has no such variable. */
function gridValue(name: string, { time }: Program): number | undefined {
  const values: Record<string, number> = {
    initial_time: time.start,
    final_time: time.start + time.steps * time.dt,
    time_step: time.dt,
    saveper: time.dt * time.saveEvery,
  };
  return values[name];
}
