import { enableCompileCache } from 'node:module';
import { EmbeddedError } from '#adapters/embedded/index.ts';
import { ApiError } from './client.ts';
import { importCommand } from './commands/import.ts';
import { kpiCommand } from './commands/kpi.ts';
import { sampleCommand } from './commands/sample.ts';
import { linkCommand, setupCommand } from './commands/setup.ts';
import { UsageError, usage } from './commands/usage.ts';
import { Refusal } from './errors.ts';

const commands: Record<string, (args: string[]) => Promise<number>> = {
  serve: async (args) => (await import('./commands/serve.ts')).serve(args),
  setup: setupCommand,
  link: linkCommand,
  import: importCommand,
  kpi: kpiCommand,
  model: async (args) => (await import('./commands/model/index.ts')).modelCommand(args),
  forecast: async (args) => (await import('./commands/forecast/index.ts')).forecastCommand(args),
  sample: sampleCommand,
  simulate: async (args) => (await import('./commands/simulate/index.ts')).simulateCommand(args),
};

/** Runs one command; refusals end as a sentence (and as JSON where that was asked for), never as a stack. */
async function main(args: string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (['', 'help', '--help', '-h'].includes(name)) {
    process.stdout.write(usage);
    return name === '' ? 2 : 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`There is no command "${name}".\n\n${usage}`);
    return await command(rest);
  } catch (error) {
    if (error instanceof UsageError || isParseError(error)) {
      if (rest.includes('--json'))
        process.stdout.write(`${JSON.stringify({ code: 'usage', message: error.message })}\n`);
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    const known = error instanceof ApiError || error instanceof EmbeddedError || error instanceof Refusal;
    const message = error instanceof Error ? error.message : String(error);
    if (rest.includes('--json'))
      process.stdout.write(`${JSON.stringify({ code: known ? error.code : 'failed', message })}\n`);
    process.stderr.write(`${known || !(error instanceof Error) ? message : error.stack}\n`);
    return 1;
  }
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

// Keeps the compiled form of the modules for the next command, which then starts in a third of the time.
enableCompileCache();
process.exitCode = await main(process.argv.slice(2));
