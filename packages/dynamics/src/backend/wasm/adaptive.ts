import { attemptsMax, dormandPrince, stepControl } from '../integration.ts';
import { callSection, type DriverFrame, loopBytes } from './driver-frame.ts';
import type { FunctionBody, Local } from './function-body.ts';

/**
 * One dt of RK45 with sub-steps for every lane by itself: lanes go on side by side, those that have arrived or whose
 * sub-step is rejected keep their stocks. See `stepControl` and `dormandPrince` of integration.ts.
 */
export function writeAdaptiveStep(frame: DriverFrame): void {
  const { body, position, subStep, program, width } = frame;
  if (program.stocks.length === 0) return;
  const worst = vectors(frame);
  const broken = vectors(frame);
  const active = vectors(frame);
  notFinite(frame, broken);
  for (let u = 0; u < width; u++) {
    number(body, stepControl.unitsPerStep);
    body.get(subStep[u]!);
    body.get(broken[u]!);
    body.vector('bitselect');
    body.set(subStep[u]!);
    number(body, 0);
    body.set(position[u]!);
  }
  body.block();
  body.loop();
  isAnyActive(frame, active);
  body.plain('i32Eqz');
  body.branchIf(1);
  writeStages(frame);
  notFinite(frame, broken);
  writeWorst(frame, worst);
  for (let u = 0; u < width; u++) control(frame, u, active[u]!, worst[u]!, broken[u]!);
  body.branch(0);
  body.end();
  body.end();
  for (const local of [...worst, ...broken, ...active]) body.giveBack('v128', local);
}

function vectors({ body, width }: DriverFrame): Local[] {
  return Array.from({ length: width }, () => body.take('v128'));
}

function number(body: FunctionBody, value: number): void {
  body.f64(value);
  body.vector('splat');
}

/** Leaves on the stack whether any lane has not arrived at the end of the step. */
function isAnyActive({ body, position }: DriverFrame, active: readonly Local[]): void {
  for (const [u, local] of active.entries()) {
    body.get(position[u]!);
    number(body, stepControl.unitsPerStep);
    body.vector('lt');
    body.tee(local);
    if (u > 0) body.vector('or');
  }
  body.vector('anyTrue');
}

/** A loop over the stocks; `pointer` is the place of a row, to which that of the vector is added. */
function eachStock(frame: DriverFrame, write: () => void): void {
  const { body, pointer, program, width } = frame;
  loopBytes(body, pointer, program.stocks.length * width * 16, width * 16, write);
}

/** Masks of the lanes with a stock that is not finite. */
function notFinite(frame: DriverFrame, into: readonly Local[]): void {
  const { body, arrays, pointer } = frame;
  for (const local of into) {
    number(body, 0);
    body.set(local);
  }
  eachStock(frame, () => {
    for (const [u, local] of into.entries()) {
      body.get(pointer);
      body.load(arrays.stocks + u * 16);
      body.get(pointer);
      body.load(arrays.stocks + u * 16);
      body.vector('sub');
      body.get(local);
      body.vector('add');
      body.set(local);
    }
  });
  for (const local of into) {
    body.get(local);
    body.get(local);
    body.vector('ne');
    body.set(local);
  }
}

/** h of vector u: dt times the sub-step as a part of the step. */
function pushSubStep({ body, subStep, program }: DriverFrame, u: number): void {
  number(body, program.time.dt);
  body.get(subStep[u]!);
  number(body, stepControl.unitsPerStep);
  body.vector('div');
  body.vector('mul');
}

/** Stages 2 to 7; the stocks of the last one are the result. */
function writeStages(frame: DriverFrame): void {
  const { body, arrays, pointer, width, subStep, position, program } = frame;
  const h = vectors(frame);
  for (const [u, local] of h.entries()) {
    pushSubStep(frame, u);
    body.set(local);
  }
  for (const [i, row] of dormandPrince.a.entries()) {
    eachStock(frame, () => {
      for (let u = 0; u < width; u++) {
        body.get(pointer);
        body.get(pointer);
        body.load(arrays.stocks + u * 16);
        body.get(h[u]!);
        weigh(frame, row, u);
        body.vector('mul');
        body.vector('add');
        body.store(arrays.stage + u * 16);
      }
    });
    for (let u = 0; u < width; u++) {
      body.i32(0);
      body.i32(0);
      body.load(arrays.stepTime);
      number(body, program.time.dt);
      body.get(position[u]!);
      number(body, dormandPrince.c[i]!);
      body.get(subStep[u]!);
      body.vector('mul');
      body.vector('add');
      number(body, stepControl.unitsPerStep);
      body.vector('div');
      body.vector('mul');
      body.vector('add');
      body.store(arrays.stageTime + u * 16);
    }
    callSection(frame, frame.stage, arrays.stage, arrays.rates[i + 1]!);
  }
  for (const local of h) body.giveBack('v128', local);
}

/** The weighted sum of the derivatives, from left to right without the zeros. */
function weigh({ body, arrays, pointer }: DriverFrame, coefficients: readonly number[], u: number): void {
  let isFirst = true;
  for (const [i, coefficient] of coefficients.entries()) {
    if (coefficient === 0) continue;
    number(body, coefficient);
    body.get(pointer);
    body.load(arrays.rates[i]! + u * 16);
    body.vector('mul');
    if (!isFirst) body.vector('add');
    isFirst = false;
  }
}

