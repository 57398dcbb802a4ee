/** A refusal in ClickHouse's own terms: its exception code decides the HTTP status. */
export class ClickhouseError extends Error {
  /** ClickHouse's exception code, for example 62 for a syntax error. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ClickhouseError';
    this.code = code;
  }
}

const STATUS: ReadonlyMap<number, number> = new Map([
  [194, 401], // REQUIRED_PASSWORD
  [192, 403], // UNKNOWN_USER
  [193, 403], // WRONG_PASSWORD
  [516, 403], // AUTHENTICATION_FAILED
  [497, 403], // ACCESS_DENIED
  ...[6, 26, 27, 33, 36, 38, 41, 42, 43, 44, 53, 62, 69, 70, 72, 117, 130, 131, 168, 386, 457].map(
    (code): [number, number] => [code, 400],
  ),
  ...[46, 47, 50, 56, 57, 60, 63, 81, 115, 366].map((code): [number, number] => [code, 404]),
  [223, 413], // QUERY_IS_TOO_LARGE
  [48, 501], // NOT_IMPLEMENTED
  [159, 408], // TIMEOUT_EXCEEDED
  [202, 503], // TOO_MANY_SIMULTANEOUS_QUERIES
  [209, 503], // SOCKET_TIMEOUT
]);

/** The HTTP status that a ClickHouse server gives for an exception code. */
export function statusOf(code: number): number {
  return STATUS.get(code) ?? 500;
}

/** The exception code inside an engine's message; 1002 (UNKNOWN_EXCEPTION) when there is none. */
export function codeOf(error: unknown): number {
  if (error instanceof ClickhouseError) return error.code;
  const message = error instanceof Error ? error.message : String(error);
  return Number(/Code:\s*(\d+)\./.exec(message)?.[1] ?? 1002);
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [36, 'BAD_ARGUMENTS'],
  [48, 'NOT_IMPLEMENTED'],
  [62, 'SYNTAX_ERROR'],
  [115, 'UNKNOWN_SETTING'],
  [164, 'READONLY'],
  [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  [223, 'QUERY_IS_TOO_LARGE'],
  [354, 'ZLIB_INFLATE_FAILED'],
  [394, 'QUERY_WAS_CANCELLED'],
  [516, 'AUTHENTICATION_FAILED'],
]);

/** The body of an error reply, in the shape that ClickHouse clients take apart. */
export function errorText(error: unknown, version: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const ending = `(version ${version})\n`;
  if (/^Code: \d+\./.test(message)) return `${message.trim()} ${ending}`;
  const code = codeOf(error);
  return `Code: ${code}. DB::Exception: ${message} (${NAMES.get(code) ?? 'UNKNOWN_EXCEPTION'}) ${ending}`;
}
