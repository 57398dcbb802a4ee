import { totalmem } from 'node:os';

const MIB = 1024 * 1024;

/** How much memory each part may take. All figures in bytes. */
export interface MemoryPlan {
  readonly budgetBytes: number;
  readonly postgresSharedBuffersBytes: number;
  readonly postgresWorkMemBytes: number;
  readonly postgresMaintenanceBytes: number;
  readonly clickhouseBytes: number;
  readonly clickhouseQueryBytes: number;
  readonly clickhouseMarkCacheBytes: number;
  /** Request bodies that may be held at once while they wait for the engine. */
  readonly clickhouseBodyBytes: number;
  /** A result up to this size is held whole; a larger one is streamed, or refused when its format cannot be. */
  readonly clickhouseResultBytes: number;
}

/** The memory of this machine, or of the control group that holds this process when that is smaller. */
export function machineMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** Splits a total budget; on 4 GiB: PostgreSQL 256 MiB of shared buffers, the analytics engine at most 1 GiB. */
export function planMemory(budgetBytes: number = machineMemoryBytes()): MemoryPlan {
  const clickhouseBytes = clamp(budgetBytes / 4, 512 * MIB, 3072 * MIB);
  return {
    budgetBytes,
    postgresSharedBuffersBytes: clamp(budgetBytes / 16, 64 * MIB, 1024 * MIB),
    postgresWorkMemBytes: clamp(budgetBytes / 512, 4 * MIB, 32 * MIB),
    postgresMaintenanceBytes: clamp(budgetBytes / 64, 32 * MIB, 256 * MIB),
    clickhouseBytes,
    clickhouseQueryBytes: Math.floor(clickhouseBytes * 0.8),
    clickhouseMarkCacheBytes: clamp(clickhouseBytes / 16, 32 * MIB, 256 * MIB),
    clickhouseResultBytes: clamp(clickhouseBytes / 16, 32 * MIB, 128 * MIB),
    clickhouseBodyBytes: clamp(clickhouseBytes / 8, 64 * MIB, 256 * MIB),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.floor(Math.min(high, Math.max(low, value)));
}
