import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid, type Uuid } from '#lib/id.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { maxIdentifiersByRule } from './identity-plan.ts';
import { mergePersons, undoMerge } from './merge.ts';
import { namespaceOf } from './namespace.ts';
import { createResolver, type Resolver } from './resolver.ts';

let stores: TestStores;
beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores.close());

/** What happens to a brand's persons; numbers choose among what there is at that moment. */
type Step =
  | { kind: 'events'; batch: Record<string, string>[] }
  | { kind: 'merge'; from: number; into: number }
  | { kind: 'undo'; which: number };

/**
 * The rules once more, one event at a time and without any cleverness: persons are numbers in the order of their making,
 * and who somebody is today is found by walking up the merges that stand.
 */
class NaivePeople {
  readonly home = new Map<string, number>();
  readonly merges: { from: number; into: number; standing: boolean }[] = [];
  readonly pairs = new Set<string>();
  #made = 0;

  root(person: number): number {
    const up = this.merges.find((merge) => merge.standing && merge.from === person);
    return up ? this.root(up.into) : person;
  }

  see(identifiers: Record<string, string>): number {
    const keys = Object.entries(identifiers)
      .map(([namespace, value]) => ({ key: `${namespace} ${value}`, ...namespaceOf(namespace) }))
      .sort((a, b) => b.rank - a.rank || (a.key < b.key ? -1 : 1));
    const found = keys.find(({ key }) => this.home.has(key));
    const fresh = keys.filter(({ key }) => !this.home.has(key));
    if (fresh.length > 0) {
      let target = found && this.home.get(found.key)!;
      if (found && !found.strong && fresh.some(({ strong }) => strong) && this.#isStrong(target!)) target = undefined;
      target ??= this.#made++;
      for (const { key } of fresh) this.home.set(key, target);
    }
    const person = this.home.get(keys[0]!.key)!;
    for (const { key } of keys.slice(1)) this.#tie(person, this.home.get(key)!);
    return person;
  }

  #tie(person: number, other: number): void {
    const [a, b] = [this.root(person), this.root(other)];
    if (a === b || this.#wasUndone(a, b)) return;
    const strong = [this.#isStrong(a), this.#isStrong(b)];
    if (strong[0] && strong[1]) this.pairs.add([a, b].sort((x, y) => x - y).join(' '));
    else if (this.#sizeOf(a) + this.#sizeOf(b) <= maxIdentifiersByRule) {
      const [from, into] = strong[0] || (!strong[1] && a < b) ? [b, a] : [a, b];
      this.merges.push({ from, into, standing: true });
    }
  }

  #isStrong(person: number): boolean {
    return this.#keysOf(person).some((key) => namespaceOf(key.split(' ')[0]!).strong);
  }
  #sizeOf(person: number): number {
    return this.#keysOf(person).length;
  }
  #keysOf(person: number): string[] {
    return [...this.home].filter(([, home]) => this.root(home) === this.root(person)).map(([key]) => key);
  }
  #wasUndone(a: number, b: number): boolean {
    return this.merges.some(({ standing, from, into }) => {
      const [f, i] = [this.root(from), this.root(into)];
      return !standing && ((f === a && i === b) || (f === b && i === a));
    });
  }
}

