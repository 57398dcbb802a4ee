import { spawn } from 'node:child_process';

/** One command of a longer run. */
export interface Part {
  name: string;
  program: string;
  args: string[];
  cwd: string;
}

export interface PartResult {
  name: string;
  ok: boolean;
  seconds: number;
  output: string;
}

/** Runs the parts, at most `atOnce` at a time, and says of each how it ended, with its output when it failed. */
export async function runParts(parts: readonly Part[], atOnce: number): Promise<PartResult[]> {
  const waiting = [...parts];
  const results: PartResult[] = [];
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const result = await runPart(part);
      results.push(result);
      console.log(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name.padEnd(18)} ${result.seconds.toFixed(1)} s`);
      if (!result.ok) console.log(`${result.output.trim().replace(/^/gm, '       ')}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function runPart({ name, program, args, cwd }: Part): Promise<PartResult> {
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const end = (ok: boolean, more = ''): void => {
      const output = Buffer.concat(chunks).toString('utf8') + more;
      resolve({ name, ok, seconds: (performance.now() - startedAt) / 1000, output });
    };
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code, signal) => end(code === 0, code === null ? `ended by ${signal}` : ''));
  });
}
