import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileWith, sourceOf, withoutPlaces } from '../../test/xmile/file.fixture.ts';
import { DynamicsError } from '../diagnostic.ts';
import { readXmile } from './reader.ts';
import type { SourceFile, SourceVariable } from './source.ts';
import { writeXmile } from './writer.ts';

const place = { line: 1, column: 1 };

function folder(name: string): URL {
  return new URL(`../../test/${name}/`, import.meta.url);
}

/** Every sample with its text; `LICENSE` and expected outputs left out. */
function samples(): { name: string; bytes: Uint8Array }[] {
  const cases = readdirSync(folder('conformance'), { recursive: true }).map((name) => ({
    name: String(name),
    url: new URL(String(name), folder('conformance')),
  }));
  const own = readdirSync(folder('xmile')).map((name) => ({ name, url: new URL(name, folder('xmile')) }));
  return [...cases, ...own]
    .filter(({ name }) => /\.(xmile|stmx)$/.test(name))
    .map(({ name, url }) => ({ name, bytes: readFileSync(url) }));
}

/** The same source, but for places and for the layout, which is always that of the standard after writing. */
function meaning(file: SourceFile) {
  return withoutPlaces({ ...file, header: { ...file.header, version: '1' } });
}

function emptyVariable(name: string): SourceVariable {
  return {
    kind: 'aux',
    name,
    place,
    dimensions: [],
    equation: { text: '1', place },
    elements: [],
    graphicalFunction: undefined,
    initialEquation: undefined,
    inflows: [],
    outflows: [],
    nonNegative: undefined,
    special: undefined,
    units: undefined,
    documentation: undefined,
    access: undefined,
    range: undefined,
  };
}

function fileOf(variables: SourceVariable[]): SourceFile {
  return {
    header: { vendor: undefined, product: undefined, name: undefined, version: '1' },
    timeSpecs: {
      start: 0,
      stop: 1,
      dt: 0.1,
      method: undefined,
      saveStep: undefined,
      pause: undefined,
      timeUnits: undefined,
      place: undefined,
    },
    units: [],
    dimensions: [],
    behavior: { stockNonNegative: false, flowNonNegative: false },
    models: [{ name: '', timeSpecs: undefined, variables, modules: [], groups: [], place }],
    macros: [],
  };
}

describe('a file read and written again', () => {
  const read = samples();

  it('has all the samples to look at', () => {
    // One of the public samples is malformed where it stands: a <flow> is never closed.
    const unread = read.filter(({ bytes }) => !readXmile(bytes).ok).map(({ name }) => name);
    expect(read).toHaveLength(29);
    expect(unread).toEqual(['non_negative_flows/test_non_negative_flows_behavior.xmile']);
  });

  for (const { name, bytes } of read) {
    const outcome = readXmile(bytes);
    if (!outcome.ok) continue;
    it(`means the same: ${name}`, () => {
      const text = writeXmile(outcome.value);
      expect(meaning(sourceOf(text))).toEqual(meaning(outcome.value));
      expect(writeXmile(sourceOf(text))).toBe(text);
    });
  }

  it('has its drawings, preferences, details of special variables and vendor marks', () => {
    const text = writeXmile(sourceOf(readFileSync(new URL('workshop.stmx', folder('xmile')))));
    expect(text).toContain('<conveyor discrete="true">');
    expect(text).toContain('<isee:prefs show_module_prefix="true" layer="model"/>');
    expect(text).toContain('<text_box>  two\nlines </text_box>');
    expect(text).toContain('<doc>See <b>the report</b>.</doc>');
    expect(text).toContain('isee:spreadflow="even"');
    expect(text).toContain('<dt reciprocal="true">3</dt>');
    expect(text).toContain('<product version="3.5" isee:build_number="1" lang="en">Stella Architect</product>');
    expect(text).toContain('<range min="0" max="9" auto="false"/>');
  });

  it('keeps namespaces that change inside it', () => {
    const inner = '<views xmlns="urn:v"><a b="1"/><t:c xmlns:t="urn:t"/><d xmlns=""><e/></d></views>';
    const file = sourceOf(fileWith('', { model: inner }));
    expect(meaning(sourceOf(writeXmile(file)))).toEqual(meaning(file));
  });

  it('says what was changed in a field rather than what was kept', () => {
    const text =
      '<aux name="a" x="5"><doc>old <b>words</b></doc><eqn>1</eqn><range min="0" max="1" auto="true"/></aux>';
    const file = sourceOf(fileWith(text));
    const changed = file.models[0]!.variables[0]!;
    changed.documentation = 'other words';
    changed.range = { min: 2, max: 3 };
    const again = sourceOf(writeXmile(file)).models[0]?.variables[0];
    expect(again).toMatchObject({
      documentation: 'other words',
      range: { min: 2, max: 3 },
      kept: { attributes: { x: '5' } },
    });
  });
});

