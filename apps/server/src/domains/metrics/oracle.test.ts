import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid, type Uuid } from '#lib/id.ts';
import { addDays } from '#lib/time.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { cockpit } from './cockpit.ts';
import type { MetricsBrand } from './deps.ts';
import { kpiSeries } from './index.ts';
import { insertEvents, type TestEvent, testBrand, testDeps } from './metrics-fixture.ts';
import { oracle, oracleEvents } from './metrics-oracle.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores?.close());

const from = '2026-03-01';
const to = '2026-03-15';
/** Late enough for some joinings of the range to be 30 days old, early enough for others not to be. */
const today = '2026-04-05';

const types = [
  'order.paid',
  'order.paid',
  'order.adjusted',
  'order.excluded',
  'refund.succeeded',
  'member.joined',
  'member.left',
  'group.joined',
  'group.left',
  'message.sent',
  'live.entered',
  'danmaku.sent',
  'product.shown',
  'coupon.granted',
];

/** Days of the history, counted from the start of the range: around its ends, and at the distances that definitions name. */
const days = [
  -44, -31, -30, -29, -15, -14, -13, -8, -7, -1, 0, 1, 2, 6, 7, 8, 9, 12, 13, 14, 15, 19, 20, 21, 30, 31, 37,
];

/** A dense little history: few persons, orders and groups, so that everything meets. */
const history = fc.array(
  fc.record({
    type: fc.constantFrom(...types),
    day: fc.constantFrom(...days, 0, 1, 2, 3, 4, 5),
    hour: fc.integer({ min: 0, max: 23 }),
    person: fc.integer({ min: 0, max: 6 }),
    order: fc.integer({ min: 0, max: 30 }),
    group: fc.integer({ min: 0, max: 1 }),
    amount: fc.integer({ min: -500, max: 9_007_199_254 }),
  }),
  { minLength: 40, maxLength: 160, size: 'max' },
);

function eventsOf(
  drawn: typeof history extends fc.Arbitrary<infer T> ? T : never,
  people: readonly Uuid[],
): TestEvent[] {
  return drawn.map(({ type, day, hour, person, order, group, amount }) => ({
    type,
    at: new Date(Date.parse(`${from}T00:00:00+08:00`) + (day * 24 + hour) * 3_600_000 + 1_800_000).toISOString(),
    ...(person > 0 && { person: people[person]! }),
    ...(type.startsWith('order') && { order: `o${order}`, quantity: 1 }),
    ...(type.startsWith('group') && { group: `g${group}` }),
    ...(type === 'live.entered' && { session: `s${order % 4}`, room: 'r1' }),
    amount: type === 'refund.succeeded' ? Math.abs(amount) : amount,
  }));
}

async function mergePersons(
  brand: MetricsBrand,
  pairs: readonly (readonly [Uuid, Uuid])[],
  version: number,
  deleted: 0 | 1,
): Promise<void> {
  const lines = pairs.map(([person, into]) =>
    JSON.stringify({ brand_id: brand.id, person_id: person, into_id: into, version, deleted }),
  );
  await stores.ch.insertNdjson('person_override', Buffer.from(`${lines.join('\n')}\n`), newUuid());
}

async function expectOracle(
  brand: MetricsBrand,
  events: readonly TestEvent[],
  survivorOf: (person: Uuid) => Uuid,
): Promise<void> {
  const deps = testDeps(stores, today);
  const seen = oracleEvents(events, brand.zone, survivorOf);
  // What came after the last day with data is not known.
  const lastDay = seen
    .map((event) => event.day)
    .sort()
    .at(-1);
  const known = lastDay === undefined || addDays(lastDay, 1) > today ? today : addDays(lastDay, 1);
  const expected = oracle(seen, from, to, known);
  const actual = await Promise.all(
    Object.entries(expected).map(async ([id, value]) => {
      const { points } = await kpiSeries(deps, brand, id, { from, to, grain: 'total' });
      const point = points[0]!;
      if (typeof value !== 'number')
        return [
          id,
          {
            n: Math.round(
              (point.numerator ?? 0) * (id === 'average_customer_spend' || id === 'both_strands_gmv_share' ? 100 : 1),
            ),
            d: id === 'both_strands_gmv_share' ? Math.round((point.denominator ?? 0) * 100) : (point.denominator ?? 0),
          },
        ];
      return [id, point.exactMinor === undefined ? point.value : Number(point.exactMinor)];
    }),
  );
  expect(Object.fromEntries(actual)).toEqual(expected);
}

describe('KPIs against a naive computation from the same events', () => {
  it('agree on random histories, before and after merges of persons and their undoing', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (drawn) => {
        const brand = testBrand();
        const people = Array.from({ length: 7 }, newUuid);
        const events = eventsOf(drawn, people);
        const half = Math.ceil(events.length / 2);
        await insertEvents(stores.ch, brand, events.slice(0, half));
        await insertEvents(stores.ch, brand, events.slice(half));
        await expectOracle(brand, events, (person) => person);
        // A chain: 1 into 2, 2 into 3.
        await mergePersons(
          brand,
          [
            [people[1]!, people[2]!],
            [people[2]!, people[3]!],
          ],
          1,
          0,
        );
        const merged = (person: Uuid) => (person === people[1] || person === people[2] ? people[3]! : person);
        await expectOracle(brand, events, merged);
        await mergePersons(brand, [[people[2]!, people[3]!]], 2, 1);
        await expectOracle(brand, events, (person) => (person === people[1] ? people[2]! : person));
      }),
      { numRuns: 4, endOnFailure: true },
    );
  }, 180_000);

  it('agree with the cards of the cockpit, for both of its periods and every day of its sparklines', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (drawn) => {
        const brand = testBrand();
        const people = Array.from({ length: 7 }, newUuid);
        await insertEvents(stores.ch, brand, eventsOf(drawn, people));
        const deps = testDeps(stores, today);
        const screen = await cockpit(deps, brand, { from, to });
        expect([screen.compareFrom, screen.compareTo]).toEqual(['2026-02-15', '2026-03-01']);
        const mine = screen.cards.map(({ id, value, previous, spark, omitted }) => ({
          id,
          value,
          previous,
          spark,
          omitted,
        }));
        const theirs = await Promise.all(
          screen.cards.map(async ({ id, spark }) => {
            const [now, before, daily] = await Promise.all([
              kpiSeries(deps, brand, id, { from, to, grain: 'total' }),
              kpiSeries(deps, brand, id, { from: screen.compareFrom, to: screen.compareTo, grain: 'total' }),
              spark.length > 0 ? kpiSeries(deps, brand, id, { from, to, grain: 'day' }) : undefined,
            ]);
            return {
              id,
              value: now.points[0]!.value,
              previous: before.points[0]!.value,
              spark: daily?.points.map(({ t, value }) => ({ t, value })) ?? [],
              omitted: now.omitted,
            };
          }),
        );
        expect(mine).toEqual(theirs);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  }, 180_000);
});
