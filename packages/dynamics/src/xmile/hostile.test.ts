import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileWith, withoutPlaces } from '../../test/xmile/file.fixture.ts';
import { readXmile } from './reader.ts';
import { writeXmile } from './writer.ts';

const files = ['workshop.stmx', 'old-layout.stmx'].map((name) =>
  readFileSync(new URL(`../../test/xmile/${name}`, import.meta.url), 'utf8'),
);

/** Reads, and where it can be read writes and reads again; any exception fails the test. */
function survives(source: string | Uint8Array): void {
  const outcome = readXmile(source);
  if (!outcome.ok) {
    expect(outcome.errors.length).toBeGreaterThan(0);
    return;
  }
  const again = readXmile(writeXmile(outcome.value));
  expect(again.ok).toBe(true);
  if (!again.ok) return;
  const version = { header: { ...outcome.value.header, version: '1' } };
  expect(withoutPlaces(again.value)).toEqual(withoutPlaces({ ...outcome.value, ...version }));
}

describe('a damaged file', () => {
  it('is read or refused wherever it is cut off', () => {
    for (const text of files) for (let length = 0; length < text.length; length += 37) survives(text.slice(0, length));
  });

  it('is read or refused whatever characters change', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom('', '<', '>', '"', '&', '/', ' ', 'e', '-', ';', ':', '.', 'é𝛼'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        let damaged = text;
        for (const [at, length, put] of changes) {
          const begin = at % damaged.length;
          damaged = damaged.slice(0, begin) + put + damaged.slice(begin + length);
        }
        survives(damaged);
      }),
      { seed: 1, numRuns: 1500 },
    );
  });

  it('is read or refused whatever words change places', () => {
    const parts = files.map((text) => text.split(/(?=<)|(?<=>)|(?=\s\w+=)|(?<=")/));
    fc.assert(
      fc.property(
        fc.constantFrom(...parts),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }),
        (words, moves) => {
          const moved = [...words];
          for (const [from, to] of moves) moved[to % words.length] = words[from % words.length]!;
          survives(moved.join(''));
        },
      ),
      { seed: 2, numRuns: 1500 },
    );
  });

  it('is read or refused whatever bytes change', () => {
    const bytes = files.map((text) => new TextEncoder().encode(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...bytes),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        (whole, changes) => {
          const damaged = whole.slice();
          for (const [at, value] of changes) damaged[at % damaged.length] = value;
          survives(damaged);
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it('is refused when it is no text at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { seed: 4, numRuns: 300 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { seed: 5, numRuns: 300 });
  });
});

describe('a file made to do harm', () => {
  it('does not reach into objects by its names', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      survives(fileWith(`<aux name="${name}"><eqn>1</eqn></aux>`, { model: `<views ${name}="1"><${name}/></views>` }));
      survives(fileWith(`<${name} name="a"/>`));
      survives(fileWith('', { head: `<dimensions><dim name="${name}" size="2"/></dimensions>` }));
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('takes bounded time and memory', { timeout: 20_000 }, () => {
    const n = 200_000;
    const hostile = [
      fileWith(`<aux name="${'a\\n'.repeat(n)}"/>`),
      fileWith(`<aux name="a"><eqn>${'&lt;'.repeat(n)}</eqn></aux>`),
      fileWith(`<aux name="a"><gf><ypts>${'1,'.repeat(n)}1</ypts></gf></aux>`),
      fileWith(`<aux name="a"><eqn>${'1,'.repeat(n)}</eqn></aux>`),
      fileWith(`<aux name="a"><element subscript="${'&quot;\\'.repeat(n)}"/></aux>`),
      fileWith(`<aux name="a"><dimensions>${'<dim name="d"/>'.repeat(20_000)}</dimensions></aux>`, {
        head: '<dimensions><dim name="d" size="100000"/></dimensions>',
      }),
      fileWith('<aux name="a"/>'.repeat(50_000)),
      fileWith(Array.from({ length: 50_000 }, (_, index) => `<odd${index}/>`).join('')),
      fileWith('', { head: `<dimensions>${'<dim name="d" size="100000"/>'.repeat(100_000)}</dimensions>` }),
      fileWith(`<module name="m">${'<connect to="a.b" from="c"/>'.repeat(20_000)}</module>`, {
        tail: '<model name="m"/>',
      }),
      fileWith(`<aux ${Array.from({ length: 3000 }, (_, index) => `a${index}="1"`).join(' ')}/>`),
    ];
    for (const text of hostile) survives(text);
  });
});
