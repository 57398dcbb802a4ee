import type { ImportBrand, ImportRow, RowOutcome } from '#domains/imports/index.ts';
import { OccurrenceCounter } from '#lib/occurrence.ts';

export type ContentKind = 'community' | 'live' | 'short_video' | 'offline';
export type ExposureMetric = 'media_exposure' | 'search_index' | 'voice';
export type SpendPurpose = 'ad' | 'sample' | 'production' | 'other';

/** Money spent on one day for one thing. `key` names the line: the same line of a later file corrects it. */
export interface SpendRecord {
  kind: 'spend';
  key: string;
  atMs: number;
  amountMinor: number;
  purpose: SpendPurpose;
  channel: string | null;
  campaign: string | null;
  session: { platform: string; key: string } | null;
  piece: { key: string; title: string | null; externalId: string | null } | null;
}

export interface ExposureRecord {
  kind: 'exposure';
  key: string;
  atMs: number;
  metric: ExposureMetric;
  quantity: number;
  total: number | null;
  channel: string | null;
}

export interface PieceRecord {
  kind: 'piece';
  key: string;
  atMs: number;
  title: string | null;
  externalId: string | null;
  contentKind: ContentKind;
  channel: string | null;
}

export type ContentRecord = SpendRecord | ExposureRecord | PieceRecord;

type Reader = (row: ImportRow) => RowOutcome<ContentRecord>;

function rejected(field: string, code: string): RowOutcome<ContentRecord> {
  return { kind: 'rejected', problems: [{ field, code }] };
}

/** Lines of spend. Rows that look alike in all that names them are told apart by their count in the file. */
export function spendReader(brand: ImportBrand): Reader {
  const occurrences = new OccurrenceCounter();
  return (row) => {
    const atMs = row.timeMs('date');
    if (atMs === null) return rejected('date', row.note('date') === 'unreadable' ? 'not_a_time' : 'required_missing');
    const currency = row.text('currency');
    if (currency !== null && /^[a-z]{3}$/i.test(currency) && currency.toUpperCase() !== brand.currency) {
      return rejected('currency', 'currency_mismatch');
    }
    const amount = row.moneyMinor('amount');
    if (amount === null && row.note('amount') === 'not_final') return { kind: 'skipped', code: 'not_final' };
    if (amount === null)
      return rejected('amount', row.note('amount') === 'unreadable' ? 'not_a_number' : 'required_missing');
    const channel = row.text('channel');
    const campaign = row.text('campaign') ?? row.text('campaignId');
    const session = row.text('session');
    const contentId = row.text('contentId');
    const content = row.text('content');
    const purpose = purposeOf(row.text('purpose'));
    const names = [
      atMs,
      purpose,
      channel,
      row.text('account'),
      row.text('campaignId') ?? campaign,
      row.text('unit'),
      session,
      contentId ?? content,
    ];
    const record: SpendRecord = {
      kind: 'spend',
      key: occurrences.key(names.join('\u001f')),
      atMs,
      amountMinor: Number(amount),
      purpose,
      channel,
      campaign,
      session: session === null ? null : { platform: platformOf(channel), key: session },
      piece: contentId || content ? { key: contentId ?? content!, title: content, externalId: contentId } : null,
    };
    return { kind: 'records', records: [record] };
  };
}

const metrics = ['media_exposure', 'search_index', 'voice'] as const satisfies readonly ExposureMetric[];

/** Exposure by day and medium, with the metric as a column or as a value. */
export function exposureReader(): Reader {
  return (row) => {
    const atMs = row.timeMs('date');
    if (atMs === null) return rejected('date', row.note('date') === 'unreadable' ? 'not_a_time' : 'required_missing');
    const channel = row.text('channel');
    const total = whole(row.decimal('total'));
    const told = metricOf(row.text('metric'));
    const value = whole(row.decimal('value'));
    const found: [ExposureMetric, number][] = metrics.flatMap((metric) => {
      const quantity = whole(row.decimal(metric));
      return quantity === null ? [] : [[metric, quantity] as [ExposureMetric, number]];
    });
    if (value !== null && told === undefined) return rejected('metric', 'metric_unknown');
    if (value !== null && told !== undefined) found.push([told, value]);
    if (found.length === 0) return rejected('value', 'required_missing');
    const records = found.map(([metric, quantity]): ExposureRecord => {
      const key = [atMs, metric, channel].join('\u001f');
      return { kind: 'exposure', key, atMs, metric, quantity, total: metric === 'voice' ? total : null, channel };
    });
    return { kind: 'records', records };
  };
}

/** Published pieces of content. */
export function pieceReader(): Reader {
  return (row) => {
    const atMs = row.timeMs('publishedAt');
    if (atMs === null)
      return rejected('publishedAt', row.note('publishedAt') === 'unreadable' ? 'not_a_time' : 'required_missing');
    const title = row.text('title');
    const externalId = row.text('contentId');
    if (title === null && externalId === null) return rejected('title', 'required_missing');
    const channel = row.text('channel');
    const key = externalId ?? `${title}\u001f${atMs}\u001f${channel}`;
    const contentKind = kindOf(row.text('kind') ?? channel);
    return { kind: 'records', records: [{ kind: 'piece', key, atMs, title, externalId, contentKind, channel }] };
  };
}

function whole(decimal: string | null): number | null {
  return decimal === null ? null : Math.round(Number(decimal));
}

function purposeOf(word: string | null): SpendPurpose {
  if (word === null || /投流|投放|广告|推广|^ads?$|千川/i.test(word)) return 'ad';
  if (/样|sample/i.test(word)) return 'sample';
  return /制作|拍摄|剪辑|production/i.test(word) ? 'production' : 'other';
}

function metricOf(word: string | null): ExposureMetric | undefined {
  if (word === null) return undefined;
  if (/搜索|指数|search/i.test(word)) return 'search_index';
  if (/声量|提及|voice|mention/i.test(word)) return 'voice';
  return /曝光|展现|展示|exposure|impression|media/i.test(word) ? 'media_exposure' : undefined;
}

function kindOf(word: string | null): ContentKind {
  if (word !== null && /社群|微信群|朋友圈|群发|community/i.test(word)) return 'community';
  if (word !== null && /直播|live/i.test(word)) return 'live';
  return word !== null && /线下|门店|活动|offline/i.test(word) ? 'offline' : 'short_video';
}

/** The platform of a channel's name, for ids of sessions. */
export function platformOf(channel: string | null): string {
  if (channel === null || /抖音|千川|巨量|douyin/i.test(channel)) return 'douyin';
  if (/tiktok/i.test(channel)) return 'tiktok';
  if (/淘宝|天猫|万相|阿里|taobao|tmall/i.test(channel)) return 'taobao';
  return /视频号|微信|腾讯|weixin|wechat/i.test(channel) ? 'weixin' : 'generic';
}
