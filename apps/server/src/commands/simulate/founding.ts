import type { SimulatedEvent } from './event.ts';
import { joinGroup } from './joining.ts';
import { recruit } from './partner.ts';
import { enlist } from './people.ts';
import { emptyTally, type Today, type World } from './world.ts';

const msPerDay = 86_400_000;
const yearsBefore = 2;

/**
 * The members, groups and KOC of the time before: who joined in the years up to `untilMs`, each on a day of those years,
 * later ones more often.
 */
export function founders(world: World, untilMs: number): SimulatedEvent[] {
  const { people, chance, plan } = world;
  const spanMs = yearsBefore * 365 * msPerDay;
  const first: Today = {
    index: -1_000,
    day: plan.start,
    startMs: untilMs - spanMs,
    lengthMs: spanMs,
    weekday: 0,
    levers: plan.leversOn(0),
    promotion: undefined,
    isHoliday: false,
    mood: 1,
    demand: 1,
    favour: 1,
    events: [],
    tally: emptyTally(),
  };
  const wanted = Math.max(5, Math.round(plan.members * plan.nature.startShare));
  // Whole circles of friends: people near each other in the rings of the cities.
  const order: number[] = [];
  while (order.length < wanted * 1.5) {
    const from = chance.below(people.count);
    for (let k = 0; k < 8 + chance.below(30) && from + k < people.count; k++) order.push(from + k);
  }
  for (const i of order) {
    if (people.members.length >= wanted) break;
    if (people.status[i] !== 0 || people.reachDay[i]! > -1) continue;
    const atMs = first.startMs + Math.sqrt(chance.uniform()) * spanMs;
    enlist(people, i);
    people.seedling[i] = chance.happens(0.1) ? 1 : 0;
    people.interest[i] = 0.5 * chance.uniform();
    people.satisfaction[i] = Math.min(0.95, 0.4 + 0.4 * chance.uniform());
    if (chance.happens(0.35)) {
      people.buys[i] = 1;
      people.habit[i] = 0.1 + 0.5 * chance.uniform();
      people.needDay[i] = -45 + chance.below(Math.round(plan.nature.cycleDays * 2));
      const due = world.needs.get(people.needDay[i]!);
      if (due) due.push(i);
      else world.needs.set(people.needDay[i]!, [i]);
    }
    first.events.push({
      type: 'member.joined',
      atMs: Math.floor(atMs),
      person: i,
      about: { channel: 'list' },
      quantity: undefined,
      amountMinor: undefined,
      props: undefined,
    });
    if (chance.happens(0.65)) joinGroup(world, first, i, atMs + 60_000);
  }
  for (let k = 2 + Math.round((plan.members / 1_000) * 4 * chance.uniform()); k > 0; k--)
    recruit(world, { ...first, index: -60 });
  return first.events;
}
