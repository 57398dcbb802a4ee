import { shortId } from '../figures/id.ts';
import { type Say, wordOf } from '../i18n/words.ts';

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueText(say: Say, name: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return say(value ? 'detail.yes' : 'detail.no');
  if (Array.isArray(value)) return value.map((one) => valueText(say, name, one)).join(', ');
  if (isFields(value)) return fieldsText(say, value);
  if (name === 'label')
    return value === 'real' ? say('brand.label.real') : wordOf(say, `label.${value}`, String(value));
  if (name === 'role') return wordOf(say, `role.${value}`, String(value));
  return shortId(String(value));
}

function fieldsText(say: Say, fields: Fields): string {
  return Object.entries(fields)
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${wordOf(say, `detail.${name}`, name)} ${valueText(say, name, value)}`)
    .join(', ');
}

/** What a change was about, on one line; of a change with `before` and `after`, only what differs. */
export function detailText(say: Say, detail: unknown): string {
  if (!isFields(detail)) return detail === null || detail === undefined ? '' : String(detail);
  const { before, after } = detail;
  if (!('before' in detail) || !('after' in detail)) return fieldsText(say, detail);
  if (!isFields(before) || !isFields(after)) return `${valueText(say, '', before)} → ${valueText(say, '', after)}`;
  return Object.keys(after)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map(
      (name) =>
        `${wordOf(say, `detail.${name}`, name)} ${valueText(say, name, before[name])} → ${valueText(say, name, after[name])}`,
    )
    .join(', ');
}
