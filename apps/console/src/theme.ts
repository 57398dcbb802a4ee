import type { ThemeConfig } from 'antd';

/** The only place in the console where a colour is written. Everything else names one of these. */
export const colors = {
  community: '#0f9d8a',
  live: '#f0593e',
  joined: '#5b5bd6',
  ink: '#1c2130',
  inkSoft: '#565d70',
  inkFaint: '#6b7285',
  line: '#e3e6ed',
  lineSoft: '#eff1f5',
  ground: '#f5f6f9',
  surface: '#ffffff',
  act: '#c8321f',
  actSoft: '#fdecea',
  watch: '#8a5a00',
  watchMark: '#e0a100',
  watchSoft: '#fff6e0',
  okSoft: '#e4f5f2',
  okInk: '#0a6f61',
  joinedSoft: '#eeeefb',
  baseline: '#9aa1b2',
  onColor: '#ffffff',
} as const;

export type ColorName = keyof typeof colors;

/** Okabe-Ito order for series that are neither strand, then grey for "other": safe for colour-blind readers. */
export const seriesColors = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#9aa1b2'] as const;

/** Colour of a strand of events; commerce, content and partner take what joins the two. */
export function strandColor(strand: string): string {
  if (strand === 'community') return colors.community;
  if (strand === 'live') return colors.live;
  return colors.joined;
}

export const fontFamily =
  '"Inter", -apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

export const antTheme: ThemeConfig = {
  token: {
    colorPrimary: colors.joined,
    colorLink: colors.joined,
    colorInfo: colors.joined,
    colorSuccess: colors.community,
    colorWarning: colors.watchMark,
    colorError: colors.act,
    colorText: colors.ink,
    colorTextSecondary: colors.inkSoft,
    colorTextTertiary: colors.inkFaint,
    colorTextDescription: colors.inkSoft,
    colorTextPlaceholder: colors.inkFaint,
    colorBgLayout: colors.ground,
    colorBorder: '#cfd4df',
    colorBorderSecondary: colors.line,
    borderRadius: 6,
    fontSize: 14,
    fontFamily,
  },
  components: {
    Table: { cellPaddingBlockSM: 6, cellPaddingInlineSM: 8, headerBg: colors.lineSoft },
    Card: { headerFontSize: 14, bodyPadding: 16 },
    Menu: { itemHeight: 38, itemBorderRadius: 6 },
  },
};

/** Gives the style sheets the same colours, as `--t-<name>`. */
export function publishTheme(root: HTMLElement): void {
  for (const [name, value] of Object.entries(colors)) {
    root.style.setProperty(`--t-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  root.style.setProperty('--t-font', fontFamily);
}
