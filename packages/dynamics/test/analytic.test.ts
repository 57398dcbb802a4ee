import { describe, expect, it } from 'vitest';
import { compileModel } from '../src/compile/compile.ts';
import { expectValue } from '../src/diagnostic.ts';
import { createEnsemble } from '../src/ensemble/ensemble.ts';
import type { Column } from '../src/ensemble/plan.ts';
import { readXmile } from '../src/xmile/reader.ts';

/** What one run of a model gives, by each back end in turn; they have to agree. */
async function answers(specs: string, variables: string, columns: Column[]): Promise<number[]> {
  const file = expectValue(
    readXmile(`<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
      <sim_specs ${specs}</sim_specs><model><variables>${variables}</variables></model></xmile>`),
  );
  const program = expectValue(compileModel(file, { outputs: [...new Set(columns.map(({ output }) => output))] }));
  const rows: number[][] = [];
  for (const backend of ['interp', 'js', 'wasm'] as const) {
    const ensemble = createEnsemble(program, { columns, backend });
    rows.push([...(await ensemble.run(new Float64Array(), { runs: 1 })).values]);
  }
  for (const row of rows) for (const [i, value] of row.entries()) expect(value / rows[0]![i]!).toBeCloseTo(1, 11);
  return rows[0]!;
}

const stock = (name: string, initial: string, flows: string) =>
  `<stock name="${name}"><eqn>${initial}</eqn>${flows}</stock>`;
const aux = (name: string, equation: string) => `<aux name="${name}"><eqn>${equation}</eqn></aux>`;
const flow = (name: string, equation: string) => `<flow name="${name}"><eqn>${equation}</eqn></flow>`;

describe('models with a known solution', () => {
  it('Bass: when and how high adoption peaks (Bass 1969)', async () => {
    const model = [
      stock('adopters', '0', '<inflow>adoption</inflow>'),
      flow('adoption', '(p + q * adopters / market) * (market - adopters)'),
      aux('p', '0.03'),
      aux('q', '0.38'),
      aux('market', '1e6'),
    ].join('');
    const specs = 'method="rk4"><start>0</start><stop>20</stop><dt reciprocal="true">128</dt>';
    const [peak, at, half, ten] = await answers(specs, model, [
      { output: 'adoption', reduce: { kind: 'max' } },
      { output: 'adoption', reduce: { kind: 'timeOfMax' } },
      { output: 'adopters', reduce: { kind: 'crossing', level: 460526.315789, direction: 'up' } },
      { output: 'adopters', reduce: { kind: 'at', time: 10 } },
    ]);
    expect(peak! / 110592.105263).toBeCloseTo(1, 6);
    expect(Math.abs(at! - 6.192619197703)).toBeLessThan(1 / 128);
    expect(half).toBeCloseTo(6.192619197703, 6);
    expect(ten! / 812803.221221).toBeCloseTo(1, 8);
  });

  it.each([
    [1.5, 0.582811643866],
    [2, 0.79681213002],
    [3, 0.940479790707],
    [4, 0.980172598718],
  ])('SIR: with R0 = %d the epidemic ends after the share %d (Kermack and McKendrick 1927)', async (r0, share) => {
    const model = [
      stock('susceptible', '1 - 1e-9', '<outflow>infection</outflow>'),
      stock('infectious', '1e-9', '<inflow>infection</inflow><outflow>recovery</outflow>'),
      flow('infection', `${r0} * susceptible * infectious`),
      flow('recovery', 'infectious'),
      aux('invariant', `susceptible + infectious - LN(susceptible) / ${r0}`),
    ].join('');
    const specs =
      'method="rk4"><start>0</start><stop>200</stop><dt reciprocal="true">50</dt><save_step>0.5</save_step>';
    const [left, first, last] = await answers(specs, model, [
      { output: 'susceptible', reduce: { kind: 'final' } },
      { output: 'invariant', reduce: { kind: 'initial' } },
      { output: 'invariant', reduce: { kind: 'final' } },
    ]);
    expect(1 - left!).toBeCloseTo(share, 6);
    expect(last!).toBeCloseTo(first!, 8);
  });

  it('teacup: cools exponentially', async () => {
    const model = stock('teacup', '180', '<outflow>loss</outflow>') + flow('loss', '(teacup - 70) / 10');
    const specs = 'method="rk4"><start>0</start><stop>30</stop><dt>0.125</dt>';
    const [end] = await answers(specs, model, [{ output: 'teacup', reduce: { kind: 'final' } }]);
    expect(end).toBeCloseTo(70 + 110 * Math.exp(-3), 6);
  });

  it('third-order delay and smooth of a step', async () => {
    const model = aux('step', 'STEP(1, 0)') + aux('delayed', 'DELAY3(step, 5, 0)') + aux('smooth', 'SMTH1(step, 5, 0)');
    const specs = 'method="rk4"><start>0</start><stop>10</stop><dt reciprocal="true">64</dt>';
    const times = [1, 3, 5, 10];
    const [d1, d3, d5, d10, s1, , s5] = await answers(specs, model, [
      { output: 'delayed', reduce: { kind: 'samples', times } },
      { output: 'smooth', reduce: { kind: 'samples', times } },
    ]);
    for (const [got, wanted] of [
      [d1, 0.023115287753],
      [d3, 0.269378914061],
      [d5, 0.576809918873],
      [d10, 0.938031195583],
      [s1, 0.181269246922],
      [s5, 0.632120558829],
    ]) {
      expect(got).toBeCloseTo(wanted!, 6);
    }
  });

  it('Granovetter: a crowd with thresholds tips between two spreads (Granovetter 1978)', async () => {
    const model =
      stock('rioting', '0', '<inflow>joining</inflow>') +
      flow('joining', 'NORMALCDF(-1e9, (rioting - 0.25) / spread, 0, 1) - rioting') +
      aux('spread', 'SPREAD');
    const specs = 'method="rk4"><start>0</start><stop>4000</stop><dt>0.5</dt><save_step>100</save_step>';
    for (const [spread, wanted] of [
      [0.12, 0.040211],
      [0.122, 0.054792],
      [0.1225, 1],
    ]) {
      const one = model.replace('SPREAD', String(spread));
      const [end] = await answers(specs, one, [{ output: 'rioting', reduce: { kind: 'final' } }]);
      expect(end).toBeCloseTo(wanted!, 5);
    }
  });
});
