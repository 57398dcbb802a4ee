import { arrayBuiltins } from './array.ts';
import type { Builtin } from './builtin.ts';
import { delayBuiltins } from './delay.ts';
import { financialBuiltins } from './financial.ts';
import { lookupBuiltins } from './lookup.ts';
import { mathematicalBuiltins } from './mathematical.ts';
import { statisticalBuiltins } from './statistical.ts';
import { testInputBuiltins } from './test-input.ts';
import { timeBuiltins } from './time.ts';
import { unsupportedBuiltins } from './unsupported.ts';
import { vensimRandomBuiltins } from './vensim-random.ts';

/** The builtins by family, in the order of the standard. */
export const builtinFamilies: readonly { title: string; builtins: readonly Builtin[] }[] = [
  { title: 'Mathematics', builtins: mathematicalBuiltins },
  { title: 'Chance', builtins: [...statisticalBuiltins, ...vensimRandomBuiltins] },
  { title: 'Delays, smooths and trends', builtins: delayBuiltins },
  { title: 'Test inputs', builtins: testInputBuiltins },
  { title: 'Time, memory and choice', builtins: timeBuiltins },
  { title: 'Graphical functions', builtins: lookupBuiltins },
  { title: 'Arrays', builtins: arrayBuiltins },
  { title: 'Money', builtins: financialBuiltins },
];

/** Every builtin function and value, one entry for each meaning. */
export const builtins: readonly Builtin[] = builtinFamilies.flatMap((family) => family.builtins);

const byName: ReadonlyMap<string, Builtin> = new Map(
  [...builtins, ...unsupportedBuiltins].flatMap((builtin) =>
    [builtin.name, ...builtin.synonyms].map((name) => [normalized(name), builtin] as const),
  ),
);

/** Namespaces whose functions are known here by their plain names (XMILE 1.0 §3.2.2.3). */
const namespaces = ['std.', 'isee.', 'vensim.'];

/**
 * The builtin of that name or synonym, with or without its namespace. A value that is no call, such as TIME, is a builtin
 * that takes no arguments. A function of another tool that is not supported is found too: lowering it fails with
 * `builtin.unsupported`.
 */
export function findBuiltin(name: string): Builtin | undefined {
  const asked = normalized(name);
  const found = byName.get(asked);
  if (found !== undefined) return found;
  const namespace = namespaces.find((prefix) => asked.startsWith(prefix));
  return namespace === undefined ? undefined : byName.get(asked.slice(namespace.length));
}

/** Names are equal without case, and with a space, a line break and `_` alike (XMILE 1.0 §3.2.2). */
function normalized(name: string): string {
  return name
    .trim()
    .replace(/(?:[\s_]|\\n)+/g, '_')
    .toLowerCase();
}
