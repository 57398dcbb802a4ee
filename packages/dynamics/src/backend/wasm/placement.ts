import type { Program } from '../../program/program.ts';
import { historyCapacity } from '../integration.ts';
import { savedPoints } from '../kernel.ts';
import { type TableData, tableData } from './tables.ts';

const pageBytes = 65536;

/** Where everything is in the memory of a kernel, in bytes from its beginning. */
export interface Placement {
  tables: readonly { keys: number; rows: number; count: number; discrete: boolean; data: TableData }[];
  /** Past values of the lanes that run together: `capacity` rows of `width` vectors. */
  rings: readonly { base: number; capacity: number }[];
  /** Free space for values of a step. */
  scratch: number;
  inputs: number;
  faults: number;
  /** For each lane 1 where its run has to be made again with exact quotients. */
  doubts: number;
  results: number;
  pages: number;
}

/** `scratchBytes` are what code needs for values that do not stay in locals. */
export function placementOf(program: Program, lanes: number, width: number, scratchBytes: number): Placement {
  let end = 16;
  const place = (bytes: number) => {
    const at = end;
    end += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const tables = program.tables.map((table) => {
    const data = tableData(table);
    const keys = place(data.keys.byteLength);
    const rows = place(data.rows.byteLength);
    return { keys, rows, count: table.x.length, discrete: table.kind === 'discrete', data };
  });
  const rings = program.histories.map((history) => {
    const capacity = historyCapacity(history, program.time);
    return { base: place(capacity * width * 16), capacity };
  });
  const scratch = place(scratchBytes);
  const inputs = place(program.inputs.length * lanes * 8);
  const faults = place(lanes * 4);
  const doubts = place(lanes * 4);
  const results = place(savedPoints(program) * program.outputs.length * lanes * 8);
  return { tables, rings, scratch, inputs, faults, doubts, results, pages: Math.max(1, Math.ceil(end / pageBytes)) };
}