const identifiers = fc
  .uniqueArray(
    fc.constantFrom(
      'phone 13612340001',
      'phone 13612340002',
      'phone 13612340003',
      'member_id M1x',
      'member_id M2x',
      'openid:a oA',
      'device dev-1',
      'device dev-2',
      'device dev-3',
      'device dev-4',
      'viewer:x view-1',
      'viewer:x view-2',
    ),
    { minLength: 1, maxLength: 3, selector: (text) => text.split(' ')[0] },
  )
  .map((list) => Object.fromEntries(list.map((text) => text.split(' ') as [string, string])));
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('events' as const),
        batch: fc.array(identifiers, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge' as const), from: fc.nat(50), into: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(50) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

/** One brand in Postgres and its naive double, driven side by side. */
class Pair {
  readonly brandId = newUuid();
  readonly naive = new NaivePeople();
  readonly #uuids: Uuid[] = [];
  readonly #mergeIds: Uuid[] = [];
  readonly #resolvers: Resolver[] = [
    createResolver({ now: Date.now }),
    createResolver({ maxCached: 4, now: Date.now }),
  ];
  #turn = 0;

  async step(step: Step): Promise<void> {
    if (step.kind === 'events') await this.#events(step.batch);
    else if (step.kind === 'merge') await this.#merge(step.from, step.into);
    else await this.undo(step.which);
    await this.compare();
  }

  async #events(batch: Record<string, string>[]): Promise<void> {
    const resolver = this.#resolvers[this.#turn++ % 2]!;
    const sightings = batch.map((identifiers) => ({
      brandId: this.brandId,
      identifiers,
      occurredAtMs: 1_700_000_000_000,
    }));
    const found = await stores.db.system((tx) => resolver.resolve(tx, sightings));
    for (const [index, one] of batch.entries()) {
      const person = this.naive.see(one);
      this.#uuids[person] ??= found[index]!.personId!;
      expect(found[index]!.personId).toBe(this.#uuids[person]);
    }
  }

  async #merge(from: number, into: number): Promise<void> {
    const roots = [...new Set([...this.naive.home.values()].map((home) => this.naive.root(home)))];
    const [f, i] = [roots[from % roots.length], roots[into % roots.length]];
    if (f === undefined || i === undefined || f === i) return;
    await this.#learnUuids();
    await stores.db.brand(this.brandId, (tx) =>
      mergePersons(
        tx,
        this.brandId,
        { from: this.#uuids[f]!, into: this.#uuids[i]! },
        { actor: 'a', reason: 'same', atMs: 0 },
      ),
    );
    this.naive.merges.push({ from: f, into: i, standing: true });
  }

  async undo(which: number): Promise<void> {
    await this.#learnMerges();
    const standing = [...this.naive.merges.entries()].filter(([, merge]) => merge.standing);
    const chosen = standing[which % standing.length];
    if (!chosen) return;
    const [index, merge] = chosen;
    const by = { actor: 'a', reason: 'different', atMs: 0 };
    await stores.db.brand(this.brandId, (tx) => undoMerge(tx, this.brandId, this.#mergeIds[index]!, by));
    merge.standing = false;
  }

  /** Persons that no event was given to yet are known by the identifiers that are theirs. */
  async #learnUuids(): Promise<void> {
    const rows = await this.#rows<{ namespace: string; value: string; person_id: Uuid }>(
      'select * from people.identifier where brand_id = $1',
    );
    for (const { namespace, value, person_id } of rows) {
      const home = this.naive.home.get(`${namespace} ${value.replace('+86', '')}`)!;
      expect(this.#uuids[home] ?? person_id).toBe(person_id);
      this.#uuids[home] = person_id;
    }
    expect(rows).toHaveLength(this.naive.home.size);
  }

  async #learnMerges(): Promise<void> {
    await this.#learnUuids();
    const rows = await this.#rows<{ id: Uuid; from_id: Uuid; into_id: Uuid; undone_at: Date | null }>(
      'select id, from_id, into_id, undone_at from people.merge where brand_id = $1 order by id',
    );
    const shown = (merge: { from: number; into: number; standing: boolean }) =>
      `${this.#uuids[merge.from]} ${this.#uuids[merge.into]} ${merge.standing}`;
    expect(rows.map((row) => `${row.from_id} ${row.into_id} ${row.undone_at === null}`)).toEqual(
      this.naive.merges.map(shown),
    );
    for (const [index, { id }] of rows.entries()) this.#mergeIds[index] = id;
  }

  async compare(): Promise<void> {
    await this.#learnMerges();
    const persons = await this.#rows<{ id: Uuid; root_id: Uuid; merged_into: Uuid | null; override_version: number }>(
      'select id, root_id, merged_into, override_version from people.person where brand_id = $1',
    );
    expect(new Map(persons.map((p) => [p.id, p.root_id]))).toEqual(
      new Map(this.#uuids.map((uuid, person) => [uuid, this.#uuids[this.naive.root(person)]])),
    );
    // What ClickHouse is told must say the same as Postgres.
    const told = await this.#rows<{ person_id: Uuid; into_id: Uuid; deleted: boolean; version: number }>(
      'select distinct on (person_id) person_id, into_id, deleted, version from people.override_outbox where brand_id = $1 order by person_id, version desc',
    );
    const overrides = new Map(told.filter((row) => !row.deleted).map((row) => [row.person_id, row.into_id]));
    for (const { id, root_id } of persons) expect(overrides.get(id) ?? id).toBe(root_id);
    const pairs = await this.#rows<{ a: Uuid; b: Uuid }>(
      "select a, b from people.merge_candidate where brand_id = $1 and cause = 'both_known'",
    );
    expect(new Set(pairs.map(({ a, b }) => `${a} ${b}`))).toEqual(
      new Set(
        [...this.naive.pairs].map((pair) =>
          pair
            .split(' ')
            .map((n) => this.#uuids[Number(n)])
            .sort()
            .join(' '),
        ),
      ),
    );
  }

  async #rows<Row>(text: string): Promise<Row[]> {
    const { rows } = await stores.db.pool.query(text, [this.brandId]);
    return rows as Row[];
  }
}

describe('persons under events, merges and undoing', () => {
  it('are always those of the naive model, and those of the beginning once every merge is undone', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.nat(50)), async (list, choices) => {
        const pair = new Pair();
        for (const step of list) await pair.step(step);
        for (const choice of choices) {
          if (!pair.naive.merges.some((merge) => merge.standing)) break;
          await pair.undo(choice);
          await pair.compare();
        }
        for (const home of pair.naive.home.values()) expect(pair.naive.root(home)).toBe(home);
      }),
      { numRuns: 25 },
    );
  });
});
