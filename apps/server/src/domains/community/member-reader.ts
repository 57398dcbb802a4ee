import { hash } from 'node:crypto';
import type { ImportRow, RowOutcome } from '#domains/imports/index.ts';
import type { ColumnSpec } from '#lib/tabular/columns.ts';

/** Somebody's membership as one file has it. Times in UTC milliseconds. */
export interface MemberRecord {
  /** The strongest identifier, which tells the person in this file. */
  who: string;
  identifiers: Record<string, string>;
  name: string | null;
  tags: string[];
  community: string | null;
  group: { externalId: string | null; name: string } | null;
  joinedAtMs: number | null;
  leftAtMs: number | null;
  groupJoinedAtMs: number | null;
  groupLeftAtMs: number | null;
  scene: string | null;
  inviter: string | null;
  channel: string | null;
  fingerprint: number;
}

/** Columns of member lists: CRM and WeCom exports, group member lists. */
export const memberColumns: readonly ColumnSpec[] = [
  {
    field: 'memberId',
    kind: 'id',
    labelEn: 'Member id',
    labelZh: '会员号',
    names: [
      '会员号',
      '会员ID',
      '会员编号',
      '会员卡号',
      '客户编号',
      '客户ID',
      '用户ID',
      'Member ID',
      'MemberID',
      'Customer ID',
      'member_id',
    ],
  },
  {
    field: 'phone',
    kind: 'phone',
    labelEn: 'Phone',
    labelZh: '手机号',
    names: ['手机号', '手机号码', '手机', '联系电话', '电话', '电话号码', 'Phone', 'Mobile', 'Phone number'],
  },
  {
    field: 'wecomId',
    kind: 'id',
    labelEn: 'WeCom customer id',
    labelZh: '外部联系人ID',
    names: [
      '外部联系人ID',
      '外部联系人userid',
      'external_userid',
      'externalUserid',
      '企业微信加密id',
      '客户userid',
      'userid',
    ],
  },
  {
    field: 'unionId',
    kind: 'id',
    labelEn: 'Union id',
    labelZh: 'unionid',
    names: ['unionid', 'UnionID', 'union_id', '微信unionid'],
  },
  {
    field: 'openId',
    kind: 'id',
    labelEn: 'Open id',
    labelZh: 'openid',
    names: ['openid', 'OpenID', 'open_id', '微信openid'],
  },
  {
    field: 'appId',
    kind: 'id',
    labelEn: 'App of the open id',
    labelZh: 'appid',
    names: ['appid', 'AppID', '公众号appid', '小程序appid'],
  },
  {
    field: 'douyinId',
    kind: 'id',
    labelEn: 'Douyin open id',
    labelZh: '抖音openid',
    names: ['抖音openid', '抖音OpenID', 'douyin_open_id'],
  },
  {
    field: 'taobaoNick',
    kind: 'id',
    labelEn: 'Taobao name',
    labelZh: '淘宝会员名',
    names: ['淘宝会员名', '淘宝昵称', '买家会员名', '旺旺', '旺旺名'],
  },
  { field: 'email', kind: 'text', labelEn: 'E-mail', labelZh: '邮箱', names: ['邮箱', '电子邮箱', 'Email', 'E-mail'] },
  {
    field: 'name',
    kind: 'text',
    labelEn: 'Name',
    labelZh: '昵称',
    names: [
      '昵称',
      '姓名',
      '客户名称',
      '客户昵称',
      '会员姓名',
      '会员名称',
      '微信昵称',
      '群成员',
      '成员名称',
      '名称',
      'Name',
      'Nickname',
    ],
  },
  {
    field: 'joinedAt',
    kind: 'time',
    labelEn: 'Member since',
    labelZh: '入会时间',
    names: [
      '入会时间',
      '入会日期',
      '注册时间',
      '注册日期',
      '成为会员时间',
      '开卡时间',
      '加入时间',
      '添加时间',
      '创建时间',
      'Joined at',
      'Join date',
      'Registered at',
      'Created at',
    ],
  },
  {
    field: 'leftAt',
    kind: 'time',
    labelEn: 'Left at',
    labelZh: '退会时间',
    names: ['退会时间', '注销时间', '流失时间', '删除时间', '离开时间', '退出时间', 'Left at', 'Leave date'],
  },
  {
    field: 'groupJoinedAt',
    kind: 'time',
    labelEn: 'Joined the group at',
    labelZh: '入群时间',
    names: ['入群时间', '进群时间', '加群时间', '入群日期', 'Group joined at', 'join_time'],
  },
  {
    field: 'groupLeftAt',
    kind: 'time',
    labelEn: 'Left the group at',
    labelZh: '退群时间',
    names: ['退群时间', '离群时间', '退群日期', 'Group left at'],
  },
  {
    field: 'group',
    kind: 'text',
    labelEn: 'Group',
    labelZh: '群名称',
    names: ['群名称', '群聊名称', '客户群名称', '客户群', '群名', '社群名称', '所在群', 'Group', 'Group name'],
  },
  {
    field: 'groupId',
    kind: 'id',
    labelEn: 'Group id',
    labelZh: '群ID',
    names: ['群ID', '客户群ID', '群聊ID', 'chat_id', 'chatid', 'Group ID'],
  },
  {
    field: 'community',
    kind: 'text',
    labelEn: 'Community',
    labelZh: '社群',
    names: ['社群', '所属社群', '社群分组', '群分组', 'Community'],
  },
  {
    field: 'scene',
    kind: 'text',
    labelEn: 'How joined',
    labelZh: '入群方式',
    names: ['入群方式', '进群方式', '加入方式', '添加方式', 'join_scene', 'Scene'],
  },
  {
    field: 'inviter',
    kind: 'text',
    labelEn: 'Inviter',
    labelZh: '邀请人',
    names: ['邀请人', '邀请者', '推荐人', 'invitor', 'Inviter'],
  },
  {
    field: 'channel',
    kind: 'text',
    labelEn: 'Channel',
    labelZh: '渠道',
    names: ['渠道', '来源', '来源渠道', '渠道来源', '添加渠道', '注册来源', 'state', 'Channel', 'Source'],
  },
  {
    field: 'tags',
    kind: 'text',
    labelEn: 'Tags',
    labelZh: '标签',
    names: ['标签', '客户标签', '企业标签', '会员标签', 'Tags'],
  },
];

