import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpreterKernel } from '../../src/backend/interpreter.ts';
import { javascriptKernel } from '../../src/backend/javascript.ts';
import { wasmKernel } from '../../src/backend/wasm/index.ts';
import { compileModel } from '../../src/compile/compile.ts';
import { describeModel } from '../../src/compile/describe.ts';
import { aux, flow, over, stock, xmile } from '../../src/compile/run.fixture.ts';
import { DynamicsError, expectValue } from '../../src/diagnostic.ts';
import type { Program } from '../../src/program/program.ts';
import { runModel } from '../../src/run.ts';
import { checkUnits } from '../../src/units/check.ts';
import { readXmile } from '../../src/xmile/reader.ts';
import { writeXmile } from '../../src/xmile/writer.ts';
import { valuesOf } from './model.fixture.ts';

type Parts = Parameters<typeof xmile>[0];

function times(count: number, text: (number: number) => string): string {
  return Array.from({ length: count }, (_, number) => text(number)).join('');
}

/** Codes of the errors that stand in the way of a run. */
function errorsOf(text: string): string[] {
  const read = readXmile(text);
  if (!read.ok) return read.errors.map(({ code }) => code);
  checkUnits(read.value);
  describeModel(read.value);
  const compiled = compileModel(read.value);
  return compiled.ok ? [] : compiled.errors.map(({ code }) => code);
}

async function runErrorsOf(parts: Parts): Promise<string[]> {
  const outcome = await runModel(expectValue(readXmile(xmile(parts))));
  return outcome.ok ? [] : outcome.errors.map(({ code }) => code);
}

const year = (start: string, stop: string, dt: string) => `<start>${start}</start><stop>${stop}</stop><dt>${dt}</dt>`;

/** Each with the code that it ends in; none takes more than a second. */
const refused: [what: string, parts: Parts, code: string][] = [
  ['parentheses', { variables: aux('x', `${'('.repeat(1e5)}1${')'.repeat(1e5)}`) }, 'equation.too_deep'],
  ['signs', { variables: aux('x', `${'-'.repeat(1e5)}1`) }, 'equation.too_deep'],
  ['powers', { variables: aux('x', `${'1^'.repeat(1e5)}1`) }, 'equation.too_deep'],
  ['choices', { variables: aux('x', `${'IF TIME > 1 THEN 1 ELSE '.repeat(5000)}1`) }, 'equation.too_deep'],
  ['subscripts', { variables: aux('x', `${'a['.repeat(5000)}1${']'.repeat(5000)}`) }, 'equation.too_deep'],
  ['arguments', { variables: aux('x', `MAX(${'1,'.repeat(5e4)}1)`) }, 'builtin.arguments'],
  ['a circle of variables', { variables: times(5000, (i) => aux(`v${i}`, `v${(i + 1) % 5000} + 1`)) }, 'model.cycle'],
  ['steps', { variables: aux('x', '1'), specs: year('0', '1e9', '1') }, 'time.too_many_steps'],
  ['tiny steps', { variables: aux('x', '1'), specs: year('0', '1', '1e-300') }, 'time.too_many_steps'],
  ['a span', { variables: aux('x', '1'), specs: year('-1.7e308', '1.7e308', '1e308') }, 'time.too_many_steps'],
  [
    'a step lost in time',
    { variables: aux('x', '1'), specs: year('1e16', '10000000000000010', '0.1') },
    'time.step_too_small',
  ],
  ['no step', { variables: aux('x', '1'), specs: year('NaN', 'Infinity', '0') }, 'file.number'],
  [
    'a dimension',
    { variables: aux('x', '1', over('d')), dimensions: '<dim name="d" size="1000000000"/>' },
    'dimension.limit',
  ],
  [
    'a square',
    { variables: aux('x', '1', over('d', 'd')), dimensions: '<dim name="d" size="100000"/>' },
    'model.too_large',
  ],
  [
    'a module in itself',
    { variables: '<module name="m"/>', models: '<model name="m"><variables><module name="m"/></variables></model>' },
    'module.recursive',
  ],
  [
    'modules inside one another',
    {
      variables: '<module name="m0"/>',
      models:
        times(5000, (i) => `<model name="m${i}"><variables><module name="m${i + 1}"/></variables></model>`) +
        '<model name="m5000"/>',
    },
    'model.too_large',
  ],
  [
    'modules that hold two each',
    {
      variables: '<module name="m0"/>',
      models: `${times(40, (i) => {
        const held = ['a', 'b'].map((name) => `<module name="${name}" simlin:model_name="m${i + 1}"/>`).join('');
        return `<model name="m${i}"><variables>${held}</variables></model>`;
      })}<model name="m40"/>`,
    },
    'model.too_large',
  ],
  [
    'a module connected to itself',
    {
      variables: '<module name="m"><connect to="x" from="m.x"/></module>',
      models: `<model name="m"><variables>${aux('x', '1')}</variables></model>`,
    },
    'module.connection_cycle',
  ],
  [
    'a macro without an end',
    { variables: aux('x', 'M(TIME)'), macros: '<macro name="M"><parm>p</parm><eqn>M(p - 1) + 1</eqn></macro>' },
    'macro.too_deep',
  ],
  [
    'many ways out of one stock',
    {
      variables:
        stock('s', '1', `${times(600, (i) => `<outflow>f${i}</outflow>`)}<non_negative/>`) +
        times(600, (i) => flow(`f${i}`, 's')),
    },
    'model.too_large',
  ],
  [
    'steps of a large model',
    {
      variables: times(600, (i) => stock(`s${i}`, '1', `<inflow>f${i}</inflow>`) + flow(`f${i}`, `s${i} * 0.1`)),
      specs: `${year('0', '99999999', '1')}<savestep>1e7</savestep>`,
    },
    'time.too_many_evaluations',
  ],
  [
    'runs inside of a run',
    {
      variables: aux('x', 'M(d)', over('d')),
      dimensions: '<dim name="d" size="20000"/>',
      macros: `<macro name="M"><parm>p</parm><eqn>p * TIME</eqn><sim_specs>${year('0', '1', '1')}</sim_specs></macro>`,
    },
    'macro.inner_steps',
  ],
  ['a delay of NaN', { variables: aux('x', 'DELAY(TIME, 0/0, 3)') }, 'builtin.negative'],
  ['a delay of many stages', { variables: aux('x', 'DELAYN(TIME, 5, 1000000000)') }, 'builtin.not_whole'],
  ['names of objects', { variables: aux('x', '__proto__(1)') }, 'model.unknown_function'],
];

