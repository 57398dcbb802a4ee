import { describe, expect, it } from 'vitest';
import {
  type BatchIdentifier,
  type Graph,
  maxAnonymousIdentifiers,
  maxIdentifiersByRule,
  Planner,
} from './identity-plan.ts';
import { namespaceOf } from './namespace.ts';

const empty: Graph = { rootOf: new Map(), roots: new Map(), refused: [] };

function identifier(namespace: string, value: string, personId?: string): BatchIdentifier {
  const { rank, strong } = namespaceOf(namespace);
  return { namespace, value, rank, strong, personId };
}

function graphOf(
  roots: { id: string; strong: boolean; identifiers: number }[],
  refused: [string, string][] = [],
): Graph {
  return {
    rootOf: new Map(roots.map(({ id }) => [id, id])),
    roots: new Map(roots.map((root) => [root.id, root])),
    refused,
  };
}

function plannerOf(graph: Graph) {
  let n = 0;
  return new Planner(graph, () => `new${n++}`);
}

describe('placing one event', () => {
  it('makes one person for all that is new', () => {
    const planner = plannerOf(empty);
    expect(planner.place([identifier('phone', '+8613600000001'), identifier('device', 'd001')])).toBe('new0');
    expect(planner.plan).toMatchObject({ newPersons: ['new0'], merges: [], candidates: [] });
    expect(planner.plan.attached).toHaveLength(2);
  });
  it('makes an anonymous person known, once', () => {
    const planner = plannerOf(graphOf([{ id: 'd', strong: false, identifiers: 1 }]));
    expect(planner.place([identifier('phone', 'p1'), identifier('device', 'd001', 'd')])).toBe('d');
    // The next phone on the same device is somebody else's.
    expect(planner.place([identifier('phone', 'p2'), identifier('device', 'd001', 'd')])).toBe('new0');
    expect(planner.plan.merges).toEqual([]);
    expect(planner.plan.candidates).toMatchObject([{ a: 'd', b: 'new0', cause: 'both_known' }]);
  });
  it('merges an anonymous person into a known one, whichever is elder', () => {
    const planner = plannerOf(
      graphOf([
        { id: 'a', strong: false, identifiers: 2 },
        { id: 'k', strong: true, identifiers: 1 },
      ]),
    );
    expect(planner.place([identifier('phone', 'p', 'k'), identifier('device', 'd001', 'a')])).toBe('k');
    expect(planner.plan.merges).toEqual([{ from: 'a', into: 'k', rule: 'anonymous_into_known', movedIdentifiers: 2 }]);
  });
  it('merges the younger of two anonymous persons into the elder', () => {
    const planner = plannerOf(
      graphOf([
        { id: 'a', strong: false, identifiers: 1 },
        { id: 'b', strong: false, identifiers: 1 },
      ]),
    );
    planner.place([identifier('viewer:x', 'v001', 'b'), identifier('device', 'd001', 'a')]);
    expect(planner.plan.merges).toMatchObject([{ from: 'b', into: 'a', rule: 'anonymous_into_anonymous' }]);
  });
  it('leaves two known persons to a human, once a pair', () => {
    const planner = plannerOf(
      graphOf([
        { id: 'a', strong: true, identifiers: 1 },
        { id: 'b', strong: true, identifiers: 1 },
      ]),
    );
    for (let i = 0; i < 2; i++) {
      expect(planner.place([identifier('member_id', 'm', 'b'), identifier('phone', 'p', 'a')])).toBe('b');
    }
    expect(planner.plan.merges).toEqual([]);
    expect(planner.plan.candidates).toMatchObject([{ a: 'a', b: 'b', cause: 'both_known' }]);
  });
  it('does not merge again what a human took apart, also through a third person', () => {
    const roots = ['a', 'b', 'c'].map((id) => ({ id, strong: id === 'c', identifiers: 1 }));
    const planner = plannerOf(graphOf(roots, [['a', 'c']]));
    planner.place([identifier('phone', 'p', 'c'), identifier('device', 'd001', 'a')]);
    planner.place([identifier('viewer', 'v001', 'a'), identifier('device', 'd002', 'b')]);
    planner.place([identifier('phone', 'p', 'c'), identifier('device', 'd002', 'b')]);
    expect(planner.plan.merges).toMatchObject([{ from: 'b', into: 'a' }]);
    expect(planner.plan.candidates).toEqual([]);
  });
});

describe('bounds', () => {
  it('leaves a merge beyond the bound of identifiers to a human', () => {
    const at = (identifiers: number) => {
      const planner = plannerOf(
        graphOf([
          { id: 'a', strong: false, identifiers },
          { id: 'k', strong: true, identifiers: 1 },
        ]),
      );
      planner.place([identifier('phone', 'p', 'k'), identifier('device', 'd001', 'a')]);
      return planner.plan;
    };
    expect(at(maxIdentifiersByRule - 1).merges).toHaveLength(1);
    expect(at(maxIdentifiersByRule)).toMatchObject({ merges: [], candidates: [{ cause: 'too_many_identifiers' }] });
  });
  it('keeps no further device ids of a person that has very many, and still finds the person', () => {
    const planner = plannerOf(graphOf([{ id: 'k', strong: true, identifiers: maxAnonymousIdentifiers }]));
    expect(planner.place([identifier('phone', 'p', 'k'), identifier('device', 'd001')])).toBe('k');
    expect(planner.place([identifier('phone', 'p', 'k'), identifier('email', 'e')])).toBe('k');
    expect(planner.plan.attached.map((one) => one.namespace)).toEqual(['email']);
  });
});
