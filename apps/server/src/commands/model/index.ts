import { DynamicsError } from '@tandem/dynamics';
import { UsageError, usage } from '../usage.ts';
import { tellRefusal } from './session.ts';

const commands: Record<string, (args: string[]) => Promise<number>> = {
  run: async (args) => (await import('./run.ts')).runCommand(args),
  check: async (args) => (await import('./check.ts')).checkCommand(args),
  bench: async (args) => (await import('./bench.ts')).benchCommand(args),
  sensitivity: async (args) => (await import('./sensitivity.ts')).sensitivityCommand(args),
  fit: async (args) => (await import('./fit.ts')).fitCommand(args),
  equilibria: async (args) => (await import('./equilibria.ts')).equilibriaCommand(args),
  loops: async (args) => (await import('./loops.ts')).loopsCommand(args),
};

/** `tandem model ...`: system dynamics from the command line; needs no server and no data folder. */
export async function modelCommand(args: string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`There is no command "model ${name}".\n\n${usage}`);
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof DynamicsError)) throw error;
    tellRefusal(error, rest.includes('--json'));
    return 1;
  }
}
