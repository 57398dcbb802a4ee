/** A row of the table in `apps/server/src/errors.ts`: HTTP status, English and Chinese sentence. */
export type RefusalRow = readonly [status: number, en: string, zh: string];

/** Writes `docs/errors.md` from the table of refusals. */
export function errorPage(refusals: Readonly<Record<string, RefusalRow>>): string {
  const rows = Object.entries(refusals).map(
    ([code, [status, en, zh]]) => `| \`${code}\` | ${status} | ${cell(en)} | ${cell(zh)} |`,
  );
  return `${[
    '# Error codes',
    '',
    '<!-- Generated from apps/server/src/errors.ts by "npm run check -- --write". -->',
    '',
    'Every refusal of the API and of the command line has one of these codes; a code keeps its meaning. An answer that is',
    'not a success has the body `{ code, message, messageZh, details, requestId }`. `{name}` stands for a value of the case.',
    'In `POST /api/v1/events` the fate of single events is data of a successful answer, see [api.md](api.md).',
    '',
    '| code | status | message | messageZh |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
