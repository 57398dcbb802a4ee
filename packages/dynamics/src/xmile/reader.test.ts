import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsOf, fileWith, sourceOf, variableOf, warningsOf } from '../../test/xmile/file.fixture.ts';
import { describe as sentence } from '../diagnostic.ts';
import { readXmile } from './reader.ts';

function sample(name: string): Uint8Array {
  return readFileSync(new URL(`../../test/xmile/${name}`, import.meta.url));
}

describe('a file of Stella', () => {
  const file = sourceOf(sample('workshop.stmx'));
  const [whole, supplier] = file.models;
  const named = (name: string) => whole?.variables.find((variable) => variable.name === name);

  it('has its time, units and dimensions', () => {
    expect(file.header).toEqual({
      vendor: 'isee systems, inc.',
      product: 'Stella Architect',
      name: 'workshop',
      version: '1',
    });
    expect(file.timeSpecs).toMatchObject({
      start: 0,
      stop: 20,
      dt: 1 / 3,
      method: 'rk4',
      saveStep: 0.5,
      timeUnits: 'Weeks',
      place: { line: 10, column: 2 },
    });
    expect(file.units).toMatchObject([
      { name: 'piece', equation: '', aliases: ['pieces', 'pc'], disabled: false },
      { name: 'rate', equation: 'piece/week', aliases: [] },
      { name: 'old', disabled: true },
    ]);
    expect(file.dimensions).toMatchObject([
      { name: 'Shift', elements: ['day', 'night'], numbered: false },
      { name: 'Bench', elements: ['1', '2', '3'], numbered: true },
    ]);
    expect(file.behavior).toEqual({ stockNonNegative: true, flowNonNegative: false });
  });

  it('has its stocks and flows with names and equations as people read them', () => {
    expect(named('Stock "A" & B')).toMatchObject({
      kind: 'stock',
      equation: { text: '10 { at the start }', place: { line: 34, column: 10 } },
      inflows: ['making'],
      outflows: ['"selling & giving"'],
      units: 'piece',
      documentation: 'Pieces <in> the shop.',
      nonNegative: undefined,
    });
    expect(named('making')).toMatchObject({ kind: 'flow', nonNegative: true });
    expect(named('making')?.equation?.text).toBe('IF TIME > 5 AND crew[day, 1] < 4 THEN 1 ELSE Supplier.made');
    expect(named('selling & giving')).toMatchObject({ nonNegative: false, initialEquation: { text: '2' } });
  });

  it('has its arrays with an equation and a graphical function for each element', () => {
    const crew = named('crew');
    expect(crew).toMatchObject({ dimensions: ['Shift', 'Bench'], access: 'input', range: { min: 0, max: 9 } });
    expect(crew?.elements).toHaveLength(6);
    expect(crew?.elements[1]).toMatchObject({
      subscripts: ['day', '2'],
      equation: { text: '2' },
      graphicalFunction: { kind: 'discrete', x: [0, 1], y: [1, 2] },
    });
  });

  it('has its graphical functions, by themselves and by name', () => {
    expect(named('effect')).toMatchObject({
      kind: 'gf',
      units: 'rate',
      documentation: 'See the report.',
      graphicalFunction: { kind: 'extrapolate', x: [0, 1, 4], y: [0, 2, 3], name: undefined },
    });
    expect(named('through effect')?.graphicalFunction).toMatchObject({ name: 'effect', x: [], y: [] });
  });

  it('has its modules, each connection once, with the models they stand for', () => {
    expect(whole?.modules).toMatchObject([
      { name: 'Supplier', model: 'Supplier', connections: [{ to: 'wanted', from: 'making' }] },
      { name: 'Second', model: 'Supplier', connections: [{ to: 'wanted', from: '.making' }] },
    ]);
    expect(supplier).toMatchObject({ name: 'Supplier', timeSpecs: { dt: 0.5 } });
    expect(supplier?.variables.map(({ access }) => access)).toEqual(['input', 'output']);
  });

  it('has its macros and groups', () => {
    expect(file.macros).toMatchObject([
      {
        name: 'grow',
        parameters: [
          { name: 'x', default: undefined },
          { name: 'factor', default: { text: '1.5 - 0' } },
        ],
        equation: { text: 'x * factor' },
        variables: [{ name: 'half' }],
        documentation: 'Grows x by half.',
      },
    ]);
    expect(whole?.groups).toMatchObject([{ name: 'people', variables: ['crew'], documentation: 'who' }]);
  });

  it('marks what is special and keeps its details', () => {
    expect(named('belt')).toMatchObject({ special: { kind: 'conveyor' }, kept: { elements: [{ name: 'conveyor' }] } });
    expect(named('off')).toMatchObject({ special: { kind: 'leak' }, kept: { attributes: { leak_start: '0' } } });
  });

  it('is read without warnings, drawings and preferences kept', () => {
    expect(warningsOf(sample('workshop.stmx'))).toEqual([]);
    expect(file.kept?.elements?.map(({ name }) => name)).toEqual(['isee:prefs', 'isee:ai_settings', 'data']);
    expect(whole?.kept?.elements?.map(({ name }) => name)).toEqual(['views']);
  });
});

