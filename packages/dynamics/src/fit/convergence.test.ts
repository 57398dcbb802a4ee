import { describe, expect, it } from 'vitest';
import { normalDraws } from './cma-es.ts';
import { convergenceOf, meanErrorOf } from './convergence.ts';

function chainsOf(count: number, length: number, memory: number, shift = 0): Float64Array[] {
  const normal = normalDraws(1, 99);
  return Array.from({ length: count }, (_, c) => {
    let x = normal();
    return Float64Array.from({ length }, () => {
      x = memory * x + Math.sqrt(1 - memory * memory) * normal();
      return x + shift * c;
    });
  });
}

describe('convergenceOf', () => {
  it.each([0, 0.5, 0.8])('knows what draws with memory %d are worth', (memory) => {
    const chains = chainsOf(8, 1000, memory);
    const { rhat, essBulk, essTail } = convergenceOf(chains);
    // An autoregressive chain is worth (1 - r) / (1 + r) of its draws.
    const worth = (8000 * (1 - memory)) / (1 + memory);
    expect(essBulk / worth).toBeGreaterThan(0.85);
    expect(essBulk / worth).toBeLessThan(1.15);
    expect(essTail).toBeGreaterThan(0.8 * worth);
    expect(rhat).toBeLessThan(1.02);
    expect(meanErrorOf(chains) / Math.sqrt(1 / worth)).toBeCloseTo(1, 0);
  });

  it('sees chains that differ in place, in width, or over time', () => {
    expect(convergenceOf(chainsOf(4, 500, 0, 0.5)).rhat).toBeGreaterThan(1.1);
    const wide = chainsOf(4, 500, 0).map((chain, c) => chain.map((value) => value * (c === 0 ? 5 : 1)));
    expect(convergenceOf(wide).rhat).toBeGreaterThan(1.1);
    const drifting = chainsOf(4, 500, 0).map((chain) => chain.map((value, i) => value + i / 250));
    expect(convergenceOf(drifting).rhat).toBeGreaterThan(1.1);
    expect(convergenceOf(chainsOf(4, 500, 0)).rhat).toBeLessThan(1.01);
  });

  it('does not depend on the scale and has no figure for draws that are all equal', () => {
    const chains = chainsOf(4, 200, 0.3);
    const bent = chains.map((chain) => chain.map((value) => Math.exp(3 * value)));
    expect(convergenceOf(bent).essBulk).toBeCloseTo(convergenceOf(chains).essBulk, 6);
    expect(convergenceOf([new Float64Array(10), new Float64Array(10)]).rhat).toBeNaN();
  });
});