describe('too much of', () => {
  it.each(refused)('%s is refused', (_, parts, code) => {
    expect(errorsOf(xmile(parts))).toContain(code);
  });

  it('attributes in one element, and prefixes, is refused or read in time', () => {
    const text = xmile({ variables: aux('x', '1') });
    const attributes = times(50_000, (i) => ` isee:a${i}="1"`);
    expect(errorsOf(text.replace('<aux', `<aux${attributes}`))).toEqual(['file.too-large']);
    const prefixes = times(30_000, (i) => `<z:q xmlns:z="urn:${i}"/>`);
    expect(errorsOf(text.replace('</variables>', `${prefixes}</variables>`))).toEqual([]);
  });

  it('numbers from a run is refused before there is room for them', async () => {
    const all = { variables: aux('x', '1'), specs: year('0', '99999999', '1') };
    expect(await runErrorsOf(all)).toEqual(['run.too_large']);
    const delays = {
      variables: times(300, (i) => aux(`x${i}`, `DELAY(TIME + ${i}, 1e6, 3)`)),
      specs: `${year('0', '2e6', '1')}<savestep>1e6</savestep>`,
    };
    expect(await runErrorsOf(delays)).toEqual(['run.too_large']);
  });
});

describe('much of', () => {
  const many: [what: string, parts: Parts, name: string, last: number][] = [
    ['terms', { variables: aux('a', 'TIME') + aux('x', Array(20_000).fill('a').join(' + ')) }, 'x', 40_000],
    [
      'variables in a row',
      { variables: times(10_000, (i) => aux(`v${i}`, i < 9999 ? `v${i + 1} + 1` : 'TIME')) },
      'v0',
      10_001,
    ],
    [
      'stocks that begin with one another',
      { variables: times(2000, (i) => stock(`s${i}`, i < 1999 ? `INIT(s${i + 1}) + 1` : '1')) },
      's0',
      2000,
    ],
    [
      'points',
      {
        variables: `<aux name="x"><eqn>TIME</eqn><gf><xscale min="0" max="4"/><ypts>${times(100_000, (i) => `${i},`)}1</ypts></gf></aux>`,
      },
      'x',
      50_000,
    ],
    [
      'calls of one another',
      {
        variables: aux('x', `${'M('.repeat(40)}TIME - 1${')'.repeat(40)}`),
        macros: '<macro name="M"><parm>p</parm><eqn>p * p * p</eqn></macro>',
      },
      'x',
      1,
    ],
    ['a delay', { variables: aux('x', 'DELAY(TIME, 1e300, 7)') }, 'x', 7],
    ['names of objects', { variables: aux('__proto__', '4') + aux('constructor', '__proto__ + 1') }, 'constructor', 5],
  ];
  it.each(many)('%s is read, compiled and run', async (_, parts, name, last) => {
    const { series } = expectValue(await runModel(expectValue(readXmile(xmile(parts)))));
    expect(series.find((one) => one.name === name)!.values.at(-1)).toBe(last);
  });
});

/** A chain of variables so long that whatever asks for it has to begin anew. */
const chain = times(400, (i) => aux(`d${i}`, i < 399 ? `d${i + 1}` : '5 + 0 * TIME'));

