import { dayIn } from '#lib/time.ts';
import { ownActs, saleTypes } from './acts.ts';
import { checkRange } from './ask.ts';
import { daysBetween } from './calendar.ts';
import { kpiDefinitions } from './catalogue.ts';
import { orderKey, wordList } from './compile.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { liveSessionsSql } from './live-figures.ts';
import { openReader, type Reader } from './reader.ts';
import type { Quality } from './schema.ts';

interface Check {
  code: string;
  /** Share of `of` from which it is worth a look, and from which something has to be done. */
  watch: number;
  act: number;
  textEn: string;
  textZh: string;
  kpis: readonly string[];
}

const touchedBy = (code: string): string[] =>
  kpiDefinitions.filter((kpi) => kpi.omissions.includes(code)).map((kpi) => kpi.id);
const liveKpis = kpiDefinitions.filter((kpi) => kpi.dimension === 'live').map((kpi) => kpi.id);

const checks: readonly Check[] = [
  {
    code: 'orders_without_customer',
    watch: 0.01,
    act: 0.3,
    textEn:
      '{count} of {of} orders have no known customer. Import files with a phone, member or buyer id to know them.',
    textZh: '{of} 笔订单中有 {count} 笔没有已识别的客户。请导入带手机号、会员号或买家 ID 的文件。',
    kpis: touchedBy('orders_without_customer'),
  },
  {
    code: 'lines_not_sales',
    watch: 0.02,
    act: 0.2,
    textEn: '{count} of {of} order lines are no valid sale (price or quantity not above zero, unpaid, cancelled).',
    textZh: '{of} 行订单中有 {count} 行不是有效销售（单价或数量不大于零、未支付或已取消）。',
    kpis: touchedBy('lines_not_sales'),
  },
  {
    code: 'values_not_final',
    watch: 0,
    act: 0.2,
    textEn:
      '{count} of {of} order lines and session reports have values that the platform calls not final. Import them again later.',
    textZh: '{of} 条订单行与场次数据中有 {count} 条平台标注为尚未更新完毕，请稍后重新导入。',
    kpis: [...touchedBy('values_not_final'), ...touchedBy('session_values_not_final')],
  },
  {
    code: 'sales_without_cost',
    watch: 0.01,
    act: 0.5,
    textEn: '{count} of {of} order lines have no known cost and are not in the gross margin.',
    textZh: '{of} 行有效销售中有 {count} 行没有成本，未计入毛利率。',
    kpis: ['gross_margin'],
  },
  {
    code: 'acts_without_person',
    watch: 0.05,
    act: 0.5,
    textEn: '{count} of {of} acts name nobody who could be known.',
    textZh: '{of} 次行为中有 {count} 次无法识别到人。',
    kpis: touchedBy('acts_without_person'),
  },
  {
    code: 'refunds_without_order',
    watch: 0,
    act: 0.1,
    textEn: '{count} of {of} refunds name no order; they lower net GMV, but not the product or session they belong to.',
    textZh: '{of} 笔退款中有 {count} 笔没有订单号；会减少净成交额，但无法归到商品或场次。',
    kpis: ['net_gmv', 'refund_rate', 'roi_net', 'gross_margin'],
  },
  {
    code: 'sessions_without_views',
    watch: 0,
    act: 0.2,
    textEn: '{count} of {of} live sessions have no views reported or observed.',
    textZh: '{of} 场直播中有 {count} 场没有观看数据。',
    kpis: liveKpis,
  },
  {
    code: 'sessions_without_sales_figures',
    watch: 0,
    act: 0.2,
    textEn: '{count} of {of} live sessions have no GMV reported or observed.',
    textZh: '{of} 场直播中有 {count} 场没有成交金额数据。',
    kpis: ['gpm', 'revenue_per_viewer'],
  },
  {
    code: 'days_without_events',
    watch: 0,
    act: 0.2,
    textEn: 'On {count} of {of} days nothing at all was recorded. A file may be missing.',
    textZh: '{of} 天中有 {count} 天没有任何记录，可能缺少文件。',
    kpis: [],
  },
  {
    code: 'events_in_the_future',
    watch: 0,
    act: 0.01,
    textEn: '{count} of {of} events of all times lie after today. Check the clocks and time zones of their sources.',
    textZh: '全部 {of} 个事件中有 {count} 个发生在今天之后，请检查来源的时钟与时区。',
    kpis: [],
  },
];

/** What is missing or doubtful in the data of a range, each with how much of what, and the KPIs that it touches. */
export async function qualityOf(
  deps: MetricsDeps,
  brand: MetricsBrand,
  range: { from: string; to: string },
): Promise<Quality> {
  checkRange(range.from, range.to);
  const reader = await openReader(deps, brand);
  const today = dayIn(brand.zone)(deps.now());
  return deps.cache.get(JSON.stringify([brand.id, 'quality', range, today]), reader.version, async () => {
    const found = await countAll(reader, range, today);
    return { checks: checks.map((check) => outcome(check, found.get(check.code) ?? { count: 0, of: 0 })) };
  });
}

