/** Operations of one argument that every back end knows. Truth is 1 or 0; any value but 0 is true, NaN included. */
export const unaryOperations = {
  neg: (a: number) => -a,
  not: (a: number) => (a !== 0 ? 0 : 1),
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  floor: Math.floor,
} satisfies Record<string, (a: number) => number>;

/**
 * Operations of two arguments that every back end knows. `mod` has the sign of the divisor (XMILE 1.0 §3.3.1);
 * `min` and `max` give the first argument where the two cannot be compared, as WebAssembly's pmin and pmax do.
 */
export const binaryOperations = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  pow: (a: number, b: number) => a ** b,
  mod: (a: number, b: number) => a - b * Math.floor(a / b),
  min: (a: number, b: number) => (b < a ? b : a),
  max: (a: number, b: number) => (a < b ? b : a),
  lt: (a: number, b: number) => (a < b ? 1 : 0),
  le: (a: number, b: number) => (a <= b ? 1 : 0),
  gt: (a: number, b: number) => (a > b ? 1 : 0),
  ge: (a: number, b: number) => (a >= b ? 1 : 0),
  eq: (a: number, b: number) => (a === b ? 1 : 0),
  ne: (a: number, b: number) => (a !== b ? 1 : 0),
  and: (a: number, b: number) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a: number, b: number) => (a !== 0 || b !== 0 ? 1 : 0),
} satisfies Record<string, (a: number, b: number) => number>;

export type UnaryOperation = keyof typeof unaryOperations;
export type BinaryOperation = keyof typeof binaryOperations;
