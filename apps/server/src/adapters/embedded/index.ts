export { startEmbeddedClickhouse } from './clickhouse.ts';
export {
  claimDataFolder,
  type DataFolder,
  type RunningServer,
  readRunningServer,
  type ServerInfo,
} from './data-folder.ts';
export { EmbeddedError, type EmbeddedErrorCode, type EmbeddedErrorParams } from './errors.ts';
export { startEmbeddedPostgres } from './postgres.ts';
export type { EmbeddedOptions, EmbeddedService } from './service.ts';
export type { Log, ServiceState, ServiceStatus } from './supervisor.ts';
