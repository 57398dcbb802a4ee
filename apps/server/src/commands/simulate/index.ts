import { UsageError, usage } from '../usage.ts';

/** `tandem simulate ...`: made-up histories, for tests and for demonstrations. */
export async function simulateCommand(args: string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (name !== 'brand') throw new UsageError(`There is no command "simulate ${name}".\n\n${usage}`);
  return (await import('./brand.ts')).simulateBrandCommand(rest);
}