describe('a file before 1.0', () => {
  it('has its variables directly in the model', () => {
    const file = sourceOf(sample('old-layout.stmx'));
    const names = file.models[0]?.variables.map(({ name }) => name);
    expect(file.header.version).toBe('0');
    expect(names).toEqual(['Cargo waiting', 'arriving', 'loading', 'pace', 'crews']);
    expect(file.timeSpecs).toMatchObject({ start: 1, dt: 0.25, method: 'rk4' });
    expect(file.models[0]?.variables[3]?.graphicalFunction).toMatchObject({
      x: [1, 5, 9, 13],
      y: [0.1, 0.2, 0.4, 0.5],
    });
    expect(file.models[0]?.kept?.elements?.map(({ name }) => name)).toEqual(['display', 'interface']);
    expect(warningsOf(sample('old-layout.stmx'))).toEqual([]);
  });
});

describe('marks of non-negativity', () => {
  it('are on, off or left to the behavior', () => {
    const marks = {
      '<non_negative/>': true,
      '<non_negative>  TruE </non_negative>': true,
      '<non_negative>false</non_negative>': false,
      '<non_negative> FALSE\n</non_negative>': false,
      '<non_negative value="false"/>': false,
      '<non_negative enabled="false"/>': false,
      '': undefined,
    };
    for (const [mark, value] of Object.entries(marks)) {
      expect(variableOf(fileWith(`<stock name="a"><eqn>1</eqn>${mark}</stock>`), 'a').nonNegative).toBe(value);
    }
    expect(variableOf(fileWith('<flow name="a" non_negative="false"/>'), 'a').nonNegative).toBe(false);
    expect(errorsOf(fileWith('<flow name="a"><non_negative>perhaps</non_negative></flow>'))).toEqual(['file.flag 6']);
  });

  it('go from the file to the model to the variable', () => {
    const flow = '<flow name="a"/><stock name="b"/><stock name="c"><non_negative>false</non_negative></stock>';
    const head = '<behavior><non_negative/><flow><non_negative>false</non_negative></flow></behavior>';
    expect(sourceOf(fileWith(flow, { head })).behavior).toEqual({ stockNonNegative: true, flowNonNegative: false });
    const model = '<behavior><stock><non_negative/></stock></behavior>';
    const [a, b, c] = sourceOf(fileWith(flow, { model })).models[0]!.variables;
    expect([a?.nonNegative, b?.nonNegative, c?.nonNegative]).toEqual([undefined, true, false]);
    const all = '<behavior><all><non_negative/></all></behavior>';
    expect(sourceOf(fileWith(flow, { head: all })).behavior).toEqual({ stockNonNegative: true, flowNonNegative: true });
  });
});

