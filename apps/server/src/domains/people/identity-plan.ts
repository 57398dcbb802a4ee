import type { Uuid } from '#lib/id.ts';

/** One distinct identifier of a batch, in normal form. `personId` is filled once it is known where it leads. */
export interface BatchIdentifier {
  readonly namespace: string;
  readonly value: string;
  readonly rank: number;
  readonly strong: boolean;
  personId: Uuid | undefined;
}

/** A surviving person as far as merging needs to know it. */
export interface Root {
  id: Uuid;
  /** Has an identifier that names a human being by itself. */
  strong: boolean;
  /** Identifiers of the person and of everyone merged into it. */
  identifiers: number;
}

/** The part of a brand's persons that a batch touches, before the batch. */
export interface Graph {
  /** Person → surviving person; a person that is not in it survives itself. */
  rootOf: ReadonlyMap<Uuid, Uuid>;
  roots: ReadonlyMap<Uuid, Root>;
  /** Pairs of surviving persons whose merge a human has undone. */
  refused: readonly (readonly [Uuid, Uuid])[];
}

export type MergeRule = 'anonymous_into_known' | 'anonymous_into_anonymous';
export type CandidateCause = 'both_known' | 'too_many_identifiers';

export interface PlannedMerge {
  from: Uuid;
  into: Uuid;
  rule: MergeRule;
  movedIdentifiers: number;
}
export interface PlannedCandidate {
  a: Uuid;
  b: Uuid;
  cause: CandidateCause;
  evidence: { namespace: string; value: string }[];
}
export interface Plan {
  newPersons: Uuid[];
  attached: BatchIdentifier[];
  merges: PlannedMerge[];
  candidates: PlannedCandidate[];
}

/** A merge by rule may not make a person with more identifiers than this; beyond it a human decides. */
export const maxIdentifiersByRule = 50;
/** A person keeps no further device or viewer ids beyond this many identifiers (one phone, a new device id each time). */
export const maxAnonymousIdentifiers = 200;

/**
 * Takes events one after the other: gives new identifiers a person, joins persons that an event ties together where a
 * rule allows it, and names the pairs where it does not.
 */
export class Planner {
  readonly plan: Plan = { newPersons: [], attached: [], merges: [], candidates: [] };
  readonly #graph: Graph;
  readonly #newPerson: () => Uuid;
  readonly #roots: Map<Uuid, Root>;
  readonly #parents = new Map<Uuid, Uuid>();
  readonly #refused = new Map<Uuid, Set<Uuid>>();
  readonly #pairs = new Set<string>();

  constructor(graph: Graph, newPerson: () => Uuid) {
    this.#graph = graph;
    this.#newPerson = newPerson;
    this.#roots = new Map([...graph.roots].map(([id, root]) => [id, { ...root }]));
    for (const [a, b] of graph.refused) {
      refuse(this.#refused, a, b);
      refuse(this.#refused, b, a);
    }
  }

  /**
   * @param identifiers distinct identifiers of one event, the strongest first, at least one
   * @returns the person of the strongest
   */
  place(identifiers: readonly BatchIdentifier[]): Uuid {
    this.#attach(identifiers);
    const personId = identifiers.find((identifier) => identifier.personId !== undefined)!.personId!;
    for (const identifier of identifiers) {
      if (identifier.personId === undefined || identifier.personId === personId) continue;
      const [a, b] = [this.#rootOf(personId), this.#rootOf(identifier.personId)];
      if (a !== b) this.#tie(a, b, identifiers);
    }
    return personId;
  }

  #rootOf(personId: Uuid): Root {
    let id = this.#graph.rootOf.get(personId) ?? personId;
    for (let up = this.#parents.get(id); up !== undefined; up = this.#parents.get(id)) id = up;
    let root = this.#roots.get(id);
    if (!root) {
      root = { id, strong: false, identifiers: 0 };
      this.#roots.set(id, root);
    }
    return root;
  }

  #attach(identifiers: readonly BatchIdentifier[]): void {
    if (identifiers.every((identifier) => identifier.personId !== undefined)) return;
    const personId = this.#personFor(identifiers);
    const root = this.#rootOf(personId);
    for (const identifier of identifiers) {
      if (identifier.personId !== undefined) continue;
      if (!identifier.strong && root.identifiers >= maxAnonymousIdentifiers) continue;
      identifier.personId = personId;
      root.identifiers++;
      root.strong ||= identifier.strong;
      this.plan.attached.push(identifier);
    }
  }

  #personFor(identifiers: readonly BatchIdentifier[]): Uuid {
    const found = identifiers.find((identifier) => identifier.personId !== undefined);
    if (found) {
      // A device shared by several people must not collect their phones and member numbers in one person: it makes an
      // anonymous person known once, and from then on proves nothing.
      const hearsay = !found.strong && identifiers.some((one) => one.strong && one.personId === undefined);
      if (!hearsay || !this.#rootOf(found.personId!).strong) return found.personId!;
    }
    const id = this.#newPerson();
    this.plan.newPersons.push(id);
    return id;
  }

  #tie(a: Root, b: Root, identifiers: readonly BatchIdentifier[]): void {
    if (this.#refused.get(a.id)?.has(b.id)) return;
    const total = a.identifiers + b.identifiers;
    const cause =
      a.strong && b.strong ? 'both_known' : total > maxIdentifiersByRule ? 'too_many_identifiers' : undefined;
    if (cause) {
      this.#keep(a.id, b.id, cause, identifiers);
      return;
    }
    const rule = a.strong || b.strong ? 'anonymous_into_known' : 'anonymous_into_anonymous';
    // Ids are time-ordered: the smaller one is the elder.
    const [into, from] = a.strong || (!b.strong && a.id < b.id) ? [a, b] : [b, a];
    this.plan.merges.push({ from: from.id, into: into.id, rule, movedIdentifiers: from.identifiers });
    this.#parents.set(from.id, into.id);
    into.identifiers = total;
    for (const other of this.#refused.get(from.id) ?? []) {
      refuse(this.#refused, into.id, other);
      refuse(this.#refused, other, into.id);
    }
  }

  #keep(x: Uuid, y: Uuid, cause: CandidateCause, identifiers: readonly BatchIdentifier[]): void {
    const [a, b] = x < y ? [x, y] : [y, x];
    if (this.#pairs.has(a + b)) return;
    this.#pairs.add(a + b);
    const evidence = identifiers.map(({ namespace, value }) => ({ namespace, value }));
    this.plan.candidates.push({ a, b, cause, evidence });
  }
}

function refuse(refused: Map<Uuid, Set<Uuid>>, from: Uuid, to: Uuid): void {
  const set = refused.get(from);
  if (set) set.add(to);
  else refused.set(from, new Set([to]));
}
