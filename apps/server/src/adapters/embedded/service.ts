import type { Log, ServiceStatus } from './supervisor.ts';

/** A data store that Tandem runs by itself. */
export interface EmbeddedService {
  readonly name: 'postgres' | 'clickhouse';
  /** Address with user and password; stays the same until `stop()`, also when the child is started again. */
  readonly url: string;
  status(): ServiceStatus;
  /** Stops cleanly, then harder; may be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Claimed by this process, see `claimDataFolder`. */
  readonly dataDir: string;
  readonly log: Log;
  /** Memory of the whole product in bytes; by default that of the machine or of the control group. */
  readonly memoryBytes?: number;
}
