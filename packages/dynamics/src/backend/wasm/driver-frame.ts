import type { Program } from '../../program/program.ts';
import type { FunctionBody, Local } from './function-body.ts';
import type { Placement } from './placement.ts';

/** Where the state of the lanes that run together is, in bytes; arrays have a row of vectors for each stock. */
export interface ScratchArrays {
  stepTime: number;
  stageTime: number;
  faulty: number;
  stocks: number;
  /** Stocks of a later stage. */
  stage: number;
  /** Derivatives, one array for each stage. */
  rates: readonly number[];
  memories: number;
  /** What the memories and histories get at the end of the step. */
  carried: number;
  end: number;
}

const stageCounts = { euler: 1, rk2: 2, rk4: 4, rk45: 7 } as const;

export function scratchArrays(program: Program, base: number, width: number): ScratchArrays {
  const stride = width * 16;
  let end = base;
  const take = (rows: number) => {
    const at = end;
    end += rows * stride;
    return at;
  };
  const stocks = program.stocks.length;
  return {
    stepTime: take(1),
    stageTime: take(1),
    faulty: take(1),
    stocks: take(stocks),
    stage: take(stocks),
    rates: Array.from({ length: stageCounts[program.time.method] }, () => take(stocks)),
    memories: take(program.memories.length),
    carried: take(program.memories.length + program.histories.length),
    end,
  };
}

/** What the driver calls: the numbers of the functions of each section. */
export interface Driver {
  program: Program;
  arrays: ScratchArrays;
  placement: Placement;
  lanes: number;
  width: number;
  run: readonly number[];
  step: readonly number[];
  stage: readonly number[];
  carry: readonly number[];
  save: readonly number[];
}

/** The driver's code in the making. */
export interface DriverFrame extends Driver {
  body: FunctionBody;
  k: Local;
  pointer: Local;
  /** First point with a value that is not finite; -1 so far. */
  faults: Local[];
  /** Lanes whose steps became too small. */
  stalled: Local[];
  /** Sub-step and position of RK45, see `stepControl`. */
  subStep: Local[];
  position: Local[];
  /** Sub-steps tried so far. */
  attempts: Local[];
}

/** Parameters of the driver. */
export const [laneOffset, seed, firstRun] = [0, 1, 2];

/** Calls the functions of a section with the stocks at `stageBase`; `target` is an address or a local that holds one. */
export function callSection(
  { body, k }: DriverFrame,
  section: readonly number[],
  stageBase: number,
  target: number | { local: Local },
): void {
  for (const index of section) {
    body.get(laneOffset);
    body.i32(stageBase);
    if (typeof target === 'number') body.i32(target);
    else body.get(target.local);
    body.get(seed);
    body.get(firstRun);
    body.get(k);
    body.call(index);
  }
}

/** Stores at a fixed address what `value` puts on the stack. */
export function storeTo(body: FunctionBody, address: number, value: () => void): void {
  body.i32(0);
  value();
  body.store(address);
}

/** A loop over the elements of arrays that have a row for each stock; `pointer` is the place in each of them. */
export function eachElement(frame: DriverFrame, write: () => void): void {
  const { body, pointer, program, width } = frame;
  loopBytes(body, pointer, program.stocks.length * width * 16, 16, write);
}

export function loopBytes(body: FunctionBody, pointer: Local, bytes: number, stride: number, write: () => void): void {
  if (bytes === 0) return;
  body.i32(0);
  body.set(pointer);
  body.loop();
  write();
  body.get(pointer);
  body.i32(stride);
  body.plain('i32Add');
  body.tee(pointer);
  body.i32(bytes);
  body.plain('i32LtU');
  body.branchIf(0);
  body.end();
}
