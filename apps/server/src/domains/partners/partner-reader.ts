import { hash } from 'node:crypto';
import type { ImportRow, RowOutcome } from '#domains/imports/index.ts';
import type { ColumnSpec } from '#lib/tabular/columns.ts';

/** What one file says of a partner. Times in UTC milliseconds. */
export interface PartnerRecord {
  platform: string;
  externalId: string;
  name: string | null;
  tier: string | null;
  state: 'active' | 'left';
  inviter: string | null;
  joinedAtMs: number | null;
  leftAtMs: number | null;
  identifiers: Record<string, string>;
  fingerprint: number;
}

/** Ids by the platform that gives them: orders of that platform name the partner by the same. */
const platformIds = [
  ['douyinId', 'douyin', '抖音号', ['抖音号', '抖音ID', '达人ID', '达人抖音号', '抖音UID', '达人UID', 'Douyin ID']],
  ['weixinId', 'weixin', '视频号ID', ['视频号ID', '视频号', '带货ID', '带货账号ID', 'Channels ID']],
  ['taobaoId', 'taobao', '淘宝达人ID', ['淘宝达人ID', '淘宝主播ID', '主播ID', '代播id']],
  [
    'tiktokId',
    'tiktok',
    'TikTok ID',
    ['TikTok ID', 'TikTok username', 'Creator username', 'Creator ID', 'Creator name'],
  ],
] as const;

/** Columns of a list of KOCs. */
export const partnerColumns: readonly ColumnSpec[] = [
  ...platformIds.map(
    ([field, , label, names]): ColumnSpec => ({
      field,
      kind: 'id',
      labelEn: `Id on the platform: ${label}`,
      labelZh: label,
      names,
    }),
  ),
  {
    field: 'externalId',
    kind: 'id',
    labelEn: 'Id',
    labelZh: '编号',
    names: [
      'KOC ID',
      'KOC编号',
      'KOCID',
      '平台ID',
      '平台账号',
      '账号ID',
      '账号',
      '编号',
      'UID',
      '用户ID',
      'ID',
      'Partner ID',
      'External ID',
    ],
  },
  {
    field: 'platform',
    kind: 'text',
    labelEn: 'Platform',
    labelZh: '平台',
    names: ['平台', '所属平台', '渠道', 'Platform', 'Channel'],
  },
  {
    field: 'name',
    kind: 'text',
    labelEn: 'Name',
    labelZh: '昵称',
    names: [
      '昵称',
      'KOC昵称',
      '达人昵称',
      'KOC',
      'KOC名称',
      'KOC姓名',
      '名称',
      '账号名称',
      '姓名',
      '达人',
      'Name',
      'Nickname',
    ],
  },
  {
    field: 'phone',
    kind: 'phone',
    labelEn: 'Phone',
    labelZh: '手机号',
    names: ['手机号', '手机', '联系电话', '电话', '联系方式', 'Phone', 'Mobile'],
  },
  {
    field: 'wecomId',
    kind: 'id',
    labelEn: 'WeCom customer id',
    labelZh: '外部联系人ID',
    names: ['外部联系人ID', '企业微信加密id', 'external_userid', '企微外部ID'],
  },
  { field: 'unionId', kind: 'id', labelEn: 'Union id', labelZh: 'unionid', names: ['unionid', 'UnionID'] },
  {
    field: 'tier',
    kind: 'text',
    labelEn: 'Tier',
    labelZh: '等级',
    names: ['等级', '级别', 'KOC等级', 'KOC级别', '层级', '分级', '达人等级', 'Tier', 'Level'],
  },
  {
    field: 'joinedAt',
    kind: 'time',
    labelEn: 'Joined at',
    labelZh: '加入时间',
    names: [
      '加入时间',
      '加入日期',
      '入驻时间',
      '签约时间',
      '合作开始时间',
      '注册时间',
      '招募时间',
      '日期',
      'Joined at',
      'Joined',
      'Join date',
      'Date joined',
    ],
  },
  {
    field: 'leftAt',
    kind: 'time',
    labelEn: 'Left at',
    labelZh: '退出时间',
    names: ['退出时间', '退出日期', '解约时间', '合作结束时间', '离开时间', 'Left at', 'Leave date'],
  },
  {
    field: 'status',
    kind: 'text',
    labelEn: 'State',
    labelZh: '状态',
    names: ['状态', '合作状态', 'KOC状态', '当前状态', 'Status', 'State'],
  },
  {
    field: 'inviter',
    kind: 'text',
    labelEn: 'Inviter',
    labelZh: '邀请人',
    names: ['邀请人', '推荐人', '介绍人', '上级', '邀请人ID', 'Inviter', 'Referred by'],
  },
];

/** Reads a list of KOCs. A partner without an id is known by the name. */
export function partnerReader(): (row: ImportRow) => RowOutcome<PartnerRecord> {
  return (row) => {
    const name = row.text('name');
    const told = row.text('platform');
    const own = platformIds.find(([field]) => row.text(field) !== null);
    const externalId = (own ? row.text(own[0]) : row.text('externalId')) ?? name;
    if (externalId === null) return { kind: 'rejected', problems: [{ field: 'externalId', code: 'required_missing' }] };
    const identifiers: Record<string, string> = {};
    const add = (namespace: string, value: string | null) => {
      if (value !== null && !/[*＊]/.test(value)) identifiers[namespace] = value;
    };
    add('phone', row.text('phone'));
    add('wecom_external_userid', row.text('wecomId'));
    add('unionid', row.text('unionId'));
    const leftAtMs = row.timeMs('leftAt');
    const record: PartnerRecord = {
      platform: own ? own[1] : platformOf(told),
      externalId,
      name,
      tier: row.text('tier'),
      state: stateOf(row.text('status'), leftAtMs),
      inviter: row.text('inviter'),
      joinedAtMs: row.timeMs('joinedAt'),
      leftAtMs,
      identifiers,
      fingerprint: 0,
    };
    record.fingerprint = Number.parseInt(hash('sha1', JSON.stringify(record), 'hex').slice(0, 8), 16) | 0;
    return { kind: 'records', records: [record] };
  };
}

function stateOf(status: string | null, leftAtMs: number | null): PartnerRecord['state'] {
  if (status === null) return leftAtMs === null ? 'active' : 'left';
  return /退出|退场|离开|解约|终止|停用|停止|淘汰|流失|拉黑|封禁|失效|已结束|inactive|left|banned|terminated|rejected|deactivated/i.test(
    status,
  )
    ? 'left'
    : 'active';
}

function platformOf(word: string | null): string {
  if (word === null) return 'generic';
  if (/抖音|douyin/i.test(word)) return 'douyin';
  if (/tiktok/i.test(word)) return 'tiktok';
  if (/淘宝|天猫|taobao|tmall/i.test(word)) return 'taobao';
  if (/视频号|微信|weixin|wechat|企微/i.test(word)) return 'weixin';
  return /小红书|xiaohongshu|red/i.test(word) ? 'xiaohongshu' : word.trim().toLowerCase().slice(0, 40);
}
