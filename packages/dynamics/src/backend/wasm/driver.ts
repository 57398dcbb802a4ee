import { writeAdaptiveStep } from './adaptive.ts';
import {
  callSection,
  type Driver,
  type DriverFrame,
  eachElement,
  laneOffset,
  loopBytes,
  storeTo,
} from './driver-frame.ts';
import { FunctionBody, type Local } from './function-body.ts';

/** The function `run(laneOffset: i32, seed: f64, firstRun: f64)`: the loop over the steps, around the sections. */
export function driverFunction(driver: Driver): Uint8Array {
  const body = new FunctionBody(3);
  const vectors = () => Array.from({ length: driver.width }, () => body.take('v128'));
  const frame: DriverFrame = {
    ...driver,
    body,
    k: body.take('i32'),
    pointer: body.take('i32'),
    faults: vectors(),
    stalled: vectors(),
    subStep: vectors(),
    position: vectors(),
    attempts: vectors(),
  };
  const { program, arrays, faults, placement, k } = frame;
  const due = body.take('i32');
  const out = body.take('i32');
  const point = body.take('f64');
  fill(body, faults, -1);
  fill(body, frame.subStep, 2 ** 20);
  body.get(laneOffset);
  body.set(out);
  callSection(frame, driver.run, arrays.stocks, 0);
  body.block();
  body.loop();
  writeStepTime(frame);
  callSection(frame, driver.step, arrays.stocks, 0);
  callSection(frame, driver.stage, arrays.stocks, arrays.rates[0]!);
  callSection(frame, driver.carry, arrays.stocks, 0);
  body.get(due);
  body.plain('i32Eqz');
  isLast(frame);
  body.plain('i32Or');
  body.if();
  writeSaved(frame, out, point);
  body.i32(program.time.saveEvery);
  body.set(due);
  body.end();
  body.get(due);
  body.i32(1);
  body.plain('i32Sub');
  body.set(due);
  isLast(frame);
  body.branchIf(1);
  writeIntegration(frame);
  writeCarried(frame);
  body.get(k);
  body.i32(1);
  body.plain('i32Add');
  body.set(k);
  body.branch(0);
  body.end();
  body.end();
  for (const [u, fault] of faults.entries()) {
    body.get(laneOffset);
    body.i32(1);
    body.plain('i32ShrU');
    body.get(fault);
    body.vector('toI32');
    body.storeLane(placement.faults + u * 8, 0);
  }
  return body.finish();
}

function fill(body: FunctionBody, locals: readonly Local[], value: number): void {
  for (const local of locals) {
    body.f64(value);
    body.vector('splat');
    body.set(local);
  }
}

function isLast({ body, k, program }: DriverFrame): void {
  body.get(k);
  body.i32(program.time.steps);
  body.plain('i32Eq');
}

function writeStepTime({ body, program, arrays, width, k }: DriverFrame): void {
  const { start, dt, stepsPerUnit } = program.time;
  const time = body.take('v128');
  body.f64(start);
  body.get(k);
  body.plain('f64ConvertI32U');
  body.f64(stepsPerUnit ?? dt);
  body.plain(stepsPerUnit === undefined ? 'f64Mul' : 'f64Div');
  body.plain('f64Add');
  body.vector('splat');
  body.set(time);
  storeTo(body, arrays.stepTime, () => body.get(time));
  for (let u = 0; u < width; u++) storeTo(body, arrays.stageTime + u * 16, () => body.get(time));
  body.giveBack('v128', time);
}

