import type { Details, DiagnosticCode } from '../diagnostic.ts';
import type { Expression } from '../expression/expression.ts';
import type { Table } from '../numerics/table.ts';
import type { Graph } from '../program/graph.ts';
import type { NodeId } from '../program/program.ts';

/** Whether a value is meant at the start of the run or at any step. */
export type Moment = 'initial' | 'step';

/**
 * One call of a builtin function in one scalar equation (arrays are already spread out, so that a call in an array
 * equation is one site for each element). State that the call needs (the levels of a delay, a memory) belongs to the
 * site and is made once, whatever the number of times the equation is asked for; `slot` tells several of one site apart.
 */
export interface CallSite {
  readonly graph: Graph;
  /** The moment the value is asked for. `initial` values may depend on constants, inputs and initial values alone. */
  readonly moment: Moment;
  readonly name: string;
  readonly args: readonly Expression[];
  /** When the model begins and ends, and its step. */
  readonly time: { readonly start: number; readonly stop: number; readonly dt: number };
  /** The value of argument `index` (from 0) at `moment`, or at the one given. */
  value(index: number, moment?: Moment): NodeId;
  /** The elements of an array argument in row-major order; a scalar is an array of one. */
  elements(index: number, moment?: Moment): NodeId[];
  /** The sizes of the dimensions of an array argument; none for a scalar. */
  shape(index: number): number[];
  /** The graphical function that argument `index` names, when it names one. */
  table(index: number): Table | undefined;
  /** The value of a graphical function at `x`. */
  lookup(table: Table, x: NodeId): NodeId;
  /** The value of an argument when it is known before any run. */
  constant(index: number): number | undefined;
  /**
   * A level of the site's own, integrated with the method of the model. At `initial` this gives `initial()`. Both are
   * asked for later than this call, so that `rate` may depend on the level itself. As lowering may begin anew while a
   * value of an argument is asked for, they must not need what is set only after another such value.
   */
  stock(slot: string, spec: { initial: () => NodeId; rate: () => NodeId }): NodeId;
  /** A value carried from step to step; at `initial` this gives `initial()`. */
  memory(slot: string, spec: { initial: () => NodeId; next: () => NodeId }): NodeId;
  /** The input as it was `lag` steps ago; at `initial` this gives `initial()`. `maxLag` as in Program. */
  history(
    slot: string,
    spec: { initial: () => NodeId; input: () => NodeId; lag: NodeId; maxLag: number | undefined },
  ): NodeId;
  /** The internal rate of return of an input so far (`numerics/internal-rate.ts`); at `initial` this gives `missing()`. */
  internalRate(slot: string, spec: { input: () => NodeId; missing: () => NodeId }): NodeId;
  /** A draw from [0, 1), anew at every step; `seed` as in `Draw`. */
  uniform(slot: string, seed?: number): NodeId;
  /** Tells of work that grows faster than what the call is given, so that a model can be refused before it takes too long. */
  count(work: number): void;
  fail(code: DiagnosticCode, details?: Details, argument?: number): never;
}

/** How the units of a call follow from those of its arguments; read by the unit check. */
export type UnitRule =
  /** All listed arguments and the result have the same units. */
  | { kind: 'same'; args: readonly number[] | 'all' }
  /** Arguments and result are pure numbers. */
  | { kind: 'dimensionless' }
  /** The result has these: of an argument, of time, none, or argument a over/times argument b. */
  | {
      kind: 'result';
      of: number | 'time' | 'none' | { over: readonly [number | 'time', number | 'time'] } | 'unknown';
    };

/** A function that equations can call. One builtin has one meaning; synonyms are the names that other tools give it. */
export interface Builtin {
  /** As documented, e.g. `SMTH3`. Compared without case, and with `_` and space alike. */
  name: string;
  synonyms: readonly string[];
  /** Number of arguments: at least and at most. */
  arity: readonly [number, number];
  /** Arguments (from 0) that are arrays as a whole. All others are scalars; an array there spreads over the equation. */
  arrays?: readonly number[] | 'all';
  /**
   * Given this many arguments or more, only slices (`a[*]`, `a[1:3]`) and, where the equation lacks their dimensions,
   * whole arrays are arrays: any other array spreads over the equation, as Stella has it for MAX(a, 0).
   */
  spreadFrom?: number;
  units: UnitRule;
  /** One sentence: what it gives, with the source of the formula. */
  summary: string;
  /** Argument names as documented. */
  parameters: readonly string[];
  lower(site: CallSite): NodeId;
}
