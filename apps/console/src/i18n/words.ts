import i18next, { type TFunction } from 'i18next';
import { useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '../figures/number.ts';
import { en } from './en.ts';
import type { forecast } from './zh-CN/forecast.ts';
import { zhCN } from './zh-CN.ts';

/** Keys of all sentences: those that every page has, and those that come with a part of the console. */
export type WordKey = keyof typeof zhCN | keyof typeof forecast;

const storageKey = 'tandem.language';

/** The words of one language: a key and its parameters give a sentence. */
export type Say = (key: WordKey, params?: Record<string, string | number>) => string;

function firstLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  if (stored === 'en' || stored === 'zh-CN') return stored;
  return navigator.language.toLowerCase().startsWith('zh') || !navigator.language.toLowerCase().startsWith('en')
    ? 'zh-CN'
    : 'en';
}

export function startWords(): void {
  const lng = firstLanguage();
  document.documentElement.lang = lng;
  void i18next.use(initReactI18next).init({
    lng,
    fallbackLng: 'zh-CN',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
  });
}

/** Adds the words of a part of the console that is loaded later. */
export function addWords(chinese: Record<string, string>, english: Record<string, string>): void {
  i18next.addResourceBundle('zh-CN', 'translation', chinese);
  i18next.addResourceBundle('en', 'translation', english);
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

/** Words, language and a picker of one of two texts for what the server says in both languages. */
export function useWords(): { say: Say; language: Language; both: (english: string, chinese: string) => string } {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN';
  return useMemo(() => {
    const translate = t as TFunction;
    return {
      language,
      say: (key, params) => translate(key, params ?? {}) as string,
      both: (english, chinese) => (language === 'en' ? english : chinese || english),
    };
  }, [t, language]);
}

/** The word of a key made of parts (`role.owner`), or the fallback where the server says something newer than this console. */
export function wordOf(say: Say, key: string, fallback: string): string {
  return key in zhCN ? say(key as WordKey) : fallback;
}