describe('graphical functions', () => {
  const gf = (content: string, attributes = '') =>
    fileWith(`<aux name="a"><eqn>TIME</eqn>\n<gf${attributes}>${content}</gf></aux>`);
  const table = (content: string, attributes = '') => variableOf(gf(content, attributes), 'a').graphicalFunction;

  it('have x by points or by a scale, whose ends are exact', () => {
    expect(table('<xscale min="0" max="0.3"/><ypts>0,1,2,3</ypts>')?.x).toEqual([0, 0.3 / 3, 0.6 / 3, 0.3]);
    expect(table('<xpts>1 , 2,\n3</xpts><ypts>0,.5,+1e1</ypts>')).toMatchObject({ x: [1, 2, 3], y: [0, 0.5, 10] });
    expect(table('<xpts>5,6</xpts><xscale min="0" max="0"/><ypts>0,1</ypts>')?.x).toEqual([5, 6]);
    expect(table('<xpts sep=" ">1 2  3</xpts><ypts sep="|">1|2|3</ypts>')).toMatchObject({
      x: [1, 2, 3],
      y: [1, 2, 3],
    });
    expect(table('<xpts>1,1,2</xpts><ypts>0,1,2</ypts>')?.x).toEqual([1, 1, 2]);
    expect(table('<xscale min="2" max="2"/><ypts>7</ypts>')).toMatchObject({ x: [2], y: [7] });
  });

  it('are at 0, 1, 2, ... with a warning where nothing says x', () => {
    expect(table('<ypts>4,5,6</ypts>')?.x).toEqual([0, 1, 2]);
    expect(warningsOf(gf('<ypts>4,5,6</ypts>'))).toEqual(['table.index-scale 7']);
  });

  it('are continuous unless they say otherwise', () => {
    const points = '<xpts>0,1</xpts><ypts>0,1</ypts>';
    expect(table(points)?.kind).toBe('continuous');
    expect(table(points, ' discrete="true"')?.kind).toBe('discrete');
    expect(table(points, ' discrete="false"')?.kind).toBe('continuous');
    expect(table(points, ' type="Extrapolate"')?.kind).toBe('extrapolate');
    expect(errorsOf(gf(points, ' type="spline"'))).toEqual(['file.choice 7']);
  });

  it('are refused where their points are not points', () => {
    expect(errorsOf(gf('<xpts>0,1,2</xpts><ypts>0,1</ypts>'))).toEqual(['table.counts 7']);
    expect(errorsOf(gf('<xpts>0,2,1</xpts><ypts>0,1,2</ypts>'))).toEqual(['table.order 7']);
    expect(errorsOf(gf('<xpts>0,x</xpts><ypts>0,1</ypts>'))).toEqual(['file.number 7']);
    expect(errorsOf(gf('<xpts>0,1e999</xpts><ypts>0,1</ypts>'))).toEqual(['file.number 7']);
    expect(errorsOf(gf('<xpts>0,1</xpts><ypts>0,NaN</ypts>'))).toEqual(['file.number 7']);
    expect(errorsOf(gf('<xscale min="3" max="3"/><ypts>0,1</ypts>'))).toEqual(['table.scale 7']);
    expect(errorsOf(gf('<xscale min="-1e308" max="1e308"/><ypts>0,1,2</ypts>'))).toEqual(['table.scale 7']);
    expect(errorsOf(gf('<xscale min="0"/><ypts>0,1</ypts>'))).toEqual(['file.number 7']);
    expect(errorsOf(gf('<xpts>0,1</xpts>'))).toEqual(['file.missing 7']);
    expect(errorsOf(fileWith('<gf name="t"/>'))).toEqual(['file.missing 6']);
    expect(errorsOf(fileWith('<stock name="s"><gf><ypts>1</ypts></gf></stock>'))).toEqual(['file.unknown-element 6']);
  });
});

