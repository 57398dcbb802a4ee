import { inspectModel, emptySetup } from './inspect.ts';
import { dailyKpis } from './snapshot.ts';
import { tinyModel, tinySetup } from './forecast-fixture.ts';
import { describeVersion } from './describe.ts';
const head = (specs: string) => `<?xml version="1.0"?><xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><vendor>T</vendor><product version="1.0">T</product></header>${specs}`;
const specs = '<sim_specs method="rk4"><start>0</start><stop>90</stop><dt>0.25</dt></sim_specs>';
const vars = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join('');
const cases: Record<string, [string, any?]> = {
  tinyDt: [tinyModel.replace('<dt>0.25</dt>', '<dt>1e-9</dt>')],
  smallDt: [tinyModel.replace('<dt>0.25</dt>', '<dt>0.00001</dt>')],
  longStop: [tinyModel.replace('<stop>90</stop>', '<stop>1e15</stop>')],
  dtZero: [tinyModel.replace('<dt>0.25</dt>', '<dt>0</dt>')],
  setupDt: [tinyModel, { ...tinySetup, run: { dt: 1e-9, method: 'rk4' } }],
  setupDt0: [tinyModel, { ...tinySetup, run: { dt: 0, method: 'rk4' } }],
  setupDtNeg: [tinyModel, { ...tinySetup, run: { dt: -1, method: 'rk4' } }],
  setupDt100: [tinyModel, { ...tinySetup, run: { dt: 100, method: 'rk4' } }],
  deepParens: [tinyModel.replace('<eqn>0.02</eqn>', `<eqn>${'('.repeat(200000)}1${')'.repeat(200000)}</eqn>`)],
  longSum: [tinyModel.replace('<eqn>0.02</eqn>', `<eqn>${'1+'.repeat(400000)}1</eqn>`)],
  manyVars: [head(specs) + `<model><variables>${vars(20000, (i) => `<aux name="v${i}"><eqn>${i === 0 ? 1 : `v${i - 1} + 1`}</eqn></aux>`)}</variables></model></xmile>`],
  manyStocks: [head(specs) + `<model><variables>${vars(9000, (i) => `<stock name="v${i}"><eqn>1</eqn><inflow>f${i}</inflow></stock><flow name="f${i}"><eqn>v${i}</eqn></flow>`)}</variables></model></xmile>`],
  bigDim: [head(specs) + `<dimensions><dim name="d" size="100000"/></dimensions><model><variables><aux name="a"><dimensions><dim name="d"/></dimensions><eqn>1</eqn></aux></variables></model></xmile>`],
  dimSquare: [head(specs) + `<dimensions><dim name="d" size="1000"/><dim name="e" size="1000"/></dimensions><model><variables><aux name="a"><dimensions><dim name="d"/><dim name="e"/></dimensions><eqn>1</eqn></aux><aux name="b"><eqn>SUM(a[*,*])</eqn></aux></variables></model></xmile>`],
  dimMany: [head(specs) + `<dimensions><dim name="d" size="1000"/><dim name="e" size="900"/></dimensions><model><variables>${vars(30, (i) => `<aux name="a${i}"><dimensions><dim name="d"/><dim name="e"/></dimensions><eqn>${i ? `a${i - 1} + 1` : 1}</eqn></aux>`)}</variables></model></xmile>`],
  billionLaughs: ['<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xmile>&c;</xmile>'],
  external: ['<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmile>&a;</xmile>'],
  deepXml: ['<xmile>' + '<a>'.repeat(500000)],
  gfBomb: [tinyModel.replace('<eqn>0.02</eqn>', `<eqn>TIME</eqn><gf><xscale min="0" max="10"/><ypts>${'1,'.repeat(450000)}1</ypts></gf>`)],
  modules: [head(specs) + vars(18, (i) => `<model name="m${i}"><variables>${i === 17 ? '<aux name="x"><eqn>1</eqn></aux>' : `<module name="p" ><connect to="a" from="b"/></module>`}</variables></model>`) + '</xmile>'],
  moduleBomb: [head(specs) + `<model><variables><module name="m0"/><module name="m0b"/></variables></model>` + vars(22, (i) => `<model name="m${i}"><variables>${i === 21 ? '<aux name="x"><eqn>1</eqn></aux>' : `<module name="m${i + 1}"/><module name="q" xmlns:s="http://iseesystems.com/XMILE" isee:x="1"/>`}</variables></model>`) + '</xmile>'],
  overflow: [tinyModel.replace('<eqn>0.02</eqn>', '<eqn>1e308</eqn>')],
  infSetup: [tinyModel, { ...tinySetup, parameters: [{ ...tinySetup.parameters[0]!, prior: { distribution: 'normal', mean: Infinity, deviation: 1 } }] }],
  hugeBounds: [tinyModel, { ...tinySetup, levers: [{ ...tinySetup.levers[0]!, low: -1e308, high: 1e308 }] }],
  leverIsParameter: [tinyModel, { ...tinySetup, levers: [{ ...tinySetup.levers[0]!, variable: 'growth' }] }],
  paramIsStock: [tinyModel, { ...tinySetup, parameters: [{ ...tinySetup.parameters[0]!, variable: 'customers' }] }],
  paramIsFlow: [tinyModel, { ...tinySetup, parameters: [{ ...tinySetup.parameters[0]!, variable: 'joining' }] }],
  leverIsFlow: [tinyModel, { ...tinySetup, levers: [{ ...tinySetup.levers[0]!, variable: 'joining' }] }],
  proto: [tinyModel, { ...tinySetup, parameters: [{ ...tinySetup.parameters[0]!, variable: '__proto__' }] }],
  paramSpelledTwice: [tinyModel, { ...tinySetup, parameters: [tinySetup.parameters[0]!, { ...tinySetup.parameters[0]!, variable: 'GROWTH' }] }],
  presetUnknown: [tinyModel, { ...tinySetup, presets: [{ id: 'surge', label: { en: '', zh: '' }, note: { en: '', zh: '' }, levers: [{ variable: 'growth', steps: [{ day: -5, value: 1e9 }] }], couplings: [] }] }],
  random: [tinyModel.replace('<eqn>0.02</eqn>', '<eqn>NORMAL(0.02, 0.01)</eqn>')],
};
const only = process.argv[2];
for (const [name, [xmile, setup]] of Object.entries(cases)) {
  if (only ? name !== only : false) continue;
  const t = performance.now();
  try {
    const r = await inspectModel({ xmile, setup: setup ?? tinySetup }, dailyKpis());
    const t2 = performance.now();
    let d = '';
    if (r.file && r.runs) { const text = JSON.stringify(describeVersion(r.file)); d = `describe ${(performance.now() - t2).toFixed(0)} ms ${text.length}`; }
    console.log(name, (t2 - t).toFixed(0), 'ms', r.runs, r.findings.length, r.findings.slice(0, 2).map((f) => `${f.code}: ${f.text.en.slice(0, 120)}`).join(' | '), d);
  } catch (e) { console.log(name, (performance.now() - t).toFixed(0), 'ms THROWS', String(e).slice(0, 200)); }
}
