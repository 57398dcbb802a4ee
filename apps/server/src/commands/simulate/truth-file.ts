import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isDay } from '#lib/time.ts';
import type { Truth } from './truth.ts';

/** Where the truth of a history is kept unless another place is named. */
export function truthPath(dataDir: string, brandId: string, seed: number): string {
  return join(resolve(dataDir), 'simulations', `${brandId}-${seed}.json`);
}

/** Writes the truth; a reader never finds half a file. */
export async function writeTruth(path: string, truth: Truth & { brandId: string; complete: boolean }): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.part`;
  await writeFile(draft, `${JSON.stringify(truth)}\n`);
  await rename(draft, path);
}

/** When a history that was begun before started; undefined where there is none. */
export async function readTruth(path: string): Promise<{ start: string } | undefined> {
  try {
    const { start } = JSON.parse(await readFile(path, 'utf8')) as { start?: unknown };
    return typeof start === 'string' && isDay(start) ? { start } : undefined;
  } catch {
    return undefined;
  }
}
