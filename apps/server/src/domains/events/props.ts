import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type EventTypeName, eventTypes } from './catalogue.ts';

const oneOf = (...values: string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const whole = Type.Integer({ minimum: 0 });
const count = Type.Number({ minimum: 0 });
const open = (properties: Record<string, TSchema>) => Type.Object(properties, { additionalProperties: true });

const cost = open({ lineId: Type.Optional(Type.String()), costMinor: Type.Optional(Type.Integer()) });
const invitation = open({ seed: Type.Optional(Type.Boolean()), inviterPersonId: Type.Optional(Type.String()) });

/** What the props of a type must look like where figures are computed from them; other props may stand beside these. */
export const propSchemas: { [type in EventTypeName]?: TSchema } = {
  'order.paid': cost,
  'order.adjusted': cost,
  'order.excluded': open({ reason: Type.String({ minLength: 1 }) }),
  'content.published': open({ kind: oneOf('community', 'live', 'short_video', 'offline') }),
  'spend.recorded': open({ purpose: Type.Optional(oneOf('ad', 'sample', 'production', 'other')) }),
  'exposure.recorded': open({ metric: oneOf('media_exposure', 'search_index', 'voice'), total: Type.Optional(count) }),
  'survey.answered': open({ survey: Type.String({ minLength: 1 }) }),
  'invite.sent': invitation,
  'invite.accepted': invitation,
  'session.reported': open({
    version: Type.Integer({ minimum: 1 }),
    ...Object.fromEntries(
      ['exposures', 'exposureUsers', 'views', 'viewers', 'comments', 'likes', 'shares', 'interactionUsers']
        .concat(['newFollowers', 'productImpressions', 'productClicks', 'productClickUsers', 'orders', 'buyers'])
        .concat(['items', 'gmvMinor', 'refundMinor', 'adSpendMinor', 'newGroupMembers'])
        .map((name) => [name, Type.Optional(Type.Union([whole, Type.Null()]))]),
    ),
    ...Object.fromEntries(
      ['durationSeconds', 'peakConcurrent', 'averageConcurrent', 'averageWatchSeconds'].map((name) => [
        name,
        Type.Optional(Type.Union([count, Type.Null()])),
      ]),
    ),
  }),
};

const compiled = new Map(Object.entries(propSchemas).map(([type, schema]) => [type, Compile(schema)]));

/** What is wrong with the props of an event of a type, or nothing. */
export function propsProblem(type: string, props: unknown): { field: string; problem: string } | undefined {
  const check = compiled.get(type);
  if (!check || check.Check(props ?? {})) return undefined;
  const first = check.Errors(props ?? {})[0];
  const missing = first?.keyword === 'required' ? first.params.requiredProperties?.[0] : undefined;
  const field = ['props', first?.instancePath.slice(1).replaceAll('/', '.') || missing].filter(Boolean).join('.');
  return { field, problem: first?.message ?? 'is not valid' };
}

/** The catalogue as the API tells it. */
export function describeTypes() {
  return Object.entries(eventTypes).map(([type, entry]) => ({
    type,
    strand: entry.strand,
    needs: 'needs' in entry ? [...entry.needs] : [],
    props: propSchemas[type as EventTypeName] ?? {},
    nameEn: entry.en,
    nameZh: entry.zh,
  }));
}
