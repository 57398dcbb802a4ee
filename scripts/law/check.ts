import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Part, type PartResult, runParts } from './parts.ts';

/** Runs every rule that a machine can judge; with `write` the pages made from the code are put right first. */
export function runCheck(root: string, write: boolean): Promise<PartResult[]> {
  const node = (name: string, ...args: string[]): Part => ({ name, program: process.execPath, args, cwd: root });
  const tool = (name: string, program: string, ...args: string[]): Part => ({
    name,
    program: join(root, 'node_modules', '.bin', program),
    args,
    cwd: root,
  });
  const parts = [
    tool('types of dynamics', 'tsc', '-p', 'packages/dynamics', '--pretty', 'false'),
    tool('types of server', 'tsc', '-p', 'apps/server', '--pretty', 'false'),
    tool('types of console', 'tsc', '-p', 'apps/console', '--pretty', 'false'),
    tool('Biome', 'biome', 'check', '--error-on-warnings', '--colors=off', '--max-diagnostics=50'),
    node('boundaries', 'scripts/boundaries.mjs'),
    node('tidy', 'scripts/tidy.ts'),
    node('generated pages', 'scripts/generated-pages.ts', ...(write ? ['--write'] : [])),
  ];
  return runParts(parts, Math.min(2, availableParallelism()));
}
