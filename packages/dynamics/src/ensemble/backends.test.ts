import { afterEach, describe, expect, it, vi } from 'vitest';
import { shakenGrowth, timeGrid } from '../../test/small-programs.ts';
import { sentenceOf } from '../diagnostic.ts';
import type { Node } from '../program/program.ts';
import { createEnsemble } from './ensemble.ts';

const growth = shakenGrowth(timeGrid(4, 4, 'rk4'));
const columns = [{ output: 'x', reduce: { kind: 'final' as const } }];
const points = Float64Array.of(0.5, 2);

class ForbiddenFunction {
  constructor() {
    throw new EvalError('Code generation from strings disallowed for this context');
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the back end', () => {
  it('is WebAssembly where there is SIMD', async () => {
    const { backend, passedOver } = await createEnsemble(growth, { columns }).run(points);
    expect({ backend, passedOver }).toEqual({ backend: 'wasm', passedOver: [] });
  });

  it('is the next one where something is missing, and that is told', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    const js = await createEnsemble(growth, { columns }).run(points);
    expect([js.backend, ...js.passedOver.map(({ code }) => code)]).toEqual(['js', 'run.no_wasm']);
    vi.stubGlobal('Function', ForbiddenFunction);
    const slow = await createEnsemble(growth, { columns }).run(points);
    expect([slow.backend, ...slow.passedOver.map(({ code }) => code)]).toEqual([
      'interp',
      'run.no_wasm',
      'run.code_forbidden',
    ]);
    expect(slow.values).toEqual(js.values);
    expect(sentenceOf(slow.passedOver[1]!, 'zh')).toContain('unsafe-eval');
  });

  it('is the interpreter where making code would take longer than a run', async () => {
    const nodes: Node[] = [{ op: 'time' }];
    for (let a = 0; a < 500_000; a++) nodes.push({ op: 'add', a, b: 0 });
    const program = { ...growth, time: timeGrid(1, 1, 'euler'), nodes, outputs: [{ name: 'x', node: 500_000 }] };
    const large = { ...program, stocks: [], draws: [], inputs: [] };
    const { backend, passedOver, values } = await createEnsemble(large, { columns }).run(new Float64Array(), {
      runs: 1,
    });
    expect([backend, ...passedOver.map(({ code }) => code)]).toEqual(['interp', 'run.long_code', 'run.long_code']);
    expect([...values]).toEqual([500_001]);
  });

  it('that is asked for by name is not replaced', async () => {
    vi.stubGlobal('Function', ForbiddenFunction);
    await expect(createEnsemble(growth, { columns, backend: 'js' }).run(points)).rejects.toThrow('run.code_forbidden');
    vi.stubGlobal('WebAssembly', undefined);
    await expect(createEnsemble(growth, { columns, backend: 'wasm' }).run(points)).rejects.toThrow('run.no_wasm');
  });
});
