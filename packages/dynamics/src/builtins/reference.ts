import type { Builtin } from './builtin.ts';
import { builtinFamilies } from './index.ts';
import { unsupportedBuiltins } from './unsupported.ts';

/** All builtins as a page of Markdown: a table for each family, then the names that are known but not supported. */
export function builtinReference(): string {
  const families = builtinFamilies.map(({ title, builtins }) => `## ${title}\n\n${table(builtins)}`);
  const names = unsupportedBuiltins.map(({ name }) => `\`${name}\``).join(', ');
  const unsupported = `## Known and not supported\n\nA model that calls one of these is refused with an error that names it: ${names}.`;
  return `${['# Builtin functions', introduction, ...families, unsupported].join('\n\n')}\n`;
}

const introduction =
  'Names are compared without case, with spaces and underscores alike. An argument in brackets may be left out. Where two tools give one name two meanings, that of the XMILE standard holds. «Usual meaning» marks a function whose name and arguments are those of the tool and whose details follow the common definition: they were not compared with the documentation of the tool.';

function table(builtins: readonly Builtin[]): string {
  const rows = [...builtins]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (builtin) =>
        `| \`${usage(builtin)}\` | ${builtin.synonyms.map((name) => `\`${name}\``).join(', ')} | ${cell(builtin.summary)} |`,
    );
  return ['| Function | Also called | What it gives |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The call as documentation writes it: `DELAY(input, delay time[, initial value])`. */
function usage({ name, parameters, arity: [least] }: Builtin): string {
  if (parameters.length === 0) return name;
  const required = parameters.slice(0, least).join(', ');
  const optional = parameters.slice(least).map((parameter, at) => (least + at === 0 ? parameter : `, ${parameter}`));
  return `${name}(${required}${optional.length === 0 ? '' : `[${optional.join('')}]`})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
