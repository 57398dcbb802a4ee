import { operandsOf } from './operands.ts';
import type { Node, Program } from './program.ts';

/** How often the value of a node can change; a node changes as often as the operand that changes most. */
export const rates = {
  /** Known before any run. */
  constant: 0,
  /** The same during a whole run: inputs and draws for initial values. */
  run: 1,
  /** The same during a step: the time of the step, memories, histories and draws. */
  step: 2,
  /** Anew at each stage of the integration: time and levels. */
  stage: 3,
} as const;

/** The rate of every node of a program, as one of the numbers of `rates`. */
export function rateOf(program: Pick<Program, 'nodes'>): Uint8Array {
  const result = new Uint8Array(program.nodes.length);
  program.nodes.forEach((node, id) => {
    let rate = leafRate(node);
    for (const operand of operandsOf(node)) rate = Math.max(rate, result[operand]!);
    // The lag of a history may change within a step, but what it gives is held.
    result[id] = node.op === 'history' || node.op === 'internalRate' ? rates.step : rate;
  });
  return result;
}

function leafRate(node: Node): number {
  switch (node.op) {
    case 'input':
    case 'initialUniform':
      return rates.run;
    case 'stepTime':
    case 'memory':
    case 'uniform':
      return rates.step;
    case 'time':
    case 'stock':
      return rates.stage;
    default:
      return rates.constant;
  }
}
