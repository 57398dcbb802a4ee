import { expect, it } from 'vitest';
import { compileModel } from '../src/compile/compile.ts';
import { expectValue } from '../src/diagnostic.ts';
import { createEnsemble, evaluateWith } from '../src/ensemble/ensemble.ts';
import { lynxHarePriors, lynxHareReference, lynxHareSeries } from '../src/fit/lynx-hare.fixture.ts';
import { samplePosterior } from '../src/fit/posterior.ts';
import { readXmile } from '../src/xmile/reader.ts';

/** Hudson's Bay pelts, 1900-1920: Lotka and Volterra as people would draw them. */
const model = `<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
  <sim_specs method="rk4"><start>0</start><stop>20</stop><dt reciprocal="true">20</dt></sim_specs>
  <model><variables>
    <stock name="hares"><eqn>30</eqn><inflow>births</inflow><outflow>catches</outflow></stock>
    <stock name="lynxes"><eqn>4</eqn><inflow>litters</inflow><outflow>deaths</outflow></stock>
    <flow name="births"><eqn>theta1 * hares</eqn></flow><flow name="catches"><eqn>theta2 * hares * lynxes</eqn></flow>
    <flow name="litters"><eqn>theta4 * hares * lynxes</eqn></flow><flow name="deaths"><eqn>theta3 * lynxes</eqn></flow>
    <aux name="theta1"><eqn>0.5</eqn></aux><aux name="theta2"><eqn>0.03</eqn></aux>
    <aux name="theta3"><eqn>0.8</eqn></aux><aux name="theta4"><eqn>0.02</eqn></aux>
  </variables></model></xmile>`;

it('lynx and hare: from the file of the model to the published posterior', async () => {
  const names = lynxHarePriors.map(({ name }) => name);
  const program = expectValue(
    compileModel(expectValue(readXmile(model)), { inputs: names, outputs: ['hares', 'lynxes'] }),
  );
  const times = Array.from({ length: 21 }, (_, year) => year);
  const columns = ['hares', 'lynxes'].map((output) => ({ output, reduce: { kind: 'samples' as const, times } }));
  const ensemble = createEnsemble(program, { columns });
  const { report } = expectValue(
    await samplePosterior(evaluateWith(ensemble), lynxHarePriors, lynxHareSeries(), { seed: 7 }),
  );
  expect(report.converged).toBe(true);
  for (const { name, mean, deviation, rhat } of report.parameters) {
    const reference = lynxHareReference[name as keyof typeof lynxHareReference];
    expect(Math.abs(mean - reference.mean) / deviation, name).toBeLessThan(0.1);
    expect(rhat, name).toBeLessThan(1.01);
  }
});
