import type { Preset } from '#domains/imports/index.ts';
import { type MemberRecord, memberColumns, memberReader } from './member-reader.ts';
import { writeMembers } from './write.ts';

/** Import presets of members and group members. */
export const presets: readonly Preset<MemberRecord>[] = [
  {
    id: 'members',
    nameEn: 'Members and group members',
    nameZh: '会员/群成员名单',
    columns: memberColumns,
    reader: () => memberReader(),
    write: writeMembers,
  },
];
