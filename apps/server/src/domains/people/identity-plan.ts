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
export interface Planner {
  /**
   * @param identifiers distinct identifiers of one event, the strongest first, at least one
   * @returns the person of the strongest
   */
  place(identifiers: readonly BatchIdentifier[]): Uuid;
  plan(): Plan;
}

export function createPlanner(graph: Graph, newPerson: () => Uuid): Planner {
  const parents = new Map<Uuid, Uuid>();
  const roots = new Map<Uuid, Root>([...graph.roots].map(([id, root]) => [id, { ...root }]));
  const refused = new Map<Uuid, Set<Uuid>>();
  for (const [a, b] of graph.refused) {
    refuse(refused, a, b);
    refuse(refused, b, a);
  }
  const plan: Plan = { newPersons: [], attached: [], merges: [], candidates: [] };
  const candidates = new Set<string>();

  function rootOf(personId: Uuid): Root {
    let id = graph.rootOf.get(personId) ?? personId;
    for (let up = parents.get(id); up !== undefined; up = parents.get(id)) id = up;
    let root = roots.get(id);
    if (!root) {
      root = { id, strong: false, identifiers: 0 };
      roots.set(id, root);
    }
    return root;
  }

  function personFor(identifiers: readonly BatchIdentifier[]): Uuid {
    const found = identifiers.find((identifier) => identifier.personId !== undefined);
    if (found) {
      // A device shared by several people must not collect their phones and member numbers in one person: it makes an
      // anonymous person known once, and from then on proves nothing.
      const hearsay = !found.strong && identifiers.some((i) => i.strong && i.personId === undefined);
      if (!hearsay || !rootOf(found.personId!).strong) return found.personId!;
    }
    const id = newPerson();
    plan.newPersons.push(id);
    return id;
  }

  function attach(identifiers: readonly BatchIdentifier[]): void {
    if (identifiers.every((identifier) => identifier.personId !== undefined)) return;
    const personId = personFor(identifiers);
    const root = rootOf(personId);
    for (const identifier of identifiers) {
      if (identifier.personId !== undefined) continue;
      if (!identifier.strong && root.identifiers >= maxAnonymousIdentifiers) continue;
      identifier.personId = personId;
      root.identifiers++;
      root.strong ||= identifier.strong;
      plan.attached.push(identifier);
    }
  }

  function tie(a: Root, b: Root, identifiers: readonly BatchIdentifier[]): void {
    const total = a.identifiers + b.identifiers;
    const cause =
      a.strong && b.strong ? 'both_known' : total > maxIdentifiersByRule ? 'too_many_identifiers' : undefined;
    if (refused.get(a.id)?.has(b.id)) return;
    if (cause) {
      keep(a.id, b.id, cause, identifiers);
      return;
    }
    const rule = a.strong || b.strong ? 'anonymous_into_known' : 'anonymous_into_anonymous';
    // Ids are time-ordered: the smaller one is the elder.
    const [into, from] = a.strong || (!b.strong && a.id < b.id) ? [a, b] : [b, a];
    plan.merges.push({ from: from.id, into: into.id, rule, movedIdentifiers: from.identifiers });
    parents.set(from.id, into.id);
    into.identifiers = total;
    for (const other of refused.get(from.id) ?? []) {
      refuse(refused, into.id, other);
      refuse(refused, other, into.id);
    }
  }

  function keep(x: Uuid, y: Uuid, cause: CandidateCause, identifiers: readonly BatchIdentifier[]): void {
    const [a, b] = x < y ? [x, y] : [y, x];
    if (candidates.has(a + b)) return;
    candidates.add(a + b);
    plan.candidates.push({ a, b, cause, evidence: identifiers.map(({ namespace, value }) => ({ namespace, value })) });
  }

  return {
    place(identifiers) {
      attach(identifiers);
      const strongest = identifiers.find((identifier) => identifier.personId !== undefined)!;
      const personId = strongest.personId!;
      for (const identifier of identifiers) {
        if (identifier.personId === undefined || identifier.personId === personId) continue;
        const [a, b] = [rootOf(personId), rootOf(identifier.personId)];
        if (a !== b) tie(a, b, identifiers);
      }
      return personId;
    },
    plan: () => plan,
  };
}

function refuse(refused: Map<Uuid, Set<Uuid>>, from: Uuid, to: Uuid): void {
  const set = refused.get(from);
  if (set) set.add(to);
  else refused.set(from, new Set([to]));
}