describe('a value at the end of a long chain', () => {
  const specs = '<start>0</start><stop>4</stop><dt>0.5</dt>';
  it.each([
    'DELAY1(TIME, d0)',
    'DELAY3(d0 + TIME, d0)',
    'DELAYN(TIME, d0, 3, d0)',
    'SMTH3(TIME, d0)',
    'TREND(TIME + 1, d0)',
    'FORCST(TIME + 1, d0, d0)',
    'NPV(TIME, d0)',
    'NPV(d0, 0.1)',
    'NPV(TIME, d0, d0, d0)',
    'PREVIOUS(d0 + TIME, d0)',
    'SAMPLE IF TRUE(d0 > TIME, TIME * d0, d0)',
    'HISTORY(TIME * d0, TIME - d0 + 4)',
    'RANDOM(d0, d0 + 1, 3, 0, 10, 2)',
    'DERIVN(TIME * TIME * d0, 2)',
  ])('is that of a short one in %s', (equation) => {
    expect(valuesOf(equation, specs, chain)).toEqual(valuesOf(equation, specs, aux('d0', '5 + 0 * TIME')));
  });
});

describe('RK45', () => {
  it('ends where a flow switches all the time, in every back end alike', { timeout: 30_000 }, () => {
    const variables = stock('s', '1', '<inflow>f</inflow>') + flow('f', 'SIN(TIME * 1000000) > 0');
    const file = expectValue(readXmile(xmile({ variables, specs: '<start>0</start><stop>6</stop><dt>0.1</dt>' })));
    const program = expectValue(compileModel(file, { time: { method: 'rk45' }, outputs: ['s'] }));
    const runs = [interpreterKernel, javascriptKernel, wasmKernel].map((factory) => {
      const kernel = factory(program, 1);
      kernel.run(0, 0);
      return {
        fault: kernel.faults[0],
        values: Array.from({ length: 61 }, (_, s) => kernel.results[s * kernel.lanes]!),
      };
    });
    const [{ fault, values }] = runs as [(typeof runs)[0]];
    expect(fault).toBe(-2);
    expect(values[2]).toBeCloseTo(1.1, 2);
    expect(values[60]).toBeNaN();
    for (const run of runs) {
      expect(run.fault).toBe(fault);
      expect(run.values).toEqual(values.map((value) => (Number.isNaN(value) ? value : expect.closeTo(value, 12))));
    }
  });

  it('takes as many steps as the run has', () => {
    const variables = stock('s', '1', '<inflow>f</inflow>') + flow('f', '1');
    const specs = '<start>0</start><stop>5000000</stop><dt>1</dt><savestep>2500000</savestep>';
    const file = expectValue(readXmile(xmile({ variables, specs })));
    const program = expectValue(compileModel(file, { time: { method: 'rk45' }, outputs: ['s'] }));
    for (const factory of [javascriptKernel, wasmKernel]) {
      const kernel = factory(program, 1);
      kernel.run(0, 0);
      expect(kernel.results[2 * kernel.lanes]).toBeCloseTo(5_000_001, 3);
    }
  });
});

/** Small enough to be run by all back ends. */
function isSmall({ time, nodes }: Program): boolean {
  return time.steps * nodes.length <= 2e5 && time.method !== 'rk45';
}

/** The whole way of a text; whatever is thrown and no DynamicsError fails the test. */
function survives(text: string): void {
  const read = readXmile(text);
  if (!read.ok) return void expect(read.errors.length).toBeGreaterThan(0);
  checkUnits(read.value);
  describeModel(read.value);
  expect(readXmile(writeXmile(read.value)).ok).toBe(true);
  const compiled = compileModel(read.value);
  if (!compiled.ok) return void expect(compiled.errors.length).toBeGreaterThan(0);
  if (!isSmall(compiled.value)) return;
  const faults = [interpreterKernel, javascriptKernel, wasmKernel].map((factory) => {
    const kernel = factory(compiled.value, 1);
    kernel.run(1, 0);
    return kernel.faults[0];
  });
  expect(new Set(faults).size).toBe(1);
}

describe('a model with words of its own put elsewhere', () => {
  const root = join(import.meta.dirname, '../conformance');
  const texts = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => join(root, name, file)))
    .filter((file) => /\.(xmile|stmx)$/.test(file))
    .map((file) => readFileSync(file, 'utf8').split(/(<[^>]*>|\w+|[^\w<])/));
  const put = fc.constantFrom(
    ...['0', '-1', '1e308', '1e-320', 'NAN', 'INF', '(0/0)', '-', '^', '(', ')', '[', ',', '&lt;', '=', 'NOT', 'IF'],
    ...['TIME', 'SELF', '"', '{', '.', "'", '@1', '1e9', '4294967296', 'DELAY(TIME,2)', 'SMTH3(TIME,TIME)', 'rk4'],
    ...['INIT', 'PREVIOUS', 'NPV(TIME,0.1)', 'STEP', 'PULSE', 'MAX', 'RANDOM(0,1)', 'MOD', '<non_negative/>', ''],
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.option(put, { nil: undefined })), {
    minLength: 1,
    maxLength: 4,
  });

  it('is a run, or an error', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), changes, (words, all) => {
        const changed = [...words];
        for (const [at, from, other] of all) changed[at % changed.length] = other ?? changed[from % changed.length]!;
        survives(changed.join(''));
      }),
      { seed: 7, numRuns: 700 },
    );
  });

  it('throws nothing but what it says', () => {
    const read = readXmile(xmile({ variables: aux('x', '1 +') }));
    expect(() => expectValue(compileModel(expectValue(read)))).toThrow(DynamicsError);
  });
});
