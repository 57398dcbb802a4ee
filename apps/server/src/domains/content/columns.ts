import type { ColumnSpec } from '#lib/tabular/columns.ts';

const date: ColumnSpec = {
  field: 'date',
  kind: 'time',
  required: true,
  labelEn: 'Date',
  labelZh: '日期',
  names: ['日期', '统计日期', '投放日期', '消耗日期', '数据日期', '时间', '时间-天', '统计时间', 'Date', 'Day', 'By Day', 'Stat date'],
};

/** Columns of advertising spend: daily reports of 巨量千川, 万相台, TikTok Ads and sheets kept by hand. */
export const spendColumns: readonly ColumnSpec[] = [
  date,
  { field: 'amount', kind: 'money', required: true, labelEn: 'Spend', labelZh: '消耗', names: ['消耗', '投放消耗', '整体消耗', '总消耗', '消耗金额', '花费', '总花费', '千川消耗', '广告消耗', '广告花费', '推广花费', '费用', '金额', 'Cost', 'Spend', 'Total cost', 'Ad spend', 'Amount spent', 'Amount'] },
  { field: 'channel', kind: 'text', labelEn: 'Channel', labelZh: '渠道', names: ['渠道', '投放渠道', '广告渠道', '推广渠道', '平台', '投放平台', '媒体', 'Channel', 'Platform', 'Media'] },
  { field: 'account', kind: 'text', labelEn: 'Account', labelZh: '账户', names: ['账户', '账户名称', '广告账户', '投放账户', '账号名称', '广告主', '账户ID', 'Account', 'Account name', 'Advertiser name'] },
  { field: 'campaign', kind: 'text', labelEn: 'Campaign', labelZh: '计划', names: ['计划', '计划名称', '广告计划', '推广计划', '推广计划名称', '计划组', 'Campaign', 'Campaign name'] },
  { field: 'campaignId', kind: 'id', labelEn: 'Campaign id', labelZh: '计划ID', names: ['计划ID', '计划id', '广告计划ID', 'Campaign ID'] },
  { field: 'unit', kind: 'text', labelEn: 'Ad group or creative', labelZh: '单元/创意', names: ['单元', '单元名称', '广告组', '创意名称', '创意ID', '创意id', '素材ID', 'Ad group name', 'Ad name', 'Ad ID'] },
  { field: 'session', kind: 'id', labelEn: 'Live session id', labelZh: '场次', names: ['场次', '场次ID', '场次id', '直播场次', '直播间ID', 'Session', 'Session ID', 'LIVE ID'] },
  { field: 'content', kind: 'text', labelEn: 'Content', labelZh: '内容', names: ['内容', '内容标题', '视频标题', '素材', '素材名称', '笔记标题', 'Content', 'Video title'] },
  { field: 'contentId', kind: 'id', labelEn: 'Content id', labelZh: '内容ID', names: ['内容ID', '视频ID', '笔记ID', 'Content ID', 'Video ID'] },
  { field: 'purpose', kind: 'text', labelEn: 'Purpose', labelZh: '用途', names: ['用途', '费用类型', '费用用途', 'Purpose', 'Expense type'] },
  { field: 'currency', kind: 'text', labelEn: 'Currency', labelZh: '币种', names: ['币种', '货币', 'Currency'] },
];

/** Columns of exposure: one metric a row (metric, value), or one metric a column. */
export const exposureColumns: readonly ColumnSpec[] = [
  date,
  { field: 'metric', kind: 'text', labelEn: 'Metric', labelZh: '指标', names: ['指标', '指标名称', '类型', 'Metric'] },
  { field: 'value', kind: 'decimal', labelEn: 'Value', labelZh: '数值', names: ['数值', '值', '指标值', 'Value'] },
  { field: 'channel', kind: 'text', labelEn: 'Medium', labelZh: '媒体', names: ['媒体', '渠道', '平台', '媒体名称', 'Media', 'Medium', 'Channel', 'Platform'] },
  { field: 'total', kind: 'decimal', labelEn: 'Whole market', labelZh: '大盘总量', names: ['总量', '大盘', '全行业', '行业总声量', '全网声量', '总声量', '合计声量', 'Total', 'Market total'] },
  { field: 'media_exposure', kind: 'decimal', labelEn: 'Media exposure', labelZh: '媒体曝光', names: ['媒体曝光', '媒体曝光量', '曝光量', '曝光次数', '展现量', '展示量', '曝光', 'Impressions', 'Exposure', 'media_exposure'] },
  { field: 'search_index', kind: 'decimal', labelEn: 'Search index', labelZh: '搜索指数', names: ['搜索指数', '百度指数', '微信指数', '抖音指数', '品牌搜索量', '搜索量', 'Search index', 'search_index'] },
  { field: 'voice', kind: 'decimal', labelEn: 'Voice', labelZh: '声量', names: ['声量', '品牌声量', '本品声量', '提及量', 'Voice', 'Mentions', 'Share of voice mentions'] },
];

/** Columns of a list of content pieces. */
export const pieceColumns: readonly ColumnSpec[] = [
  { field: 'publishedAt', kind: 'time', required: true, labelEn: 'Published at', labelZh: '发布时间', names: ['发布时间', '发布日期', '上线时间', '日期', 'Published at', 'Publish time', 'Post time', 'Date'] },
  { field: 'title', kind: 'text', labelEn: 'Title', labelZh: '标题', names: ['标题', '内容标题', '视频标题', '视频名称', '作品名称', '笔记标题', '内容', 'Title', 'Video title', 'Content'] },
  { field: 'contentId', kind: 'id', labelEn: 'Content id', labelZh: '内容ID', names: ['内容ID', '视频ID', '作品ID', '笔记ID', 'Content ID', 'Video ID', 'ID'] },
  { field: 'kind', kind: 'text', labelEn: 'Kind', labelZh: '类型', names: ['类型', '内容类型', '体裁', '形式', 'Kind', 'Type', 'Content type'] },
  { field: 'channel', kind: 'text', labelEn: 'Channel', labelZh: '渠道', names: ['渠道', '平台', '账号', '发布账号', 'Channel', 'Platform', 'Account'] },
];
