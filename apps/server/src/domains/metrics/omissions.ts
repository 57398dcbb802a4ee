import { addDays } from '#lib/time.ts';
import { followDays, ownActs } from './acts.ts';
import { daysBetween } from './calendar.ts';
import type { OmissionRule } from './kpi.ts';
import type { Omission } from './schema.ts';

const acts = [...ownActs];

/** What figures leave out, by code. A KPI names the codes that concern it. */
export const omissionRules: Readonly<Record<string, OmissionRule>> = Object.fromEntries(
  (
    [
      {
        code: 'orders_without_customer',
        count: { kind: 'distinct', of: 'order', types: ['order.paid'], customer: 'unknown' },
        amount: { kind: 'sum', of: 'amount', types: ['order.paid', 'order.adjusted'], customer: 'unknown' },
        textEn: '{count} orders have no known customer; they are in GMV, but not in figures that need a person.',
        textZh: '有 {count} 笔订单没有已识别的客户；它们计入成交金额，但不计入需要识别到人的指标。',
      },
      {
        code: 'lines_not_sales',
        count: { kind: 'sum', of: 'events', types: ['order.excluded'] },
        amount: { kind: 'sum', of: 'amount', types: ['order.excluded'] },
        textEn:
          '{count} order lines are no valid sale (price or quantity not above zero, unpaid, cancelled) and are not counted.',
        textZh: '有 {count} 行订单不是有效销售（单价或数量不大于零、未支付或已取消），未计入。',
      },
      {
        code: 'values_not_final',
        count: {
          kind: 'sum',
          of: 'events',
          types: ['order.paid', 'order.adjusted', 'order.placed'],
          flag: 'not_final',
        },
        textEn: '{count} order lines have values that the platform calls not final; they may still change.',
        textZh: '有 {count} 行订单的部分数据平台标注为尚未更新完毕，之后可能变化。',
      },
      {
        code: 'session_values_not_final',
        count: { kind: 'sum', of: 'events', types: ['session.reported'], flag: 'not_final' },
        textEn: '{count} session reports have values that the platform calls not final; they may still change.',
        textZh: '有 {count} 份场次数据平台标注为尚未更新完毕，之后可能变化。',
      },
      {
        code: 'sales_without_cost',
        count: { kind: 'sum', of: 'events', types: ['order.paid'], variants: ['cost_unknown'] },
        amount: { kind: 'sum', of: 'amount', types: ['order.paid'], variants: ['cost_unknown'] },
        textEn: '{count} order lines have no known cost and are not in the margin.',
        textZh: '有 {count} 行订单没有成本数据，未计入毛利率。',
      },
      {
        code: 'acts_without_person',
        count: { kind: 'sum', of: 'events', types: acts, customer: 'unknown' },
        textEn: '{count} acts name nobody who could be known and are not counted.',
        textZh: '有 {count} 次行为无法识别到人，未计入。',
      },
      {
        code: 'joinings_without_person',
        count: { kind: 'sum', of: 'events', types: ['member.joined', 'member.left'], customer: 'unknown' },
        textEn: '{count} joinings or leavings name nobody who could be known and are not counted.',
        textZh: '有 {count} 条入会或退会记录无法识别到人，未计入。',
      },
      {
        code: 'group_joinings_without_person',
        count: { kind: 'sum', of: 'events', types: ['group.joined', 'group.left'], customer: 'unknown' },
        textEn: '{count} joinings or leavings of groups name nobody who could be known and are not counted.',
        textZh: '有 {count} 条入群或退群记录无法识别到人，未计入。',
      },
      {
        code: 'invitations_without_person',
        count: { kind: 'sum', of: 'events', types: ['invite.sent'], customer: 'unknown' },
        textEn: '{count} invitations name no known inviter; their inviters are not counted.',
        textZh: '有 {count} 次邀请没有已识别的邀请人，未计入邀请人数。',
      },
      {
        code: 'content_views_without_person',
        count: { kind: 'sum', of: 'events', types: ['content.viewed'], customer: 'unknown' },
        textEn: '{count} views of content name nobody who could be known and are not counted.',
        textZh: '有 {count} 次内容浏览无法识别到人，未计入。',
      },
    ] satisfies OmissionRule[]
  ).map((rule) => [rule.code, rule]),
);

/** Omissions that a query finds by itself rather than by a measure. */
export const foundOmissions = {
  sessions_without_figures: {
    textEn: '{count} sessions lack a figure that this KPI needs and are not counted.',
    textZh: '有 {count} 场直播缺少该指标所需的数据，未计入。',
  },
  retention_not_due: {
    textEn: '{count} persons were first active too recently for this to be known; they are not counted yet.',
    textZh: '有 {count} 人首次活跃时间太近，尚无法得出结果，暂未计入。',
  },
  follow_not_due: {
    textEn: 'The last {count} days of the period are fewer than seven days ago; what follows from them may still grow.',
    textZh: '期内最后 {count} 天距今不足 7 天，后续转化可能还会增加。',
  },
} as const;

/** An omission with its sentences. */
export function said(code: string, count: number, texts: { textEn: string; textZh: string }): Omission {
  const fill = (text: string, locale: string) => text.replace('{count}', count.toLocaleString(locale));
  return { code, count, text: fill(texts.textEn, 'en'), textZh: fill(texts.textZh, 'zh-CN') };
}

/** Says how many days of a range are too recent for what follows from them within seven days to be known. */
export function followNotDue(range: { from: string; to: string; today: string }): Omission[] {
  const due = addDays(range.today, -followDays);
  const count = daysBetween(due > range.from ? due : range.from, range.to < range.today ? range.to : range.today);
  return count > 0 ? [said('follow_not_due', count, foundOmissions.follow_not_due)] : [];
}