describe('time', () => {
  const specs = (content: string, attributes = '') =>
    fileWith('', { specs: `<sim_specs${attributes}>${content}</sim_specs>` });
  const span = '<start>0</start><stop>10</stop>';

  it('has a step, a reciprocal of a step, or 1', () => {
    expect(sourceOf(specs(`${span}<dt>0.125</dt>`)).timeSpecs.dt).toBe(0.125);
    expect(sourceOf(specs(`${span}<dt reciprocal="true">8</dt>`)).timeSpecs.dt).toBe(0.125);
    expect(sourceOf(specs(`${span}<dt reciprocal="false">8</dt>`)).timeSpecs.dt).toBe(8);
    expect(sourceOf(specs(span)).timeSpecs.dt).toBe(1);
    expect(warningsOf(specs(span))).toEqual(['time.step-default 3']);
  });

  it('is refused where it cannot run', () => {
    for (const dt of ['0', '-1', '1/4', 'NaN', 'Infinity', '1e999', '0x10']) {
      expect(errorsOf(specs(`${span}<dt>${dt}</dt>`))).toHaveLength(1);
    }
    expect(errorsOf(specs(`${span}<dt reciprocal="true">0</dt>`))).toEqual(['time.step 3']);
    expect(errorsOf(specs('<start>5</start><stop>4</stop><dt>1</dt>'))).toEqual(['time.span 3']);
    expect(errorsOf(specs('<stop>4</stop><dt>1</dt>'))).toEqual(['file.missing 3']);
    expect(errorsOf(specs(`${span}${span}<dt>1</dt>`))).toEqual(['file.repeated 3', 'file.repeated 3']);
    expect(errorsOf(fileWith('', { specs: '' }))).toEqual(['file.missing 2']);
    expect(errorsOf(specs(`${span}<dt>1</dt><run by="group"/>`))).toEqual(['file.unsupported 3']);
    expect(errorsOf(specs(`${span}<dt>1</dt>`, ' solver="odd"'))).toEqual(['file.unknown-attribute 3']);
    expect(errorsOf(specs(`${span}<dt>1</dt>`, ' isee:save_interval="0"'))).toEqual(['time.save 3']);
  });

  it('has a time between saved points in any of its spellings', () => {
    expect(sourceOf(specs(`${span}<dt>1</dt>`, ' isee:save_interval="2"')).timeSpecs.saveStep).toBe(2);
    expect(sourceOf(specs(`${span}<dt>1</dt><savestep>2</savestep>`)).timeSpecs.saveStep).toBe(2);
    const both = specs(`${span}<dt>1</dt><savestep>3</savestep>`, ' isee:save_interval="2"');
    expect(errorsOf(both)).toEqual(['file.repeated 3']);
  });

  it('may pause, or never', () => {
    expect(sourceOf(specs(`${span}<dt>1</dt>`, ' pause="5"')).timeSpecs.pause).toBe(5);
    expect(sourceOf(specs(`${span}<dt>1</dt>`, ' pause="INF"')).timeSpecs.pause).toBeUndefined();
  });

  it('is that of the whole model where the model says its own', () => {
    const model = '<sim_specs method="RK4"><start>1</start><stop>2</stop><dt>0.5</dt></sim_specs>';
    const file = sourceOf(fileWith('', { model }));
    expect(file.timeSpecs).toMatchObject({ start: 1, method: 'rk4' });
    expect(file.models[0]?.timeSpecs).toBeUndefined();
  });
});

