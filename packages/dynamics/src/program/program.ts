import type { FunctionName } from '../numerics/functions.ts';
import type { Table } from '../numerics/table.ts';
import type { BinaryOperation, UnaryOperation } from './operations.ts';

/** The place of a node in `Program.nodes`. The operands of a node always stand before it. */
export type NodeId = number;

/**
 * One scalar value of a model. A program is a graph of such values without repetition: equal values are one node.
 *
 * Leaves: `time` is the time of the integration stage (for RK4 also half way through a step), `stepTime` that of the
 * beginning of the step; `stock` is the level at the stage; `memory`, `history` and `uniform` do not change within a step.
 */
export type Node =
  | { op: 'constant'; value: number }
  /** A value that differs between runs; place in `Program.inputs`. */
  | { op: 'input'; input: number }
  | { op: 'time' }
  | { op: 'stepTime' }
  /** Place in `Program.stocks`. */
  | { op: 'stock'; stock: number }
  /** What the memory holds during this step; place in `Program.memories`. */
  | { op: 'memory'; memory: number }
  /** The input of a history `lag` steps ago (rounded to the nearest whole number, at least 1), its `initial` before the start. */
  | { op: 'history'; history: number; lag: NodeId }
  /**
   * The internal rate of return of all inputs of a history so far and of `present` (`numerics/internal-rate.ts`), or
   * `missing` where there is none; held during a step. The history has no `maxLag`.
   */
  | { op: 'internalRate'; history: number; present: NodeId; missing: NodeId }
  /** A draw from [0, 1) for this run and step; place in `Program.draws`. */
  | { op: 'uniform'; draw: number }
  /** The draw of the same site at the first step, for initial values. */
  | { op: 'initialUniform'; draw: number }
  | { op: UnaryOperation; a: NodeId }
  | { op: BinaryOperation; a: NodeId; b: NodeId }
  /** `then` where `condition` is not 0. Both arms are evaluated; a NaN in the arm not taken does no harm. */
  | { op: 'select'; condition: NodeId; then: NodeId; otherwise: NodeId }
  /** Place in `Program.tables`. */
  | { op: 'lookup'; table: number; x: NodeId }
  /** The choice whose number (from 1) is `index` rounded down; 0 where there is none (XMILE 1.0 §3.7.1). */
  | { op: 'pick'; index: NodeId; choices: readonly NodeId[] }
  /** A scalar function of `numerics/functions.ts`. */
  | { op: 'call'; name: FunctionName; args: readonly NodeId[] }
  /** The value `a`, marked as the value of a variable. Only traced programs have such nodes; place in `Program.variables`. */
  | { op: 'variable'; variable: number; a: NodeId };

export type Method = 'euler' | 'rk2' | 'rk4' | 'rk45';

/**
 * When a run looks at the model. Step k is at `start + k * dt`, computed as `start + k / stepsPerUnit` where dt is the
 * reciprocal of a whole number, so that 0.1 + 0.2 is the 0.3 that the file says.
 */
export interface TimeGrid {
  start: number;
  dt: number;
  /** 1 / dt where that is a whole number, else undefined. */
  stepsPerUnit: number | undefined;
  /** Whole steps from start to stop. */
  steps: number;
  method: Method;
  /** Steps between two saved points; point s is step `min(s * saveEvery, steps)`. The start is always a saved point. */
  saveEvery: number;
}

export interface Stock {
  name: string;
  /** Level at the start; a node that depends on inputs and constants alone. */
  initial: NodeId;
  /** Net flow per unit of time. */
  rate: NodeId;
}

/** A value carried from step to step: `next` is evaluated at the beginning of a step and held during the following one. */
export interface Memory {
  initial: NodeId;
  next: NodeId;
}

/** Past values of `input`, one a step, taken at the beginning of the step. */
export interface History {
  /** Given for steps before the start. */
  initial: NodeId;
  input: NodeId;
  /** The largest lag in steps that can be asked for, or undefined when it is not known before the run. */
  maxLag: number | undefined;
}

/** One place where a model draws a random number. */
export interface Draw {
  /** Tells sites apart; stable under changes elsewhere in the model. Unsigned, 32 bits. */
  key: number;
  /** Seed written in the model itself: such draws are the same in every run. */
  seed: number | undefined;
}

/** A named value. `name` is its path and subscripts as people write them, e.g. `sales.orders[north, phone]`. */
export interface NamedValue {
  name: string;
  node: NodeId;
}

/** A variable of the model as the program knows it. */
export interface ProgramVariable extends NamedValue {
  kind: 'stock' | 'flow' | 'aux' | 'time';
  units: string | undefined;
}

/** A model ready to run: what every back end reads. Plain data, so that it can be sent to a worker. */
export interface Program {
  time: TimeGrid;
  nodes: readonly Node[];
  /** Values that the caller sets for each run, with what the model itself says (the default). */
  inputs: readonly { name: string; value: number }[];
  stocks: readonly Stock[];
  memories: readonly Memory[];
  histories: readonly History[];
  draws: readonly Draw[];
  tables: readonly Table[];
  /** What a run stores at its saved points, in the order asked for. */
  outputs: readonly NamedValue[];
  /** In traced programs every variable that an output depends on; else empty. */
  variables: readonly ProgramVariable[];
}
