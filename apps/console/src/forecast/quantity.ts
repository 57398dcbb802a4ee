import { compact, currencySign, type Language } from '../figures/number.ts';

/** A text of the model in both languages. */
export interface Words {
  en: string;
  zh: string;
}

export const noWords: Words = { en: '', zh: '' };

export const wordsIn = (words: Words, language: Language) => (language === 'en' ? words.en : words.zh || words.en);

/** A unit of a model with the brand's currency in place of the word. */
export function unitIn(unit: Words, currency: string): Words {
  const zh = currency === 'CNY' ? '元' : currencySign(currency, 'zh-CN');
  return { en: unit.en.replace(/\bcurrency\b/g, currency), zh: unit.zh.replaceAll('货币', zh) };
}

/** Three figures that mean something, large numbers shortened as the language shortens them. */
export function plain(value: number, language: Language): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e4) return compact(value, language);
  if (size > 0 && size < 0.001) return value.toExponential(1);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, signDisplay: 'negative' }).format(value);
}

/** A share of one in per cent. */
export function percent(value: number, language: Language, digits = 1): string {
  if (!Number.isFinite(value)) return '–';
  // `negative`: what rounds to zero has no sign.
  const format = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  });
  return `${format.format(value * 100)}%`;
}

/** Shares read in per cent; a pure number has no unit to name. */
const isShare = ({ en }: Words) => /^(share|fraction|ratio)\b/i.test(en.trim());
const isPure = ({ en }: Words) => /^(|1|0 to 1|dimensionless|dmnl)$/i.test(en.trim());

/** What is named after a value. */
const suffix = (unit: Words, language: Language) => (isPure(unit) ? '' : ` ${wordsIn(unit, language).trim()}`);

/** A value with its unit. */
export function quantity(value: number, unit: Words, language: Language): string {
  if (!Number.isFinite(value)) return '–';
  return isShare(unit) ? percent(value, language) : plain(value, language) + suffix(unit, language);
}

/** An interval with its unit named once. */
export function interval(low: number, high: number, unit: Words, language: Language): string {
  if (isShare(unit)) return `${percent(low, language)} – ${percent(high, language)}`;
  return `${plain(low, language)} – ${plain(high, language)}${suffix(unit, language)}`;
}