describe('names', () => {
  it('are trimmed, unquoted, and have one space for every blank', () => {
    const names = ['  a  b ', 'a\\nb', '&quot;a b&quot;', 'a\n\tb', 'a\u00a0b'];
    for (const name of names)
      expect(sourceOf(fileWith(`<aux name="${name}"/>`)).models[0]?.variables[0]?.name).toBe('a b');
    expect(sourceOf(fileWith('<aux name="库存 量"/>')).models[0]?.variables[0]?.name).toBe('库存 量');
  });

  it('are used once, however they are spelt', () => {
    expect(
      errorsOf(
        fileWith('<aux name="a b"/>\n<flow name="A_B"/>\n<module name="a\\nb"/>', { tail: '<model name="a b"/>' }),
      ),
    ).toEqual(['file.duplicate 7', 'file.duplicate 8']);
    expect(errorsOf(fileWith('<aux/>'))).toEqual(['file.missing 6']);
    const macro = '<macro name="m"><eqn>1</eqn></macro>';
    expect(errorsOf(fileWith('', { tail: macro + macro }))).toEqual(['file.duplicate 8']);
    expect(errorsOf(fileWith('', { tail: '<model name="p"/><model name="P"/>' }))).toEqual(['file.duplicate 8']);
    expect(errorsOf(fileWith('', { tail: '<model/>' }))).toEqual(['file.duplicate 8']);
  });

  it('say which variable an error is about', () => {
    const outcome = readXmile(
      fileWith('', { tail: '<model name="part"><variables><aux name="x" odd="1"/></variables></model>' }),
    );
    expect(outcome.ok ? [] : outcome.errors.map(sentence)).toEqual([
      '8:31 part.x: The attribute odd of <aux> is not known, and could change values. The model was not read. Remove it, or save the model as standard XMILE 1.0. (file.unknown-attribute)',
    ]);
  });
});

describe('dimensions', () => {
  const dims = (content: string, variables = '') =>
    fileWith(variables, { head: `<dimensions>${content}</dimensions>` });

  it('have elements, or a size that fits', () => {
    expect(errorsOf(dims('<dim name="d"/>'))).toEqual(['dimension.empty 3']);
    expect(errorsOf(dims('<dim name="d" size="3"><elem name="a"/></dim>'))).toEqual(['dimension.size 3']);
    for (const size of ['0', '-1', '1.5', 'two', '999999999']) {
      expect(errorsOf(dims(`<dim name="d" size="${size}"/>`))).toContain('dimension.limit 3');
    }
    expect(errorsOf(dims('<dim name="d"><elem name="a"/><elem name="A"/></dim>'))).toEqual(['file.duplicate 3']);
    expect(errorsOf(dims('<dim name="d" size="1"/><dim name="D" size="1"/>'))).toEqual(['file.duplicate 3']);
    expect(errorsOf(dims('<dim size="1"/>'))).toEqual(['file.missing 3']);
  });

  it('may map to others, as translations from Vensim say', () => {
    const file = sourceOf(
      dims('<dim name="d" size="1"><isee:maps_to>e f</isee:maps_to></dim><dim name="e f" size="1"/>'),
    );
    expect(file.dimensions[0]?.mapsTo).toBe('e f');
  });

  it('have as many subscripts in an element as the variable has dimensions', () => {
    const two =
      '<aux name="a"><dimensions><dim name="d"/></dimensions><element subscript="1, 1"><eqn>1</eqn></element></aux>';
    expect(errorsOf(dims('<dim name="d" size="2"/>', two))).toEqual(['dimension.subscripts 6']);
    const none = '<aux name="a"><dimensions><dim name="d"/></dimensions><element><eqn>1</eqn></element></aux>';
    expect(errorsOf(dims('<dim name="d" size="2"/>', none))).toEqual(['dimension.subscripts 6']);
    const quoted =
      '<aux name="a"><dimensions><dim name="d"/></dimensions><element subscript="&quot;x, y&quot;"/></aux>';
    const file = dims('<dim name="d"><elem name="x, y"/></dim>', quoted);
    expect(variableOf(file, 'a').elements[0]?.subscripts).toEqual(['"x, y"']);
  });

  it('spread the lists of equations that Vensim writes', () => {
    const head = '<dim name="r" size="2"/><dim name="c" size="3"/>';
    const array = (eqn: string) =>
      dims(head, `<aux name="a"><dimensions><dim name="r"/><dim name="c"/></dimensions>${eqn}</aux>`);
    const { elements, equation } = variableOf(array('<eqn>1,2,3;\n-4,5e0,.6;</eqn>'), 'a');
    expect(equation).toBeUndefined();
    expect(elements.map(({ subscripts, equation }) => [...subscripts, equation?.text])).toEqual([
      ['1', '1', '1'],
      ['1', '2', '2'],
      ['1', '3', '3'],
      ['2', '1', '-4'],
      ['2', '2', '5e0'],
      ['2', '3', '.6'],
    ]);
    expect(variableOf(array('<eqn>TIME</eqn>'.repeat(6)), 'a').elements).toHaveLength(6);
    expect(warningsOf(array('<eqn>1,2,3;4,5,6</eqn>'))).toEqual(['dimension.list 6']);
    expect(errorsOf(array('<eqn>TIME</eqn>'.repeat(5)))).toEqual(['file.repeated 6']);
    expect(variableOf(array('<eqn>1,2</eqn>'), 'a').equation?.text).toBe('1,2');
  });
});

