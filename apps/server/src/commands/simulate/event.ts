import { createHash } from 'node:crypto';
import type { NewEvent } from '../../domains/events/schema.ts';

/** What an event is about; shared by all events of one thing. */
export type About = Pick<
  NewEvent,
  | 'communityId'
  | 'groupId'
  | 'roomId'
  | 'sessionId'
  | 'productId'
  | 'orderId'
  | 'partnerId'
  | 'contentId'
  | 'couponId'
  | 'channel'
>;

/** An event as the process makes it, before it has an id and identifiers. */
export interface SimulatedEvent {
  type: string;
  atMs: number;
  /** Number of the person in the population, -1 for nobody known. */
  person: number;
  about: About;
  quantity: number | undefined;
  amountMinor: number | undefined;
  props: Record<string, unknown> | undefined;
}

/**
 * Changes with every change of the process that makes other events of the same seed: a history that was begun by one
 * version is not gone on with by another.
 */
export const processVersion = 1;

/** What tells one simulated history from every other. */
export interface HistoryKey {
  brand: string;
  seed: number;
  members: number;
  /** First day. */
  start: string;
  zone: string;
}

const digest = (text: string) => createHash('sha1').update(text).digest('hex');

/** A short name of a history, part of the identifiers of its persons. */
export function historyName({ brand, seed, members, start, zone }: HistoryKey): string {
  return digest([brand, seed, members, start, zone, processVersion].join('\u001f')).slice(0, 10);
}

/** How the person of a history is called in events. */
export function personIdentifier(history: string, person: number): string {
  return `sim-${history}-${person}`;
}

/**
 * Gives the events of a day their ids: UUIDs of version 8 (RFC 9562 §5.8) made of the history, the day and the place in
 * the day, so that the same history written twice is the same events.
 */
export function newEvents(history: string, day: string, events: readonly SimulatedEvent[]): NewEvent[] {
  const hex = digest(`${history}\u001f${day}`);
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-`;
  return events.map((event, place) => {
    const sent: NewEvent = {
      id: head + place.toString(16).padStart(12, '0'),
      type: event.type,
      occurredAt: event.atMs,
      ...event.about,
    };
    if (event.person >= 0) sent.identifiers = { unionid: personIdentifier(history, event.person) };
    if (event.quantity !== undefined) sent.quantity = event.quantity;
    if (event.amountMinor !== undefined) sent.amountMinor = event.amountMinor;
    if (event.props !== undefined) sent.props = event.props;
    return sent;
  });
}
