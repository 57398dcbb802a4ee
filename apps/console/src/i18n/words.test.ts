import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forecast as labEn } from './en/forecast.ts';
import { en } from './en.ts';
import { forecast as labZhCN } from './zh-CN/forecast.ts';
import { zhCN } from './zh-CN.ts';

const source = join(import.meta.dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n/zh-CN') && !name.startsWith('i18n/en'))
  .filter((name) => !name.endsWith('.test.ts'));
const code = files.map((name) => readFileSync(join(source, name), 'utf8')).join('\n');

const english = new Map<string, string>(Object.entries({ ...en, ...labEn }));
const chinese = new Map<string, string>(Object.entries({ ...zhCN, ...labZhCN }));
const params = (sentence: string) => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('the words of both languages', () => {
  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });
  it('take the same parameters', () => {
    for (const [key, sentence] of chinese)
      expect([key, params(english.get(key) ?? '')]).toEqual([key, params(sentence)]);
  });
  it('are never empty, and Chinese is written in Chinese', () => {
    const names = /^(Tandem|EN|KOC|UnionID|OpenID|TikTok OpenID|P10 – P90)$/;
    for (const [key, sentence] of chinese) {
      expect(english.get(key)?.trim(), key).not.toBe('');
      expect(/\p{Script=Han}/u.test(sentence) || names.test(sentence) || params(sentence).length > 0, key).toBe(true);
    }
    for (const [key, sentence] of english) {
      expect(/\p{Script=Han}/u.test(sentence) && key !== 'header.languageShort', key).toBe(false);
    }
  });
  it('are all used', () => {
    // A key that is put together (`role.${role}`) is used through its beginning.
    const beginnings = [...code.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z_]+)*[.]?[a-z]*)\$\{/g)].map(
      (match) => match[1] ?? '',
    );
    const used = (key: string) =>
      code.includes(`'${key}'`) || beginnings.some((start) => start.includes('.') && key.startsWith(start));
    const unused = [...chinese.keys()].filter((key) => !used(key) && !key.startsWith('basis.'));
    expect(unused).toEqual([]);
  });
});
