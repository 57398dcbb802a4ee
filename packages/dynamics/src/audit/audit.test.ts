import { describe, expect, it } from 'vitest';
import { compileModel } from '../compile/compile.ts';
import { expectValue } from '../diagnostic.ts';
import { readXmile } from '../xmile/reader.ts';
import { eigenvaluesAlong } from './eigenvalues-along.ts';
import { auditStep } from './step-audit.ts';

/** A mass on a spring of angular frequency `w`, losing `loss` of its speed per unit of time. */
const spring = (specs: string, w = 1, loss = 0) =>
  expectValue(
    readXmile(`<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><sim_specs ${specs}</sim_specs>
    <model><variables>
      <stock name="place"><eqn>1</eqn><inflow>moving</inflow></stock>
      <stock name="speed"><eqn>0</eqn><inflow>pull</inflow></stock>
      <flow name="moving"><eqn>speed</eqn></flow>
      <flow name="pull"><eqn>-w^2 * place - loss * speed</eqn></flow>
      <aux name="w"><eqn>${w}</eqn></aux><aux name="loss"><eqn>${loss}</eqn></aux>
    </variables></model></xmile>`),
  );

describe('the time step', () => {
  it.each([
    ['euler', 1, 0.01],
    ['rk2', 2, 0.05],
    ['rk4', 4, 0.1],
  ] as const)('of %s has the order of the method and the error that it really makes', (method, order, dt) => {
    const specs = `method="${method}"><start>0</start><stop>10</stop><dt>${dt}</dt>`;
    const audit = expectValue(auditStep(spring(specs), { outputs: ['place'] }));
    const [place] = audit.outputs;
    expect(place!.order).toBeCloseTo(order, 0);
    const real = realError(spring(specs));
    expect(place!.error / real).toBeGreaterThan(0.7);
    expect(place!.error / real).toBeLessThan(1.4);
  });

  it('is suggested where it is too large, and then is fine', () => {
    const specs = (dt: number) =>
      `method="euler"><start>0</start><stop>5</stop><dt>${dt}</dt><save_step>0.5</save_step>`;
    const coarse = expectValue(auditStep(spring(specs(0.25)), { outputs: ['place', 'speed'] }, { tolerance: 0.01 }));
    expect(coarse.fine).toBe(false);
    expect(coarse.outputs[0]!.verdict).toBe('too_large');
    expect(coarse.suggestedDt).toBeLessThan(0.01);
    const time = { dt: coarse.suggestedDt! };
    const finer = expectValue(
      auditStep(spring(specs(0.25)), { outputs: ['place', 'speed'], time }, { tolerance: 0.01 }),
    );
    expect(finer.fine).toBe(true);
  });

  it('of a run that explodes is not called fine', () => {
    const specs = 'method="euler"><start>0</start><stop>2000</stop><dt>1</dt>';
    const audit = expectValue(auditStep(spring(specs, 3), { outputs: ['place'] }));
    expect(audit.fine).toBe(false);
  });
});

describe('eigenvalues along a run', () => {
  it('of a spring are its frequency and its loss', () => {
    const specs = 'method="rk4"><start>0</start><stop>2</stop><dt>0.5</dt>';
    const { times, values } = eigenvaluesAlong(expectValue(compileModel(spring(specs, 2, 0.4))));
    expect([...times]).toEqual([0, 0.5, 1, 1.5, 2]);
    for (const pair of values) {
      expect(pair.map(({ re }) => re)[0]).toBeCloseTo(-0.2, 7);
      expect(pair[0]!.im).toBeCloseTo(Math.sqrt(4 - 0.04), 7);
      expect(pair[1]!.im).toBeCloseTo(-Math.sqrt(4 - 0.04), 7);
    }
  });
});

/** Largest distance from cos(t). */
function realError(file: ReturnType<typeof spring>): number {
  const audit = expectValue(auditStep(file, { outputs: ['place'] }));
  const { dt, method } = audit;
  const steps = Math.round(10 / dt);
  let [x, v, worst] = [1, 0, 0];
  for (let k = 1; k <= steps; k++) {
    [x, v] = stepOf[method as keyof typeof stepOf](x, v, dt);
    worst = Math.max(worst, Math.abs(x - Math.cos(k * dt)));
  }
  return worst;
}

const stepOf = {
  euler: (x: number, v: number, h: number) => [x + h * v, v - h * x] as const,
  rk2: (x: number, v: number, h: number) => [x + h * v - (h * h * x) / 2, v - h * x - (h * h * v) / 2] as const,
  rk4: (x: number, v: number, h: number) => {
    // The exact flow of a linear system up to h^4.
    const [c, s] = [1 - h ** 2 / 2 + h ** 4 / 24, h - h ** 3 / 6];
    return [c * x + s * v, c * v - s * x] as const;
  },
};
