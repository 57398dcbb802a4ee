import { wasmKernel } from '../packages/dynamics/src/backend/wasm/index.ts';
import { ringModel } from './dynamics-models.ts';

/**
 * `node bench/dynamics-compile.ts STOCKS VARIABLES`: milliseconds from a program to the end of its first run of ten
 * steps, in a process that has compiled nothing before, and again when it has.
 */
const [stocks, variables] = process.argv.slice(2).map(Number) as [number, number];
const timed = () => {
  const program = ringModel(stocks, variables, 10);
  const begun = performance.now();
  wasmKernel(program, 4).run(0, 0);
  return performance.now() - begun;
};
const coldMs = timed();
const warmMs = Math.min(...Array.from({ length: 5 }, timed));
process.stdout.write(JSON.stringify({ coldMs, warmMs }));
