import { describe, expect, it } from 'vitest';
import { aux } from '../../src/compile/run.fixture.ts';
import { seriesOf, valuesOf } from './model.fixture.ts';

const once = '<start>0</start><stop>0</stop><dt>1</dt>';

/** Worked out by hand from XMILE 1.0 §3.3 and the references of the tools. */
const constants: [equation: string, value: number][] = [
  ['-2^2', -4],
  ['2^3^2', 512],
  ['2^-1', 0.5],
  ['2^-2^2', 2 ** -4],
  ['-7 MOD 3', 2],
  ['7 MOD -3', -2],
  ['10 MOD 4 * 2', 4],
  ['8/4/2', 1],
  ['2 - 3 - 4', -5],
  ['3 > 2 > 1', 0],
  ['1 = 1 = 1', 1],
  ['1 OR 0 AND 0', 1],
  ['NOT 0 + 1', 2],
  ['NOT NOT 3', 1],
  ['- - 2', 2],
  ['2 * -3', -6],
  ['(IF 0 THEN 2 ELSE 3) + 4', 7],
  ['IF 1 THEN 2 ELSE 3 + 4', 2],
  ['1 + IF 0 THEN 2 ELSE 3 + 4', 8],
  ['IF(1>2)THEN(1)ELSE(0)', 0],
  ['IF THEN ELSE(2 > 1, 5, 6)', 5],
  ['1.+.5+1E-3+1e+3', 1001.501],
  ['PI()', Math.PI],
  ['INT(-1.5)', -2],
  ['INTEGER(-1.5)', -1],
  ['QUANTUM(7.3, 2)', 6],
  ['QUANTUM(-7.3, 2)', -6],
  ['MODULO(-7, 3)', -1],
  ['ROUND(2.5)', 3],
  ['ROUND(-2.5)', -2],
  ['ROUND(0.49999999999999994)', 0],
  ['ROUND(4503599627370497)', 4503599627370497],
  ['ROUND(-0.4)', 0],
  ['MIN(3)', 3],
  ['MAX(1, 5, 2)', 5],
  ['SAFEDIV(1, 0)', 0],
  ['SAFEDIV(1, 0, 9)', 9],
  ['SAFEDIV(1, 0.0000001)', 1e7],
  ['ZIDZ(1, 0.0000001)', 0],
  ['XIDZ(1, 0, 4)', 4],
  ['XIDZ(1, 2, 4)', 0.5],
  ['LOG(8, 2)', 3],
  ['ROOTN(-27, 3)', -3],
  ['1 {one} + {two {inner} three}\n 2', 3],
  ['3\r\n+\t4', 7],
];

