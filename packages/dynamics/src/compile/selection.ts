import type { Method } from '../program/program.ts';

/** What of a model shall run, and how. Names are compared as XMILE compares them. */
export interface Selection {
  /**
   * Variables (or single elements, `x[north]`) that the caller sets for each run. A constant, an equation or the initial value of
   * a stock is replaced by the value; the default is what the model says where that is a constant, else it must be given.
   */
  inputs?: readonly string[];
  /** Variables or elements to store; an array gives all its elements. Default: every variable of the model. */
  outputs?: readonly string[];
  /** Instead of what the file says. */
  time?: Partial<{ start: number; stop: number; dt: number; method: Method; saveStep: number }>;
  /** Keeps every variable as a node of its own and folds nothing, for programs that are looked into. */
  traced?: boolean;
}
