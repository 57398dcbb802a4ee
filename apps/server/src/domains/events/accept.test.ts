import { describe, expect, it } from 'vitest';
import { accept } from './accept.ts';

const nowMs = Date.UTC(2026, 4, 1, 12);
const context = { currency: 'CNY', nowMs };
const judge = (event: unknown, seen = new Set<string>()) => accept(event, context, seen);
const good = { type: 'live.entered', sessionId: 'ses_1', identifiers: { phone: '+8613917620384' } };

describe('accept', () => {
  it('fixes the time of an event that has none', () => {
    expect(judge(good)).toMatchObject({
      kind: 'accepted',
      priority: 'ordinary',
      fact: { occurredAtMs: nowMs, sessionId: 'ses_1' },
    });
  });

  it.each([
    ['milliseconds', nowMs - 5, nowMs - 5],
    ['ISO 8601 in UTC', '2026-05-01T11:59:59.995Z', nowMs - 5],
    ['ISO 8601 with an offset', '2026-05-01T19:59:59.995+08:00', nowMs - 5],
  ])('reads a time given as %s', (_, occurredAt, expected) => {
    expect(judge({ ...good, occurredAt })).toMatchObject({ fact: { occurredAtMs: expected } });
  });

  it.each([
    ['a text', 'hello', 'event.not_an_object', {}],
    ['null', null, 'event.not_an_object', {}],
    ['an array', [], 'event.not_an_object', {}],
    ['no type', { sessionId: 'x' }, 'event.field_invalid', { field: 'type' }],
    ['an unknown field', { ...good, colour: 'red' }, 'event.field_unknown', { field: 'colour' }],
    ['a field of the wrong type', { ...good, quantity: 'two' }, 'event.field_invalid', { field: 'quantity' }],
    ['a fraction of a cent', { ...good, amountMinor: 1.5 }, 'event.field_invalid', { field: 'amountMinor' }],
    [
      'a type outside the catalogue',
      { ...good, type: 'live.exploded' },
      'event.type_unknown',
      { type: 'live.exploded' },
    ],
    ['a missing dimension', { type: 'live.entered' }, 'event.field_missing', { field: 'sessionId' }],
    ['another currency', { ...good, currency: 'USD' }, 'event.currency_mismatch', { currency: 'USD' }],
    ['a time without a zone', { ...good, occurredAt: '2026-05-01T12:00:00' }, 'event.time_unreadable', {}],
    ['a time two days ahead', { ...good, occurredAt: nowMs + 2 * 86_400_000 }, 'event.time_future', {}],
    ['a time in the last century', { ...good, occurredAt: 0 }, 'event.time_past', {}],
    [
      'a kind of content that no target mix has',
      { type: 'content.published', contentId: 'c', props: { kind: 'blog' } },
      'event.field_invalid',
      { field: 'props.kind' },
    ],
    [
      'an exposure without its metric',
      { type: 'exposure.recorded', quantity: 5 },
      'event.field_invalid',
      { field: 'props.metric' },
    ],
    [
      'a report of views below zero',
      { type: 'session.reported', sessionId: 's', props: { version: 1, views: -1 } },
      'event.field_invalid',
      { field: 'props.views' },
    ],
    ['props that are too large', { ...good, props: { text: 'x'.repeat(20_000) } }, 'event.props_too_large', {}],
  ])('sets aside %s', (_, event, code, params) => {
    expect(judge(event)).toMatchObject({ kind: 'quarantined', code, params });
  });

  it('takes own types under custom.', () => {
    expect(judge({ type: 'custom.quiz_done' })).toMatchObject({ kind: 'accepted' });
  });

  it('tells a repeat within the request, whatever the case of the id', () => {
    const seen = new Set<string>();
    const id = '0198f000-0000-4000-8000-00000000000a';
    expect(judge({ ...good, id }, seen).kind).toBe('accepted');
    expect(judge({ ...good, id: id.toUpperCase() }, seen).kind).toBe('duplicate');
  });

  it('puts commerce before the rest', () => {
    const paid = { type: 'order.paid', orderId: 'ord_1', amountMinor: 100 };
    expect(judge(paid)).toMatchObject({ priority: 'commerce' });
  });
});