const strongestFirst = [
  'member_id',
  'unionid',
  'wecom_external_userid',
  'phone',
  'douyin_open_id',
  'email',
  'taobao_nick',
];

/** Reads a list of members or of group members. A row that names nobody by an identifier is refused. */
export function memberReader(): (row: ImportRow) => RowOutcome<MemberRecord> {
  return (row) => {
    const identifiers = identifiersOf(row);
    const namespace = strongestFirst.find((one) => one in identifiers) ?? Object.keys(identifiers)[0];
    if (namespace === undefined)
      return { kind: 'rejected', problems: [{ field: 'memberId', code: 'required_missing' }] };
    for (const field of ['joinedAt', 'groupJoinedAt']) {
      if (row.timeMs(field) === null && row.note(field) === 'unreadable')
        return { kind: 'rejected', problems: [{ field, code: 'not_a_time' }] };
    }
    const groupName = row.text('group');
    const groupId = row.text('groupId');
    const record: MemberRecord = {
      who: `${namespace} ${identifiers[namespace]}`,
      identifiers,
      name: row.text('name'),
      tags: (row.text('tags') ?? '')
        .split(/[,，;；、|\n]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
        .slice(0, 50),
      community: row.text('community'),
      group: groupName || groupId ? { externalId: groupId, name: groupName ?? groupId! } : null,
      joinedAtMs: row.timeMs('joinedAt'),
      leftAtMs: row.timeMs('leftAt'),
      groupJoinedAtMs: row.timeMs('groupJoinedAt'),
      groupLeftAtMs: row.timeMs('groupLeftAt'),
      scene: row.text('scene'),
      inviter: row.text('inviter'),
      channel: row.text('channel')?.slice(0, 100) ?? null,
      fingerprint: 0,
    };
    record.fingerprint = Number.parseInt(hash('sha1', JSON.stringify(record), 'hex').slice(0, 8), 16) | 0;
    return { kind: 'records', records: [record] };
  };
}

function identifiersOf(row: ImportRow): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (namespace: string, value: string | null) => {
    if (value !== null && !/[*＊]/.test(value)) found[namespace] = value;
  };
  add('member_id', row.text('memberId'));
  add('unionid', row.text('unionId'));
  add('wecom_external_userid', row.text('wecomId'));
  add('phone', row.text('phone'));
  add(`openid:${(row.text('appId') ?? 'weixin').toLowerCase()}`, row.text('openId'));
  add('douyin_open_id', row.text('douyinId'));
  add('taobao_nick', row.text('taobaoNick'));
  const email = row.text('email');
  add('email', email !== null && /^\S+@\S+\.\S+$/.test(email) ? email.toLowerCase() : null);
  return found;
}
