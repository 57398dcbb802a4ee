import { operandsOf } from './operands.ts';
import type { Node, NodeId, Program } from './program.ts';
import { rateOf, rates } from './rate.ts';

/**
 * Throws where a program breaks what every back end relies on: operands stand before their users, every index is in
 * range, and what a run begins with depends on constants, inputs and initial draws alone.
 */
export function validateProgram(program: Program): void {
  const { nodes } = program;
  nodes.forEach((node, id) => {
    for (const operand of operandsOf(node)) {
      must(Number.isInteger(operand) && operand >= 0 && operand < id, `node ${id} reads node ${operand}`);
    }
    const [place, length] = placeOf(program, node);
    must(Number.isInteger(place) && place >= 0 && place < length, `${node.op} of node ${id} is out of range`);
  });
  const known = (id: NodeId, what: string) => must(Number.isInteger(id) && id >= 0 && id < nodes.length, what);
  for (const { name, node } of [...program.outputs, ...program.variables]) known(node, name);
  for (const { name, initial, rate } of program.stocks) {
    known(initial, name);
    known(rate, name);
  }
  for (const memory of program.memories) {
    known(memory.initial, 'memory');
    known(memory.next, 'memory');
  }
  for (const history of program.histories) {
    known(history.initial, 'history');
    known(history.input, 'history');
  }
  const rate = rateOf(program);
  const beginnings = [...program.stocks, ...program.memories, ...program.histories].map(({ initial }) => initial);
  for (const id of beginnings) must(rate[id]! <= rates.run, `an initial value (node ${id}) changes during the run`);
}

function placeOf(program: Program, node: Node): [place: number, length: number] {
  switch (node.op) {
    case 'input':
      return [node.input, program.inputs.length];
    case 'stock':
      return [node.stock, program.stocks.length];
    case 'memory':
      return [node.memory, program.memories.length];
    case 'history':
    case 'internalRate':
      return [node.history, program.histories.length];
    case 'uniform':
    case 'initialUniform':
      return [node.draw, program.draws.length];
    case 'lookup':
      return [node.table, program.tables.length];
    case 'variable':
      return [node.variable, program.variables.length];
    default:
      return [0, 1];
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The program is broken: ${what}.`);
}