interface Count {
  count: number;
  of: number;
}

function outcome(check: Check, { count, of }: Count): Quality['checks'][number] {
  const share = of > 0 ? count / of : 0;
  const fill = (text: string, locale: string) =>
    text.replace('{count}', count.toLocaleString(locale)).replace('{of}', of.toLocaleString(locale));
  return {
    code: check.code,
    severity: count === 0 || share <= check.watch ? 'ok' : share >= check.act ? 'act' : 'watch',
    count,
    of,
    text: fill(check.textEn, 'en'),
    textZh: fill(check.textZh, 'zh-CN'),
    kpis: [...check.kpis],
  };
}

async function countAll(
  reader: Reader,
  range: { from: string; to: string },
  today: string,
): Promise<Map<string, Count>> {
  const inRange = 'day >= {from:Date} AND day < {to:Date}';
  const [[sums], [orders], [sessions], [future]] = await Promise.all([
    reader.rows<Record<string, string>>({
      name: 'sums',
      sql:
        "SELECT sumIf(events, dim = 'all' AND type = 'order.excluded') AS excluded, sumIf(events, dim = 'all' AND type = 'order.paid') AS paid, " +
        "sumIf(events, dim = 'flag' AND dim_value = 'not_final') AS not_final, sumIf(events, dim = 'all' AND type = 'session.reported') AS reports, " +
        "sumIf(events, dim = 'variant' AND dim_value = 'cost_unknown') AS without_cost, " +
        `sumIf(events, dim = 'all' AND type IN ${wordList(ownActs)}) AS acts, ` +
        `sumIf(events, dim = 'customer' AND dim_value = 'unknown' AND type IN ${wordList(ownActs)}) AS acts_unknown, ` +
        `uniqExactIf(day, dim = 'all') AS days FROM @kpi_day WHERE dim IN ('all', 'flag', 'variant', 'customer') AND ${inRange}`,
      params: range,
    }),
    reader.rows<Record<string, string>>({
      name: 'orders',
      sql:
        `SELECT uniqExactIf(${orderKey}, type = 'order.paid') AS orders, ` +
        `uniqExactIf(${orderKey}, type = 'order.paid' AND person_id = toUUID('00000000-0000-0000-0000-000000000000')) AS unknown, ` +
        "countIf(type = 'refund.succeeded') AS refunds, countIf(type = 'refund.succeeded' AND order_id = '') AS refunds_without_order " +
        `FROM @events WHERE type IN ${wordList([...saleTypes, 'refund.succeeded'])} AND ${inRange}`,
      params: range,
    }),
    reader.rows<Record<string, string>>({
      name: 'sessions',
      sql:
        'SELECT count() AS sessions, countIf(f_views IS NULL) AS without_views, countIf(f_gmv_minor IS NULL) AS without_gmv ' +
        `FROM (${liveSessionsSql(['views', 'gmv_minor'], false)})`,
      params: range,
    }),
    reader.rows<Record<string, string>>({
      name: 'future',
      sql: "SELECT sumIf(events, day > {today:Date}) AS future, sum(events) AS total FROM @kpi_day WHERE dim = 'all'",
      params: { today },
    }),
  ]);
  const number = (row: Record<string, string> | undefined, name: string) => Number(row?.[name] ?? 0);
  const past = range.to < today ? range.to : today;
  const days = Math.max(0, daysBetween(range.from, past));
  const lines = number(sums, 'paid') + number(sums, 'excluded');
  return new Map<string, Count>([
    ['orders_without_customer', { count: number(orders, 'unknown'), of: number(orders, 'orders') }],
    ['lines_not_sales', { count: number(sums, 'excluded'), of: lines }],
    ['values_not_final', { count: number(sums, 'not_final'), of: lines + number(sums, 'reports') }],
    ['sales_without_cost', { count: number(sums, 'without_cost'), of: number(sums, 'paid') }],
    ['acts_without_person', { count: number(sums, 'acts_unknown'), of: number(sums, 'acts') }],
    ['refunds_without_order', { count: number(orders, 'refunds_without_order'), of: number(orders, 'refunds') }],
    ['sessions_without_views', { count: number(sessions, 'without_views'), of: number(sessions, 'sessions') }],
    ['sessions_without_sales_figures', { count: number(sessions, 'without_gmv'), of: number(sessions, 'sessions') }],
    ['days_without_events', { count: Math.max(0, days - number(sums, 'days')), of: days }],
    ['events_in_the_future', { count: number(future, 'future'), of: number(future, 'total') }],
  ]);
}