describe('modules', () => {
  const module = (content: string, attributes = '') =>
    fileWith(`<module name="m"${attributes}>${content}</module>`, { tail: '<model name="m"/>' });

  it('need a model of this file', () => {
    expect(errorsOf(fileWith('<module name="m"/>'))).toEqual(['module.model 6']);
    expect(errorsOf(fileWith('<module name="m" resource="http://x.org/m.xmile"/>'))).toEqual(['file.outside 6']);
    expect(warningsOf(module('', ' resource="m.xmile"'))).toEqual(['file.resource-unused 6']);
    expect(errorsOf(fileWith('', { tail: '<model name="x" resource="x.xmile"/>' }))).toEqual(['file.outside 8']);
  });

  it('may name their model in the way of Simlin', () => {
    const text = fileWith('<module name="m" simlin:model_name="other"/>', { tail: '<model name="Other"/>' });
    expect(sourceOf(text).models[0]?.modules[0]?.model).toBe('Other');
  });

  it('have one source for each input', () => {
    const twice = '<connect to="x" from="a"/><connect to="X" from="b"/>';
    expect(errorsOf(module(twice))).toEqual(['module.connection 6']);
    expect(errorsOf(module('<connect to="m.x" from="a"/><connect2 to="x" from=".b"/>'))).toEqual([
      'module.connection 6',
    ]);
    expect(errorsOf(module('<connect to="x"/>'))).toEqual(['file.missing 6']);
    const path = sourceOf(module('<connect to=".outer.m.&quot;x.y&quot;" from="a"/>'));
    expect(path.models[0]?.modules[0]?.connections[0]?.to).toBe('"x.y"');
    const only = sourceOf(module('<connect2 to="m.x y" from=".a\\nb"/>'));
    expect(only.models[0]?.modules[0]?.connections).toMatchObject([{ to: 'x y', from: '.a b' }]);
  });
});

