import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ColorName, colors } from './theme.ts';

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: ColorName, b: ColorName): number {
  const [light = 0, dark = 0] = [luminance(colors[a]), luminance(colors[b])].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('theme', () => {
  it('writes text at AA contrast', () => {
    const pairs: [ColorName, ColorName][] = [
      ['ink', 'surface'],
      ['ink', 'ground'],
      ['inkSoft', 'surface'],
      ['inkSoft', 'ground'],
      ['inkSoft', 'lineSoft'],
      ['inkFaint', 'surface'],
      ['joined', 'surface'],
      ['joined', 'joinedSoft'],
      ['act', 'actSoft'],
      ['act', 'surface'],
      ['watch', 'watchSoft'],
      ['watch', 'surface'],
      ['okInk', 'okSoft'],
      ['onColor', 'joined'],
    ];
    for (const [text, ground] of pairs)
      expect([text, ground, contrast(text, ground) >= 4.5]).toEqual([text, ground, true]);
  });
  it('is the only place where a colour is written', () => {
    const found = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|css)$/.test(name) && !/^theme\./.test(name) && !name.endsWith('.test.ts'))
      .filter((name) =>
        /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
      );
    expect(found).toEqual([]);
  });
});
