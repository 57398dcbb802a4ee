import type { Preset } from '#domains/imports/index.ts';
import { exposureColumns, pieceColumns, spendColumns } from './columns.ts';
import { type ContentRecord, exposureReader, pieceReader, spendReader } from './readers.ts';
import { writeContent } from './write.ts';

/** Import presets of spend, exposure and content pieces. */
export const presets: readonly Preset<ContentRecord>[] = [
  {
    id: 'ad-spend',
    nameEn: 'Advertising spend',
    nameZh: '投放消耗',
    columns: spendColumns,
    reader: (brand) => spendReader(brand),
    write: writeContent,
  },
  {
    id: 'exposure',
    nameEn: 'Media exposure, search index, voice',
    nameZh: '媒体曝光/搜索指数/声量',
    columns: exposureColumns,
    reader: () => exposureReader(),
    write: writeContent,
  },
  {
    id: 'content-pieces',
    nameEn: 'Published content',
    nameZh: '发布的内容',
    columns: pieceColumns,
    reader: () => pieceReader(),
    write: writeContent,
  },
];