function writeSaved(frame: DriverFrame, out: Local, point: Local): void {
  const { body, arrays, placement, program, lanes, faults, stalled } = frame;
  const address = body.take('i32');
  body.get(out);
  body.i32(placement.results);
  body.plain('i32Add');
  body.set(address);
  callSection(frame, frame.save, arrays.stocks, { local: address });
  body.giveBack('i32', address);
  for (const [u, fault] of faults.entries()) {
    const isUnknown = () => {
      body.get(fault);
      body.f64(-1);
      body.vector('splat');
      body.vector('eq');
    };
    body.f64(-2);
    body.vector('splat');
    body.get(fault);
    body.get(stalled[u]!);
    isUnknown();
    body.vector('and');
    body.vector('bitselect');
    body.set(fault);
    body.get(point);
    body.vector('splat');
    body.get(fault);
    body.i32(0);
    body.load(arrays.faulty + u * 16);
    isUnknown();
    body.vector('and');
    body.vector('bitselect');
    body.set(fault);
  }
  body.get(point);
  body.f64(1);
  body.plain('f64Add');
  body.set(point);
  body.get(out);
  body.i32(program.outputs.length * lanes * 8);
  body.plain('i32Add');
  body.set(out);
}

function writeIntegration(frame: DriverFrame): void {
  const { program, arrays } = frame;
  const { method, dt } = program.time;
  const [k1, k2, k3, k4] = arrays.rates as [number, number, number, number];
  switch (method) {
    case 'euler':
      move(frame, arrays.stocks, dt, (at) => at(k1));
      return;
    case 'rk2':
      stageAt(frame, dt, k1, k2);
      move(frame, arrays.stocks, dt / 2, (at) => {
        at(k1);
        at(k2);
        frame.body.vector('add');
      });
      return;
    case 'rk4':
      stageAt(frame, dt / 2, k1, k2);
      stageAt(frame, dt / 2, k2, k3);
      stageAt(frame, dt, k3, k4);
      move(frame, arrays.stocks, dt / 6, (at) => {
        at(k1);
        for (const rates of [k2, k3]) {
          at(rates);
          at(rates);
          frame.body.vector('add');
          frame.body.vector('add');
        }
        at(k4);
        frame.body.vector('add');
      });
      return;
    case 'rk45':
      writeAdaptiveStep(frame);
      return;
    default:
      method satisfies never;
  }
}

/** Evaluates a stage `after` the beginning of the step, of the stocks moved along the derivatives `from`. */
function stageAt(frame: DriverFrame, after: number, from: number, into: number): void {
  const { body, arrays } = frame;
  move(frame, arrays.stage, after, (at) => at(from));
  storeTo(body, arrays.stageTime, () => {
    body.i32(0);
    body.load(arrays.stepTime);
    body.f64(after);
    body.vector('splat');
    body.vector('add');
  });
  callSection(frame, frame.stage, arrays.stage, into);
}

/** `into` = stocks + factor * what `sum` puts on the stack, where `at` puts an array's element there. */
function move(frame: DriverFrame, into: number, factor: number, sum: (at: (array: number) => void) => void): void {
  const { body, arrays, pointer } = frame;
  const scale = body.take('v128');
  fill(body, [scale], factor);
  eachElement(frame, () => {
    const at = (array: number) => {
      body.get(pointer);
      body.load(array);
    };
    body.get(pointer);
    at(arrays.stocks);
    body.get(scale);
    sum(at);
    body.vector('mul');
    body.vector('add');
    body.store(into);
  });
  body.giveBack('v128', scale);
}

/** What was set aside at the first stage becomes visible. */
function writeCarried({ body, program, arrays, placement, width, pointer, k }: DriverFrame): void {
  const stride = width * 16;
  loopBytes(body, pointer, program.memories.length * stride, 16, () => {
    body.get(pointer);
    body.get(pointer);
    body.load(arrays.carried);
    body.store(arrays.memories);
  });
  for (const [history, { base, capacity }] of placement.rings.entries()) {
    const from = arrays.carried + (program.memories.length + history) * stride;
    for (let u = 0; u < width; u++) {
      body.get(k);
      body.i32(capacity);
      body.plain('i32RemU');
      body.i32(stride);
      body.plain('i32Mul');
      body.i32(0);
      body.load(from + u * 16);
      body.store(base + u * 16);
    }
  }
}
