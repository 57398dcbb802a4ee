import type { ColumnSpec } from '#lib/tabular/columns.ts';

type Kind = 'integer' | 'decimal' | 'money' | 'duration';

/** Unit of a bare number of a duration, in seconds, where neither header nor cell names one. */
export interface DurationUnits {
  duration: number;
  averageWatch: number;
}

interface Figure {
  kind: Kind;
  labelEn: string;
  labelZh: string;
  names: readonly string[];
}

const figure = (kind: Kind, labelEn: string, labelZh: string, ...names: string[]): Figure => ({
  kind,
  labelEn,
  labelZh,
  names,
});

/**
 * The figures of a session under the names that events carry (`session.reported`), and how exports call them. Money is in
 * minor units (`…Minor`), durations in seconds.
 */
export const figures = {
  durationSeconds: figure(
    'duration',
    'Duration',
    '直播时长',
    '直播时长(分钟)',
    '直播时长(min)',
    '直播时长',
    '开播时长',
    '直播时长(小时)',
    '直播时长(秒)',
    'Duration (seconds)',
    'Duration',
    'LIVE duration',
    '时长',
  ),
  exposures: figure(
    'integer',
    'Room impressions',
    '直播间曝光次数',
    '直播间曝光次数',
    '曝光次数',
    '直播曝光次数',
    '直播间曝光量',
    'LIVE impressions',
    'Impressions',
  ),
  exposureUsers: figure('integer', 'People reached', '直播间曝光人数', '直播间曝光人数', '曝光人数', '直播曝光人数'),
  views: figure(
    'integer',
    'Views',
    '观看次数',
    '直播间观看次数',
    '直播间观看人次',
    '观看次数',
    '观看人次',
    '累计观看人次',
    '直播间浏览次数',
    '场观',
    '直播间访问次数',
    'Views',
    'LIVE views',
  ),
  viewers: figure(
    'integer',
    'Viewers',
    '观看人数',
    '直播间观看人数',
    '观看人数',
    '累计观看人数',
    '直播间访客数',
    '直播间浏览人数',
    '观看UV',
    'Viewers',
    'Unique viewers',
  ),
  peakConcurrent: figure(
    'decimal',
    'Peak concurrent viewers',
    '最高在线人数',
    '最高在线人数',
    '峰值在线人数',
    '最高在线',
    '在线人数峰值',
    '最大在线人数',
    'Peak viewers',
    'PCU',
  ),
  averageConcurrent: figure(
    'decimal',
    'Average concurrent viewers',
    '平均在线人数',
    '平均在线人数',
    '平均在线',
    '平均同时在线人数',
    'ACU',
    'Average concurrent viewers',
  ),
  averageWatchSeconds: figure(
    'duration',
    'Average watch time',
    '人均观看时长',
    '人均观看时长(分钟)',
    '人均观看时长(秒)',
    '人均观看时长',
    '平均观看时长',
    '平均观看时长(秒)',
    '人均停留时长',
    '平均停留时长',
    'Avg. view duration',
    'Avg. viewing duration',
    'Average view duration',
  ),
  comments: figure('integer', 'Comments', '评论次数', '评论次数', '评论数', '弹幕数', '评论量', 'Comments'),
  likes: figure('integer', 'Likes', '点赞次数', '点赞次数', '点赞数', '点赞量', 'Likes'),
  shares: figure('integer', 'Shares', '分享次数', '分享次数', '分享数', '转发次数', 'Shares'),
  interactionUsers: figure('integer', 'People who interacted', '互动人数', '互动人数', '直播间互动人数'),
  newFollowers: figure(
    'integer',
    'New followers',
    '新增粉丝数',
    '新增粉丝数',
    '新增粉丝',
    '新增关注人数',
    '涨粉数',
    '涨粉人数',
    'New followers',
  ),
  newGroupMembers: figure(
    'integer',
    'New group members',
    '新加直播团人数',
    '新加直播团人数',
    '新增粉丝团人数',
    '加粉丝团人数',
    '新加团人数',
    '新加入粉丝团',
  ),
  productImpressions: figure(
    'integer',
    'Product impressions',
    '商品曝光次数',
    '直播间商品曝光次数',
    '商品曝光次数',
    '商品曝光量',
    'Product impressions',
  ),
  productImpressionUsers: figure(
    'integer',
    'People who saw products',
    '商品曝光人数',
    '直播间商品曝光人数',
    '商品曝光人数',
  ),
  productClicks: figure(
    'integer',
    'Product clicks',
    '商品点击次数',
    '直播间商品点击次数',
    '商品点击次数',
    '商品点击量',
    '宝贝点击次数',
    'Product clicks',
  ),
  productClickUsers: figure(
    'integer',
    'People who clicked products',
    '商品点击人数',
    '直播间商品点击人数',
    '商品点击人数',
    '宝贝点击人数',
  ),
  cartUsers: figure('integer', 'People who added to cart', '商品加购人数', '商品加购人数', '加购人数'),
  cartItems: figure('integer', 'Items added to cart', '商品加购件数', '商品加购件数', '加购件数'),
  orders: figure(
    'integer',
    'Orders',
    '成交订单数',
    '直播间成交订单数',
    '成交订单数',
    '成交笔数',
    '支付订单数',
    '支付笔数',
    '订单数',
    'Orders paid for',
    'SKU orders',
    'Orders',
  ),
  buyers: figure(
    'integer',
    'Buyers',
    '成交人数',
    '直播间成交人数',
    '成交人数',
    '支付人数',
    '支付买家数',
    'Customers',
    'Buyers',
  ),
  items: figure('integer', 'Items sold', '成交件数', '直播间成交件数', '成交件数', '支付件数', 'Items sold'),
  gmvMinor: figure(
    'money',
    'GMV',
    '成交金额',
    '直播间成交金额',
    '成交金额',
    '支付金额',
    '直播成交金额',
    'Direct GMV',
    'GMV',
  ),
  paidMinor: figure('money', 'Paid by customers', '用户支付金额', '直播间用户支付金额', '用户支付金额'),
  grossRevenueMinor: figure('money', 'Gross revenue', '总收入', 'Gross revenue'),
  netGmvMinor: figure('money', 'Net GMV', '净成交金额', '净成交金额'),
  refundMinor: figure(
    'money',
    'Refunded',
    '退款金额',
    '直播间退款金额',
    '退款金额',
    '成功退款金额',
    '当日成功退款金额',
  ),
  refundOrders: figure('integer', 'Refunded orders', '退款订单数', '直播间退款订单数', '退款订单数'),
  adSpendMinor: figure(
    'money',
    'Ad spend',
    '投放消耗',
    '投放消耗',
    '投放消耗(店铺绑定)',
    '投放消耗(店铺被投)',
    '直播间投放消耗',
    '千川消耗',
    '整体消耗',
    '广告消耗',
    'Ad spend',
    'Cost',
  ),
  commissionMinor: figure('money', 'Estimated commission', '预估佣金支出', '预估佣金支出', '预估佣金'),
} as const satisfies Record<string, Figure>;