/** The largest error of a stock in units of its tolerance; undefined where an error is. */
function writeWorst(frame: DriverFrame, worst: readonly Local[]): void {
  const { body, arrays, pointer } = frame;
  for (const local of worst) {
    number(body, 0);
    body.set(local);
  }
  eachStock(frame, () => {
    for (const [u, local] of worst.entries()) {
      body.get(local);
      pushSubStep(frame, u);
      weigh(frame, dormandPrince.error, u);
      body.vector('mul');
      body.vector('abs');
      number(body, stepControl.absolute);
      number(body, stepControl.relative);
      for (const array of [arrays.stocks, arrays.stage]) {
        body.get(pointer);
        body.load(array + u * 16);
        body.vector('abs');
      }
      body.vector('max');
      body.vector('mul');
      body.vector('add');
      body.vector('div');
      body.vector('max');
      body.set(local);
    }
  });
}

/** Accepts or rejects the sub-step of vector u and chooses the next one. */
function control(frame: DriverFrame, u: number, active: Local, worst: Local, broken: Local): void {
  const { body, position, subStep } = frame;
  const accepted = body.take('v128');
  body.get(worst);
  number(body, 1);
  body.vector('le');
  body.get(broken);
  body.vector('or');
  body.get(active);
  body.vector('and');
  body.set(accepted);
  acceptStocks(frame, u, accepted);
  body.get(position[u]!);
  body.get(subStep[u]!);
  body.get(accepted);
  body.vector('and');
  body.vector('add');
  body.set(position[u]!);
  enlarge(frame, u, accepted, worst);
  // What is left of the active lanes was rejected.
  body.get(active);
  body.get(accepted);
  body.vector('andNot');
  body.set(accepted);
  body.get(subStep[u]!);
  number(body, 0.5);
  body.vector('mul');
  body.get(subStep[u]!);
  body.get(accepted);
  body.vector('bitselect');
  body.set(subStep[u]!);
  stall(frame, u, active, accepted);
  body.giveBack('v128', accepted);
}

/** Stocks become those of the last stage, and its derivatives those of the first one. */
function acceptStocks(frame: DriverFrame, u: number, accepted: Local): void {
  const { body, arrays, pointer } = frame;
  const [first, last] = [arrays.rates[0]!, arrays.rates[6]!];
  eachStock(frame, () => {
    for (const [into, from] of [
      [arrays.stocks, arrays.stage],
      [first, last],
    ] as const) {
      body.get(pointer);
      body.get(pointer);
      body.load(from + u * 16);
      body.get(pointer);
      body.load(into + u * 16);
      body.get(accepted);
      body.vector('bitselect');
      body.store(into + u * 16);
    }
  });
}

/** Doubles the sub-step where it was easy, is not yet the whole step and fits the position. */
function enlarge({ body, subStep, position }: DriverFrame, u: number, accepted: Local, worst: Local): void {
  const { easy, unitsPerStep } = stepControl;
  const doubled = body.take('v128');
  const quotient = body.take('v128');
  number(body, 2);
  body.get(subStep[u]!);
  body.vector('mul');
  body.tee(doubled);
  body.get(subStep[u]!);
  body.get(accepted);
  body.get(worst);
  number(body, easy);
  body.vector('lt');
  body.vector('and');
  body.get(subStep[u]!);
  number(body, unitsPerStep);
  body.vector('lt');
  body.vector('and');
  body.get(position[u]!);
  body.get(doubled);
  body.vector('div');
  body.tee(quotient);
  body.get(quotient);
  body.vector('floor');
  body.vector('eq');
  body.vector('and');
  body.vector('bitselect');
  body.set(subStep[u]!);
  body.giveBack('v128', doubled);
  body.giveBack('v128', quotient);
}

/** Ends the run of lanes whose sub-step has become too small, and of those that have tried too many. */
function stall(frame: DriverFrame, u: number, active: Local, rejected: Local): void {
  const { body, arrays, pointer, subStep, position, stalled, attempts, program } = frame;
  const { unitsPerStep, deepest } = stepControl;
  const isStalled = body.take('v128');
  body.get(rejected);
  body.get(subStep[u]!);
  number(body, unitsPerStep / 2 ** deepest);
  body.vector('lt');
  body.vector('and');
  body.get(attempts[u]!);
  number(body, 1);
  body.get(active);
  body.vector('and');
  body.vector('add');
  body.tee(attempts[u]!);
  number(body, attemptsMax(program.time));
  body.vector('gt');
  body.get(active);
  body.vector('and');
  body.vector('or');
  body.tee(isStalled);
  body.vector('anyTrue');
  body.if();
  eachStock(frame, () => {
    body.get(pointer);
    number(body, Number.NaN);
    body.get(pointer);
    body.load(arrays.stocks + u * 16);
    body.get(isStalled);
    body.vector('bitselect');
    body.store(arrays.stocks + u * 16);
  });
  for (const local of [position[u]!, subStep[u]!]) {
    number(body, unitsPerStep);
    body.get(local);
    body.get(isStalled);
    body.vector('bitselect');
    body.set(local);
  }
  body.get(stalled[u]!);
  body.get(isStalled);
  body.vector('or');
  body.set(stalled[u]!);
  body.end();
  body.giveBack('v128', isStalled);
}
