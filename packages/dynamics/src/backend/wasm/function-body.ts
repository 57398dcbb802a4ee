import { ByteWriter, type ValueType, valueTypes } from './encoder.ts';
import {
  lanes,
  memory,
  type PlainInstruction,
  plain,
  type ShiftInstruction,
  saturatingPrefix,
  shifts,
  truncSatF64S,
  type VectorInstruction,
  vector,
  vectorConst,
  vectorPrefix,
  vectorShuffle,
} from './instructions.ts';

const emptyBlock = 0x40;
const alignment16 = 4;
const alignment8 = 3;

/** The number of a local variable. */
export type Local = number;

/** The code of one function. Local variables are handed out here and used again when they are given back. */
export class FunctionBody {
  readonly #code = new ByteWriter(1024);
  readonly #declared: ValueType[] = [];
  readonly #free: Record<ValueType, Local[]> = { i32: [], i64: [], f64: [], v128: [] };
  readonly #params: number;

  constructor(params: number) {
    this.#params = params;
  }

  take(type: ValueType): Local {
    return this.#free[type].pop() ?? this.#params + this.#declared.push(type) - 1;
  }

  giveBack(type: ValueType, local: Local): void {
    this.#free[type].push(local);
  }

  get(local: Local): void {
    this.#code.byte(0x20);
    this.#code.unsigned(local);
  }

  set(local: Local): void {
    this.#code.byte(0x21);
    this.#code.unsigned(local);
  }

  tee(local: Local): void {
    this.#code.byte(0x22);
    this.#code.unsigned(local);
  }

  i32(value: number): void {
    this.#code.byte(0x41);
    this.#code.signed(value);
  }

  f64(value: number): void {
    this.#code.byte(0x44);
    this.#code.float64(value);
  }

  /** Both lanes with the same 64 bits. */
  bits(value: bigint): void {
    this.#vector(vectorConst);
    this.#code.bits64(value);
    this.#code.bits64(value);
  }

  plain(instruction: PlainInstruction): void {
    this.#code.byte(plain[instruction]);
  }

  vector(instruction: VectorInstruction): void {
    this.#vector(vector[instruction]);
  }

  shift(instruction: ShiftInstruction, bits: number): void {
    this.i32(bits);
    this.#vector(shifts[instruction]);
  }

  lane(instruction: keyof typeof lanes, lane: number): void {
    this.#vector(lanes[instruction]);
    this.#code.byte(lane);
  }

  /** Each lane of the result is a lane of the two vectors on the stack, numbered 0 to 3. */
  shuffle(first: number, second: number): void {
    this.#vector(vectorShuffle);
    for (const lane of [first, second]) {
      for (let byte = 0; byte < 8; byte++) this.#code.byte(lane * 8 + byte);
    }
  }

  /** The address on the stack plus `offset`. */
  load(offset: number): void {
    this.#memory(memory.load, alignment16, offset);
  }

  store(offset: number): void {
    this.#memory(memory.store, alignment16, offset);
  }

  loadSplat(offset: number): void {
    this.#memory(memory.load64Splat, alignment8, offset);
  }

  loadF64(offset: number): void {
    this.#code.byte(0x2b);
    this.#code.unsigned(alignment8);
    this.#code.unsigned(offset);
  }

  /** Puts 8 bytes of memory into a lane of the vector on the stack. */
  loadLane(offset: number, lane: number): void {
    this.#memory(memory.load64Lane, alignment8, offset);
    this.#code.byte(lane);
  }

  storeLane(offset: number, lane: number): void {
    this.#memory(memory.store64Lane, alignment8, offset);
    this.#code.byte(lane);
  }

  /** The double on the stack as a whole number, the nearest possible one where it has none; 0 for NaN. */
  truncToI32(): void {
    this.#code.byte(saturatingPrefix);
    this.#code.unsigned(truncSatF64S);
  }

  call(index: number): void {
    this.#code.byte(0x10);
    this.#code.unsigned(index);
  }

  block(): void {
    this.#code.byte(0x02);
    this.#code.byte(emptyBlock);
  }

  loop(): void {
    this.#code.byte(0x03);
    this.#code.byte(emptyBlock);
  }

  if(): void {
    this.#code.byte(0x04);
    this.#code.byte(emptyBlock);
  }

  branch(depth: number): void {
    this.#code.byte(0x0c);
    this.#code.unsigned(depth);
  }

  branchIf(depth: number): void {
    this.#code.byte(0x0d);
    this.#code.unsigned(depth);
  }

  end(): void {
    this.plain('end');
  }

  /** The body as the code section holds it: local variables, then the code. */
  finish(): Uint8Array {
    const groups: { type: ValueType; count: number }[] = [];
    for (const type of this.#declared) {
      const last = groups.at(-1);
      if (last?.type === type) last.count++;
      else groups.push({ type, count: 1 });
    }
    const out = new ByteWriter(this.#code.length + groups.length * 6 + 8);
    out.unsigned(groups.length);
    for (const { type, count } of groups) {
      out.unsigned(count);
      out.byte(valueTypes[type]);
    }
    out.append(this.#code.bytes);
    out.byte(plain.end);
    return out.bytes;
  }

  #vector(instruction: number): void {
    this.#code.byte(vectorPrefix);
    this.#code.unsigned(instruction);
  }

  #memory(instruction: number, alignment: number, offset: number): void {
    this.#vector(instruction);
    this.#code.unsigned(alignment);
    this.#code.unsigned(offset);
  }
}
