import { Compile } from 'typebox/compile';
import { newUuid, type Uuid } from '#lib/id.ts';
import { msPerDay } from '#lib/time.ts';
import { eventType } from './catalogue.ts';
import type { Fact } from './fact.ts';
import { propsProblem } from './props.ts';
import type { QuarantineCode, QuarantineParams } from './quarantine-codes.ts';
import { NewEvent } from './schema.ts';

/** What came of one event of a request. */
export type Acceptance =
  | { kind: 'accepted'; fact: Fact; priority: 'commerce' | 'ordinary' }
  | { kind: 'duplicate' }
  | { kind: 'quarantined'; code: QuarantineCode; params: QuarantineParams };

/** What events are judged by. */
export interface AcceptContext {
  currency: string;
  nowMs: number;
}

/** Events may be this much ahead of our clock; beyond it the sender's clock is wrong. */
const futureMsMax = msPerDay;
const oldestMs = Date.UTC(2000, 0, 1);
const propsCharsMax = 16_384;

const check = Compile(NewEvent);

/** Judges one event. `seen` holds the ids of the request so far. Bad ones are told apart, never thrown. */
export function accept(input: unknown, context: AcceptContext, seen: Set<Uuid>): Acceptance {
  if (!check.Check(input)) return quarantine(...shapeProblem(input));
  const event: NewEvent = input;
  const type = eventType(event.type);
  if (!type) return quarantine('event.type_unknown', { type: event.type });
  const missing = type.needs?.find((field) => event[field] === undefined);
  if (missing) return quarantine('event.field_missing', { field: missing, type: event.type });
  if (event.currency !== undefined && event.currency !== context.currency) {
    return quarantine('event.currency_mismatch', { currency: event.currency, expected: context.currency });
  }
  const occurredAtMs = instantOf(event.occurredAt, context.nowMs);
  if (occurredAtMs === undefined) return quarantine('event.time_unreadable', { value: String(event.occurredAt) });
  if (occurredAtMs > context.nowMs + futureMsMax)
    return quarantine('event.time_future', { value: String(event.occurredAt) });
  if (occurredAtMs < oldestMs) return quarantine('event.time_past', { value: String(event.occurredAt) });
  const id = event.id?.toLowerCase() ?? newUuid(context.nowMs);
  if (event.props && JSON.stringify(event.props).length > propsCharsMax) {
    return quarantine('event.props_too_large', { limit: propsCharsMax });
  }
  const wrong = propsProblem(event.type, event.props);
  if (wrong) return quarantine('event.field_invalid', wrong);
  if (seen.has(id)) return { kind: 'duplicate' };
  seen.add(id);
  const { currency: _, occurredAt: __, ...rest } = event;
  return { kind: 'accepted', fact: { ...rest, id, occurredAtMs } as Fact, priority: type.priority };
}

function quarantine(code: QuarantineCode, params: QuarantineParams): Acceptance {
  return { kind: 'quarantined', code, params };
}

function shapeProblem(input: unknown): [QuarantineCode, QuarantineParams] {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return ['event.not_an_object', {}];
  const unknown = Object.keys(input).find((key) => !(key in NewEvent.properties));
  if (unknown !== undefined) return ['event.field_unknown', { field: unknown.slice(0, 64) }];
  const first = check.Errors(input)[0];
  const field = first?.instancePath.slice(1).replaceAll('/', '.') || missingField(input);
  return ['event.field_invalid', { field, problem: first?.message ?? 'is not valid' }];
}

function missingField(input: object): string {
  return 'type' in input ? 'event' : 'type';
}

function instantOf(value: string | number | undefined, nowMs: number): number | undefined {
  if (value === undefined) return nowMs;
  if (typeof value === 'number') return value;
  // Without a zone the same text would mean different instants on different servers.
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isFinite(ms) ? ms : undefined;
}
