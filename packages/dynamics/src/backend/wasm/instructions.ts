/** Instructions without immediate operands (WebAssembly Core Specification 2.0, §5.4). */
export const plain = {
  end: 0x0b,
  i32Eqz: 0x45,
  i64Eqz: 0x50,
  f64Ge: 0x66,
  i32Eq: 0x46,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32RemU: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  f64Add: 0xa0,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  f64Min: 0xa4,
  f64ConvertI32U: 0xb8,
  i32WrapI64: 0xa7,
  drop: 0x1a,
} as const;

export type PlainInstruction = keyof typeof plain;

/** Vector instructions without immediate operands, by the number behind their prefix 0xfd (§5.4.8). */
export const vector = {
  splat: 0x14,
  eq: 0x47,
  ne: 0x48,
  lt: 0x49,
  gt: 0x4a,
  le: 0x4b,
  ge: 0x4c,
  not: 0x4d,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  xor: 0x51,
  bitselect: 0x52,
  anyTrue: 0x53,
  floor: 0x75,
  nearest: 0x94,
  allTrue: 0xc3,
  i64Add: 0xce,
  i64Sub: 0xd1,
  i64GtS: 0xd9,
  abs: 0xec,
  neg: 0xed,
  sqrt: 0xef,
  add: 0xf0,
  sub: 0xf1,
  mul: 0xf2,
  div: 0xf3,
  max: 0xf5,
  pmin: 0xf6,
  pmax: 0xf7,
  toI32: 0xfc,
} as const;

export type VectorInstruction = keyof typeof vector;

/** Shifts of every lane by a number of bits. */
export const shifts = { i32ShrS: 0xac, i64Shl: 0xcb, i64ShrU: 0xcd } as const;

export type ShiftInstruction = keyof typeof shifts;

export const lanes = {
  i64Extract: 0x1d,
  f64Extract: 0x21,
  f64Replace: 0x22,
} as const;

export const memory = {
  load: 0x00,
  load64Splat: 0x0a,
  store: 0x0b,
  load64Lane: 0x57,
  store64Lane: 0x5b,
} as const;

export const vectorPrefix = 0xfd;
export const saturatingPrefix = 0xfc;
export const truncSatF64S = 0x02;
export const vectorConst = 0x0c;
export const vectorShuffle = 0x0d;
