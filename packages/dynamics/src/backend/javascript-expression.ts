import type { Node, NodeId, Program } from '../program/program.ts';
import { historyCapacity } from './integration.ts';
import { conditionText } from './javascript-phases.ts';

/** How generated code reads what a node refers to. */
export interface Names {
  /** The value of another node; constants are written in place before this is asked. */
  value(id: NodeId): string;
  stock(stock: number): string;
  memory(memory: number): string;
  input(input: number): string;
  time: string;
  stepTime: string;
  /** Number of the step. */
  step: string;
}

const unary = {
  neg: (a: string) => `-${a}`,
  not: (a: string) => `${a} !== 0 ? 0 : 1`,
  abs: (a: string) => `Math.abs(${a})`,
  sqrt: (a: string) => `Math.sqrt(${a})`,
  exp: (a: string) => `Math.exp(${a})`,
  ln: (a: string) => `Math.log(${a})`,
  sin: (a: string) => `Math.sin(${a})`,
  cos: (a: string) => `Math.cos(${a})`,
  floor: (a: string) => `Math.floor(${a})`,
} as const;

const binary = {
  add: (a: string, b: string) => `${a} + ${b}`,
  sub: (a: string, b: string) => `${a} - ${b}`,
  mul: (a: string, b: string) => `${a} * ${b}`,
  div: (a: string, b: string) => `${a} / ${b}`,
  pow: (a: string, b: string) => `${a} ** ${b}`,
  mod: (a: string, b: string) => `${a} - ${b} * Math.floor(${a} / ${b})`,
  min: (a: string, b: string) => `${b} < ${a} ? ${b} : ${a}`,
  max: (a: string, b: string) => `${a} < ${b} ? ${b} : ${a}`,
  lt: (a: string, b: string) => `${a} < ${b} ? 1 : 0`,
  le: (a: string, b: string) => `${a} <= ${b} ? 1 : 0`,
  gt: (a: string, b: string) => `${a} > ${b} ? 1 : 0`,
  ge: (a: string, b: string) => `${a} >= ${b} ? 1 : 0`,
  eq: (a: string, b: string) => `${a} === ${b} ? 1 : 0`,
  ne: (a: string, b: string) => `${a} !== ${b} ? 1 : 0`,
  and: (a: string, b: string) => `${a} !== 0 && ${b} !== 0 ? 1 : 0`,
  or: (a: string, b: string) => `${a} !== 0 || ${b} !== 0 ? 1 : 0`,
} as const;

/**
 * The value of a node as JavaScript. The code may use `draw`, `lookUp`, `pick`, `remember`, `internalRate`, `functions`, `tables`,
 * `rings` and the locals `seed`, `run` and `past` (initial values of the histories).
 */
export function expressionText(program: Program, id: NodeId, names: Names): string {
  const node: Node = program.nodes[id]!;
  const value = (operand: NodeId) => operandText(program, operand, names);
  switch (node.op) {
    case 'constant':
      return numberText(node.value);
    case 'input':
      return names.input(node.input);
    case 'time':
      return names.time;
    case 'stepTime':
      return names.stepTime;
    case 'stock':
      return names.stock(node.stock);
    case 'memory':
      return names.memory(node.memory);
    case 'history': {
      const capacity = historyCapacity(program.histories[node.history]!, program.time);
      return `remember(rings[${node.history}], past[${node.history}], ${names.step}, ${value(node.lag)}, ${capacity})`;
    }
    case 'internalRate': {
      const rule = `{ missing: ${value(node.missing)}, dt: ${numberText(program.time.dt)} }`;
      return `internalRate(rings[${node.history}], ${names.step}, ${value(node.present)}, ${rule})`;
    }
    case 'uniform':
      return drawText(program, node.draw, names.step);
    case 'initialUniform':
      return drawText(program, node.draw, '0');
    case 'select':
      return `${conditionText(program, node.condition, value)} ? ${value(node.then)} : ${value(node.otherwise)}`;
    case 'lookup':
      return `lookUp(tables[${node.table}], ${value(node.x)})`;
    case 'pick':
      return pickText(node.choices.map(value), value(node.index));
    case 'call':
      return `functions.${node.name}(${node.args.map(value).join(', ')})`;
    case 'variable':
      return value(node.a);
    default:
      return 'b' in node ? binary[node.op](value(node.a), value(node.b)) : unary[node.op](value(node.a));
  }
}

/** A number that the reader of the code gets back to the last bit. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.startsWith('-') ? `(${text})` : text;
}

function operandText(program: Program, id: NodeId, names: Names): string {
  const node = program.nodes[id]!;
  return node.op === 'constant' ? numberText(node.value) : names.value(id);
}

function drawText(program: Program, site: number, step: string): string {
  const { key, seed } = program.draws[site]!;
  return seed === undefined ? `draw(seed, run, ${key}, ${step})` : `draw(${seed}, 0, ${key}, ${step})`;
}

/** Choices as a balanced tree of comparisons, so that code for many choices is neither deep nor slow. */
function pickText(choices: readonly string[], index: string): string {
  const among = (low: number, high: number): string => {
    if (high - low === 1) return choices[low]!;
    const middle = (low + high) >>> 1;
    return `(${index} < ${middle + 1} ? ${among(low, middle)} : ${among(middle, high)})`;
  };
  if (choices.length === 0) return '0';
  return `${index} >= 1 && ${index} < ${choices.length + 1} ? ${among(0, choices.length)} : 0`;
}