export type FigureName = keyof typeof figures;
/** Figures of one session; a name that is missing was not reported. */
export type Figures = Partial<Record<FigureName, number>>;

export const figureNames = Object.keys(figures) as readonly FigureName[];

const identity: readonly ColumnSpec[] = [
  {
    field: 'startedAt',
    kind: 'time',
    labelEn: 'Start',
    labelZh: '开播时间',
    names: [
      '直播开始时间',
      '开播时间',
      '开始时间',
      '直播开播时间',
      'Start time',
      'Start Time',
      'Launched time',
      'Live start time',
    ],
  },
  {
    field: 'endedAt',
    kind: 'time',
    labelEn: 'End',
    labelZh: '下播时间',
    names: ['直播结束时间', '下播时间', '结束时间', '关播时间', 'End time', 'End Time'],
  },
  {
    field: 'period',
    kind: 'text',
    labelEn: 'Period (start~end)',
    labelZh: '直播时间',
    names: ['直播时间', '直播时段', '直播起止时间'],
  },
  {
    field: 'sessionId',
    kind: 'id',
    labelEn: 'Session id',
    labelZh: '场次ID',
    names: [
      '场次ID',
      '直播场次ID',
      '直播ID',
      '直播间ID',
      'live_room_id',
      'room_id',
      'LIVE ID',
      'Livestream ID',
      'Live ID',
    ],
  },
  {
    field: 'title',
    kind: 'text',
    labelEn: 'Title',
    labelZh: '直播标题',
    names: ['直播标题', '直播主题', '场次名称', 'Livestream', 'LIVE name', 'Live name', 'Title'],
  },
  {
    field: 'roomId',
    kind: 'id',
    labelEn: 'Room or account id',
    labelZh: '直播账号ID',
    names: [
      '主播抖音号',
      '抖音号',
      '主播ID',
      '主播id',
      '账号ID',
      '直播账号ID',
      'Creator ID',
      'Creator Id',
      'Account ID',
    ],
  },
  {
    field: 'roomName',
    kind: 'text',
    labelEn: 'Room or account',
    labelZh: '直播间',
    names: [
      '主播昵称',
      '直播间名称',
      '直播间',
      '账号昵称',
      '主播名称',
      '账号名称',
      '直播账号',
      'Creator',
      'Creator name',
      'Account',
      'Username',
    ],
  },
  { field: 'host', kind: 'text', labelEn: 'Host', labelZh: '主播', names: ['主播', '主播姓名', '出镜主播', 'Host'] },
  {
    field: 'channelName',
    kind: 'text',
    labelEn: 'Traffic channel (details of a session)',
    labelZh: '渠道名称',
    names: ['渠道名称'],
  },
  {
    field: 'productName',
    kind: 'text',
    labelEn: 'Product (details of a session)',
    labelZh: '商品名称',
    names: ['商品名称', '商品标题', '商品编号', 'sku名称'],
  },
];

/** The columns of a session export; `own` gives a platform's names of a figure, tried before the common ones. */
export function sessionColumns(own: Partial<Record<FigureName, readonly string[]>> = {}): ColumnSpec[] {
  return [
    ...identity,
    ...figureNames.map((field): ColumnSpec => {
      const { kind, labelEn, labelZh, names } = figures[field];
      const first = own[field] ?? [];
      return { field, kind, labelEn, labelZh, names: [...first, ...names.filter((name) => !first.includes(name))] };
    }),
  ];
}