describe('what is not understood', () => {
  const cases: [what: string, text: string, errors: string[]][] = [
    [
      'an unknown element of a variable',
      fileWith('<flow name="f">\n<multiplier>2</multiplier></flow>'),
      ['file.unknown-element 7'],
    ],
    ['an unknown variable', fileWith('<converter name="f"/>'), ['file.unknown-element 6']],
    ['an unknown attribute', fileWith('<flow name="f" delay="2"/>'), ['file.unknown-attribute 6']],
    ['an unknown part of a model', fileWith('', { model: '<overrides/>' }), ['file.unknown-element 5']],
    ['an unknown part of the file', fileWith('', { head: '<scenario/>' }), ['file.unknown-element 3']],
    [
      'a meaningful name of another tool',
      fileWith('<stock name="s"><isee:non_negative/></stock>'),
      ['file.unknown-element 6'],
    ],
    ['text between elements', fileWith('<aux name="a">5<units>x</units></aux>'), ['file.text 6']],
    ['elements in an equation', fileWith('<aux name="a"><eqn>1+<b>2</b></eqn></aux>'), ['file.unknown-element 6']],
    ['an equation in MathML alone', fileWith('<aux name="a"><mathml/></aux>'), ['file.unsupported 6']],
    ['a sum over a drawing', fileWith('<aux name="a"><isee:summing/></aux>'), ['file.unsupported 6']],
    ['two equations', fileWith('<aux name="a"><eqn>1</eqn><eqn>2</eqn></aux>'), ['file.repeated 6']],
    ['a macro without a value', fileWith('', { tail: '<macro name="m"/>' }), ['file.missing 8']],
    [
      'a module in a macro',
      fileWith('', { tail: '<macro name="m"><eqn>1</eqn><variables><module name="x"/></variables></macro>' }),
      ['file.unsupported 8'],
    ],
    [
      'an included file',
      fileWith('', { head: '<header><includes><include resource="a.xmile"/></includes></header>' }),
      ['file.outside 3'],
    ],
    ['an unknown access', fileWith('<aux name="a" access="both"/>'), ['file.choice 6']],
    ['no model', '<xmile><sim_specs><start>0</start><stop>1</stop><dt>1</dt></sim_specs></xmile>', ['file.missing 1']],
    ['another format', '<sbml/>', ['file.not-xmile 1']],
  ];
  for (const [what, text, errors] of cases) {
    it(`is an error with its place: ${what}`, () => expect(errorsOf(text)).toEqual(errors));
  }

  it('is a warning where another tool may mean something by it, once for each name', () => {
    const text = fileWith('<aux name="a" odd:mark="1"><odd:part/></aux>\n<aux name="b" odd:mark="2"><odd:part/></aux>');
    expect(warningsOf(text)).toEqual(['file.vendor-attribute 6', 'file.vendor-element 6']);
    expect(variableOf(text, 'b').kept).toEqual({
      attributes: { 'odd:mark': '2' },
      elements: [{ name: 'odd:part', attributes: {}, children: [] }],
    });
    expect(warningsOf(fileWith('<aux name="a"><eqn odd:mark="1">1</eqn></aux>'))).toEqual(['file.vendor-dropped 6']);
  });

  it('is told where values would come from elsewhere, or the standard has moved on', () => {
    const head = '<data><import resource="a.csv"/><import enabled="false" resource="b.csv"/></data>';
    expect(warningsOf(fileWith('', { head }))).toEqual(['file.import 3']);
    expect(warningsOf(fileWith('').replace('version="1.0" xmlns', 'version="2.0" xmlns'))).toEqual(['file.version 2']);
    expect(warningsOf(fileWith('').replace('/v1.0', '/v7'))).toEqual(['file.namespace 2']);
    const nan = '<header><options><uses_arrays invalid_index_value="NaN"/></options></header>';
    expect(sourceOf(fileWith('', { head: nan })).invalidIndex).toBe('nan');
    expect(warningsOf(fileWith('', { head: nan }))).toEqual(['index.nan 3']);
  });

  it('is special where events end a run, and a warning where they pause it', () => {
    const poster = (action: string) =>
      fileWith(
        `<aux name="a"><eqn>1</eqn><event_poster><threshold value="5"><event sim_action="${action}"/></threshold></event_poster></aux>`,
      );
    expect(variableOf(poster('stop'), 'a').special?.kind).toBe('event');
    expect(variableOf(poster('pause'), 'a').special).toBeUndefined();
    expect(warningsOf(poster('pause'))).toEqual(['file.event 6']);
  });

  it('is listed up to a bound', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `<aux name="v${index}" odd="1"/>`).join('\n');
    const errors = errorsOf(fileWith(many));
    expect(errors).toHaveLength(201);
    expect(errors.at(-1)).toBe('file.too-many-findings -');
  });
});
