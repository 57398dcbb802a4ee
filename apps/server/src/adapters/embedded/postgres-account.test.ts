import { describe, expect, it } from 'vitest';
import { type AccountFacts, chooseAccount, commandAs } from './postgres-account.ts';

const users = [
  { name: 'root', uid: 0, gid: 0 },
  { name: 'nobody', uid: 65_534, gid: 65_534 },
  { name: 'ada', uid: 1000, gid: 1000 },
];
const facts: AccountFacts = { uid: 0, users, ownerUid: undefined, canMapUser: true, canSwitchUser: true };

describe('chooseAccount', () => {
  it.each<[string, Partial<AccountFacts>, ReturnType<typeof chooseAccount>]>([
    ['an ordinary user runs it as is', { uid: 1000 }, { kind: 'same' }],
    ['a uid without a name borrows one', { uid: 4242 }, { kind: 'namespace', uid: 65_534, gid: 65_534 }],
    ['a uid without a name and without namespaces tries as is', { uid: 4242, canMapUser: false }, { kind: 'same' }],
    ['root keeps its files and pretends', {}, { kind: 'namespace', uid: 65_534, gid: 65_534 }],
    ['root without namespaces switches', { canMapUser: false }, { kind: 'switch', uid: 65_534, gid: 65_534 }],
    ['root runs the cluster of a user as that user', { ownerUid: 1000 }, { kind: 'switch', uid: 1000, gid: 1000 }],
    ['root runs the cluster of an unknown user', { ownerUid: 77 }, { kind: 'switch', uid: 77, gid: 77 }],
    ['root with neither has no way', { canMapUser: false, canSwitchUser: false }, undefined],
    ['macOS does not tell its users', { uid: 501, users: [] }, { kind: 'same' }],
  ])('%s', (_, change, expected) => {
    expect(chooseAccount({ ...facts, ...change })).toEqual(expected);
  });

  it('prefers a user made for PostgreSQL when it must switch', () => {
    const withPostgres = [...users, { name: 'postgres', uid: 110, gid: 115 }];
    const chosen = chooseAccount({ ...facts, users: withPostgres, canMapUser: false });
    expect(chosen).toEqual({ kind: 'switch', uid: 110, gid: 115 });
  });
});

describe('commandAs', () => {
  it('puts the program behind the change of user', () => {
    expect(commandAs({ kind: 'same' }, 'postgres', ['-D', 'x'])).toEqual(['postgres', ['-D', 'x']]);
    const [command, args] = commandAs({ kind: 'switch', uid: 5, gid: 6 }, 'postgres', ['-D', 'x']);
    expect([command, ...args].join(' ')).toBe('setpriv --reuid=5 --regid=6 --clear-groups -- postgres -D x');
  });
});