describe('a file made by a program', () => {
  it('is standard XMILE', () => {
    const stock = { ...emptyVariable('Stock & Co'), kind: 'stock' as const, inflows: ['in'], nonNegative: true };
    const flow = { ...emptyVariable('in'), kind: 'flow' as const, equation: { text: 'a < b', place } };
    expect(writeXmile(fileOf([stock, flow]))).toBe(`<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <header/>
  <sim_specs>
    <start>0</start>
    <stop>1</stop>
    <dt>0.1</dt>
  </sim_specs>
  <model>
    <variables>
      <stock name="Stock &amp; Co">
        <eqn>1</eqn>
        <inflow>in</inflow>
        <non_negative/>
      </stock>
      <flow name="in">
        <eqn>a &lt; b</eqn>
      </flow>
    </variables>
  </model>
</xmile>
`);
  });

  it('has marks for special variables of which nothing was kept', () => {
    for (const kind of ['conveyor', 'queue', 'oven'] as const) {
      const file = fileOf([{ ...emptyVariable('s'), kind: 'stock', special: { kind, place } }]);
      expect(sourceOf(writeXmile(file)).models[0]?.variables[0]?.special?.kind).toBe(kind);
    }
    const event = fileOf([{ ...emptyVariable('a'), special: { kind: 'event', place } }]);
    expect(sourceOf(writeXmile(event)).models[0]?.variables[0]?.special?.kind).toBe('event');
  });

  it('names the model of a module that has another name', () => {
    const file = fileOf([]);
    file.models[0]!.modules.push({
      name: 'north',
      model: 'Region',
      connections: [{ to: 'x', from: '.y', place }],
      place,
    });
    file.models.push({ name: 'Region', timeSpecs: undefined, variables: [], modules: [], groups: [], place });
    file.invalidIndex = 'nan';
    file.dimensions.push({ name: 'D', elements: ['a', 'b'], numbered: false, mapsTo: 'E', place });
    const again = sourceOf(writeXmile(file));
    expect(again.models[0]?.modules).toMatchObject([{ name: 'north', model: 'Region' }]);
    expect(again).toMatchObject({ invalidIndex: 'nan', dimensions: [{ mapsTo: 'E' }] });
  });

  it('is refused where XML has no way to say it', () => {
    for (const text of ['\u0000', '\u001b', '\ud800', '\uffff']) {
      expect(() => writeXmile(fileOf([{ ...emptyVariable('a'), documentation: text }]))).toThrow(DynamicsError);
    }
  });

  it('is read as what it was, whatever its names, texts and numbers are', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const text = fc
      .string({
        unit: fc.oneof(fc.constantFrom(...'ab&<>"\'; {}[]]]>é库𝛼\r\n\t\\'), fc.string({ minLength: 1, maxLength: 1 })),
      })
      .map((raw) => raw.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '').trim())
      .filter((raw) => raw !== '');
    const table = fc.record({
      kind: fc.constantFrom('continuous', 'extrapolate', 'discrete'),
      points: fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 5 }),
    });
    const variable = fc.record({
      kind: fc.constantFrom('stock', 'flow', 'aux'),
      equation: text,
      units: fc.option(text),
      documentation: fc.option(text),
      nonNegative: fc.option(fc.boolean()),
      access: fc.option(fc.constantFrom('input', 'output')),
      range: fc.option(fc.record({ min: number, max: number })),
      table: fc.option(table),
    });
    const made = fc.record({
      variables: fc.array(variable, { maxLength: 5 }),
      start: number.filter((value) => value < 0),
      stop: number.filter((value) => value > 0),
      dt: number.filter((value) => value > 0),
    });
    fc.assert(
      fc.property(made, ({ variables, start, stop, dt }) => {
        const file = fileOf(
          variables.map((spec, index): SourceVariable => {
            const points = spec.kind === 'stock' ? undefined : spec.table?.points.toSorted(([a], [b]) => a - b);
            return {
              ...emptyVariable(`v${index}`),
              kind: spec.kind as 'aux',
              equation: { text: spec.equation, place },
              units: spec.units ?? undefined,
              documentation: spec.documentation ?? undefined,
              nonNegative: spec.nonNegative ?? undefined,
              access: (spec.access ?? undefined) as 'input' | undefined,
              range: spec.range ?? undefined,
              graphicalFunction: points && {
                kind: spec.table!.kind as 'discrete',
                name: undefined,
                x: points.map(([x]) => x),
                y: points.map(([, y]) => y),
                place,
              },
            };
          }),
        );
        Object.assign(file.timeSpecs, { start, stop, dt });
        expect(meaning(sourceOf(writeXmile(file)))).toEqual(meaning(file));
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
