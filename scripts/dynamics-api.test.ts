import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeclarations } from './law/declarations.ts';
import { apiPage } from './law/dynamics-api.ts';

const root = join(import.meta.dirname, '..');

const file = `import type { Place } from '../diagnostic.js';
interface Inner {
    place: Place;
}
/** What a file says. */
export interface Source {
    inner: Inner;
}
/**
 * Reads a file.
 *
 * @param text What it holds.
 */
export declare function read(text: string): Source;
export declare function read(bytes: Uint8Array): Source;
/** Not handed on by the door. */
export declare const hidden: number;
`;
const diagnostic = `declare const sentences: {
    'a.b': string;
    c: string;
};
/** Where it is. */
export interface Place {
    line: number;
}
/** A reader with a place. */
export declare class Read implements Place {
    #private;
    line: number;
}
export type Code = keyof typeof sentences;
`;
const door = `export { read, type Source } from './xmile/file.js';
export { Read, type Code } from './diagnostic.js';
`;

function page(changes: Record<string, string> = {}): string {
  const modules = { 'index.d.ts': door, 'node.d.ts': '', 'xmile/file.d.ts': file, 'diagnostic.d.ts': diagnostic };
  return apiPage(root, new Map(Object.entries({ ...modules, ...changes })));
}

describe('the API page', () => {
  it('has what the door hands on with its comment, and leaves out the rest', () => {
    const text = page();
    expect(text).toContain(
      '### read\n\nReads a file.\n\n- `text`: What it holds.\n\n```ts\nfunction read(text: string): Source;',
    );
    expect(text).toContain('function read(bytes: Uint8Array): Source;\n```\n\nSee [`Source`](#source).');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain('#private');
  });

  it('has the types that others mention at the end, and tells equal anchors apart', () => {
    const [, further = ''] = page().split('## Types mentioned above');
    expect(further).toContain('### Inner');
    expect(further).toContain('### Place\n\nWhere it is.');
    expect(page()).toContain('[`Read`](#read-1)');
  });

  it('spells out the keys of a table', () => {
    expect(page()).toContain("type Code = 'a.b' | 'c';");
  });

  it('cannot be made where a function has no comment, or a folder no chapter', () => {
    const uncommented = file.replace('/** Not handed on by the door. */\n', '');
    expect(() => page({ 'xmile/file.d.ts': uncommented, 'index.d.ts': door.replace('read,', 'hidden,') })).toThrow(
      'hidden of xmile/file.d.ts is public and has no doc comment',
    );
    expect(() =>
      page({ 'odd/a.d.ts': '/** A. */ export type A = 1;', 'index.d.ts': `export type { A } from './odd/a.js';` }),
    ).toThrow('give it a chapter');
  });
});

describe('declarations', () => {
  it('of overloads are one', () => {
    const { all, exported } = readDeclarations(new Map([['xmile/file.d.ts', file]]));
    expect(exported.get('xmile/file.d.ts')).toEqual(
      ['Source', 'read', 'hidden'].map((name) => `xmile/file.d.ts#${name}`),
    );
    expect(all.get('xmile/file.d.ts#read')?.mentions).toEqual(['xmile/file.d.ts#Source']);
  });
});
