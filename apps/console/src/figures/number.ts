/** The languages of the console. */
export type Language = 'zh-CN' | 'en';

export type Unit = 'money' | 'count' | 'ratio' | 'seconds' | 'number' | 'days';

/** How a figure is to be read: its unit, the currency of money, the language of the reader. */
export interface FigureStyle {
  unit: string;
  currency?: string | undefined;
  language: Language;
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(language, options);
    formatters.set(key, found);
  }
  return found;
}

/** Decimals that a currency keeps: 2 for CNY, 0 for JPY. */
export function currencyDecimals(currency: string): number {
  return formatter('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The sign of a currency as the reader knows it: `¥`, `£`, `Rp`. */
export function currencySign(currency: string, language: Language): string {
  const parts = formatter(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
}

const steps: Record<Language, readonly (readonly [number, string])[]> = {
  'zh-CN': [
    [1e8, '亿'],
    [1e4, '万'],
  ],
  en: [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e4, 'K'],
  ],
};

/** A number shortened the way the language shortens it: `1,234.5万`, `12.3M`; below ten thousand it stays whole. */
export function compact(value: number, language: Language, decimals = 0): string {
  const size = Math.abs(value);
  for (const [step, suffix] of steps[language]) {
    if (size < step) continue;
    const scale = suffix === 'K' ? 1e3 : step;
    const scaled = value / scale;
    const digits = Math.abs(scaled) >= 100 || suffix === 'K' || suffix === '万' ? 1 : 2;
    return formatter(language, { maximumFractionDigits: digits }).format(scaled) + suffix;
  }
  return formatter(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

/** Seconds in words: `2分30秒`, `2 m 30 s`, `1时05分`. */
export function duration(seconds: number, language: Language): string {
  const zh = language === 'zh-CN';
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) {
    const text = formatter(language, { maximumFractionDigits: 1 }).format(Math.abs(seconds));
    return `${sign}${text}${zh ? '秒' : ' s'}`;
  }
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return zh ? `${sign}${hours}时${minutes}分` : `${sign}${hours} h ${minutes} m`;
  return zh ? `${sign}${minutes}分${whole % 60}秒` : `${sign}${minutes} m ${whole % 60} s`;
}

function daysText(value: number, language: Language, digits: number): string {
  const text = formatter(language, { maximumFractionDigits: digits }).format(value);
  return language === 'zh-CN' ? `${text}天` : `${text} d`;
}

/** A figure as the cards and axes show it. Null is a dash: there is no such number, which is not zero. */
export function figure(value: number | null | undefined, style: FigureStyle): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const { language } = style;
  switch (style.unit) {
    case 'money': {
      const currency = style.currency ?? 'CNY';
      const decimals = Math.abs(value) < 1000 ? currencyDecimals(currency) : 0;
      const sign = currencySign(currency, language);
      const gap = /[a-z]$/i.test(sign) ? ' ' : '';
      return `${value < 0 ? '-' : ''}${sign}${gap}${compact(Math.abs(value), language, decimals)}`;
    }
    case 'ratio':
      return `${formatter(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value * 100)}%`;
    case 'seconds':
      return duration(value, language);
    case 'days':
      return daysText(value, language, 1);
    case 'number':
      return Math.abs(value) >= 1e4
        ? compact(value, language)
        : formatter(language, { maximumFractionDigits: 2 }).format(value);
    default:
      return Number.isInteger(value) || Math.abs(value) >= 1e4
        ? compact(value, language)
        : formatter(language, { maximumFractionDigits: 1 }).format(value);
  }
}

/** A figure on an axis: money without the decimals of a round value. */
export function axisFigure(value: number, style: FigureStyle): string {
  const text = figure(value, style);
  return style.unit === 'money' && Number.isInteger(value) ? text.replace(/\.0+$/, '') : text;
}

/** A decimal text of minor units in major units: `("891140790", 2)` is `8911407.90`. No float is involved. */
export function majorOfMinor(minor: string, decimals: number): string {
  const negative = minor.startsWith('-');
  const digits = (negative ? minor.slice(1) : minor).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals > 0 ? `.${digits.slice(digits.length - decimals)}` : '';
  return `${negative ? '-' : ''}${whole}${fraction}`;
}

/** The exact value, unshortened, for tooltips and tables. `exactMinor` is preferred for money, as it is no float. */
export function exactFigure(value: number | null | undefined, style: FigureStyle, exactMinor?: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const { language } = style;
  if (style.unit === 'money') {
    const currency = style.currency ?? 'CNY';
    const money = formatter(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    if (exactMinor === undefined || !/^-?\d+$/.test(exactMinor)) return money.format(value);
    return money.format(majorOfMinor(exactMinor, currencyDecimals(currency)) as `${number}`);
  }
  if (style.unit === 'ratio') {
    return `${formatter(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value * 100)}%`;
  }
  if (style.unit === 'seconds') {
    const text = formatter(language, { maximumFractionDigits: 1 }).format(value);
    return language === 'zh-CN' ? `${text}秒` : `${text} s`;
  }
  if (style.unit === 'days') return daysText(value, language, 2);
  return formatter(language, { maximumFractionDigits: 4 }).format(value);
}

/** A whole number with separators: `541,909`. */
export function whole(value: number, language: Language): string {
  return formatter(language, { maximumFractionDigits: 0 }).format(value);
}

export type Change =
  | { kind: 'none' }
  | { kind: 'relative'; value: number }
  | { kind: 'points'; value: number }
  | { kind: 'new' };

/** The change of a figure against an earlier one: in points for rates, in per cent for the rest. */
export function changeOf(value: number | null, previous: number | null, unit: string): Change {
  if (value === null || previous === null) return { kind: 'none' };
  if (unit === 'ratio') return { kind: 'points', value: (value - previous) * 100 };
  if (previous === 0) return value === 0 ? { kind: 'relative', value: 0 } : { kind: 'new' };
  return { kind: 'relative', value: (value - previous) / Math.abs(previous) };
}

/** A signed number with one decimal: `+12.3`. */
export function signed(value: number, language: Language): string {
  return formatter(language, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(
    value,
  );
}

/** How far a figure is from its target, as a share of the target; 1 is reached. */
export function targetShare(value: number | null, target: number | null): number | null {
  if (value === null || target === null || target === 0) return null;
  return value / target;
}
