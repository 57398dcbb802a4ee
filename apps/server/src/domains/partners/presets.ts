import type { Preset } from '#domains/imports/index.ts';
import { type PartnerRecord, partnerColumns, partnerReader } from './partner-reader.ts';
import { writePartners } from './write.ts';

/** Import presets of partners. */
export const presets: readonly Preset<PartnerRecord>[] = [
  {
    id: 'koc',
    nameEn: 'KOCs and creators',
    nameZh: 'KOC/达人名单',
    columns: partnerColumns,
    reader: () => partnerReader(),
    write: writePartners,
  },
];
