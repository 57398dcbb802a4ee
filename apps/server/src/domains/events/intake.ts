import { newUuid, type Uuid } from '#lib/id.ts';
import { type AcceptContext, accept } from './accept.ts';
import type { Fact } from './fact.ts';
import { type QuarantineCode, type QuarantineParams, quarantineSentence } from './quarantine-codes.ts';
import type { Sent } from './read-body.ts';
import type { EventsReply } from './schema.ts';
import type { Intake } from './spool.ts';
import type { QuarantineEntry } from './store.ts';

/** Sorts the events of a request into what is taken, repeated and set aside; pure. */
export function sortEvents(
  sent: readonly Sent[],
  from: { brandId: Uuid; source: string },
  context: AcceptContext,
): { intake: Intake; reply: EventsReply } {
  const facts: Fact[] = [];
  const quarantined: QuarantineEntry[] = [];
  const errors: EventsReply['errors'] = [];
  const seen = new Set<Uuid>();
  let duplicate = 0;
  let ordinary = false;
  const setAside = (index: number, code: QuarantineCode, params: QuarantineParams, body: string) => {
    quarantined.push({
      ...from,
      id: newUuid(),
      receivedAtMs: context.nowMs,
      code,
      params,
      body: body.slice(0, 65_536),
    });
    errors.push({ index, code, message: quarantineSentence(code, params).en });
  };
  for (const [index, one] of sent.entries()) {
    if ('line' in one) {
      setAside(index, 'event.unreadable', { problem: one.problem }, one.line);
      continue;
    }
    const result = accept(one.json, context, seen);
    if (result.kind === 'accepted') {
      facts.push(result.fact);
      if (result.priority === 'ordinary') ordinary = true;
    } else if (result.kind === 'duplicate') duplicate++;
    else setAside(index, result.code, result.params, JSON.stringify(one.json));
  }
  const intake: Intake = {
    ...from,
    receivedAtMs: context.nowMs,
    facts,
    duplicate,
    quarantined,
    priority: ordinary || facts.length === 0 ? 'ordinary' : 'commerce',
  };
  return { intake, reply: { accepted: facts.length, duplicate, quarantined: quarantined.length, errors } };
}
