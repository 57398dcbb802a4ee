import type { Identifier, PersonSummary, TimelineEntry } from '@tandem/server/schema/people';
import { shortId } from '../figures/id.ts';
import { type Say, wordOf } from '../i18n/words.ts';

/** The name of a kind of identifier; `openid:wx12` is OpenID with its app. */
export function namespaceName(say: Say, namespace: string): string {
  const [kind = '', app] = namespace.split(':');
  const word = wordOf(say, `namespace.${kind}`, kind.replaceAll('_', ' '));
  return app ? `${word} (${app})` : word;
}

/** What to call a person: the name, else the first identifier, else that there is none. */
export function personName(say: Say, person: Pick<PersonSummary, 'displayName' | 'identifiers'>): string {
  const first: Identifier | undefined = person.identifiers[0];
  return person.displayName ?? (first ? first.value : say('people.unnamed'));
}

/** The name of an event's type. */
export function eventName(say: Say, type: string): string {
  if (type.startsWith('custom.')) return `${say('event.custom')} · ${type.slice('custom.'.length)}`;
  return wordOf(say, `event.${type}`, type);
}

/** What an event touched, in words: order 536365, product … */
export function labelTexts(say: Say, labels: TimelineEntry['labels']): string[] {
  return Object.entries(labels)
    .filter(([, name]) => name !== '')
    .map(([kind, name]) => `${wordOf(say, `label.${kind.replace(/Id$/, '')}`, kind)} ${shortId(name)}`);
}

/** A trait's value as text. */
export function traitText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(traitText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
