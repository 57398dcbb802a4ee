import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en.ts';
import type { Say } from '../i18n/words.ts';
import { eventName, labelTexts, namespaceName, personName, traitText } from './person-words.ts';

const say: Say = (key) => en[key as keyof typeof en];

describe('words for a person', () => {
  it('call a person by name, then by identifier, then say that there is none', () => {
    const identifiers = [{ namespace: 'phone', value: '138' }];
    expect(personName(say, { displayName: 'Anna', identifiers })).toBe('Anna');
    expect(personName(say, { displayName: null, identifiers })).toBe('138');
    expect(personName(say, { displayName: null, identifiers: [] })).toBe('Unnamed person');
  });
  it('name kinds of identifiers, with their app', () => {
    expect(namespaceName(say, 'openid:wx12')).toBe('OpenID (wx12)');
    expect(namespaceName(say, 'loyalty_card')).toBe('loyalty card');
  });
  it('name events, also those of the brand itself', () => {
    expect(eventName(say, 'order.paid')).toBe('Order paid');
    expect(eventName(say, 'custom.tasting')).toBe('Custom event · tasting');
  });
  it('name what an event touched', () => {
    expect(labelTexts(say, { order: 'ord_a28420ba4be15665947eb9c58be718c3', product: 'Tea', room: '' })).toEqual([
      'Order …8be718c3',
      'Product Tea',
    ]);
  });
  it('write traits as text', () => {
    expect(traitText(['VIP', 'tea'])).toBe('VIP, tea');
    expect(traitText(null)).toBe('–');
    expect(traitText({ a: 1 })).toBe('{"a":1}');
  });
});