describe('an equation', () => {
  it.each(constants)('%s', (equation, value) => {
    const [got] = valuesOf(equation, once);
    expect(got).toBeCloseTo(value, 12);
    expect(Math.abs(got! - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it('takes the names of functions for variables', () => {
    const variables = [
      aux('step', '2'),
      aux('max', '3'),
      aux('x', 'MAX(max, step)'),
      aux('init', '5'),
      aux('y', 'INIT(init)'),
      aux('constructor', '3'),
      aux('toString', 'constructor + 1'),
      aux('if', '7'),
      aux('z', '"if" + 1'),
      aux('e', '1'),
      aux('w', '1e3 + e'),
    ].join('');
    expect(seriesOf({ variables, specs: once })).toEqual({
      ...{ step: [2], max: [3], x: [3], init: [5], y: [5], constructor: [3], toString: [4] },
      ...{ if: [7], z: [8], e: [1], w: [1001] },
    });
  });

  it('finds names however they are written', () => {
    const variables = [
      '<aux name="rate &#10; of"><eqn>1</eqn></aux>',
      aux('new\\nline', '2'),
      aux('  lead  trail ', '3'),
      aux('Größe', '4'),
      aux('hello — world', '5'),
      aux('100% of (x), y; z', '6'),
      aux('a.b', '7'),
      aux("it's", '8'),
      aux('x', '"Rate Of" + RATE__OF + new_line + "new\\nline" + lead_trail'),
      aux('y', 'GRÖSSE2 + größe'),
      aux('Grösse2', '40'),
      aux('z', '"hello — world" + "100% of (x), y; z" + "a.b" + "it\'s"'),
    ].join('');
    const series = seriesOf({ variables, specs: once });
    expect([series.x, series.y, series.z]).toEqual([[9], [44], [26]]);
  });

  it('finds flows by names without the quotes that a dot in them needs, as Vensim writes them', () => {
    const variables =
      '<stock name="s"><eqn>\n\t1\n</eqn><inflow>\n\tRate p.a. (x)\n</inflow><outflow>"out, flow"</outflow></stock>' +
      '<flow name="Rate p.a. (x)"><eqn>5</eqn></flow><flow name="out, flow"><eqn>2</eqn></flow>';
    expect(seriesOf({ variables, specs: '<start>0</start><stop>2</stop><dt>1</dt>' }).s).toEqual([1, 4, 7]);
  });

  it('begins with initial values that need one another', () => {
    const variables =
      '<stock name="s"><eqn>a + b</eqn><inflow>f</inflow></stock><flow name="f"><eqn>2 + TIME</eqn></flow>' +
      '<stock name="s2"><eqn>s3 * 2</eqn><inflow>f</inflow></stock><stock name="s3"><eqn>4</eqn></stock>' +
      '<aux name="q"><eqn>s + 1</eqn><init_eqn>100</init_eqn></aux><stock name="s4"><eqn>q</eqn></stock>' +
      aux('a', '3 * c') +
      aux('b', 'INIT(s2)') +
      aux('c', 'INIT(f)') +
      aux('l', 'ACTIVE INITIAL(s * 2, 7)') +
      '<stock name="s5"><eqn>l</eqn></stock>';
    const { s, s4, s5, l, q } = seriesOf({ variables, specs: '<start>1</start><stop>3</stop><dt>1</dt>' });
    expect({ s, s4, s5, l, q }).toEqual({
      ...{ s: [17, 20, 24], s4: [100, 100, 100], s5: [7, 7, 7] },
      ...{ l: [34, 40, 48], q: [18, 21, 25] },
    });
  });
});

describe('test inputs', () => {
  const quarter = '<start>0</start><stop>2</stop><dt>0.25</dt>';
  const tenth = '<start>0</start><stop>1</stop><dt>0.1</dt>';
  const rows: [equation: string, specs: string, values: number[]][] = [
    ['PULSE(20, 1, 0.5)', quarter, [0, 0, 0, 0, 80, 0, 80, 0, 80]],
    ['PULSE(20, 1.1)', quarter, [0, 0, 0, 0, 0, 80, 0, 0, 0]],
    ['PULSE(1, 0, 0)', quarter, [4, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['PULSE(1, -1, 0.75)', quarter, [0, 0, 4, 0, 0, 4, 0, 0, 4]],
    ['vensim.PULSE(1, 0.5)', quarter, [0, 0, 0, 0, 1, 1, 0, 0, 0]],
    ['PULSE TRAIN(0.5, 0.25, 1, 2)', quarter, [0, 0, 1, 0, 0, 0, 1, 0, 0]],
    ['STEP(1, 1)', quarter, [0, 0, 0, 0, 1, 1, 1, 1, 1]],
    ['RAMP(1, 1, 1.5)', quarter, [0, 0, 0, 0, 0, 0.25, 0.5, 0.5, 0.5]],
    ['PULSE(1, 0.3, 0.3)', tenth, [0, 0, 0, 10, 0, 0, 10, 0, 0, 10, 0]],
    ['vensim.PULSE(0.3, 0.3)', tenth, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]],
    ['PULSE_TRAIN(0.3, 0.1, 0.3, 0.9)', tenth, [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]],
    ['STEP(1, 0.3)', tenth, [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]],
  ];
  it.each(rows)('%s', (equation, specs, values) => {
    expect(valuesOf(equation, specs)).toEqual(values.map((value) => expect.closeTo(value, 12)));
  });
});

describe('graphical functions', () => {
  const scale = '<xscale min="0" max="4"/>';
  const rows: [what: string, inside: string, kind: string, values: number[]][] = [
    ['hold their ends', `${scale}<ypts>1,2,4,8,16</ypts>`, 'continuous', [1, 1, 4, 16, 16]],
    ['go on beyond their ends', `${scale}<ypts>1,2,4,8,16</ypts>`, 'extrapolate', [-1, 1, 4, 16, 32]],
    ['are stairs', `${scale}<ypts>1,2,4,8,16</ypts>`, 'discrete', [1, 1, 4, 16, 16]],
    [
      'jump where two points have one x',
      '<xpts>-2,0,0,6</xpts><ypts>0,10,20,80</ypts>',
      'continuous',
      [0, 20, 40, 60, 80],
    ],
    ['are one point', '<xpts>3</xpts><ypts>7</ypts>', 'continuous', [7, 7, 7, 7, 7]],
  ];
  it.each(rows)('%s', (_, inside, kind, values) => {
    const variables = `<gf name="g" type="${kind}">${inside}</gf>${aux('x', 'g(TIME * 2 - 2)')}`;
    expect(seriesOf({ variables, specs: '<start>0</start><stop>4</stop><dt>1</dt>' }).x).toEqual(values);
  });
});
