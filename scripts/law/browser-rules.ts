import type { Fault } from './fault.ts';
import { resolveLocal } from './import-rules.ts';
import type { ParsedSource } from './parsed-source.ts';
import { serverSource } from './policy.ts';

const doors = new RegExp(`^${serverSource}/(client|domains/[a-z-]+/schema)\\.ts$`);

/** What the server shares with browsers, and all that it loads, must run there: nothing of Node, no store. */
export function checkBrowserSafety(files: readonly ParsedSource[]): Fault[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.filter((file) => doors.test(file.path)).flatMap((door) => checkDoor(door, byPath));
}

function checkDoor(door: ParsedSource, byPath: ReadonlyMap<string, ParsedSource>): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set([door.path]);
  const waiting = [{ file: door, line: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const found of next.file.imports.filter((one) => !one.typeOnly)) {
      const line = next.file === door ? found.line : next.line;
      const path = resolveLocal(next.file.path, found.specifier);
      if (found.specifier.startsWith('node:') || path?.startsWith(`${serverSource}/adapters/`)) {
        const message = `a browser cannot load this: ${next.file.path} imports ${found.specifier}`;
        faults.push({ file: door.path, line, rule: 'browser-safe', message });
      }
      const file = path === undefined ? undefined : byPath.get(path);
      if (file === undefined || seen.has(file.path)) continue;
      seen.add(file.path);
      waiting.push({ file, line });
    }
  }
  return faults;
}
