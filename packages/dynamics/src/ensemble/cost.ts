import type { Backend } from '../backend/kernel.ts';
import type { Program } from '../program/program.ts';

/**
 * Evaluations of nodes that take about 20 ms, so that whoever waits for the thread waits no longer than 50: measured at
 * 1 ns and less for generated code, 2 to 4 ns for programs too large to be kept in registers, 100 ns for the interpreter.
 */
export const evaluationsPerBlock: Record<Backend, number> = { wasm: 8e6, js: 5e6, interp: 2e5 };

/** Evaluations of all nodes in a step; for RK45, which chooses its own sub-steps, a guess. */
const stages = { euler: 1, rk2: 2, rk4: 4, rk45: 28 } as const;

/** About how many nodes are evaluated in a run. */
export function evaluationsPerRun({ nodes, time }: Program): number {
  return Math.max(1, nodes.length) * stages[time.method] * (time.steps + 1);
}
