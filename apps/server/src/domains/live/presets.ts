import type { Preset } from '#domains/imports/index.ts';
import { type FigureName, sessionColumns } from './figures.ts';
import { type LivePlatform, type SessionReport, sessionReader } from './session-reader.ts';
import { writeSessions } from './write.ts';

interface LivePreset extends LivePlatform {
  id: string;
  nameEn: string;
  nameZh: string;
  names?: Partial<Record<FigureName, readonly string[]>>;
}

const livePresets: readonly LivePreset[] = [
  {
    id: 'douyin-live',
    nameEn: 'Douyin live sessions',
    nameZh: '抖音直播场次',
    platform: 'douyin',
    roomName: '抖音直播',
    units: { duration: 60, averageWatch: 60 },
  },
  {
    id: 'taobao-live',
    nameEn: 'Taobao live sessions (生意参谋)',
    nameZh: '淘宝直播场次（生意参谋）',
    platform: 'taobao',
    roomName: '淘宝直播',
    units: { duration: 60, averageWatch: 1 },
    names: { orders: ['成交笔数', '支付笔数'] },
  },
  {
    id: 'tiktok-live',
    nameEn: 'TikTok LIVE sessions',
    nameZh: 'TikTok 直播场次',
    platform: 'tiktok',
    roomName: 'TikTok LIVE',
    units: { duration: 1, averageWatch: 1 },
    // Direct GMV is what was sold from within the session; gross revenue also counts what viewers bought elsewhere later.
    names: { gmvMinor: ['Direct GMV'] },
  },
];

/** Import presets of session exports. */
export const presets: readonly Preset<SessionReport>[] = livePresets.map(
  ({ id, nameEn, nameZh, names, ...platform }): Preset<SessionReport> => ({
    id,
    nameEn,
    nameZh,
    columns: sessionColumns(names),
    reader: (brand, file) => sessionReader(platform, brand, file),
    write: writeSessions,
  }),
);
