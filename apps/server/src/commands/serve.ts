import { parseArgs } from 'node:util';
import { EmbeddedError } from '#adapters/embedded/index.ts';
import type { ServerRole } from '../app.ts';
import { startTandem } from '../serve.ts';
import { UsageError, usage } from './usage.ts';

const roles: readonly string[] = ['all', 'web', 'live', 'worker'] satisfies ServerRole[];
const defaultPort = 8080;

/** `tandem serve`: runs until it is told to stop. Answers the exit code. */
export async function serve(args: string[]): Promise<number> {
  const startedMs = Date.now();
  const options = optionsOf(args);
  try {
    const tandem = await startTandem({ ...options, announce: true });
    const link = `${tandem.url}/link?token=${tandem.app.links.issue()}`;
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    if (options.json) process.stdout.write(`${JSON.stringify({ url: tandem.url, link })}\n`);
    else {
      process.stdout.write(`\n  Tandem is ready after ${seconds} s on the data folder ${options.dataDir}\n\n`);
      process.stdout.write(
        `  Open       ${tandem.url}\n  Sign in    ${link}\n             (works once, for a day)\n\n  Stop with Ctrl+C.\n\n`,
      );
    }
    await stopSignal();
    await tandem.close();
    return 0;
  } catch (error) {
    process.stderr.write(`${sentenceOf(error, options.port)}\n`);
    return 1;
  }
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: './data' },
      port: { type: 'string' },
      host: { type: 'string', default: process.env.TANDEM_HOST ?? '127.0.0.1' },
      role: { type: 'string', default: 'all' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new UsageError(usage);
  const port = Number(values.port ?? process.env.PORT ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port takes a number from 0 to 65535, not "${values.port}".`);
  if (!roles.includes(values.role))
    throw new UsageError(`--role takes one of ${roles.join(', ')}, not "${values.role}".`);
  return { dataDir: values.data, port, host: values.host, role: values.role as ServerRole, json: values.json };
}

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
  });
}

function sentenceOf(error: unknown, port: number): string {
  if (error instanceof EmbeddedError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program; nothing was started or changed. Stop that program, or choose another port with --port.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
