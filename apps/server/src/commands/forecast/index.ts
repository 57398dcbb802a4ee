import { UsageError, usage } from '../usage.ts';

const commands: Record<string, (args: string[]) => Promise<number>> = {
  fit: async (args) => (await import('./fit.ts')).fitCommand(args),
  run: async (args) => (await import('./run.ts')).runCommand(args),
  backtest: async (args) => (await import('./backtest.ts')).backtestCommand(args),
  explain: async (args) => (await import('./explain.ts')).explainCommand(args),
  optimise: async (args) => (await import('./optimise.ts')).optimiseCommand(args),
};

/** `tandem forecast ...`: fits, forecasts and what follows from them, through the HTTP API. */
export async function forecastCommand(args: string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`There is no command "forecast ${name}".\n\n${usage}`);
  return command(rest);
}
