/** What the parent writes as one line of JSON to the standard input of this process. */
export interface ChildOrders {
  readonly dir: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly maxBodyBytes: number;
  readonly readLanes: number;
  readonly queryMemoryBytes: number;
  readonly resultBytes: number;
}

/** Exit codes by which the parent knows why this process ended. */
export const EXIT = { port: 98, engine: 99 } as const;
